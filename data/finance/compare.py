"""Two budgets side by side, or a budget and what was spent: line by line, month by month, with the reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from data.finance.budget import MONTHS, BadBudget, Line, Scenario, Side, cents
from data.finance.forecast import UNBUDGETED, Actuals
from data.finance.variance import Priced, Variance, of_scenario, variances, whole

Quantities = Mapping[str, tuple[Decimal | None, ...]]
"""What was counted of each driver, by its id, in each closed month; None where nothing was."""


@dataclass(frozen=True)
class Comparison:
    """Lines with their variance for the months compared, and each of these months by itself."""

    left: str
    right: str
    currency: str
    names: Mapping[str, str]
    lines: tuple[Variance, ...]
    by_month: Mapping[int, tuple[Variance, ...]]
    unknown: tuple[str, ...] = ()

    def total(self, side: Side = Side.COST) -> Variance:
        """All lines of a side."""
        return whole(self.lines, side=side)

    def totals_by_month(self, side: Side = Side.COST) -> Mapping[int, Variance]:
        """All lines of a side in each month."""
        return {month: whole(lines, side=side) for month, lines in self.by_month.items()}


def compare(left: Scenario, right: Scenario) -> Comparison:
    """How the right one differs from the left one, in their common currency. BadBudget where they have none."""
    if right.currency != left.currency:
        raise BadBudget(
            f"{left.name} is in {left.currency} and {right.name} in {right.currency}: "
            "compare scenarios of one currency."
        )
    names = {line.id: line.name for line in (*right.lines, *left.lines)}
    return _compared(
        (left.name, right.name, left.currency, names),
        {month: (of_scenario(left, (month,)), of_scenario(right, (month,))) for month in range(MONTHS)},
        (of_scenario(left), of_scenario(right)),
    )


def compare_with_actuals(scenario: Scenario, done: Actuals, counted: Quantities | None = None) -> Comparison:
    """How what was spent in the closed months differs from the plan of the same months.

    Lines that nobody bills are left out on both sides and named in `unknown`. BadBudget while no month is closed.
    """
    if done.closed == 0:
        raise BadBudget(f"No month of FY{scenario.fiscal_year} is closed yet: compare with another scenario.")
    told = {name for name in done.known if None not in done.months(name)}
    planned = replace(scenario, lines=tuple(line for line in scenario.lines if line.id in told))
    unknown = tuple(line.id for line in scenario.lines if line.id not in told)
    names = {line.id: line.name for line in scenario.lines} | {UNBUDGETED: "Not budgeted"}

    def sides(months: Sequence[int]) -> tuple[dict[str, Priced], dict[str, Priced]]:
        spent = {line.id: _spent(scenario, line, done, months, counted or {}) for line in planned.lines}
        if UNBUDGETED in told:
            spent[UNBUDGETED] = _amount(done, UNBUDGETED, months)
        return of_scenario(planned, months), {name: one for name, one in spent.items() if one is not None}

    by_month = {month: sides((month,)) for month in range(done.closed)}
    made = _compared((scenario.name, "Actuals", scenario.currency, names), by_month, sides(range(done.closed)))
    return replace(made, unknown=unknown)


_Sides = tuple[Mapping[str, Priced], Mapping[str, Priced]]


def _compared(
    head: tuple[str, str, str, Mapping[str, str]], by_month: Mapping[int, _Sides], year: _Sides
) -> Comparison:
    months = {month: variances(*sides) for month, sides in by_month.items()}
    return Comparison(*head, variances(*year), months)


def _spent(scenario: Scenario, line: Line, done: Actuals, months: Sequence[int], counted: Quantities) -> Priced | None:
    """What a line used, in its own currency where it was billed in that, with the quantity of its driver if counted."""
    charges = [one for one in done.charges.get(line.id, ()) if one.month in months]
    whole_amount = _amount(done, line.id, months)
    quantity, group = None, ""
    if line.driver:
        driver = scenario.driver(line.driver)
        found = [at_month for at, at_month in enumerate(counted.get(driver.id, ())) if at in months]
        if found and None not in found:
            quantity, group = sum((one for one in found if one is not None), Decimal(0)), driver.unit
    if not charges or {one.currency for one in charges} != {line.currency} or line.currency == scenario.currency:
        rate = scenario.rate(line.currency) or Decimal(1)
        return replace(whole_amount, amount=whole_amount.told / rate, rate=rate, quantity=quantity, group=group)
    foreign = sum((one.effective for one in charges), Decimal(0))
    paid = sum((one.told or Decimal(0) for one in charges), Decimal(0))
    rate = paid / foreign if foreign else scenario.rate(line.currency) or Decimal(1)
    return replace(whole_amount, amount=foreign, rate=rate, quantity=quantity, group=group)


def _amount(done: Actuals, name: str, months: Sequence[int]) -> Priced:
    by_month = done.months(name)
    told = sum((cents(by_month[at] or Decimal(0)) for at in months), Decimal(0))
    return Priced(told, rounded=told)
