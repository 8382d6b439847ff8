"""What a lever is: a benefit or a cost a year, worked out from a few parameters that a person can move."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

import numpy as np

Values = Mapping[str, Any]
"""Parameters by id: each a Decimal, a float or an array of draws; the formulas are the same for all of them."""


class Side(StrEnum):
    """On which side of a case a line stands. A benefit may be below zero and stays on its side."""

    BENEFIT = "benefit"
    COST = "cost"


class When(StrEnum):
    """When the amount of a lever falls due, unless a line says so by a ramp of its own."""

    START = "start"
    FIRST_YEAR = "first year"
    YEARLY = "yearly"


class Unit(StrEnum):
    """What a parameter counts. A share is one of one and shown in percent."""

    MONEY = "money"
    SHARE = "share"
    NUMBER = "number"
    HOURS = "hours"
    MINUTES = "minutes"
    MONTHS = "months"


@dataclass(frozen=True)
class Parameter:
    """A number that a lever rests on: its unit and the range that a person may move it in.

    `measure` is the measured value it can start from. A `promised` parameter is what the line promises: it never starts
    from a measured value, and reviews hold the measured value against it.
    """

    id: str
    name: str
    unit: Unit
    default: Decimal
    low: Decimal
    high: Decimal
    per: str = ""
    measure: str | None = None
    promised: bool = False


@dataclass(frozen=True)
class Lever:
    """A line's formula. `guard` says what must not be counted with it; `excludes` are levers that count the same money,
    `overlaps` such as may do so."""

    id: str
    name: str
    side: Side
    when: When
    meaning: str
    formula: str
    guard: str
    parameters: tuple[Parameter, ...]
    amount: Callable[[Values], Any]
    excludes: tuple[str, ...] = ()
    overlaps: tuple[str, ...] = ()

    def parameter(self, name: str) -> Parameter:
        """The parameter of that id. KeyError where there is none."""
        for one in self.parameters:
            if one.id == name:
                return one
        raise KeyError(name)

    @property
    def promised(self) -> Parameter | None:
        """The parameter that the line promises and a measured value can confirm."""
        return next((one for one in self.parameters if one.promised and one.measure), None)

    @property
    def defaults(self) -> dict[str, Decimal]:
        """Every parameter at its default."""
        return {one.id: one.default for one in self.parameters}


def least(one: Any, other: Any) -> Any:
    """The smaller of two amounts, draw by draw where they are drawn."""
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return np.minimum(one, other)
    return min(one, other)


def money(name: str, label: str, high: int, per: str = "a year", **more: Any) -> Parameter:
    """An amount of the case's currency, nothing by default."""
    return Parameter(name, label, Unit.MONEY, Decimal(0), Decimal(0), Decimal(high), per, **more)


def share(name: str, label: str, default: str = "0", **more: Any) -> Parameter:
    """A share of one."""
    return Parameter(name, label, Unit.SHARE, Decimal(default), Decimal(0), Decimal(1), **more)


def number(name: str, label: str, high: int, per: str = "", default: str = "0", **more: Any) -> Parameter:
    """A count from nothing up."""
    return Parameter(name, label, Unit.NUMBER, Decimal(default), Decimal(0), Decimal(high), per, **more)
