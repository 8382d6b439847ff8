"""Why an amount differs from its budget: price, volume, mix, exchange rate; lines that came or went stand apart.

Worked out in exact fractions. Each part is rounded to the cent, and what rounding leaves goes to the parts that lost
most by it, so that the parts add up to the difference of the amounts to the cent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from data.finance.budget import CENT, NOTHING, BadBudget, Line, Scenario, Side, cents, converted

Word = Literal["favourable", "unfavourable", "as planned"]


@dataclass(frozen=True)
class Priced:
    """An amount in its own currency, the rate to the one it is told in, and the quantity behind it, None if unknown.

    `group` is what a quantity is counted in: only within one group can volume move from one line to another.
    `rounded` is the amount in the currency it is told in where it is a sum of amounts that were rounded before.
    """

    amount: Decimal
    rate: Decimal = Decimal(1)
    quantity: Decimal | None = None
    group: str = ""
    side: Side = Side.COST
    rounded: Decimal | None = None

    @property
    def told(self) -> Decimal:
        """The amount in the currency it is told in, to the cent."""
        return cents(self.amount * self.rate) if self.rounded is None else self.rounded


@dataclass(frozen=True)
class Parts:
    """What a difference is made of. `amount` is what no quantity explains; `new` and `gone` are whole lines."""

    price: Decimal = Decimal(0)
    volume: Decimal = Decimal(0)
    mix: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    fx: Decimal = Decimal(0)
    new: Decimal = Decimal(0)
    gone: Decimal = Decimal(0)

    @property
    def total(self) -> Decimal:
        """All of it."""
        return sum((getattr(self, one.name) for one in fields(self)), Decimal(0))

    def __add__(self, other: Parts) -> Parts:
        return Parts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


PART_NAMES = tuple(one.name for one in fields(Parts))


@dataclass(frozen=True)
class Variance:
    """One line: budget, what is held against it, and why they differ. Amounts of one currency, to the cent."""

    name: str
    budget: Decimal
    actual: Decimal
    parts: Parts
    side: Side = Side.COST

    @property
    def difference(self) -> Decimal:
        """Actual less budget."""
        return self.actual - self.budget

    @property
    def share(self) -> Decimal | None:
        """The difference as a share of the budget; None where nothing was budgeted."""
        return self.difference / abs(self.budget) if self.budget else None

    @property
    def word(self) -> Word:
        """Whether the difference is good: less cost, more benefit."""
        return judged(self.difference, self.side)


def judged(difference: Decimal, side: Side = Side.COST) -> Word:
    """Whether a difference from the budget is good."""
    if not difference:
        return "as planned"
    return "favourable" if (difference < 0) == (side is Side.COST) else "unfavourable"


def variances(budget: Mapping[str, Priced], actual: Mapping[str, Priced]) -> tuple[Variance, ...]:
    """Line by line, in the order of the budget, then those that it has not."""
    names = (*budget, *(name for name in actual if name not in budget))
    volumes = {group: _volumes(group, budget, actual) for group in _groups((budget, actual))}
    return tuple(_line(name, budget.get(name), actual.get(name), volumes) for name in names)


def whole(found: Iterable[Variance], name: str = "All", side: Side = Side.COST) -> Variance:
    """The lines of one side added up."""
    of_side = [one for one in found if one.side is side]
    parts = sum((one.parts for one in of_side), Parts())
    budget, actual = (sum((getattr(one, what) for one in of_side), Decimal(0)) for what in ("budget", "actual"))
    return Variance(name, budget, actual, parts, side)


@dataclass(frozen=True)
class _Volumes:
    """What all lines of one group come to, of those that stand on both sides."""

    budget: Fraction
    actual: Fraction


def _groups(sides: Sequence[Mapping[str, Priced]]) -> set[str]:
    return {one.group for side in sides for one in side.values() if one.quantity is not None}


def _volumes(group: str, budget: Mapping[str, Priced], actual: Mapping[str, Priced]) -> _Volumes:
    both = [name for name in budget if name in actual and _comparable(budget[name], actual[name])]
    mine = [name for name in both if budget[name].group == group]
    return _Volumes(
        *(sum((Fraction(side[name].quantity or 0) for name in mine), Fraction(0)) for side in (budget, actual))
    )


def _comparable(planned: Priced, done: Priced) -> bool:
    """Whether a difference has a price and a volume: quantities on both sides, counted in the same thing."""
    return bool(planned.quantity) and done.quantity is not None and planned.group == done.group


def _line(name: str, planned: Priced | None, done: Priced | None, volumes: Mapping[str, _Volumes]) -> Variance:
    if planned is None or done is None:
        there = planned or done
        assert there is not None
        zero, told = Decimal(0), there.told
        if planned is None:
            return Variance(name, zero, told, Parts(new=told), there.side)
        return Variance(name, told, zero, Parts(gone=-told), there.side)
    exact = {"fx": Fraction(done.amount) * (Fraction(done.rate) - Fraction(planned.rate))}
    if _comparable(planned, done):
        exact |= _price_volume_mix(planned, done, volumes[planned.group])
    else:
        exact["amount"] = (Fraction(done.amount) - Fraction(planned.amount)) * Fraction(planned.rate)
    return Variance(name, planned.told, done.told, _in_cents(exact, done.told - planned.told), planned.side)


def _price_volume_mix(planned: Priced, done: Priced, volumes: _Volumes) -> dict[str, Fraction]:
    """The parts at the budget rate; a price of nothing bought is that of the budget."""
    rate, planned_count, count = (Fraction(one or 0) for one in (planned.rate, planned.quantity, done.quantity))
    price = Fraction(planned.amount) / planned_count
    expected = volumes.actual * planned_count / volumes.budget
    return {
        "price": (Fraction(done.amount) - price * count) * rate,
        "volume": (expected - planned_count) * price * rate,
        "mix": (count - expected) * price * rate,
    }


def _in_cents(exact: Mapping[str, Fraction], total: Decimal) -> Parts:
    """The parts in cents that add up to the total: what rounding leaves goes to the parts that lost most by it.

    A part that is nothing stays nothing, unless there is no other.
    """
    scale = int(1 / CENT)
    floors = {name: part * scale // 1 for name, part in exact.items()}
    left = int(total * scale) - sum(floors.values())
    there = [name for name in exact if exact[name]] or list(exact)[-1:]
    most_lost = sorted(there, key=lambda name: (floors[name] - exact[name] * scale, PART_NAMES.index(name)))
    # both sides of the difference were rounded before, so more than a cent a part may be left, or given back
    order, step = (most_lost, 1) if left > 0 else (most_lost[::-1], -1)
    for turn in range(abs(left)):
        floors[order[turn % len(order)]] += step
    return replace(Parts(), **{name: Decimal(int(count)) * CENT for name, count in floors.items()})


def of_scenario(scenario: Scenario, months: Sequence[int] | None = None) -> dict[str, Priced]:
    """Each line over some months of its scenario (0 to 11; all without), with the quantity of its driver.

    BadBudget names a currency without a budget rate.
    """
    places = range(len(NOTHING)) if months is None else months
    return {line.id: _priced(scenario, line, places) for line in scenario.lines}


def _priced(scenario: Scenario, line: Line, places: Iterable[int]) -> Priced:
    rate = scenario.rate(line.currency)
    if rate is None:
        raise BadBudget(f"{scenario.name} has no budget rate for {line.currency}: set one.")
    chosen = list(places)
    amount = sum((line.months[at] for at in chosen), Decimal(0))
    told = converted(scenario, line) or NOTHING
    quantity, group = None, ""
    if line.driver:
        driver = scenario.driver(line.driver)
        quantity, group = sum((driver.months[at] for at in chosen), Decimal(0)), driver.unit
    rounded = sum((told[at] for at in chosen), Decimal(0))
    return Priced(amount, rate, quantity, group, line.side, rounded)
