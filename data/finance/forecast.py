"""Where a budget year lands: actuals for closed months, drivers or the plan for open ones; and the run rate.

Actuals are charges as they are used (effective cost), so that a prepaid year weighs on each of its months. One-off
charges and months in which a year was paid at once are flagged, and one-offs stay out of the run rate.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from data.finance.budget import MONTHS, Line, Scenario, Side, cents, converted
from data.finance.budget_lines import driven

Basis = Literal["actual", "driver", "plan", "unknown"]
UNBUDGETED = ""
"""The line of charges that no line of the scenario takes."""

_ONE_OFF = frozenset({"purchase", "adjustment", "credit"})
_PREPAID_MONTHS = 3
"""A month that was billed for more than this many times what was used in it was paid in advance."""


@dataclass(frozen=True)
class Charge:
    """Charges of a month of the fiscal year (0 to 11) in the currency they were billed in.

    `rate` is the month's average: units of the scenario's currency for one; None where it is not known.
    """

    month: int
    vendor: str
    service: str
    currency: str
    billed: Decimal
    effective: Decimal
    rate: Decimal | None
    kind: str = "Usage"
    correction: bool = False

    @property
    def told(self) -> Decimal | None:
        """What was used, in the scenario's currency."""
        return None if self.rate is None else self.effective * self.rate


@dataclass(frozen=True)
class Actuals:
    """Charges by line of a scenario, for the months that are closed (0 to 11, from the first on).

    `known` are lines whose vendor bills at all: only they have actuals, 0 in a month without a charge.
    """

    charges: Mapping[str, tuple[Charge, ...]]
    known: frozenset[str]
    closed: int

    def months(self, name: str) -> tuple[Decimal | None, ...]:
        """What the line used in each closed month, to the cent; None where nobody can tell."""
        if name not in self.known:
            return (None,) * self.closed
        return tuple(self._month(name, at) for at in range(self.closed))

    def _month(self, name: str, month: int) -> Decimal | None:
        told = [one.told for one in self.charges.get(name, ()) if one.month == month]
        return None if None in told else cents(sum((one for one in told if one is not None), Decimal(0)))


@dataclass(frozen=True)
class Flag:
    """A month of a line that a run rate would misread. Amounts in the scenario's currency, to the cent."""

    line: str
    month: int
    what: Literal["one-off", "prepaid"]
    amount: Decimal
    used: Decimal


@dataclass(frozen=True)
class Landed:
    """A line's forecast: twelve months with what each rests on, in the scenario's currency; None where unknown."""

    line: str
    months: tuple[Decimal | None, ...]
    basis: tuple[Basis, ...]
    side: Side

    @property
    def landing(self) -> Decimal | None:
        """The whole year; None where a month is unknown."""
        return None if None in self.months else sum((one for one in self.months if one is not None), Decimal(0))


@dataclass(frozen=True)
class Forecast:
    """A scenario's year as it will probably end. `planned_instead` are closed months without actuals, by line."""

    lines: tuple[Landed, ...]
    closed: int
    flags: tuple[Flag, ...]

    def of_side(self, side: Side) -> tuple[Landed, ...]:
        """The lines of costs or of benefits."""
        return tuple(one for one in self.lines if one.side is side)

    def months(self, side: Side = Side.COST) -> tuple[Decimal | None, ...]:
        """The sum of the lines, month by month; None where a line is unknown."""
        rows = [one.months for one in self.of_side(side)]
        columns = zip(*rows, strict=True) if rows else [(Decimal(0),)] * MONTHS
        return tuple(None if None in column else sum(column, Decimal(0)) for column in columns)

    def landing(self, side: Side = Side.COST) -> Decimal | None:
        """What the year comes to: actuals so far and the rest as forecast."""
        months = self.months(side)
        return None if None in months else sum((one for one in months if one is not None), Decimal(0))

    @property
    def planned_instead(self) -> tuple[str, ...]:
        """Lines that nobody bills, so that closed months stand as planned."""
        closed = range(self.closed)
        return tuple(one.line for one in self.lines if any(one.basis[at] == "plan" for at in closed))


@dataclass(frozen=True)
class RunRate:
    """A year at the pace of the last closed month, and of the last three; None where it cannot be told."""

    last_month: Decimal | None
    three_months: Decimal | None
    left_out: Decimal


