"""A business case: dated lines of costs and benefits, each resting on assumptions that somebody owns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from data.finance.levers import LEVERS, lever_named
from data.finance.levers.base import Lever, Parameter, Side, When
from data.settings import ConfigurationError

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]
Words = Annotated[str, Field(max_length=400)]
Rate = Annotated[Decimal, Field(gt=Decimal("-0.5"), le=1)]
Share = Annotated[Decimal, Field(ge=0, le=1)]
Part = Annotated[Decimal, Field(ge=0, le=10)]
Amount = Annotated[Decimal, Field(ge=-(10**12), le=10**12)]

MOST_YEARS, MOST_LINES, MOST_FLOWS = 15, 60, 200
FACTOR = "factor"
"""The one parameter of a line of dated amounts: they are multiplied by it, 1 as they are given."""

Day: TypeAlias = date
"""Where a field is itself called date."""


class BadCase(ConfigurationError):
    """A business case that cannot be worked out; the message names the place and the fix."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class View(StrEnum):
    """How uncertainty is told: not at all, by factors of risk, or by draws. A figure has one of them, never two."""

    AS_STATED = "as_stated"
    RISK_ADJUSTED = "risk_adjusted"
    MONTE_CARLO = "monte_carlo"


class Measured(_Frozen):
    """Where a value was read: the measure, for which scope and period, from which sources, how fresh they were."""

    measure: str
    scope: str
    period: str
    sources: tuple[str, ...] = ()
    fresh_at: datetime | None = None


class Assumption(_Frozen):
    """A number with where it comes from and who answers for it; `low` and `high` are the ends of its range."""

    value: Amount
    low: Amount | None = None
    high: Amount | None = None
    shape: Literal["pert", "triangular"] = "pert"
    source: Words = ""
    owner: Words = ""
    date: Day | None = None
    measured: Measured | None = None

    @model_validator(mode="before")
    @classmethod
    def _a_bare_number(cls, given: Any) -> Any:
        return {"value": given} if isinstance(given, int | float | Decimal | str) else given

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if (self.low is None) != (self.high is None):
            raise ValueError("give both low and high, or neither")
        if self.low is not None and self.high is not None and not self.low <= self.value <= self.high:
            raise ValueError(f"the value {self.value} lies outside its range {self.low} to {self.high}")
        return self

    @property
    def is_uncertain(self) -> bool:
        """Whether its range leaves anything open."""
        return self.low is not None and self.low != self.high


class Flow(_Frozen):
    """An amount on a day, above zero for what the line is: a cost or a benefit."""

    date: Day
    amount: Amount


class Promise(_Frozen):
    """What a benefit is promised on: a measure or a metric of a scope, which reviews read.

    `baseline` and `planned` are its value before and the one that brings the whole benefit; not needed where the line's
    lever has them as inputs.
    """

    measure: str
    scope: str
    baseline: Amount | None = None
    planned: Amount | None = None


class Line(_Frozen):
    """A cost or a benefit: worked out by a lever from assumptions, or given as dated amounts.

    `ramp` is the share of a lever's amount that falls due at the start and in each year. `risk` is how much of a
    benefit is taken off, or of a cost put on, where risk is told by factors.
    """

    id: Slug
    name: Words = ""
    lever: str | None = None
    side: Side | None = None
    values: dict[str, Assumption] = {}
    flows: Annotated[tuple[Flow, ...], Field(max_length=MOST_FLOWS)] = ()
    when: When | None = None
    ramp: Annotated[tuple[Part, ...], Field(max_length=MOST_YEARS + 1)] = ()
    risk: Share = Decimal(0)
    owner: Words = ""
    promise: Promise | None = None

    @field_validator("lever")
    @classmethod
    def _exists(cls, given: str | None) -> str | None:
        if given is not None and given not in {one.id for one in LEVERS}:
            raise ValueError(f"there is no lever {given!r}; there are: {', '.join(one.id for one in LEVERS)}")
        return given

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.lever is None:
            if not self.flows or self.side is None:
                raise ValueError("a line needs a lever, or a side and dated flows")
            known = {FACTOR}
        else:
            if self.flows or self.side is not None:
                raise ValueError("a line with a lever has no side and no flows of its own")
            known = {one.id for one in lever_named(self.lever).parameters}
        for name in self.values:
            if name not in known:
                raise ValueError(f"there is no parameter {name!r}; there are: {', '.join(sorted(known))}")
        self._in_range()
        return self

    def _in_range(self) -> None:
        for one in self.kind.parameters if self.kind else ():
            given = self.values.get(one.id)
            for value in (given.low, given.value, given.high) if given else ():
                if value is not None and not one.low <= value <= one.high:
                    raise ValueError(f"{one.id} is {value}: give one between {one.low} and {one.high}")

    @property
    def kind(self) -> Lever | None:
        """The lever that works it out; None for dated amounts."""
        return lever_named(self.lever) if self.lever else None

    @property
    def title(self) -> str:
        """What a reader calls it."""
        return self.name or (self.kind.name if self.kind else self.id)

    @property
    def stands(self) -> Side:
        """Cost or benefit."""
        if self.kind is not None:
            return self.kind.side
        assert self.side is not None
        return self.side

    def assumption(self, parameter: str) -> Assumption:
        """A parameter as the line gives it, else at its default."""
        if parameter in self.values:
            return self.values[parameter]
        return Assumption(value=self.kind.parameter(parameter).default if self.kind else Decimal(1))

    def parameters(self) -> Iterator[tuple[str, Assumption, Parameter | None]]:
        """Every parameter in the lever's order, given or not."""
        for one in self.kind.parameters if self.kind else ():
            yield one.id, self.assumption(one.id), one
        if self.kind is None:
            yield FACTOR, self.assumption(FACTOR), None


