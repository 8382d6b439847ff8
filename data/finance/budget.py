"""A budget: a scenario of lines over the twelve months of a fiscal year, some of them driven by quantities.

A line is held in its own currency; in that of its scenario each month is converted at the budget rate and rounded to
the cent once, half to even. Every total is the sum of these rounded months, so that the parts of a view always add up.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from hashlib import sha256

from data.period import Kind as PeriodKind
from data.period import Period, parse
from data.settings import ConfigurationError

MONTHS = 12
CENT = Decimal("0.01")
LARGEST = Decimal(10) ** 13
"""Amounts stay below this, so that they have at most fifteen digits: what a grid or a workbook holds exactly."""

Months = tuple[Decimal, ...]
NOTHING: Months = (Decimal(0),) * MONTHS


class BadBudget(ConfigurationError):
    """A budget, or a change of one, that cannot be; the message says why and what to do."""


class Kind(StrEnum):
    """What a scenario stands for beside its siblings."""

    BASE = "base"
    UPSIDE = "upside"
    DOWNSIDE = "downside"
    CUSTOM = "custom"


class Purpose(StrEnum):
    """What money is for."""

    RUN = "run"
    LEGACY_UPGRADE = "legacy upgrade"
    EMERGING_PILOT = "emerging pilot"
    AUDIT_COMPLIANCE = "audit and compliance"
    EXPERIMENT_POOL = "experiment pool"
    CONTINGENCY = "contingency"


class CostClass(StrEnum):
    """Whether a line is integration and middleware; by the rules of spend where nobody said."""

    BY_RULES = "by rules"
    INTEGRATION = "integration"
    OTHER = "other"


class Treatment(StrEnum):
    """How accounting treats it."""

    OPEX = "opex"
    CAPEX = "capex"


class Side(StrEnum):
    """Money that goes out, or that comes in: which decides what is favourable."""

    COST = "cost"
    BENEFIT = "benefit"


CATEGORIES = (
    *("integration platform", "API gateway and security", "messaging", "connectors", "KYC, AML and reporting"),
    *("legacy upgrade", "emerging pilots", "security audits and compliance", "experiment pool", "people"),
    *("cloud", "software", "contingency", "benefits"),
)
"""Categories to start from; a company may write others."""


@dataclass(frozen=True)
class Driver:
    """A quantity per month that lines follow: transactions, users, API calls, engineers, chains, partners.

    `metric` names the measure whose denominator counts it in the warehouse, in units of `per`; empty: nobody counts it.
    """

    id: str
    name: str
    unit: str
    months: Months
    metric: str = ""
    per: Decimal = Decimal(1)


@dataclass(frozen=True)
class Line:
    """One thing that money is planned for. `months` and `annual` are amounts of `currency`.

    `annual` is what was agreed for the year, None where nothing was agreed beyond the months. `unit_price` and
    `inflation` (0.03 is 3 %) make amounts of the driver's quantities. Charges of `vendor` (and `service`, if given) are
    its actuals.
    """

    id: str
    name: str
    category: str
    currency: str
    months: Months = NOTHING
    cost_class: CostClass = CostClass.BY_RULES
    purpose: Purpose = Purpose.RUN
    treatment: Treatment = Treatment.OPEX
    side: Side = Side.COST
    owner: str = ""
    service: str = ""
    vendor: str = ""
    driver: str = ""
    unit_price: Decimal | None = None
    inflation: Decimal = Decimal(0)
    annual: Decimal | None = None
    mandatory: bool = False
    note: str = ""

    @property
    def total(self) -> Decimal:
        """The sum of the months, in the line's own currency."""
        return sum(self.months, Decimal(0))


