"""What one does to lines of a budget: copy, spread, fill, scale, make of a driver. Pure; amounts are whole cents."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal

from data.finance.budget import (
    CENT,
    LARGEST,
    MONTHS,
    BadBudget,
    Driver,
    Line,
    Months,
    Scenario,
    cents,
)


def with_copy(scenario: Scenario, source: str, name: str) -> Scenario:
    """With a copy of a line right after it: the same in everything but its id and name. BadBudget."""
    line = scenario.line(source)
    if not name.strip():
        raise BadBudget("Give the copy a name.")
    copy = replace(line, id=free_id(name, [one.id for one in scenario.lines]), name=name.strip())
    place = scenario.lines.index(line) + 1
    return replace(scenario, lines=(*scenario.lines[:place], copy, *scenario.lines[place:]))


def with_new(scenario: Scenario, line: Line) -> Scenario:
    """With one more line at the end, under a free id made of its name. BadBudget."""
    if not line.name.strip():
        raise BadBudget("Give the line a name.")
    named = replace(line, id=free_id(line.name, [one.id for one in scenario.lines]), name=line.name.strip())
    return replace(scenario, lines=(*scenario.lines, named))


def without(scenario: Scenario, name: str) -> Scenario:
    """Without a line. BadBudget."""
    gone = scenario.line(name)
    return replace(scenario, lines=tuple(one for one in scenario.lines if one is not gone))


def free_id(name: str, taken: Collection[str]) -> str:
    """An id in small letters made of a name, numbered where it is taken."""
    stem = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:60] or "line"
    return next(
        one for count in range(1, len(taken) + 2) if (one := stem if count == 1 else f"{stem}-{count}") not in taken
    )


def spread(annual: Decimal, season: Sequence[Decimal] | None = None) -> Months:
    """An annual amount over twelve months in proportion to a season (such as last year's months), evenly without one.

    The months add up to the annual amount to the cent: what rounding leaves goes to the months that lost most by it.
    BadBudget where the season has a negative month or the amount is no whole number of cents.
    """
    weights = list(season) if season is not None and any(season) else [Decimal(1)] * MONTHS
    if len(weights) != MONTHS:
        raise BadBudget(f"A season has {MONTHS} months; this one has {len(weights)}.")
    if min(weights) < 0:
        raise BadBudget("Last year has a month below zero, which is no season: spread the amount evenly.")
    checked(annual)
    whole, sign = sum(weights, Decimal(0)), -1 if annual < 0 else 1
    exact = [abs(annual) * weight / whole for weight in weights]
    parts = [one.quantize(CENT, rounding=ROUND_FLOOR) for one in exact]
    left = int((abs(annual) - sum(parts, Decimal(0))) / CENT)
    most_lost = sorted(range(MONTHS), key=lambda at: (parts[at] - exact[at], at))
    for at in most_lost[:left]:
        parts[at] += CENT
    return tuple(part * sign for part in parts)


def spread_line(line: Line, annual: Decimal, season: Sequence[Decimal] | None = None) -> Line:
    """The line with an annual amount agreed and spread over its months. BadBudget."""
    return replace(line, months=spread(annual, season), annual=annual)


def filled(line: Line, first: int, last: int, amount: Decimal) -> Line:
    """The line with one amount in every month from `first` to `last` (0 to 11). BadBudget."""
    if not 0 <= first <= last < MONTHS:
        raise BadBudget("The last month to fill lies before the first: exchange the two.")
    checked(amount)
    months = tuple(amount if first <= at <= last else one for at, one in enumerate(line.months))
    return replace(line, months=months)


def scaled(line: Line, by: Decimal, first: int = 0) -> Line:
    """The line with each month from `first` on raised by a share (0.03 is 3 %), rounded to the cent.

    An annual amount that was agreed becomes the sum of the months.
    """
    if by <= -1:
        raise BadBudget("An amount cannot fall by all of itself or more: give a share above −100 %.")
    months = tuple(cents(one * (1 + by)) if at >= first else one for at, one in enumerate(line.months))
    annual = None if line.annual is None else sum(months, Decimal(0))
    return replace(line, months=tuple(map(checked, months)), annual=annual)


def driven(line: Line, driver: Driver) -> Line:
    """The line with quantity × unit price × (1 + inflation) in each month, rounded to the cent. BadBudget."""
    if line.unit_price is None:
        raise BadBudget(f"{line.name} has no unit price: give one, or take the driver away.")
    months = tuple(checked(cents(count * line.unit_price * (1 + line.inflation))) for count in driver.months)
    annual = None if line.annual is None else sum(months, Decimal(0))
    return replace(line, months=months, annual=annual)


def all_driven(scenario: Scenario) -> Scenario:
    """With every line that has a driver made of it anew. BadBudget names what is missing."""
    lines = (driven(line, scenario.driver(line.driver)) if line.driver else line for line in scenario.lines)
    return replace(scenario, lines=tuple(lines))


def checked(amount: Decimal) -> Decimal:
    """The amount, if it is a whole number of cents of at most fifteen digits. BadBudget."""
    if not amount.is_finite() or abs(amount) >= LARGEST:
        raise BadBudget(f"{amount} is too large: give an amount below {LARGEST:,f}.")
    if amount != cents(amount):
        raise BadBudget(f"{amount} has parts of a cent: give at most two decimals.")
    return amount
