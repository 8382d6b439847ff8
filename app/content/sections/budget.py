"""The approved budget of the year: what it plans, and where the year lands by what was spent until the period's end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from app.content import budget_landing, budget_views
from app.content import format as text
from app.content.blocks import Notice, Section
from app.content.sections.base import Context, SectionKind
from app.content.sections.spend import BY_MONTH
from data.finance.forecast import forecast, run_rate
from data.period import Kind, Period
from data.warehouse import budget_actuals, budget_rows, read_events


def in_force(context: Context) -> Section:
    """What the approved budget plans, and who approved it; which one is missing where there is none."""
    found = _found(context)
    if found is None:
        said = (
            f"No budget of {context.name_of(context.scope)} is approved for the year of {text.period(context.period)}."
        )
        return Section("budget", "Budget", (Notice("missing", said, "Hand one in on Budget", "budget"),))
    return replace(budget_views.head(found, context.zone), id="budget", title="Budget")


def lands(context: Context) -> Section:
    """Where the year of the approved budget lands; empty where there is none."""
    found = _found(context)
    if found is None:
        return Section("budget-landing", "", ())
    of = found.scenario
    done = budget_actuals.spent_until(context.reader, of, context.period.end, partial(_charged, context))
    return budget_landing.landing(of, forecast(of, done), done, run_rate(done))


def _charged(context: Context, period: Period) -> Iterator[read_events.Line]:
    """Month by month, as the split of spend reads them."""
    for month in period.split(Kind.MONTH):
        yield from context.charges(month, BY_MONTH)


def _found(context: Context) -> budget_rows.Stored | None:
    return context.once(
        "budget", lambda: budget_rows.in_force(context.reader.connection, context.scope, context.period)
    )


IN_FORCE = SectionKind("budget.in_force", in_force)
LANDS = SectionKind("budget.lands", lands)
