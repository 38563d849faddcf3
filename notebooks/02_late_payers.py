# %% [markdown]
# # 2 · Late payers
#
# When will this open item be paid? One distribution over payment days an item answers the clerk (is it late?), the
# controller (when?) and the treasurer (how much next week?). Here it is held against the rules it has to beat.
#
# The version looked at was trained on what was known on the evening of 2026-07-31 and serves since then.

# %%
from __future__ import annotations

from datetime import date

import pandas as pd
from IPython.display import SVG

from o2c_ai.formats.charts import calibration_chart, effect_chart, lift_chart, lift_points, svg
from o2c_ai.jobs.workbench import Books, calibration
from o2c_ai.settings import Settings

pd.options.display.float_format = "{:,.3f}".format
settings = Settings()
books = Books(settings.url(), settings.company, settings.data_dir)
TODAY, CUTOFF, DAYS = date(2026, 10, 15), date(2026, 7, 31), 61

# %% [markdown]
# ## Who pays late
#
# Customers differ more than anything else does: some always pay late, some never.

# %%
paid = books.items(CUTOFF).dropna(subset="days_late")
habits = paid.groupby("customer")["days_late"].agg(items="size", median="median", late=lambda days: (days > 0).mean())
steady = habits[habits["items"] >= 20].sort_values("late")
pd.concat([steady.head(3), steady.tail(5)])

# %% [markdown]
# ## The back-test
#
# Every item issued in the 61 days after the cutoff is foreseen on its issue day, with what was known that evening. The
# rules learn anew every evening; the learned version stays as it was trained. Items without an answer yet are left out
# of a figure and counted.

# %%
ways = {"learned": None, "rules": "rules", "as usual": "customer's own rate and median"}
told = {way: books.backtest(CUTOFF, DAYS, TODAY, model) for way, model in ways.items()}
books.figures(told, TODAY)

# %% [markdown]
# AUC is the chance that a late item was given a higher chance of being late than one paid in time. Brier is the mean
# squared error of that chance, ECE how far chances and shares are apart, pinball the error of p10, p50 and p90 in days.
#
# ## Does a chance keep its word?
#
# Of the items told "30 % late", 30 % should turn out late: the dots should lie on the diagonal.


# %%
def answered(frame: pd.DataFrame, days: int = 0) -> pd.DataFrame:
    """Items that were paid, or were more than so many days late already when last seen open: withdrawn, or today."""
    last_seen = frame["withdrawn_on"].fillna(pd.Timestamp(TODAY))
    overdue = frame["due_date"] + pd.Timedelta(days=days) < last_seen
    return frame[frame["days_late"].notna() | overdue].assign(late=lambda rows: ~(rows["days_late"] <= days))


known = {way: answered(frame) for way, frame in told.items()}
bins = {way: calibration(frame["p_late"], frame["late"]) for way, frame in known.items()}
SVG(svg(calibration_chart(bins, "Chance of being late, and what came")))

# %% [markdown]
# ## Lift: whose items to look at first?
#
# A collector can look at so many items a day. How much of the money that ends more than 7 days late is among the
# first? Ranked by amount alone, by amount and the customer's usual rate, and by amount and the learned chance.


# %%
def of_late_money(way: str) -> list[tuple[float, float]]:
    """Points of lift of amount times chance, in euros."""
    euros = answered(told[way], 7).query("currency == 'EUR'")
    late_money = euros["amount"].where(euros["late"], 0.0)
    return lift_points(euros["amount"] * euros["p_late_7"], late_money)


euros = answered(told["learned"], 7).query("currency == 'EUR'")
lift = {
    "amount x learned": of_late_money("learned"),
    "amount x as usual": of_late_money("as usual"),
    "amount": lift_points(euros["amount"], euros["amount"].where(euros["late"], 0.0)),
}
SVG(svg(lift_chart(lift, "Money that ended more than 7 days late")))

# %%
top = {way: min(points, key=lambda point: abs(point[0] - 0.2))[1] for way, points in lift.items()}
pd.Series(top, name="found in the top 20 %")

# %% [markdown]
# ## What moves the answer
#
# For each open item, LightGBM says how much each measurement raised or lowered the log odds of being late. The mean
# size over all items ranks the measurements.

# %%
features, effects = books.features(TODAY), books.effects(TODAY)
strength = effects.drop(columns="usual").abs().mean().sort_values(ascending=False)
strength.head(10).to_frame("mean effect on the log odds")

# %% [markdown]
# The effect of the strongest of them by its value: each dot is the mean over a tenth of the open items.

# %%
strongest = strength.index.drop("payer")[:3]


def effect_of(name: str) -> SVG:
    """The mean effect by the value of a measurement, in tenths."""
    tenth = pd.qcut(features[name], 10, duplicates="drop")
    means = pd.DataFrame({"x": features[name], "y": effects[name]}).groupby(tenth, observed=True).mean()
    points = list(means.itertuples(index=False, name=None))
    return SVG(svg(effect_chart(points, name, "added to the log odds", f"Effect of {name}")))


effect_of(strongest[0])

# %%
effect_of(strongest[1])

# %%
effect_of(strongest[2])

# %% [markdown]
# ## Reasons
#
# What a person sees beside a prediction, in words.

# %%
predicted = books.predict(TODAY).join(books.open_items(TODAY)[["customer", "amount", "currency", "due_date"]])
largest = predicted.query("currency == 'EUR' and due_date > @TODAY").sort_values("amount", ascending=False).head(5)
for number, row in largest.iterrows():
    print(
        f"{number}: {row.amount:,.2f} EUR due {row.due_date:%d %b}, late with {row.p_late:.0%}, about {row.p50:%d %b}"
    )
    for reason in row.reasons:
        print(f"    {reason}")