def actuals(scenario: Scenario, charges: Iterable[Charge], closed: int, billing: Iterable[str] = ()) -> Actuals:
    """Each charge of a closed month given to exactly one line: of its vendor and service, else of its vendor alone.

    `billing` names further vendors whose bills are read. What no line takes stands under UNBUDGETED.
    """
    takers: dict[tuple[str, str], str] = {}
    for line in scenario.lines:
        if line.vendor and line.side is Side.COST:
            takers.setdefault((line.vendor.casefold(), line.service.casefold()), line.id)
    found: dict[str, list[Charge]] = defaultdict(list)
    vendors = {vendor.casefold() for vendor in billing}
    for charge in charges:
        vendor = charge.vendor.casefold()
        vendors.add(vendor)
        if charge.month < closed:
            exact = takers.get((vendor, charge.service.casefold()))
            found[exact or takers.get((vendor, ""), UNBUDGETED)].append(charge)
    taking = {name for (vendor, _), name in takers.items() if vendor in vendors}
    known = taking | ({UNBUDGETED} if UNBUDGETED in found else set())
    return Actuals({name: tuple(of) for name, of in found.items()}, frozenset(known), closed)


def forecast(scenario: Scenario, done: Actuals) -> Forecast:
    """The year line by line; charges without a line end the list, with nothing in open months."""
    lines = [_landed(scenario, line, done) for line in scenario.lines]
    if UNBUDGETED in done.known:
        rest: tuple[Decimal | None, ...] = (Decimal(0),) * (MONTHS - done.closed)
        basis: tuple[Basis, ...] = tuple("actual" if at < done.closed else "plan" for at in range(MONTHS))
        lines.append(Landed(UNBUDGETED, (*done.months(UNBUDGETED), *rest), basis, Side.COST))
    return Forecast(tuple(lines), done.closed, flags(done))


def _landed(scenario: Scenario, line: Line, done: Actuals) -> Landed:
    ahead: Basis = "driver" if line.driver and line.unit_price is not None else "plan"
    planned = converted(scenario, driven(line, scenario.driver(line.driver)) if ahead == "driver" else line)
    months: list[Decimal | None] = []
    basis: list[Basis] = []
    for at, spent in enumerate((*done.months(line.id), *(None,) * (MONTHS - done.closed))):
        if at < done.closed and line.id in done.known:
            months.append(spent)
            basis.append("actual" if spent is not None else "unknown")
        else:
            months.append(None if planned is None else planned[at])
            basis.append("unknown" if planned is None else "plan" if at < done.closed else ahead)
    return Landed(line.id, tuple(months), tuple(basis), line.side)


def flags(done: Actuals) -> tuple[Flag, ...]:
    """One-off charges, and months that were billed for much more than was used in them."""
    found: list[Flag] = []
    for name, charges in done.charges.items():
        for month in range(done.closed):
            of_month = [one for one in charges if one.month == month and one.rate is not None]
            found += _flags_of(name, month, of_month)
    return tuple(found)


def _flags_of(name: str, month: int, charges: Sequence[Charge]) -> list[Flag]:
    made: list[Flag] = []
    once = _sum(one for one in charges if is_one_off(one))
    if once[1]:
        made.append(Flag(name, month, "one-off", *once))
    billed, used = _sum(one for one in charges if not is_one_off(one))
    if billed > 0 and billed > used * _PREPAID_MONTHS:
        made.append(Flag(name, month, "prepaid", billed, used))
    return made


def is_one_off(charge: Charge) -> bool:
    """Whether a charge will not come again: a purchase that was used at once, an adjustment, a credit, a correction."""
    return charge.correction or charge.kind.casefold() in _ONE_OFF


def _sum(charges: Iterable[Charge]) -> tuple[Decimal, Decimal]:
    given = [(one.billed * one.rate, one.effective * one.rate) for one in charges if one.rate is not None]
    return cents(sum((one for one, _ in given), Decimal(0))), cents(sum((one for _, one in given), Decimal(0)))


def run_rate(done: Actuals) -> RunRate:
    """Twelve times the last closed month, and four times the last three, without one-offs."""
    charges = [one for of in done.charges.values() for one in of]
    recent = range(max(0, done.closed - 3), done.closed)
    if not charges or any(one.rate is None for one in charges if one.month in recent):
        return RunRate(None, None, Decimal(0))
    lasting = {at: _sum(one for one in charges if one.month == at and not is_one_off(one))[1] for at in recent}
    once = sum((_sum(one for one in charges if one.month == at and is_one_off(one))[1] for at in recent), Decimal(0))
    three = sum(lasting.values(), Decimal(0)) * 4 if len(lasting) == 3 else None
    return RunRate(lasting[done.closed - 1] * MONTHS, three, once)


def spent(done: Actuals) -> tuple[Decimal | None, ...]:
    """What all lines and the unbudgeted used in each closed month; None where a rate is missing."""
    rows = [done.months(name) for name in sorted(done.known)]
    if not rows:
        return (None,) * done.closed
    return tuple(None if None in column else added_up(column) for column in zip(*rows, strict=True))


def added_up(amounts: Iterable[Decimal | None]) -> Decimal:
    """The sum of what is there."""
    return sum((one for one in amounts if one is not None), Decimal(0))
