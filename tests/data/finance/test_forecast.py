"""A year lands where actuals, drivers and the plan take it, and the run rate is not fooled."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.finance.budget import BadBudget, Side
from data.finance.compare import compare_with_actuals
from data.finance.forecast import UNBUDGETED, Charge, Flag, actuals, flags, forecast, run_rate, spent
from data.finance.variance import Parts
from tests.data.finance.budgets import AMOUNTS, BASE, CALLS, CLOUD


def charge(
    month: int, vendor: str, amount: str, currency: str = "EUR", rate: str | None = "1", **more: object
) -> Charge:
    values = {"service": "", "billed": Decimal(amount), "effective": Decimal(amount)} | more
    return Charge(month, vendor, currency=currency, rate=None if rate is None else Decimal(rate), **values)


YEAR = (
    charge(0, "Nimbra", "680"), charge(1, "nimbra", "710"), charge(0, "Flowmere", "200"), charge(1, "Flowmere", "200"),
    charge(0, "Oddity", "60", "USD", "0.95"), charge(1, "Oddity", "50", "USD", "0.95"), charge(1, "Newcomer", "33"),
    charge(2, "Nimbra", "9999"),
)  # fmt: skip
TWO = actuals(BASE, YEAR, 2)


def test_each_charge_of_a_closed_month_goes_to_one_line() -> None:
    assert {name: len(of) for name, of in TWO.charges.items()} == {"cloud": 2, "hub": 2, "calls": 2, UNBUDGETED: 1}
    assert TWO.months("cloud") == (Decimal("680.00"), Decimal("710.00"))
    assert TWO.months("calls") == (Decimal("57.00"), Decimal("47.50"))
    assert TWO.months("audit") == (None, None)


def test_a_line_of_vendor_and_service_goes_before_one_of_the_vendor_alone() -> None:
    streams = replace(CLOUD, id="streams", name="Streams", service="Event Streams")
    both = replace(BASE, lines=(*BASE.lines, streams))
    found = actuals(both, (charge(0, "Nimbra", "5", service="event streams"), charge(0, "Nimbra", "7")), 1)
    assert (found.months("streams"), found.months("cloud")) == ((Decimal("5.00"),), (Decimal("7.00"),))


def test_a_vendor_that_bills_and_did_not_this_month_spent_nothing_and_any_other_is_unknown() -> None:
    later = actuals(BASE, (charge(1, "Nimbra", "7"),), 2)
    assert later.months("cloud") == (Decimal("0.00"), Decimal("7.00"))
    assert later.months("hub") == (None, None)
    assert actuals(BASE, (), 1, billing=("Flowmere",)).months("hub") == (Decimal("0.00"),)


def test_the_year_lands_at_actuals_so_far_and_the_rest_as_planned() -> None:
    found = forecast(BASE, TWO)
    cloud, calls, audit, rest = (
        next(one for one in found.lines if one.line == name) for name in ("cloud", "calls", "audit", UNBUDGETED)
    )
    assert cloud.landing == 680 + 710 + 10 * 700
    assert cloud.basis == ("actual",) * 2 + ("plan",) * 10
    assert calls.basis == ("actual",) * 2 + ("driver",) * 10
    assert calls.months[2] == CALLS.months[2] * Decimal("0.5") * Decimal("0.9")
    assert audit.basis == ("plan",) * 12
    assert rest.landing == 33
    assert found.planned_instead == ("audit", "legacy", "pilot", "pool", "saved")
    assert found.landing() == sum(one.landing or 0 for one in found.of_side(Side.COST))
    assert found.landing(Side.BENEFIT) == 12 * 90


def test_a_driver_that_moved_moves_the_open_months() -> None:
    more = replace(BASE, drivers=(replace(CALLS, months=tuple(one * 2 for one in CALLS.months)),))
    ahead = next(one for one in forecast(more, TWO).lines if one.line == "calls")
    assert ahead.months[2] == CALLS.months[2] * Decimal("0.9")


def test_a_missing_rate_makes_the_month_unknown_and_never_nothing() -> None:
    found = forecast(BASE, actuals(BASE, (charge(0, "Oddity", "60", "USD", None),), 1))
    calls = next(one for one in found.lines if one.line == "calls")
    assert (calls.months[0], calls.basis[0], calls.landing, found.landing()) == (None, "unknown", None, None)
    assert found.months()[0] is None
    assert found.months()[1] is not None


def test_the_run_rate_is_twelve_of_the_last_month_and_four_of_the_last_three_without_one_offs() -> None:
    year = tuple(charge(at, "Nimbra", "100") for at in range(4))
    once = charge(3, "Nimbra", "5000", kind="Purchase")
    found = run_rate(actuals(BASE, (*year, once), 4))
    assert (found.last_month, found.three_months, found.left_out) == (1200, 1200, 5000)
    assert run_rate(actuals(BASE, year, 2)).three_months is None
    assert run_rate(actuals(BASE, (), 2)).last_month is None


def test_a_year_paid_at_once_is_flagged_and_weighs_on_each_month_alike() -> None:
    paid = (charge(0, "Flowmere", "200", billed=Decimal(2400)), charge(1, "Flowmere", "200", billed=Decimal(0)))
    done = actuals(BASE, paid, 2)
    assert flags(done) == (Flag("hub", 0, "prepaid", Decimal("2400.00"), Decimal("200.00")),)
    assert run_rate(done).last_month == 2400
    assert done.months("hub") == (Decimal("200.00"),) * 2


def test_a_correction_is_a_one_off() -> None:
    done = actuals(BASE, (charge(0, "Nimbra", "-50", correction=True), charge(0, "Nimbra", "700")), 1)
    assert flags(done) == (Flag("cloud", 0, "one-off", Decimal("-50.00"), Decimal("-50.00")),)
    assert run_rate(done).last_month == 8400


CHARGES = st.builds(
    charge, st.integers(0, 11), st.sampled_from(["Nimbra", "Flowmere", "Oddity", "Else"]), AMOUNTS.map(str),
    st.sampled_from(["EUR", "USD"]), st.sampled_from(["1", "0.95"]),
)  # fmt: skip


@given(st.lists(CHARGES, max_size=12), st.integers(1, 12))
def test_no_charge_is_lost_or_counted_twice(charges: list[Charge], closed: int) -> None:
    done = actuals(BASE, charges, closed)
    assert sorted(map(str, (one for of in done.charges.values() for one in of))) == sorted(
        map(str, (one for one in charges if one.month < closed))
    )
    found = forecast(BASE, done)
    by_line = [one.months for one in found.of_side(Side.COST)]
    assert found.months() == tuple(sum(column) for column in zip(*by_line, strict=True))
    if charges:
        compared = compare_with_actuals(BASE, done)
        assert all(one.parts.total == one.difference for one in compared.lines)
        assert compared.total().actual == sum(one or 0 for one in spent(done))
        by_month = compared.totals_by_month().values()
        assert sum(one.difference for one in by_month) == compared.total().difference


def test_actuals_in_another_currency_show_what_the_rate_did() -> None:
    found = compare_with_actuals(BASE, TWO)
    calls = next(one for one in found.lines if one.name == "calls")
    planned = (Decimal(50) + Decimal("50.5")) * Decimal("0.9")
    assert (calls.budget, calls.actual) == (planned, Decimal("104.50"))
    assert calls.parts == Parts(amount=Decimal("8.55"), fx=Decimal("5.50"))
    new = next(one for one in found.lines if one.name == UNBUDGETED)
    assert new.parts == Parts(new=Decimal("33.00"))
    assert set(found.unknown) == {"audit", "legacy", "pilot", "pool", "saved"}


def test_counted_quantities_tell_price_from_volume() -> None:
    counted = {"calls": (Decimal(120), Decimal(100))}
    calls = next(one for one in compare_with_actuals(BASE, TWO, counted).lines if one.name == "calls")
    # 110 USD for 220 instead of 100.50 for 201 million calls: the price stood still, the volume and the rate did not
    assert calls.parts == Parts(price=Decimal("0.00"), volume=Decimal("8.55"), fx=Decimal("5.50"))


def test_a_year_without_a_closed_month_is_not_compared() -> None:
    with pytest.raises(BadBudget, match="No month of FY2026 is closed yet"):
        compare_with_actuals(BASE, actuals(BASE, (), 0))
