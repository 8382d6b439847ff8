"""The worked numbers of the definitions, by their numbers (GT-…), and what each metric counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from data.facts import Fact, ProbeDay
from data.metrics import metric_named
from data.metrics.base import DAY, NO_EVENTS, NO_TARGET, Metric, Row, ScopeDay, Statistic, Totals, Value, value_of
from data.metrics.error_budget import spent
from data.metrics.intervals import wilson
from data.metrics.lead_time import lead_time, statistics
from data.metrics.quantiles import median_rank, quantile
from data.scopes import Scope
from data.settings import MetricRules
from tests.data.happenings import DAY as MONDAY
from tests.data.happenings import at, change, deployment, probe_day, request_day, spend

UPTIME, ERRORS = metric_named("availability"), metric_named("error_rate")
SERVICE, INTEGRATION = Scope("wallet", "service", "Wallet"), Scope("kyc", "integration", "KYC")


def scope_day(*facts: Fact, **other: object) -> ScopeDay:
    by_kind: dict[str, list[Fact]] = {}
    for fact in facts:
        by_kind.setdefault(fact.kind, []).append(fact)
    plain = ScopeDay(SERVICE, MONDAY, 86_400, by_kind, frozenset({*by_kind, "deployment", "change"}), MetricRules())
    return replace(plain, **other)  # type: ignore[arg-type]


def over(metric: Metric, *days: ScopeDay, length: int | None = None, found: Sequence[Statistic] = ()) -> Value:
    rows = [row for day in days for row in metric.daily(day)]
    sums = [sum(getattr(row, name) for row in rows) for name in ("numerator", "denominator", "sum_squares", "sample")]
    known, expected = sum(row.known for row in rows), sum(row.expected for row in rows)
    return value_of(metric, Totals(*sums, known, expected, len(rows), length or len(rows)), found)


def rounded(value: Decimal | None, places: int = 6) -> Decimal | None:
    return None if value is None else round(value, places)


@pytest.mark.parametrize(("down", "printed"), [(38, "99.9713"), (35, "99.9736")])
def test_gt_a02_a_quarter_of_three_products_with_one_incident(down: int, printed: str) -> None:
    products = [Decimal(minutes * 60) for minutes in (44_640, 44_640, 43_200)]
    lost = [Decimal(down * 60), Decimal(0), Decimal(0)]
    days = [
        replace(scope_day(probe_day(length=whole, down=str(gone))), seconds=int(whole))
        for whole, gone in zip(products, lost, strict=True)
    ]
    assert rounded(over(UPTIME, *days).value) == round(1 - Decimal(down) / 132_480, 6)
    assert f"{over(UPTIME, *days).value:.4%}" == f"{printed}%"


def test_gt_e01_an_error_rate_is_a_ratio_of_sums_never_a_mean_of_ratios() -> None:
    quiet, busy = scope_day(request_day(failed="1", total="10")), scope_day(request_day(failed="10", total="100000"))
    assert f"{over(ERRORS, quiet, busy).value:.4%}" == "0.0110%"
    assert over(ERRORS, quiet, busy).value == Decimal(11) / 100_010


@pytest.mark.parametrize(
    ("events", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_gt_n04_wilsons_interval(events: int, trials: int, low: float, high: float) -> None:
    found = wilson(events, trials)
    assert found is not None
    assert tuple(round(float(end), 4) for end in found) == (low, high)


def test_gt_n03_fifteen_and_fifty_of_a_hundred() -> None:
    shown = [[round(float(end) * 100, 1) for end in wilson(events, 100) or ()] for events in (15, 50)]
    assert shown == [[9.3, 23.3], [40.4, 59.6]]
    assert wilson(0, 0) is None


MONTH = [replace(scope_day(probe_day()), day=MONDAY + timedelta(days=n)) for n in range(30)]


@pytest.mark.parametrize(
    ("goal", "minutes"),
    [
        ("0.99", "432"),
        ("0.995", "216"),
        ("0.999", "43.2"),
        ("0.9995", "21.6"),
        ("0.9999", "4.32"),
        ("0.99999", "0.432"),
    ],
)
def test_bm_u05_the_downtime_that_a_class_allows_in_30_days(goal: str, minutes: str) -> None:
    budget = spent(over(UPTIME, *MONTH), Decimal(goal))
    assert budget.denominator is not None
    assert budget.denominator / 60 == Decimal(minutes)
    assert budget.value == 0


def test_an_error_budget_is_spent_by_the_bad_part_and_may_be_overspent() -> None:
    up = over(UPTIME, *MONTH[:-1], scope_day(probe_day(down="259.2")))
    assert rounded(spent(up, Decimal("0.9999")).value, 9) == 1
    twice = over(UPTIME, *MONTH[:-1], scope_day(probe_day(down="518.4")))
    assert rounded(spent(twice, Decimal("0.9999")).value, 9) == 2
    assert spent(up, None) == spent(up, Decimal(1)) == Value(None, NO_TARGET)


def test_unknown_time_is_neither_up_nor_down_and_bounds_the_value() -> None:
    value = over(UPTIME, scope_day(probe_day(down="864", unknown="43200")))
    assert value.value == Decimal(42_336) / 43_200
    assert value.coverage == Decimal("0.5")
    assert value.bounds == (Decimal("0.49"), Decimal("0.99"))


def test_a_day_without_any_sample_has_no_value_but_counts_as_unobserved() -> None:
    dark = scope_day(probe_day(unknown="86400", samples=0))
    assert (over(UPTIME, dark).value, over(UPTIME, dark).reason) == (None, NO_EVENTS)
    value = over(UPTIME, scope_day(probe_day()), dark)
    assert (value.value, value.coverage) == (1, Decimal("0.5"))


def test_days_that_never_came_lower_the_coverage() -> None:
    assert over(UPTIME, *MONTH, length=40).coverage == Decimal("0.75")


def test_two_probes_of_a_service_count_like_two_services() -> None:
    value = over(UPTIME, scope_day(probe_day(key="eu", down="8640"), probe_day(key="us")))
    assert (value.value, value.denominator, value.coverage) == (Decimal("0.95"), 172_800, 1)


def test_a_clock_change_makes_a_day_of_23_hours_whole() -> None:
    day = replace(scope_day(probe_day(length=82_800)), seconds=82_800)
    assert (over(UPTIME, day).value, over(UPTIME, day).coverage) == (1, 1)


def test_classes_of_failure_repeat_the_same_requests_and_keys_add_up() -> None:
    one_key = scope_day(request_day(failed="2", form="5xx"), request_day(failed="3", form="transport"))
    assert (over(ERRORS, one_key).numerator, over(ERRORS, one_key).denominator) == (5, 1000)
    two = scope_day(request_day(failed="2", form="5xx"), request_day(failed="3", form="transport", key="wallet-eu"))
    assert (over(ERRORS, two).numerator, over(ERRORS, two).denominator) == (5, 2000)
    all_failed = scope_day(request_day(failed="1000", form="5xx"), request_day(failed="1000", form="transport"))
    assert over(ERRORS, all_failed).value == 1


def test_calls_of_integrations_and_requests_to_own_services_never_mix() -> None:
    ours, theirs = scope_day(request_day()), scope_day(request_day(), scope=INTEGRATION)
    calls = metric_named("integration_error_rate")
    assert (ERRORS.daily(theirs), calls.daily(ours)) == ((), ())
    assert ERRORS.daily(ours) == calls.daily(theirs) == (Row("", DAY, 1000 * DAY, 1000, DAY, DAY),)


def test_availability_by_requests_is_what_the_error_rate_leaves() -> None:
    day = scope_day(request_day(failed="25"))
    served = over(metric_named("availability_requests"), day).value
    assert served == Decimal("0.975") == 1 - (over(ERRORS, day).value or 0)


def test_requests_scraped_for_half_the_day_bound_the_rate() -> None:
    value = over(ERRORS, scope_day(request_day(failed="10", known=Decimal(43_200))))
    assert (value.value, value.coverage, value.bounds) == (
        Decimal("0.01"), Decimal("0.5"), (Decimal("0.005"), Decimal("0.505")),
    )  # fmt: skip


def test_only_successful_production_deployments_count_and_each_once() -> None:
    when = at("05 10:00")
    day = scope_day(
        deployment("a", when),
        deployment("a", when),
        deployment("b", when, environment="Production"),
        deployment("c", when, environment="staging"),
        deployment("d", when, outcome="failure"),
        deployment("e", when, outcome="running"),
    )
    frequency = metric_named("deployment_frequency")
    assert (over(frequency, day).value, over(frequency, day, scope_day()).value) == (2, 1)


def test_a_rollback_counts_as_a_deployment_unless_the_company_leaves_rollbacks_out() -> None:
    day = scope_day(deployment("a", at("05 10:00")), deployment("b", at("05 11:00")), rollbacks={("github", "b")})
    frequency = metric_named("deployment_frequency")
    assert over(frequency, day).value == 2
    assert over(frequency, replace(day, rules=MetricRules(count_rollbacks=False))).value == 1


def test_a_deployment_fails_once_whatever_the_number_of_its_failures() -> None:
    rate = metric_named("change_fail_rate")
    releases = [deployment(name, at("05 10:00")) for name in "abcd"]
    day = scope_day(*releases, failed=frozenset({("github", "a"), ("github", "of another day")}))
    value = over(rate, day)
    assert (value.value, value.numerator, value.denominator) == (Decimal("0.25"), 1, 4)
    assert value.interval == wilson(1, 4)
    nothing = over(rate, scope_day())
    assert (nothing.value, nothing.reason) == (None, NO_EVENTS)


def test_lead_time_is_the_median_of_the_changes_and_leaves_out_spans_that_are_not_positive() -> None:
    metric = metric_named("lead_time")
    finished = at("05 12:00")
    changes = [change(f"c{hours}", finished, first_commit=finished - timedelta(hours=hours)) for hours in (1, 5, 30)]
    odd = [change("later", finished, first_commit=at("05 13:00")), change("same", finished, first_commit=finished)]
    unknown = change("unknown", finished, first_commit=None)
    day = scope_day(deployment("d", finished), contained={("github", "d"): (*changes, *odd, unknown)})
    assert metric.samples is not None
    assert metric.statistics is not None
    assert metric.samples(day) == (1, 5, 30)
    assert metric.daily(day) == (Row("", 36 * DAY, 3 * DAY, 3, DAY, DAY, 926 * DAY),)
    value = over(metric, day, found=metric.statistics(metric.samples(day)))
    assert (value.value, value.sample, value.interval) == (5, 3, None)
    assert value.statistics == {"median": 5, "p75": Decimal("17.5"), "p90": 25, "mean": 12}
    assert lead_time(odd[0], finished) is lead_time(odd[1], finished) is None


def test_quantiles_lie_between_the_closest_ranks() -> None:
    values = [Decimal(n) for n in (1, 2, 4, 8)]
    assert [quantile(values, Decimal(share)) for share in ("0", "0.5", "0.75", "1")] == [1, 3, 5, 8]
    assert quantile(values[:1], Decimal("0.9")) == 1
    assert statistics([]) == ()


@pytest.mark.parametrize(
    ("n", "rank"),
    [(0, None), (5, None), (6, 0), (8, 0), (9, 1), (20, 5), (50, 17), (100, 39)],
)
def test_the_interval_of_a_median_leaves_out_as_many_values_below_as_above(n: int, rank: int | None) -> None:
    assert median_rank(n) == rank


def test_spend_is_told_in_each_currency_and_in_the_reporting_currencies_at_the_months_rate() -> None:
    rates = {("USD", "EUR"): Decimal("0.9"), ("EUR", "USD"): Decimal("1.1")}
    charges = (spend("a", effective="100"), spend("b", effective="-20"), spend("c", effective="50", currency="USD"))
    day = scope_day(*charges, currencies=("EUR", "USD"), rate=lambda base, quote: rates.get((base, quote)))
    rows = metric_named("spend_effective").daily(day)
    assert {row.variant: row.numerator for row in rows} == {
        "EUR": 80 * DAY, "USD": 50 * DAY, "in:EUR": 125 * DAY, "in:USD": 138 * DAY,
    }  # fmt: skip


def test_a_missing_rate_leaves_a_mark_and_no_number() -> None:
    charges = (spend("a", category="Integration"), spend("c", effective="50", currency="USD"))
    day = scope_day(*charges, currencies=("EUR",))
    marked = Row("no rate:EUR", 0, 0, 2, 0, 0)
    assert marked in metric_named("spend_effective").daily(day)
    assert metric_named("integration_share").daily(day) == (marked,)
    assert "in:EUR" not in {row.variant for row in metric_named("spend_billed").daily(day)}


def test_the_integration_share_is_bounded_by_none_and_all_of_the_unclassified() -> None:
    day = scope_day(
        spend("a", effective="20", category="Integration"),
        spend("b", effective="60", category="Compute"),
        spend("c", effective="20", category="Other", provider="Unheard of", service="Something"),
        spend("d", effective="19", category="Integration", charge_category="Tax"),
        currencies=("EUR",),
    )
    value = over(metric_named("integration_share"), day)
    assert (value.value, value.bounds, value.coverage) == (
        Decimal("0.2"), (Decimal("0.2"), Decimal("0.4")), Decimal("0.8"),
    )  # fmt: skip


def test_more_credits_than_charges_give_no_share() -> None:
    day = scope_day(spend("a", effective="-20", category="Integration"), currencies=("EUR",))
    value = over(metric_named("integration_share"), day)
    assert (value.value, value.reason) == (None, NO_EVENTS)


def test_samples_that_overrun_their_day_do_not_make_more_than_the_whole() -> None:
    over_long = ProbeDay(
        source="p", source_id="x", key_kind="service", key="wallet", day=date(2026, 10, 5),
        up=Decimal(90_000), down=Decimal(0), unknown=Decimal(0), samples=1500,
    )  # fmt: skip
    assert over(UPTIME, scope_day(over_long)).coverage == 1
