"""A difference is explained to the cent."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from data.finance.budget import Scenario, Side
from data.finance.budget_lines import driven
from data.finance.compare import compare
from data.finance.variance import Parts, Priced, Variance, judged, variances, whole
from tests.data.finance.budgets import AMOUNTS, BASE, CALLED, CALLS, CLOUD, RATES, decimals, months, scenarios, upside


def bought(count: str, price: str, **more: object) -> Priced:
    return Priced(Decimal(count) * Decimal(price), quantity=Decimal(count), group="unit", **more)


def test_the_published_example_comes_out_as_published() -> None:
    """GT-B01: two products, budget 92, actual 116; price 4.00, volume 20.44, mix −0.44."""
    abc, other = variances(
        {"ABC": bought("50", "1.20"), "DEF": bought("40", "0.80")},
        {"ABC": bought("60", "1.10"), "DEF": bought("50", "1.00")},
    )
    assert (abc.parts.price, other.parts.price) == (Decimal("-6.00"), Decimal("10.00"))
    assert (abc.parts.volume, other.parts.volume) == (Decimal("13.33"), Decimal("7.11"))
    assert (abc.parts.mix, other.parts.mix) == (Decimal("-1.33"), Decimal("0.89"))
    total = whole((abc, other))
    assert (total.parts.price, total.parts.volume, total.parts.mix) == (
        Decimal("4.00"), Decimal("20.44"), Decimal("-0.44"),
    )  # fmt: skip
    assert (total.budget, total.actual, total.difference, total.parts.total) == (92, 116, 24, 24)


def test_a_change_of_the_rate_is_a_part_of_its_own() -> None:
    (found,) = variances(
        {"api": Priced(Decimal(1000), Decimal("0.90"))}, {"api": Priced(Decimal(1100), Decimal("0.95"))}
    )
    assert found.parts == Parts(amount=Decimal("90.00"), fx=Decimal("55.00"))
    assert (found.budget, found.actual) == (Decimal("900.00"), Decimal("1045.00"))


def test_new_and_gone_lines_stand_in_buckets_of_their_own() -> None:
    gone, new = variances({"old": bought("5", "2")}, {"new": bought("7", "3")})
    assert gone.parts == Parts(gone=Decimal("-10.00"))
    assert new.parts == Parts(new=Decimal("21.00"))
    assert (new.share, gone.share) == (None, Decimal(-1))


def test_nothing_budgeted_gives_no_percentage() -> None:
    (found,) = variances({"x": Priced(Decimal(0))}, {"x": Priced(Decimal(5))})
    assert (found.share, found.difference) == (None, 5)


def test_less_cost_and_more_benefit_are_favourable() -> None:
    assert [judged(Decimal(one)) for one in (-1, 0, 1)] == ["favourable", "as planned", "unfavourable"]
    assert [judged(Decimal(one), Side.BENEFIT) for one in (-1, 1)] == ["unfavourable", "favourable"]


PRICED = st.builds(
    Priced,
    AMOUNTS,
    RATES,
    st.none() | decimals(0, 100_000, 2),
    st.sampled_from(["a", "b"]),
    st.sampled_from(Side),
)


@given(
    st.dictionaries(st.sampled_from("uvwxyz"), PRICED, max_size=6),
    st.dictionaries(st.sampled_from("uvwxyz"), PRICED, max_size=6),
)
def test_the_parts_add_up_to_the_cent_whatever_is_compared(
    budget: dict[str, Priced], actual: dict[str, Priced]
) -> None:
    found = variances(budget, actual)
    assert {one.name for one in found} == {*budget, *actual}
    for one in found:
        assert one.parts.total == one.difference
        assert all(part == round(part, 2) for part in (one.parts.price, one.parts.volume, one.parts.mix, one.parts.fx))
    for side in Side:
        assert whole(found, side=side).parts.total == whole(found, side=side).difference


def test_two_scenarios_differ_by_volume_price_and_rate() -> None:
    more = replace(CALLS, months=tuple(count * 2 for count in CALLS.months))
    dearer = driven(replace(CALLED, unit_price=Decimal("0.60")), more)
    other = replace(BASE.with_line(dearer), drivers=(more,), rates=(("USD", Decimal("0.80")),))
    found = next(one for one in compare(BASE, other).lines if one.name == "calls")
    calls = sum(CALLS.months, Decimal(0))
    assert found.parts == Parts(
        price=calls * 2 * Decimal("0.10") * Decimal("0.9"),
        volume=calls * Decimal("0.50") * Decimal("0.9"),
        fx=calls * 2 * Decimal("0.60") * Decimal("-0.1"),
        mix=Decimal(0),
    )


def test_the_year_and_its_months_tell_the_same_difference() -> None:
    found = compare(BASE, upside())
    assert found.total().difference == -840
    assert found.total().word == "favourable"
    assert found.total(Side.BENEFIT).difference == 108
    assert sum(one.difference for one in found.totals_by_month().values()) == -840
    assert next(one for one in found.lines if one.name == "cloud").share == Decimal("-0.1")


@given(scenarios(), scenarios())
def test_any_two_scenarios_compare_and_the_parts_add_up(left: Scenario, right: Scenario) -> None:
    found = compare(left, right)
    for one in (*found.lines, *(line for month in found.by_month.values() for line in month)):
        assert one.parts.total == one.difference
    for side in Side:
        months_of = found.totals_by_month(side).values()
        assert sum((one.difference for one in months_of), Decimal(0)) == found.total(side).difference


@given(scenarios())
def test_a_scenario_does_not_differ_from_itself(one: Scenario) -> None:
    assert {line.parts for line in compare(one, one).lines} <= {Parts()}


def test_a_line_is_compared_in_its_new_currency() -> None:
    moved = BASE.with_line(replace(CLOUD, currency="USD", months=months("700.00")))
    found: Variance = next(one for one in compare(BASE, moved).lines if one.name == "cloud")
    assert found.difference == found.parts.total == -840
