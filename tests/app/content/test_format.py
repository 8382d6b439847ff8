"""Numbers as text: whole values, and the laws that hold for every number."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.content import format as text
from data.money import Money
from data.period import Kind, Period, containing

N, B = "\u202f", "\u00a0"
ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 9, 6, tzinfo=UTC)
finite = st.decimals(min_value=-(10**15), max_value=10**15, allow_nan=False, places=6)
shares = st.decimals(min_value=0, max_value=1, places=10)


@pytest.mark.parametrize(
    ("ratio", "target", "shown"),
    [
        ("0.9995", "0.9999", f"99.95{N}%"),
        ("0.0061", "0.01", f"0.61{N}%"),
        ("0.182", "0.15", f"18.2{N}%"),
        ("0.99989", "0.9999", f"99.989{N}%"),
        ("0.999899", "0.9999", f"99.9899{N}%"),
        ("0.9999", "0.9999", f"99.99{N}%"),
        ("0.99996", None, f"99.996{N}%"),
        ("1", "0.9999", f"100.00{N}%"),
        ("0", None, f"0{N}%"),
        ("0.99999999999", None, f"> 99.999999{N}%"),
        ("0.000000000001", None, f"< 0.000001{N}%"),
        ("0.0104", "0.01", f"1.04{N}%"),
    ],
)
def test_a_percentage_has_the_digits_that_value_and_target_need(ratio: str, target: str | None, shown: str) -> None:
    assert text.percent(Decimal(ratio), Decimal(target) if target else None) == shown


@given(shares, shares)
def test_rounding_never_carries_a_percentage_onto_or_over_its_target(ratio: Decimal, target: Decimal) -> None:
    assume(ratio != target)
    digits = text.percent_digits(ratio, target)
    assume(digits < 6)
    shown = Decimal(text.parts(text.percent(ratio, target))[0].replace(",", ""))
    assert (shown > target * 100, shown < target * 100) == (ratio > target, ratio < target)


@given(shares)
def test_nothing_but_nothing_shows_as_zero_and_nothing_but_all_as_a_hundred(ratio: Decimal) -> None:
    shown = text.parts(text.percent(ratio))[0]
    assert (shown == "0") == (ratio == 0)
    assert (shown == "100") == (ratio == 1)


@given(finite, st.integers(0, 6))
def test_a_number_reads_back_as_its_rounding(value: Decimal, digits: int) -> None:
    shown = text.number(value, digits)
    back = Decimal(shown.replace(text.THOUSANDS, "").replace(text.MINUS, "-"))
    assert back == round(value, digits)
    assert "-" not in shown


@given(st.floats())
def test_every_float_has_a_text_and_what_is_no_number_is_absent(value: float) -> None:
    made = [
        text.number(value, 2),
        text.percent(value),
        text.points(value),
        text.duration(value),
        text.per_day(value),
        text.score(value),
        text.significant(value),
        text.plain(value),
    ]
    no_number = not math.isfinite(value)
    assert [one == "n/a" for one in made] == [no_number] * len(made)


def test_absent_is_said_and_never_zero() -> None:
    shown = [
        text.number(None),
        text.count(None),
        text.plain(None),
        text.significant(None),
        text.percent(None),
        text.points(None),
        text.change(None, 1),
        text.change(1, None),
        text.change(1, 0),
        text.per_day(None),
        text.duration(None),
        text.hours(None),
        text.money(None),
        text.score(None),
        text.in_axis_unit(None, "%"),
        text.day(None),
        text.instant(None, ZONE),
    ]
    assert shown == ["n/a"] * len(shown)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0 s"),
        (0.004, "4 ms"),
        (0.25, "250 ms"),
        (42, "42 s"),
        (1038, "17.3 minutes"),
        (3600, "60 minutes"),
        (29_520, "8.2 h"),
        (1_131_840, "13.1 d"),
        (14 * 86_400, "14 d"),
        (-1038, "−17.3 minutes"),
        (timedelta(hours=8, minutes=12), "8.2 h"),
    ],
)
def test_a_duration_is_in_the_unit_a_person_would_say(seconds: float | timedelta, shown: str) -> None:
    assert text.duration(seconds) == shown.replace(" ", N)


@pytest.mark.parametrize(
    ("amount", "short", "exact"),
    [
        ("1240318.55", f"€1.24{N}M", "€1,240,318.55"),
        ("812000", f"€812{N}k", "€812,000.00"),
        ("999999", f"€1.00{N}M", "€999,999.00"),
        ("45300", f"€45.3{N}k", "€45,300.00"),
        ("12.5", "€12.50", "€12.50"),
        ("-1240318.55", f"−€1.24{N}M", "−€1,240,318.55"),
        ("0", "€0", "€0.00"),
        ("1234567890", f"€1.23{N}bn", "€1,234,567,890.00"),
    ],
)
def test_money_is_short_on_tiles_and_exact_where_it_counts(amount: str, short: str, exact: str) -> None:
    value = Money(Decimal(amount), "EUR")
    assert (text.money(value), text.money(value, exact=True)) == (short, exact)


def test_scores_have_a_sign_their_interval_and_decimals_only_beside_a_target() -> None:
    assert [text.score(one) for one in (31.4, 0, -12)] == ["+31", "0", "−12"]
    assert text.score(Decimal("49.6"), 6, [Decimal(50)]) == f"+49.6{B}±{B}6"
    assert text.score(Decimal("49.4"), None, [Decimal(50)]) == "+49"
    assert text.score(Decimal("NaN"), 6) == "n/a"
    assert text.significant(Decimal("5.9996"), edges=[Decimal(6)]) == "5.9996"
    assert [text.between(*ends) for ends in (("+25", "+37"), ("−5", "0"), ("−5", "+5"), ("5.1", "6.2"))] == [
        "+25 to +37", "−5 to 0", "−5 to +5", "5.1–6.2",
    ]  # fmt: skip


@given(finite, finite)
def test_rounding_never_carries_a_score_onto_or_over_its_target(value: Decimal, target: Decimal) -> None:
    assume(value != target)
    shown = Decimal(text.score(value, None, [target]).replace(text.THOUSANDS, "").replace(text.MINUS, "-"))
    assert (shown > target, shown < target) == (value > target, value < target)


def test_other_currencies_carry_their_code_and_their_own_cents() -> None:
    francs, yen = Money(Decimal("12.5"), "CHF"), Money(Decimal(1200), "JPY")
    assert (text.money(francs, signed=True), text.money(yen, exact=True)) == (f"+CHF{B}12.50", "¥1,200")


def test_amounts_become_plain_numbers_with_one_unit_for_their_axis() -> None:
    amounts = (Money(Decimal(1240000), "EUR"), None, Money(Decimal(980000), "EUR"))
    assert text.money_axis(amounts) == ((1.24, None, 0.98), "€ M")
    assert text.in_axis_unit(1.24, "€ M") == f"€1.24{N}M"
    assert text.in_axis_unit(0.61, "%") == f"0.61{N}%"


def test_differences_frequencies_scores_and_ranges() -> None:
    shown = (
        text.points(Decimal("-0.0002")),
        text.points(Decimal("0.012")),
        text.change(104, 100),
        text.per_day(Decimal("1.8")),
        text.per_day(0.36),
        text.per_day(0.05),
        text.score(31, 6),
        text.between(f"15{N}%", f"25{N}%"),
        text.at_least(f"99.99{N}%"),
        text.joined("a", "", "b"),
        text.plural(1, "service"),
        text.plural(25, "service"),
    )
    assert shown == (
        f"−0.02{N}pp",
        f"+1.2{N}pp",
        f"+4.0{N}%",
        f"1.8{N}/ day",
        f"2.5{N}/ week",
        f"1.5{N}/ month",
        f"+31{B}±{B}6",
        f"15–25{N}%",
        f"≥{B}99.99{N}%",
        "a · b",
        "1 service",
        "25 services",
    )


@pytest.mark.parametrize(
    ("period", "long", "short"),
    [
        (containing(date(2026, 10, 5), Kind.MONTH), "October 2026", "Oct"),
        (containing(date(2026, 10, 5), Kind.QUARTER), "Q4 2026", "Q4"),
        (containing(date(2026, 11, 9), Kind.WEEK), "Week 46 of 2026", "W46"),
        (containing(date(2026, 1, 1), Kind.YEAR), "2026", "2026"),
        (containing(date(2026, 1, 1), Kind.FISCAL_YEAR, 4), "FY2026", "FY2026"),
        (containing(date(2026, 8, 1), Kind.FISCAL_QUARTER, 4), "Q2 FY2027", "Q2"),
        (containing(date(2026, 10, 5), Kind.DAY), "5 Oct 2026", "5 Oct"),
        (Period(date(2026, 10, 1), date(2026, 10, 15)), "1–14 Oct 2026", "1 Oct"),
        (Period(date(2026, 9, 28), date(2026, 10, 15)), "28 Sep – 14 Oct 2026", "28 Sep"),
        (Period(date(2025, 12, 28), date(2026, 1, 3)), "28 Dec 2025 – 2 Jan 2026", "28 Dec"),
    ],
)
def test_periods_read_as_one_would_write_them(period: Period, long: str, short: str) -> None:
    assert (text.period(period).replace(B, " "), text.period_short(period).replace(B, " ")) == (long, short)


def test_instants_carry_their_zone_and_ages_one_unit() -> None:
    ago = [timedelta(seconds=20), timedelta(minutes=5), timedelta(hours=26), timedelta(days=3)]
    assert text.instant(NOW, ZONE).replace(B, " ") == "9 Nov 2026, 07:00 CET"
    assert [text.age(NOW - one, NOW) for one in ago] == ["just now", f"5{N}min ago", f"26{N}h ago", f"3{N}d ago"]
    assert text.seen(NOW - timedelta(hours=1), NOW, ZONE) == "06:00 today"
    assert text.seen(NOW - timedelta(hours=8), NOW, ZONE) == "23:00 yesterday"
    assert text.seen(None, NOW, ZONE) == text.age(None, NOW) == "never"
