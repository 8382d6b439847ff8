"""What the demo company plans: base, upside and downside of a year, of lines that its invoices are held against."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from data.finance.budget import CostClass, Driver, Kind, Line, Months, Purpose, Scenario, Side, Treatment
from data.finance.budget_lines import driven, free_id, scaled, spread, spread_line
from data.sample.company import PORTFOLIO
from data.sample.price_list import CLOUD

INTEGRATION, OTHER = CostClass.INTEGRATION, CostClass.OTHER
_SEASON: Final = tuple(Decimal(one) for one in (106, 100, 104, 99, 96, 93, 90, 92, 98, 102, 112, 115))
"""How busy each calendar month is, in percent of an ordinary one."""
_CALLS: Final = 2_420
"""Calls to partners in the year, in millions."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A line of the plan: amount of the year in thousands of its currency, and what it is."""

    name: str
    category: str
    thousands: int
    cost_class: CostClass = OTHER
    purpose: Purpose = Purpose.RUN
    owner: str = "k-nowak"
    vendor: str = ""
    service: str = ""
    currency: str = "EUR"
    treatment: Treatment = Treatment.OPEX
    side: Side = Side.COST
    mandatory: bool = False
    seasonal: bool = False
    note: str = ""


_PLAN: Final = (
    Planned("Flowmere Integration Hub", "integration platform", 540, INTEGRATION, owner="b-okafor", vendor="Flowmere",
            mandatory=True),
    Planned("Portcullo API Management", "API gateway and security", 345, INTEGRATION, owner="b-okafor",
            vendor="Portcullo"),
    Planned("Nimbra Event Streams", "messaging", 640, INTEGRATION, owner="c-moreau", vendor=CLOUD,
            service="Nimbra Event Streams", currency="USD", seasonal=True),
    Planned("Integration engineering", "people", 940, INTEGRATION, owner="b-okafor",
            note="Eight engineers of the platform team"),
    Planned("Bitsund orders and prices", "connectors", 140, INTEGRATION, owner="d-hartwig", vendor="Bitsund Exchange"),
    Planned("Nodewright Bitcoin nodes", "connectors", 96, INTEGRATION, owner="d-hartwig", vendor="Nodewright"),
    Planned("Hansaclear SEPA payments", "connectors", 110, INTEGRATION, owner="d-hartwig", vendor="Hansaclear Bank"),
    Planned("Albion Trust Faster Payments", "connectors", 85, INTEGRATION, owner="d-hartwig",
            vendor="Albion Trust Bank"),
    Planned("Verisuno document checks", "KYC, AML and reporting", 285, INTEGRATION, owner="e-salonen",
            vendor="Verisuno"),
    Planned("Idenfolk video checks", "KYC, AML and reporting", 128, INTEGRATION, owner="e-salonen", vendor="Idenfolk"),
    Planned("Listwarden screening", "KYC, AML and reporting", 145, INTEGRATION, owner="e-salonen", vendor="Listwarden",
            mandatory=True),
    Planned("Regulo Filing", "KYC, AML and reporting", 355, owner="e-salonen", vendor="Regulo", mandatory=True),
    Planned("Nimbra Virtual Machines", "cloud", 3_480, owner="f-brandt", vendor=CLOUD,
            service="Nimbra Virtual Machines",
            currency="USD", seasonal=True),
    Planned("Nimbra Managed SQL", "cloud", 2_180, owner="f-brandt", vendor=CLOUD, service="Nimbra Managed SQL",
            currency="USD", seasonal=True),
    Planned("Nimbra, other services", "cloud", 1_820, owner="f-brandt", vendor=CLOUD, currency="USD", seasonal=True),
    Planned("Nimbra Marketplace", "software", 360, owner="f-brandt", vendor="Nimbra Marketplace"),
    Planned("Lakehold Warehouse", "software", 960, owner="g-ivanova", vendor="Lakehold"),
    Planned("Sentivane Fraud Scores", "software", 745, owner="g-ivanova", vendor="Sentivane"),
    Planned("Vantagraph Monitoring", "software", 610, owner="f-brandt", vendor="Vantagraph"),
    Planned("Bastionne Managed Detection", "software", 560, owner="h-demir", vendor="Bastionne"),
    Planned("Codestead Enterprise", "software", 545, owner="f-brandt", vendor="Codestead"),
    Planned("Relato Customer Desk", "software", 500, owner="i-costa", vendor="Relato"),
    Planned("Papermoor Office", "software", 300, owner="i-costa", vendor="Papermoor"),
    Planned("Signora Workforce Identity", "software", 265, owner="h-demir", vendor="Signora"),
    Planned("Oldhaven Mainframe Hours", "legacy upgrade", 210, owner="j-whitlock", vendor="Oldhaven Hosting"),
    Planned("Ledger core renewal", "legacy upgrade", 980, purpose=Purpose.LEGACY_UPGRADE, owner="j-whitlock",
            treatment=Treatment.CAPEX, note="Second of three years; go-live of the new core in June"),
    Planned("Batch to streams", "legacy upgrade", 420, purpose=Purpose.LEGACY_UPGRADE, owner="j-whitlock"),
    Planned("Zero-knowledge proofs in onboarding", "emerging pilots", 260, purpose=Purpose.EMERGING_PILOT,
            owner="c-moreau"),
    Planned("Decentralised identity wallet", "emerging pilots", 180, purpose=Purpose.EMERGING_PILOT, owner="c-moreau"),
    Planned("New chains", "emerging pilots", 210, purpose=Purpose.EMERGING_PILOT, owner="d-hartwig"),
    Planned("Security audits and penetration tests", "security audits and compliance", 380, owner="h-demir",
            purpose=Purpose.AUDIT_COMPLIANCE, mandatory=True),
    Planned("Regulatory updates", "security audits and compliance", 290, owner="e-salonen",
            purpose=Purpose.AUDIT_COMPLIANCE, mandatory=True, note="DORA registers, MiCA reporting, travel rule"),
    Planned("Experiment pool", "experiment pool", 240, purpose=Purpose.EXPERIMENT_POOL, owner="a-lindqvist",
            note="Up to the limit an experiment approves itself"),
    Planned("Contingency", "contingency", 400, purpose=Purpose.CONTINGENCY, owner="a-lindqvist"),
    Planned("Fewer manual interventions", "benefits", 460, side=Side.BENEFIT, owner="k-nowak"),
    Planned("Partner and API revenue", "benefits", 1_350, side=Side.BENEFIT, owner="k-nowak", seasonal=True),
)  # fmt: skip
"""Everything but what follows a driver, in the order of the plan."""

