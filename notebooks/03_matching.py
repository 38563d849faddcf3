# %% [markdown]
# # 3 · Matching
#
# Which open items does this money pay? A wrong automatic application costs more than ten right ones save, so two
# figures stand together: **straight-through** (of the lines that pay open items, how many were applied rightly without
# a person) and **precision** (of those applied without a person, how many were right).

# %%
from __future__ import annotations

from datetime import date

import pandas as pd
from IPython.display import SVG

from o2c_ai.formats.charts import bars_chart, calibration_chart, svg
from o2c_ai.jobs.workbench import Books, calibration
from o2c_ai.settings import Settings

pd.options.display.float_format = "{:,.4f}".format
settings = Settings()
books = Books(settings.url(), settings.company, settings.data_dir)
TODAY, CUTOFF = date(2026, 10, 15), date(2026, 7, 31)

# %% [markdown]
# ## What the bank says

# %%
lines = books.bank_lines(TODAY)
lines[lines["amount"] > 0].tail(6)[["booking_date", "amount", "currency", "payer_name", "narrative"]]

# %% [markdown]
# ## The back-test
#
# The lines booked after the cutoff are decided day by day, knowing nothing of what people decided later: balances are
# the matcher's own. Then the proposals are held against what people booked.

# %%
ways = {"learned": None, "rules": "rules"}
judged = {way: books.backtest_matching(CUTOFF, TODAY, model) for way, model in ways.items()}
books.matching_figures(judged)

# %%
decided = {way: frame["decision"].value_counts() for way, frame in judged.items()}
names = ["auto", "review", "exception", "not_ar", "returned"]
SVG(svg(bars_chart({way: [(name, counts.get(name, 0)) for name in names] for way, counts in decided.items()}, "lines")))

# %% [markdown]
# ## Does the probability keep its word?
#
# The policy asks history from which probability up a precision is met. That only works if a probability means what it
# says. Nearly all lines are nearly certain; the small dots are the few doubtful ones.

# %%
payable = {way: frame[frame["pays"] & frame["decision"].isin(["auto", "review"])] for way, frame in judged.items()}
bins = {way: calibration(frame["probability"], frame["right"]) for way, frame in payable.items()}
SVG(svg(calibration_chart(bins, "Probability of a proposal, and whether it was right")))

# %% [markdown]
# ## Reasons for and against
#
# What the clerk reads beside each proposal that waits for a person.


# %%
def told(proposals: pd.DataFrame) -> None:
    """Print proposals as a clerk reads them."""
    for line, row in proposals.iterrows():
        outcome = "right" if row.right else "wrong"
        print(f"{line}: {row.amount:,.2f} {row.currency} {row.narrative[:40]!r}, {row.probability:.1%}, {outcome}")
        print(f"    pays {', '.join(row.invoices[:4])}{' and more' if len(row.invoices) > 4 else ''}")
        for reason in row.reasons:
            print(f"    {reason}")


waiting = judged["learned"].query("decision == 'review'").sort_values("amount", ascending=False).head(5)
told(waiting)

# %% [markdown]
# ## Where both differ
#
# Lines that the learned matcher applied rightly and the rules left to a person: what learning bought.

# %%
bought = judged["learned"].query("decision == 'auto' and right and pays").index
gained = judged["rules"].loc[bought].query("decision != 'auto'")
told(judged["learned"].loc[gained.index].head(4))
