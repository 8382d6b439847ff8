"""Budgets to test with: a small one whose numbers can be worked out by hand, and any at all."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st

from data.finance.budget import (
    CostClass,
    Driver,
    Kind,
    Line,
    Months,
    Purpose,
    Scenario,
    Side,
    Treatment,
)
from data.finance.budget_lines import driven


def months(amount: str) -> Months:
    """The same amount in each month."""
    return (Decimal(amount),) * 12


CALLS = Driver("calls", "API calls", "million calls", tuple(Decimal(100 + at) for at in range(12)))

HUB = Line("hub", "Integration hub", "integration platform", "EUR", months("200.00"), CostClass.INTEGRATION,
           vendor="Flowmere", mandatory=True)  # fmt: skip
CLOUD = Line("cloud", "Cloud", "cloud", "EUR", months("700.00"), CostClass.OTHER, vendor="Nimbra")
CALLED = driven(
    Line("calls", "Partner calls", "connectors", "USD", cost_class=CostClass.OTHER, vendor="Oddity", driver="calls",
         unit_price=Decimal("0.50")), CALLS)  # fmt: skip
AUDIT = Line("audit", "Audits", "security audits and compliance", "EUR", months("30.00"), CostClass.OTHER,
             Purpose.AUDIT_COMPLIANCE, mandatory=True)  # fmt: skip
LEGACY = Line("legacy", "Ledger renewal", "legacy upgrade", "EUR", months("50.00"), CostClass.OTHER,
              Purpose.LEGACY_UPGRADE, Treatment.CAPEX, annual=Decimal("600.00"))  # fmt: skip
PILOT = Line("pilot", "Digital identity", "emerging pilots", "EUR", months("20.00"), CostClass.OTHER,
             Purpose.EMERGING_PILOT)  # fmt: skip
POOL = Line("pool", "Experiments", "experiment pool", "EUR", months("10.00"), CostClass.OTHER,
            Purpose.EXPERIMENT_POOL)  # fmt: skip
SAVED = Line("saved", "Savings", "benefits", "EUR", months("90.00"), CostClass.OTHER, side=Side.BENEFIT)

BASE = Scenario(
    "fy2026-base-1", "FY2026 base", Kind.BASE, 2026, 1, "EUR", "group",
    (HUB, CLOUD, CALLED, AUDIT, LEGACY, PILOT, POOL, SAVED), (CALLS,), (("USD", Decimal("0.90")),), Decimal("40.00"),
    series="fy2026-base",
)  # fmt: skip
"""Costs a month: 200 + 700 + 30 + 50 + 20 + 10 EUR, and half a dollar for each of 100, 101 … 111 million calls."""


def upside(of: Scenario = BASE) -> Scenario:
    """Costs a tenth less for the cloud, savings a tenth more."""
    cheaper = of.with_line(replace(CLOUD, months=months("630.00"))).with_line(replace(SAVED, months=months("99.00")))
    return replace(cheaper, id="fy2026-upside-1", name="FY2026 upside", kind=Kind.UPSIDE, series="fy2026-upside")


def decimals(low: int, high: int, places: int) -> st.SearchStrategy[Decimal]:
    """Decimals of whole steps: made many times faster than by st.decimals."""
    return st.integers(low * 10**places, high * 10**places).map(lambda count: Decimal(count).scaleb(-places))


AMOUNTS, POSITIVE = decimals(-9_999_999, 9_999_999, 2), decimals(0, 9_999_999, 2)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12).map(str.strip)
CURRENCIES = st.sampled_from(["EUR", "USD", "GBP"])
RATES = decimals(0, 400, 6).filter(bool)


@st.composite
def lines(draw: st.DrawFn, name: str) -> Line:
    """Any line of that id."""
    months = tuple(draw(st.lists(AMOUNTS, min_size=12, max_size=12)))
    return Line(
        name, draw(WORDS) or name, draw(st.sampled_from(["cloud", "people", "=1+1"])), draw(CURRENCIES), months,
        draw(st.sampled_from(CostClass)), draw(st.sampled_from(Purpose)), draw(st.sampled_from(Treatment)),
        draw(st.sampled_from(Side)), draw(WORDS), draw(WORDS), draw(WORDS), "", draw(st.none() | POSITIVE),
        draw(decimals(0, 1, 4)), draw(st.none() | AMOUNTS), draw(st.booleans()),
        draw(WORDS),
    )  # fmt: skip


@st.composite
def scenarios(draw: st.DrawFn, most: int = 3) -> Scenario:
    """Any scenario with rates for all its currencies."""
    count = draw(st.integers(0, most))
    made = tuple(draw(lines(f"line-{at}")) for at in range(count))
    quantities = st.lists(decimals(0, 100_000, 2), min_size=12, max_size=12)
    driver = Driver("calls", draw(WORDS) or "Calls", "calls", tuple(draw(quantities)))
    start = draw(st.integers(1, 12))
    rates = (("GBP", draw(RATES)), ("USD", draw(RATES)))
    return Scenario(
        "any-1", draw(WORDS) or "Any", draw(st.sampled_from(Kind)), 2026, start, "EUR", "group", made, (driver,), rates,
        draw(st.none() | POSITIVE), series="any",
    )  # fmt: skip
