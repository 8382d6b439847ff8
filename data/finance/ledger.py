"""The benefit ledger: what each benefit was promised on, when it is looked at, and what was realised of it."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from data.finance.case import Case, Line, Promise, anniversary
from data.finance.levers.base import Parameter, Side
from data.finance.streams import cents, full_amount, shares_of
from data.period import Period

REVIEW_MONTHS = (3, 6, 12)
_SPAN = 3
"""A review reads the three months before it."""


class Attribution(StrEnum):
    """What is known of why a measure moved. None of these is worked out: a person says it, and signs for it."""

    SHOWN = "shown by a comparison with where it was not done"
    PLAUSIBLE = "plausible, not shown"
    UNCLEAR = "unclear, other things changed too"
    NOT_OURS = "due to something else"


@dataclass(frozen=True)
class Promised:
    """A benefit's promise: the value before, the value that brings the whole benefit, and its amount a year then."""

    line: str
    title: str
    owner: str
    measure: str
    scope: str
    baseline: Decimal
    planned: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Due:
    """A review of a line so many months after the start: the day, and the months that it reads."""

    line: str
    month: int
    day: date
    period: Period


@dataclass(frozen=True)
class Realised:
    """Planned and realised: the measure, its progress from baseline to plan, and amounts a year at that pace.

    `planned_amount` is what was planned for the year of the review; None where the measure did not move to anywhere.
    """

    value: Decimal
    progress: Decimal | None
    planned_amount: Decimal
    amount: Decimal | None


def missing_promises(case: Case) -> tuple[str, ...]:
    """A sentence for each benefit that nothing could confirm, which keeps a case from being submitted."""
    found = []
    for line in case.line:
        if line.stands is not Side.BENEFIT:
            continue
        if line.promise is None:
            found.append(f"{line.title} is promised on no measure: name one that reviews can read.")
        elif promised(case, line) is None:
            found.append(f"{line.title}: say the value of {line.promise.measure} before, and the one that is planned.")
    return tuple(found)


def promises(case: Case) -> tuple[Promised, ...]:
    """Every promise of the case that can be held against a measure."""
    found = (promised(case, line) for line in case.line if line.stands is Side.BENEFIT)
    return tuple(one for one in found if one is not None)


def promised(case: Case, line: Line) -> Promised | None:
    """The line's promise; None where it has none, or where baseline or plan are not said."""
    promise = line.promise
    if promise is None:
        return None
    baseline, planned = promise.baseline, promise.planned
    inside = _parameter(line, promise)
    if inside is not None:
        planned = line.assumption(inside.id).value
        before = _before(line, inside)
        baseline = line.assumption(before.id).value if before else baseline
    if baseline is None or planned is None:
        return None
    owner = line.owner or case.owner
    amount = cents(full_amount(line) if line.kind else full_amount(line) * max(shares_of(case, line)))
    return Promised(line.id, line.title, owner, promise.measure, promise.scope, baseline, planned, amount)


def _parameter(line: Line, promise: Promise) -> Parameter | None:
    """The input that the promised measure confirms."""
    kept = line.kind.promised if line.kind else None
    return kept if kept is not None and kept.measure == promise.measure else None


def _before(line: Line, after: Parameter) -> Parameter | None:
    assert line.kind is not None
    return next((one for one in line.kind.parameters if one.measure == after.measure and not one.promised), None)


def due(case: Case) -> tuple[Due, ...]:
    """Every review of a case, in order."""
    found = []
    for one in promises(case):
        for month in REVIEW_MONTHS:
            end = months_after(case.start, month)
            found.append(Due(one.line, month, end, Period(months_after(case.start, month - _SPAN), end)))
    return tuple(sorted(found, key=lambda each: (each.day, each.line)))


def realised(case: Case, line: Line, value: Decimal, month: int) -> Realised:
    """What a measured value means for the line's promise, which must be there. ValueError."""
    one = promised(case, line)
    if one is None or line.promise is None:
        raise ValueError(f"{line.title} is promised on no measure.")
    distance = one.planned - one.baseline
    progress = (value - one.baseline) / distance if distance else None
    inside = _parameter(line, line.promise)
    if inside is not None:
        amount: Decimal | None = cents(full_amount(line, **{inside.id: value}))
    else:
        amount = None if progress is None else cents(one.amount * progress)
    return Realised(value, progress, _planned(case, line, month), amount)


def _planned(case: Case, line: Line, month: int) -> Decimal:
    """What the plan says for the year that the review lies in."""
    year = -(-month // 12)
    return cents(full_amount(line) * shares_of(case, line)[min(year, case.years)])


def months_after(day: date, months: int) -> date:
    """The same day so many months later, the last of the month where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if months % 12 == 0:
        return anniversary(day, months // 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
