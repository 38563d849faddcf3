# %% [markdown]
# # 4 · Cash forecast
#
# How much money will customers pay in each of the next 13 weeks? First what is open, by the payment timing of each
# item; then what is not invoiced yet. And how sure is that: the fan from p10 to p90 should hold four weeks of five.

# %%
from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
from IPython.display import SVG

from o2c_ai.formats.charts import ForecastPoint, bars_chart, effect_chart, forecast_chart, svg
from o2c_ai.jobs.workbench import Books
from o2c_ai.settings import Settings

pd.options.display.float_format = "{:,.2f}".format
settings = Settings()
books = Books(settings.url(), settings.company, settings.data_dir)
TODAY = date(2026, 10, 15)
ORIGINS = [date(2026, 6, 19) + timedelta(days=14) * step for step in range(6)]

# %% [markdown]
# ## Forecasts of the past
#
# Made again as of six Fridays, each knowing only its own past, beside what came in since.

# %%
outcomes = books.backtest_forecast(ORIGINS, TODAY).query("currency == 'EUR'")


def fan(made: pd.DataFrame, title: str) -> SVG:
    """The fan of one forecast in thousands of euros, with what came in where it is known."""
    points = [
        ForecastPoint(
            row.week_start.date(),
            row.expected / 1000,
            row.p10 / 1000,
            row.p90 / 1000,
            row.actual / 1000 if "actual" in made else None,
        )
        for row in made.itertuples()
    ]
    return SVG(svg(forecast_chart(points, "thousand EUR", title)))


first = outcomes[outcomes["as_of"] == pd.Timestamp(ORIGINS[0])]
fan(first, f"Forecast of {ORIGINS[0]}, and what came in")

# %% [markdown]
# ## How far off, and how sure
#
# WAPE is the sum of all errors beside the sum of what came in; bias says on which side. The rule to beat is the mean of
# the eight weeks before.

# %%
receipts = books.receipts(TODAY).query("currency == 'EUR'").set_index("week_start")["actual"]


def usual_week(as_of: pd.Timestamp) -> float:
    """Mean of the last eight whole weeks before a day."""
    past = receipts[receipts.index < as_of - pd.Timedelta(days=as_of.weekday())]
    return float(past.tail(8).mean())


outcomes = outcomes.assign(usual=outcomes["as_of"].map(usual_week))
band = pd.cut(outcomes["week"], [0, 4, 8, 13], labels=["weeks 1 to 4", "5 to 8", "9 to 13"])


def scored(weeks: pd.DataFrame) -> pd.Series[float]:
    """Figures of a band of weeks."""
    actual = weeks["actual"]
    return pd.Series(
        {
            "weeks": len(weeks),
            "WAPE": (weeks["expected"] - actual).abs().sum() / actual.sum(),
            "WAPE of the mean of 8 weeks": (weeks["usual"] - actual).abs().sum() / actual.sum(),
            "bias": (weeks["expected"] - actual).sum() / actual.sum(),
            "share from p10 to p90": ((actual >= weeks["p10"]) & (actual <= weeks["p90"])).mean(),
        }
    )


pd.DataFrame({name: scored(weeks) for name, weeks in outcomes.groupby(band, observed=True)})

# %%
by_week = outcomes.groupby("week")[["expected", "actual", "usual"]].apply(
    lambda weeks: (weeks["expected"] - weeks["actual"]).abs().sum() / weeks["actual"].sum()
)
SVG(svg(effect_chart(list(by_week.items()), "weeks ahead", "WAPE", "The further ahead, the less is open yet")))

# %% [markdown]
# ## The forecast of today

# %%
today = books.forecast(TODAY).query("currency == 'EUR'")
today[["week_start", "expected", "p10", "p90", "from_open_items", "from_new_business", "other_in", "outflow"]]

# %%
fan(today, f"Forecast of {TODAY}")

# %% [markdown]
# ## What if?
#
# A forecast under a supposition: everything open is paid two weeks later, or the customer who owes most pays nothing.

# %%
owed = books.open_items(TODAY).query("currency == 'EUR'").groupby("customer")["open"].sum()
largest = str(owed.idxmax())
suppositions = {
    "as foreseen": today,
    "paid 14 days later": books.forecast(TODAY, late_days=14).query("currency == 'EUR'"),
    f"without {largest}": books.forecast(TODAY, without=largest).query("currency == 'EUR'"),
}
named = {name: list(zip(range(1, 7), made["expected"].head(6), strict=True)) for name, made in suppositions.items()}
ways = {name: [(f"week {week}", amount) for week, amount in points] for name, points in named.items()}
SVG(svg(bars_chart(ways, "EUR", "Expected under a supposition")))

# %% [markdown]
# In the first weeks the money comes from what is open; later from invoices not written yet.

# %%
weeks = today["week_start"].dt.strftime("%d %b")
parts = {
    "open items": list(zip(weeks, today["from_open_items"], strict=True)),
    "new business": list(zip(weeks, today["from_new_business"], strict=True)),
}
SVG(svg(bars_chart(parts, "EUR", "Where it comes from")))
