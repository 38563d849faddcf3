# %% [markdown]
# # 1 · The books
#
# Every question to the books is asked **as of a day**: what was known on that evening, and nothing that was learnt
# later. That is what makes a back-test honest, and it is why every method here takes a day.
#
# The company is invented (`python -m training.practice FOLDER` writes its papers). With your own books, set
# `O2C_DATABASE_URL`, `O2C_DATA_DIR` and `O2C_COMPANY` as for the commands, and change the days below.

# %%
from __future__ import annotations

from datetime import date

import pandas as pd
from IPython.display import SVG

from o2c_ai.formats.charts import bars_chart, svg
from o2c_ai.jobs.workbench import Books
from o2c_ai.settings import Settings

pd.options.display.float_format = "{:,.2f}".format
settings = Settings()
books = Books(settings.url(), settings.company, settings.data_dir)
TODAY = date(2026, 10, 15)

# %% [markdown]
# ## The ledger
#
# Debits and credits of each account. The subledger of open items below and the account *Trade receivables* must
# agree to the cent: `o2c ledger verify` proves that and every other law.

# %%
books.report("trial-balance", TODAY)

# %% [markdown]
# ## What is open today

# %%
open_items = books.open_items(TODAY)
open_items.sort_values("days_overdue", ascending=False).head(8)

# %%
open_items.groupby("currency").agg(
    items=("open", "size"),
    open=("open", "sum"),
    overdue=("open", lambda amount: amount[open_items.loc[amount.index, "days_overdue"] > 0].sum()),
)

# %% [markdown]
# Amounts of different currencies are never added up. From here on, the company's own currency.

# %%
euros = open_items[open_items["currency"] == "EUR"]
names = ["not due", "1 to 30", "31 to 60", "61 to 90", "91 and more"]
buckets = pd.cut(euros["days_overdue"], [-1000, 0, 30, 60, 90, 10_000], labels=names)
aged = euros.groupby(buckets, observed=False)["open"].sum()
SVG(svg(bars_chart({"open": list(aged.items())}, "EUR", f"Open by days overdue on {TODAY}")))

# %% [markdown]
# ## The same items on an earlier evening
#
# An item that is paid today was open then. Nothing has to be reconstructed: the books keep when each thing became
# known.

# %%
earlier = date(2026, 7, 31)
then = books.open_items(earlier)
paid_since = then.index.difference(open_items.index)
f"{len(then):,} items were open on {earlier}; {len(paid_since):,} of them have been closed since."

# %% [markdown]
# ## How the book has paid
#
# `items` knows every item, open or closed. An open item is *not* on time: it has no answer yet. Judging a month by
# its paid items alone would flatter the newest months, whose late payers have not paid yet, so months whose items were
# not all due 60 days ago are left out. What was withdrawn before it fell due has no answer at all.

# %%
items = books.items(TODAY)
issued = items[items["issue_date"] >= "2025-08-01"]
ripe = issued[issued["due_date"] < pd.Timestamp(TODAY) - pd.Timedelta(days=60)]
ripe = ripe[~(ripe["withdrawn_on"] <= ripe["due_date"])]
month = ripe["due_date"].dt.strftime("%b %y").rename("due in")
by_month = ripe.assign(late=~(ripe["days_late"] <= 0)).groupby(month, sort=False)
monthly = pd.DataFrame({"items": by_month.size(), "late": by_month["late"].mean()})
monthly.T

# %%
SVG(svg(bars_chart({"late": list(monthly["late"].items())}, "share of items", "Not paid by the due date", shares=True)))

# %% [markdown]
# ## Days sales outstanding
#
# The reports of `o2c report`, as frames.

# %%
books.report("dso", TODAY)