class Together(_Frozen):
    """Parameters (`line.parameter`) that move together, all pairs of them with one correlation: a shared driver."""

    name: Words = ""
    of: Annotated[tuple[str, ...], Field(min_length=2, max_length=40)]
    correlation: Annotated[Decimal, Field(ge=-1, le=1)]


class Case(_Frozen):
    """A business case. `start` is t0; year 1 is the twelve months after it, and its flows count at its end."""

    schema_version: Annotated[Literal[1], Field(alias="schema")] = 1
    name: Annotated[str, Field(min_length=1, max_length=120)]
    owner: Annotated[str, Field(min_length=1, max_length=80)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    start: date
    years: Annotated[int, Field(ge=1, le=MOST_YEARS)]
    discount_rate: Rate
    finance_rate: Rate | None = None
    reinvest_rate: Rate | None = None
    scope: str | None = None
    template: str | None = None
    summary: Words = ""
    limits: tuple[Words, ...] = ()
    view: View = View.AS_STATED
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 20260101
    draws: Annotated[int, Field(ge=1000, le=1_000_000)] = 100_000
    line: Annotated[tuple[Line, ...], Field(max_length=MOST_LINES)] = ()
    together: tuple[Together, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = [one.id for one in self.line]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two lines are called {name!r}: give one of them another id")
        for line in self.line:
            if line.ramp and len(line.ramp) != self.years + 1:
                raise ValueError(f"line {line.id}: the ramp has {len(line.ramp)} shares for t0 and {self.years} years")
            for flow in line.flows:
                if year_of(self.start, flow.date) > self.years:
                    raise ValueError(
                        f"line {line.id}: {flow.date} lies after the last year: raise `years` or leave it out"
                    )
        known = {f"{line.id}.{name}" for line in self.line for name, _, _ in line.parameters()}
        for one in self.together:
            for name in one.of:
                if name not in known:
                    raise ValueError(f"together: there is no {name!r}; write line.parameter")
        return self

    def named(self, line: str) -> Line:
        """The line of that id. KeyError where there is none."""
        for one in self.line:
            if one.id == line:
                return one
        raise KeyError(line)

    @property
    def days(self) -> tuple[date, ...]:
        """t0 and the end of each year."""
        return tuple(anniversary(self.start, year) for year in range(self.years + 1))


def anniversary(start: date, year: int) -> date:
    """The day so many years later; the 28th where there is no 29th of February."""
    try:
        return start.replace(year=start.year + year)
    except ValueError:
        return start.replace(year=start.year + year, day=28)


def year_of(start: date, day: date) -> int:
    """The year of a case that a day lies in: 0 up to and on the start, 1 until its first anniversary and on it."""
    year = max(0, day.year - start.year)
    return year if day <= anniversary(start, year) else year + 1


def double_counts(case: Case) -> tuple[str, ...]:
    """A sentence for each pair of lines that count the same money, which keeps a case from being submitted."""
    return tuple(
        f"{one.title} and {other.title} count the same money: take one of them out."
        for one, other in _pairs(case)
        if one.kind and other.lever in one.kind.excludes
    )


def overlaps(case: Case) -> tuple[str, ...]:
    """A sentence for each pair of lines that may count the same money."""
    return tuple(
        f"{one.title} and {other.title} may count the same money: {one.kind.guard}"
        for one, other in _pairs(case)
        if one.kind and other.lever in one.kind.overlaps
    )


def _pairs(case: Case) -> Iterator[tuple[Line, Line]]:
    for place, one in enumerate(case.line):
        for other in case.line[place + 1 :]:
            yield one, other