_PER_CALL: Final = (
    ("Norvane orders and prices", "Norvane Exchange", "connectors", "112.40", "3", INTEGRATION),
    ("Chainspan Ethereum nodes", "Chainspan", "connectors", "88.50", "2.5", INTEGRATION),
    ("Unischeme authorisations", "Unischeme Cards", "connectors", "50.10", "2", INTEGRATION),
)
"""Lines that follow the calls to partners: name, vendor, category, price of a million, inflation in percent, class."""


def scenarios(fiscal_year: int, fiscal_start: int = 1) -> tuple[Scenario, Scenario, Scenario]:
    """Base, upside and downside of a fiscal year; the same for the same year."""
    calls, engineers = _drivers(fiscal_start)
    lines = (*(_line(one, fiscal_start) for one in _PLAN), *_following(calls, engineers))
    base = Scenario(
        f"fy{fiscal_year}-base-1", f"FY{fiscal_year} base", Kind.BASE, fiscal_year, fiscal_start, "EUR", PORTFOLIO,
        lines, (calls, engineers), (("GBP", Decimal("1.16")), ("USD", Decimal("0.90"))), Decimal("25000.00"),
        series=f"fy{fiscal_year}-base",
    )  # fmt: skip
    return base, _variant(base, Kind.UPSIDE), _variant(base, Kind.DOWNSIDE)


def _turned(season: tuple[Decimal, ...], fiscal_start: int) -> Months:
    """A calendar season in the order of fiscal months."""
    return season[fiscal_start - 1 :] + season[: fiscal_start - 1]


def _drivers(fiscal_start: int) -> tuple[Driver, Driver]:
    quantities = spread(Decimal(_CALLS), _turned(_SEASON, fiscal_start))
    calls = Driver(
        "partner-calls", "Calls to partners", "million calls", quantities, "integration_error_rate", Decimal(1_000_000)
    )
    heads = (Decimal(24),) * 3 + (Decimal(25),) * 3 + (Decimal(26),) * 6
    return calls, Driver("engineers", "Engineers", "engineers", heads)


def _line(one: Planned, fiscal_start: int) -> Line:
    line = Line(
        "", one.name, one.category, one.currency, cost_class=one.cost_class, purpose=one.purpose,
        treatment=one.treatment, side=one.side, owner=one.owner, service=one.service, vendor=one.vendor,
        mandatory=one.mandatory, note=one.note,
    )  # fmt: skip
    season = _turned(_SEASON, fiscal_start) if one.seasonal else None
    return replace(spread_line(line, Decimal(one.thousands * 1000), season), id=_id(one.name))


def _following(calls: Driver, engineers: Driver) -> Iterator[Line]:
    for name, vendor, category, price, percent, cost_class in _PER_CALL:
        yield driven(
            Line(
                _id(name), name, category, "EUR", cost_class=cost_class, owner="d-hartwig", vendor=vendor,
                driver=calls.id, unit_price=Decimal(price), inflation=Decimal(percent) / 100,
            ),
            calls,
        )  # fmt: skip
    yield driven(
        Line(
            "product-engineering", "Product engineering", "people", "EUR", cost_class=OTHER, owner="a-lindqvist",
            driver=engineers.id, unit_price=Decimal(9800), inflation=Decimal("0.03"),
        ),
        engineers,
    )  # fmt: skip


def _id(name: str) -> str:
    return free_id(name, ())


_MOVES: Final = {
    Kind.UPSIDE: (Decimal("-0.06"), Decimal("0.12"), "Reservations hold the cloud down, two more partners go live"),
    Kind.DOWNSIDE: (Decimal("0.09"), Decimal("-0.18"), "The cloud grows with traffic as it did, partners come late"),
}
"""How the cloud and the benefits move against the base, and why."""


def _variant(base: Scenario, kind: Kind) -> Scenario:
    cloud, benefits, reason = _MOVES[kind]
    lines = tuple(
        scaled(line, benefits if line.side is Side.BENEFIT else cloud)
        if line.side is Side.BENEFIT or line.category == "cloud"
        else line
        for line in base.lines
    )
    name = f"FY{base.fiscal_year} {kind.value}"
    series = f"fy{base.fiscal_year}-{kind.value}"
    return replace(base, id=f"{series}-1", name=name, kind=kind, lines=lines, reason=reason, series=series)
