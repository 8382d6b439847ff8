"""What was spent of a budget and counted of its drivers: read from the warehouse for the months that are closed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial

from data.access import Actor, Permission
from data.finance.budget import NOTHING, Line, Months, Scenario
from data.finance.compare import Quantities
from data.finance.forecast import Actuals, Charge, actuals
from data.finance.spend_class import shipped_rules
from data.period import Period
from data.warehouse import read_events
from data.warehouse.budget_rows import require
from data.warehouse.readings import Reader

AGREEING_IN = ("provider", "service", "charge_category", "charge_class", "currency")

Charged = Callable[[Period], Iterable[read_events.Line]]


def spent(reader: Reader, actor: Actor, scenario: Scenario) -> Actuals:
    """The charges of the closed months of the scenario's year, each given to one line. NotPermitted.

    A month is closed as everywhere: on the fifth working day after it. Taxes are left out, as budgets are planned
    without them. Vendors of the year before count as billing.
    """
    require(reader.connection, reader.settings, actor, Permission.READ, scenario.scope)
    return spent_until(reader, scenario, scenario.year.end, partial(_lines, reader, scenario))


def spent_until(reader: Reader, scenario: Scenario, end: date, charged: Charged) -> Actuals:
    """The same for the closed months before a day, for those who may read the scenario's scope.

    `charged` gives the charges of the scope in a period that agree at least in AGREEING_IN.
    """
    closed = min(_closed(reader, scenario), sum(period.end <= end for period in scenario.periods))
    before = scenario.year.previous()
    billing = read_events.billing(reader.connection, _scopes(reader, scenario, before), before)
    return actuals(scenario, _charges(reader, scenario, scenario.periods[:closed], charged), closed, billing)


def season(reader: Reader, actor: Actor, scenario: Scenario, line: Line) -> Months | None:
    """What the line's vendor charged in each month of the year before, for spreading; None where nobody can tell."""
    require(reader.connection, reader.settings, actor, Permission.READ, scenario.scope)
    before = replace(scenario, fiscal_year=scenario.fiscal_year - 1)
    closed = _closed(reader, before)
    if closed < len(NOTHING):
        return None
    charges = _charges(reader, before, before.periods, partial(_lines, reader, before))
    found = actuals(before, charges, closed).months(line.id)
    return None if None in found else tuple(one for one in found if one is not None)


def counted(reader: Reader, actor: Actor, scenario: Scenario) -> Quantities:
    """What the warehouse counted of each driver that names a measure, by closed month, in the driver's units."""
    require(reader.connection, reader.settings, actor, Permission.READ, scenario.scope)
    periods, found = scenario.periods[: _closed(reader, scenario)], {}
    if scenario.scope not in reader.tree:
        return {}
    known = {metric.id for metric in reader.metrics}
    for driver in scenario.drivers:
        if driver.metric in known:
            metric = reader.metric(driver.metric)
            values = [reader.reading(metric, scenario.scope, one).value.denominator for one in periods]
            found[driver.id] = tuple(None if not value else value / driver.per for value in values)
    return found


def _closed(reader: Reader, scenario: Scenario) -> int:
    """How many months of the year are closed, from its first on."""
    count = 0
    for period in scenario.periods:
        if not reader.closed(period):
            break
        count += 1
    return count


def _scopes(reader: Reader, scenario: Scenario, period: Period) -> tuple[str, ...]:
    if scenario.scope not in reader.tree:
        return ()
    return tuple(sorted({one.id for one in reader.below(scenario.scope, period)}))


def _lines(reader: Reader, scenario: Scenario, period: Period) -> tuple[read_events.Line, ...]:
    return read_events.charge_lines(reader.connection, _scopes(reader, scenario, period), period, AGREEING_IN)


def _charges(reader: Reader, scenario: Scenario, periods: tuple[Period, ...], charged: Charged) -> list[Charge]:
    if not periods:
        return []
    span = Period(periods[0].start, periods[-1].end)
    place = {period.start: at for at, period in enumerate(periods)}
    rates: dict[tuple[Period, str], Decimal | None] = {}
    taxes = {name.casefold() for name in shipped_rules().excluded_charge_categories}
    made = []
    for line in charged(span):
        charge = line.charge
        if charge.charge_category.casefold() in taxes:
            continue
        month = periods[place[charge.day.replace(day=1)]]
        key = month, charge.currency
        if key not in rates:
            same = charge.currency == scenario.currency
            rates[key] = Decimal(1) if same else reader.rate(month.start, charge.currency, scenario.currency)
        correction = charge.charge_class.casefold() == "correction"
        made.append(
            Charge(
                place[month.start], charge.provider, charge.service, charge.currency, charge.billed, charge.effective,
                rates[key], charge.charge_category, correction,
            )
        )  # fmt: skip
    return made
