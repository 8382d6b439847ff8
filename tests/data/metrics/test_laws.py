"""What holds for every metric, one that is added tomorrow included."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.facts import FACTS, Deployment, Fact, Incident, WorkItem
from data.metrics import METRICS, metric_named
from data.metrics.base import (
    DAY,
    NO_DATA,
    NO_EVENTS,
    Delivery,
    Denominator,
    Metric,
    Outage,
    Row,
    ScopeDay,
    Totals,
    Value,
    combined,
    value_of,
)
from data.metrics.document import document
from data.metrics.error_budget import spent
from data.metrics.measurement import own
from data.scopes import Scope
from data.settings import MeasurementSetting, MetricRules
from tests.data.happenings import DAY as MONDAY
from tests.data.happenings import (
    change,
    control_run,
    deployment,
    fx_rate,
    headcount,
    incident,
    log_delivery,
    measurement,
    noon,
    probe_day,
    request_day,
    response,
    revenue,
    spend,
    survey_count,
    usage,
    work_item,
)

SERVICE = Scope("wallet", "service", "Wallet")
INTEGRATION = Scope("kyc", "integration", "Know your customer")
PROVIDER = Scope("chain-watch", "provider", "Chain Watch")

OWN = (
    own(MeasurementSetting(id="kyc", name="KYC", meaning="Passed at once.", sampled=True)),
    own(MeasurementSetting(id="cover", name="Cover", meaning="Reserves over deposits.", unit="number")),
)
"""What a company may declare keeps every law too."""

every_metric = pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.id)
kept_metrics = [metric for metric in (*METRICS, *OWN) if metric.derived_from is None]
every_kept_metric = pytest.mark.parametrize("metric", kept_metrics, ids=lambda metric: metric.id)

MADE: dict[str, Callable[[int, date], Fact]] = {
    "deployment": lambda n, day: deployment(f"d{n}", noon(day) + timedelta(minutes=n), f"r{n}"),
    "change": lambda n, day: change(f"c{n}", noon(day) - timedelta(hours=n + 1), f"r{n}"),
    "work_item": lambda n, day: work_item(f"w{n}", noon(day), form=("feature", "bug", "other")[n % 3]),
    "incident": lambda n, day: incident(
        f"i{n}",
        noon(day) + timedelta(minutes=n),
        noon(day) + timedelta(hours=n / 2 + 1) if n % 3 else None,
        acknowledged=noon(day) + timedelta(minutes=2 * n) if n % 2 else None,
        maintenance=n == 4,
    ),
    "probe_day": lambda n, day: probe_day(day, down=str(7 * n), unknown=str(n), key=f"k{n}"),
    "request_day": lambda n, day: request_day(day, str(n), str(1000 + n), key=f"k{n % 3}", form=f"f{n // 3}"),
    "response": lambda n, day: response(
        f"a{n}", 1 + n % 5, ("nps", "csat", "ces")[n % 3], noon(day), audience=("", "retail")[n % 2]
    ),
    "survey_count": lambda n, day: survey_count(day, n, source_id=f"p{n}"),
    "usage": lambda n, day: usage(day, n, 100 + n, ("", "retail", "business")[n % 3], feature=f"f{n // 3}"),
    "revenue": lambda n, day: revenue(day, f"{n}.5", source_id=f"r{n}"),
    "headcount": lambda n, day: headcount(day, f"{n}", source_id=f"h{n}"),
    "control_run": lambda n, day: control_run(f"c{n}", day, day + timedelta(days=n % 2)),
    "log_delivery": lambda n, day: log_delivery(day, 100 + n, 100, 90 - n, source_id=f"l{n}"),
    "measurement": lambda n, day: measurement(day, f"{n}.25", f"{n + 1}", ("kyc", "cover")[n % 2], source_id=f"m{n}"),
    "spend": lambda n, day: spend(f"s{n}", day, f"{n}.123456789", ("EUR", "USD")[n % 2], category="Integration"),
    "fx_rate": lambda n, day: fx_rate(day, f"0.{n + 1}"),
}
"""A fact of each kind; a new kind needs a line here."""


def day_of(metric: Metric, facts: Sequence[Fact], *, covered: bool = True, scope: Scope = SERVICE) -> ScopeDay:
    by_kind: dict[str, list[Fact]] = {}
    for fact in facts:
        by_kind.setdefault(fact.kind, []).append(fact)
    releases = [fact for fact in facts if isinstance(fact, Deployment)]
    brought = {
        (one.source, one.source_id): (change(f"c{one.source_id}", noon(MONDAY), work_items=(f"w{n}",)),)
        for n, one in enumerate(releases)
    }
    incidents = [fact for fact in facts if isinstance(fact, Incident)]
    items = [fact for fact in facts if isinstance(fact, WorkItem)]
    return ScopeDay(
        scope=scope,
        day=MONDAY,
        seconds=86_400,
        facts=by_kind,
        covered=frozenset(metric.fact_kinds) if covered else frozenset(),
        rules=MetricRules(),
        failed=frozenset(list(brought)[:1]),
        contained=brought,
        outages=tuple(map(outage, incidents)),
        caused={(one.source, one.source_id): by for one, by in zip(incidents[1:], releases, strict=False)},
        deliveries=tuple(Delivery(one, one.created - timedelta(days=1), noon(MONDAY)) for one in items),
        forms={(one.source, one.source_id): one.form for one in items},
        read_until={kind: noon(MONDAY) + timedelta(hours=12) for kind in metric.fact_kinds},
        rate=lambda _base, _quote: Decimal("0.9"),
        currencies=("EUR", "GBP"),
    )


def outage(one: Incident) -> Outage:
    start, end = 43_200 + 60 * one.started.minute, one.resolved.hour * 3600 if one.resolved else 86_400
    return Outage(start, end, ("down", "partial", "degraded")[one.started.minute % 3], one.maintenance)


ABOUT = {"integration_error_rate": INTEGRATION, "availability_providers": PROVIDER}
UP_UNLESS_TOLD = {"availability_incidents", "availability_providers"}
"""Their time is what is counted: a day on which nothing happened is a day up."""


def scopes_of(metric: Metric) -> tuple[Scope, ...]:
    return (ABOUT.get(metric.id, SERVICE),)


def totals_of(rows: Sequence[Row]) -> Totals:
    sums = [sum(getattr(row, name) for row in rows) for name in ("numerator", "denominator", "sum_squares", "sample")]
    return Totals(*sums, sum(row.known for row in rows), sum(row.expected for row in rows), len(rows), len(rows))


def test_there_is_a_fact_of_every_kind_to_test_metrics_with() -> None:
    assert set(MADE) == {fact.kind for fact in FACTS}


def test_ids_are_unique_and_an_unknown_one_is_answered_with_those_there_are() -> None:
    assert len({metric.id for metric in METRICS}) == len(METRICS)
    assert all(metric_named(metric.id) is metric for metric in METRICS)
    with pytest.raises(KeyError, match="There is no metric 'uptime'; there are: availability, "):
        metric_named("uptime")


@every_metric
def test_a_metric_is_documented(metric: Metric) -> None:
    assert all(said.strip() for said in (metric.meaning, metric.formula, metric.origin, metric.connect, metric.name))
    assert set(metric.fact_kinds) <= {fact.kind for fact in FACTS}
    assert metric.fact_kinds
    assert metric.version >= 1
    assert metric.derived_from is None or metric_named(metric.derived_from).derived_from is None
    assert (metric.samples is None) == (metric.statistics is None)
    assert metric.headline is None or metric.statistics is not None


def test_the_page_of_definitions_agrees_with_the_metrics() -> None:
    page = Path(__file__).parents[3] / "docs" / "metrics.md"
    assert page.read_text(encoding="utf-8") == document(), "run `python -m data.metrics > docs/metrics.md`"
    for metric in METRICS:
        assert f"## {metric.name}\n" in document()


def test_a_changed_definition_has_another_fingerprint() -> None:
    metric = METRICS[0]
    others = [
        replace(metric, version=metric.version + 1),
        replace(metric, formula=metric.formula + "!"),
        replace(metric, meaning=metric.meaning + "!"),
    ]
    assert len({one.definition_hash for one in (metric, *others)}) == 4


@every_kept_metric
def test_a_day_that_nobody_read_has_no_row(metric: Metric) -> None:
    for scope in (SERVICE, INTEGRATION, PROVIDER):
        assert metric.daily(day_of(metric, [], covered=False, scope=scope)) == ()
    if metric.samples:
        assert metric.samples(day_of(metric, [], covered=False)) == ()


@every_kept_metric
def test_a_day_read_completely_on_which_nothing_happened_counts_none(metric: Metric) -> None:
    (scope,) = scopes_of(metric)
    rows = metric.daily(day_of(metric, [], scope=scope))
    if metric.id in UP_UNLESS_TOLD:
        assert {(row.numerator, row.denominator) for row in rows} == {(86_400 * DAY, 86_400 * DAY)}
        return
    assert {row.numerator for row in rows} <= {0}
    assert {row.sample for row in rows} <= {0}
    if metric.denominator is not Denominator.OBSERVED:
        assert rows
        assert all(row.known == row.expected == DAY for row in rows)
    if metric.denominator is Denominator.OBSERVED:
        assert {row.denominator for row in rows} <= {0}


@every_kept_metric
def test_a_day_with_facts_has_a_row_of_whole_numbers_within_what_was_expected(metric: Metric) -> None:
    facts = [MADE[kind](n, MONDAY) for kind in metric.fact_kinds for n in range(5)]
    for scope in scopes_of(metric):
        rows = metric.daily(day_of(metric, facts, scope=scope))
        assert rows
        assert len({row.variant for row in rows}) == len(rows)
        for row in rows:
            assert all(isinstance(one, int) for one in (row.numerator, row.denominator, row.known, row.sum_squares))
            assert 0 <= row.known <= row.expected


@every_kept_metric
@settings(max_examples=40)
@given(st.integers(0, 2**32), st.integers(0, 12))
def test_the_order_of_facts_does_not_matter(metric: Metric, seed: int, count: int) -> None:
    facts = [MADE[kind](n, MONDAY) for kind in metric.fact_kinds for n in range(count)]
    chance = random.Random(seed)
    mixed = chance.sample(facts, len(facts))
    for scope in scopes_of(metric):
        told = day_of(metric, facts, scope=scope)
        other = replace(
            told,
            facts=day_of(metric, mixed).facts,
            outages=tuple(chance.sample(told.outages, len(told.outages))),
            deliveries=tuple(chance.sample(told.deliveries, len(told.deliveries))),
        )
        assert metric.daily(told) == metric.daily(other)
        assert metric.samples is None or sorted(metric.samples(told)) == sorted(metric.samples(other))


@pytest.mark.parametrize("metric", [one for one in kept_metrics if one.samples], ids=lambda metric: metric.id)
@settings(max_examples=40)
@given(st.integers(0, 2**32), st.integers(2, 40))
def test_samples_are_what_the_rows_count_and_their_order_does_not_matter(metric: Metric, seed: int, count: int) -> None:
    assert metric.samples is not None
    assert metric.statistics is not None
    day = day_of(metric, [MADE[kind](n % 12, MONDAY) for kind in metric.fact_kinds for n in range(count)])
    samples = list(metric.samples(day))
    assert len(samples) == sum(row.sample for row in metric.daily(day)) > 0
    told = metric.statistics(sorted(samples))
    assert metric.statistics(random.Random(seed).sample(samples, len(samples))) == told
    assert len({one.name for one in told}) == len(told) > 0
    for one in told:
        assert one.low is None or one.low <= one.value
        assert one.high is None or one.value <= one.high
        assert 0 < one.n <= len(samples)
    assert metric.statistics([]) == ()


COUNT = st.integers(0, 10**12)
ROWS = st.lists(
    st.builds(
        lambda numerator, more, squares, sample, known: Row(
            "", numerator, numerator + more, sample, known, DAY, squares
        ),
        COUNT, COUNT, COUNT, st.integers(0, 10**6), st.integers(0, DAY),
    ),
    min_size=1,
    max_size=8,
)  # fmt: skip


@every_kept_metric
@settings(max_examples=40)
@given(ROWS, st.integers(0, 2**32), st.integers(0, 5 * DAY))
def test_order_and_grouping_of_rows_do_not_matter(metric: Metric, rows: list[Row], seed: int, missing: int) -> None:
    if metric.denominator is Denominator.CALENDAR:
        rows = [replace(row, denominator=DAY) for row in rows]
    chance = random.Random(seed)
    mixed = chance.sample(rows, len(rows))
    cuts = sorted({0, len(rows), *(chance.randrange(len(rows)) for _ in range(3))})
    groups = [mixed[start:end] for start, end in itertools.pairwise(cuts)]
    whole = combined(metric, rows, missing)
    assert combined(metric, [combined(metric, group) for group in groups], missing) == whole
    assert value_of(metric, totals_of([whole])) == value_of(metric, totals_of([combined(metric, mixed, missing)]))


@every_kept_metric
@settings(max_examples=40)
@given(ROWS)
def test_parts_add_up_to_the_whole(metric: Metric, rows: list[Row]) -> None:
    whole = combined(metric, rows)
    assert whole.numerator == sum(row.numerator for row in rows)
    assert whole.sample == sum(row.sample for row in rows)
    # the calendar of a wider scope is the same calendar
    add_up = max if metric.denominator is Denominator.CALENDAR else sum
    assert whole.denominator == add_up([row.denominator for row in rows])


@every_metric
def test_nothing_is_none_with_a_reason_and_never_0(metric: Metric) -> None:
    assert value_of(metric, None) == Value(None, NO_DATA)
    assert spent(Value(None, NO_DATA), Decimal("0.9999")) == Value(None, NO_DATA)
    if metric.denominator is Denominator.OBSERVED:
        empty = value_of(metric, totals_of([Row("", 0, 0, 0, DAY, DAY)]))
        assert (empty.value, empty.reason) == (None, NO_EVENTS)


@pytest.mark.parametrize(
    "metric",
    [one for one in kept_metrics if one.denominator is Denominator.OBSERVED and one.headline is None],
    ids=lambda metric: metric.id,
)
@settings(max_examples=40)
@given(ROWS)
def test_a_period_is_a_sum_over_a_sum_and_never_a_mean_of_ratios(metric: Metric, rows: list[Row]) -> None:
    value = value_of(metric, totals_of(rows)).value
    bottom = sum(row.denominator for row in rows)
    assert value == (
        Decimal(sum(row.numerator for row in rows)).scaleb(-6) / Decimal(bottom).scaleb(-6) if bottom else None
    )