@dataclass(frozen=True)
class Scenario:
    """A whole budget of one fiscal year. `rates` are budget rates: units of `currency` for one unit of another.

    `reason` says why this version was made of `parent`; `pool_limit` is what one experiment may cost without approval.
    """

    id: str
    name: str
    kind: Kind
    fiscal_year: int
    fiscal_start: int
    currency: str
    scope: str
    lines: tuple[Line, ...] = ()
    drivers: tuple[Driver, ...] = ()
    rates: tuple[tuple[str, Decimal], ...] = ()
    pool_limit: Decimal | None = None
    parent: str | None = None
    reason: str = ""
    series: str = ""
    version: int = 1

    @property
    def year(self) -> Period:
        """The fiscal year."""
        return parse(f"FY{self.fiscal_year}", self.fiscal_start)

    @property
    def periods(self) -> tuple[Period, ...]:
        """Its twelve months."""
        return self.year.split(PeriodKind.MONTH)

    def line(self, name: str) -> Line:
        """The line of that id. BadBudget."""
        for one in self.lines:
            if one.id == name:
                return one
        raise BadBudget(f"{self.name} has no line {name!r}: choose one that it has.")

    def driver(self, name: str) -> Driver:
        """The driver of that id. BadBudget."""
        for one in self.drivers:
            if one.id == name:
                return one
        raise BadBudget(f"{self.name} has no driver {name!r}: add it, or choose one that it has.")

    def rate(self, currency: str) -> Decimal | None:
        """The budget rate of a currency; None where none was set."""
        return Decimal(1) if currency == self.currency else dict(self.rates).get(currency)

    def with_line(self, changed: Line) -> Scenario:
        """With a line in the place of the one of the same id. BadBudget."""
        self.line(changed.id)
        return replace(self, lines=tuple(changed if one.id == changed.id else one for one in self.lines))


@dataclass(frozen=True)
class View:
    """Amounts in the scenario's currency by what they are grouped by; `unconverted` names currencies without a rate."""

    rows: Mapping[str, Months]
    unconverted: tuple[str, ...] = ()

    @property
    def months(self) -> Months:
        """The sum of the rows."""
        return added(self.rows.values())

    @property
    def total(self) -> Decimal:
        """The sum of everything."""
        return sum(self.months, Decimal(0))


_POSITIONS: Mapping[str, Callable[[Line], str]] = {
    "line": lambda line: line.id,
    "category": lambda line: line.category,
    "class": lambda line: line.cost_class.value,
    "purpose": lambda line: line.purpose.value,
    "treatment": lambda line: line.treatment.value,
    "side": lambda line: line.side.value,
    "owner": lambda line: line.owner,
    "service": lambda line: line.service,
    "vendor": lambda line: line.vendor,
    "driver": lambda line: line.driver,
}
VIEWS = tuple(_POSITIONS)
"""What a scenario can be added up by."""


def converted(scenario: Scenario, line: Line) -> Months | None:
    """The line's months in the scenario's currency, each rounded to the cent; None without a rate."""
    rate = scenario.rate(line.currency)
    return None if rate is None else tuple(cents(amount * rate) for amount in line.months)


def view(scenario: Scenario, by: str, side: Side | None = None) -> View:
    """The lines added up by one of VIEWS, of one side or of both."""
    rows: dict[str, Months] = {}
    missing: set[str] = set()
    for line in scenario.lines:
        if side is not None and line.side is not side:
            continue
        months = converted(scenario, line)
        if months is None:
            missing.add(line.currency)
            continue
        key = _POSITIONS[by](line)
        rows[key] = added((rows.get(key, NOTHING), months))
    return View(rows, tuple(sorted(missing)))


def costs(scenario: Scenario) -> View:
    """What goes out, by line."""
    return view(scenario, "line", Side.COST)


def added(rows: Iterable[Months]) -> Months:
    """Months added up month by month; nothing gives twelve times 0."""
    return tuple(sum(column, Decimal(0)) for column in zip(NOTHING, *rows, strict=True))


def cents(amount: Decimal) -> Decimal:
    """Rounded to the cent, half to even."""
    return amount.quantize(CENT, rounding=ROUND_HALF_EVEN)


def content(scenario: Scenario) -> dict[str, object]:
    """What a copy has in common with its source: everything but its name and where it comes from."""
    said = asdict(scenario)
    for name in ("id", "name", "kind", "parent", "reason", "series", "version"):
        del said[name]
    return said


def fingerprint(scenario: Scenario) -> str:
    """A hash of the content; amounts count by their value, not by how they are written."""
    return sha256(json.dumps(_plain(content(scenario)), sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return format(value.normalize() + 0, "f")
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def quarter_of(month: int) -> int:
    """The fiscal quarter, 1 to 4, of a month of the fiscal year, 0 to 11."""
    return month // 3 + 1


def month_of(scenario: Scenario, day: date) -> int | None:
    """The place of the month that a day falls in; None outside of the fiscal year."""
    return next((place for place, one in enumerate(scenario.periods) if day in one), None)
