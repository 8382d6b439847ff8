"""Audits on time and compliance logging in time: what counts, and when it is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from data.facts import ControlRun, Fact
from data.metrics import metric_named
from data.metrics.base import DAY, NO_DATA, NO_EVENTS, Metric, Row, ScopeDay, Totals, Value, value_of
from data.metrics.intervals import wilson
from data.scopes import Scope
from data.settings import MetricRules
from tests.data.happenings import DAY as MONDAY
from tests.data.happenings import at, control_run, log_delivery

AUDITS, LOGGING = metric_named("audit_on_time"), metric_named("compliance_log_timeliness")
READ = frozenset({"control_run", "log_delivery"})


def day_with(*facts: Fact, until: str = "06 12:00", **other: object) -> ScopeDay:
    by_kind: dict[str, list[Fact]] = {}
    for fact in facts:
        by_kind.setdefault(fact.kind, []).append(fact)
    scope = Scope("group", "portfolio", "Group")
    plain = ScopeDay(scope, MONDAY, 86_400, by_kind, READ, MetricRules(), read_until=dict.fromkeys(READ, at(until)))
    return replace(plain, **other)  # type: ignore[arg-type]


def told(metric: Metric, *days: ScopeDay, variant: str = "") -> Value:
    rows = [row for day in days for row in metric.daily(day) if row.variant == variant]
    sums = [sum(getattr(row, name) for row in rows) for name in ("numerator", "denominator", "sum_squares", "sample")]
    known, expected = sum(row.known for row in rows), sum(row.expected for row in rows)
    return value_of(metric, Totals(*sums, known, expected, len(rows), len(rows)))


def late(days: int) -> date:
    return MONDAY + timedelta(days=days)


@pytest.mark.parametrize(
    ("run", "share"),
    [
        (control_run("a", completed=late(-20)), 1),
        (control_run("a", completed=MONDAY), 1),
        (control_run("a", completed=late(1)), 0),
        (control_run("a", completed=None), 0),
        (control_run("a", evidence=None), 0),
        (control_run("a", evidence=" "), 0),
        (control_run("a", partial=True), 0),
        (control_run("a", completed=None, cancelled=" "), 0),
    ],
    ids=["early", "on the day", "late", "never", "no proof", "empty proof", "in part", "cancelled without a reason"],
)
def test_a_run_is_on_time_when_it_was_done_wholly_by_its_due_day_with_a_proof(run: ControlRun, share: int) -> None:
    value = told(AUDITS, day_with(run, until="06 12:00"))
    assert (value.value, value.sample) == (share, 1)


def test_the_settings_give_days_of_grace() -> None:
    run, rules = control_run("a", completed=late(5)), MetricRules(audit_grace_days=5)
    assert told(AUDITS, day_with(run, until="20 00:00", rules=rules)).value == 1
    slower = replace(run, completed=late(6))
    assert told(AUDITS, day_with(slower, until="20 00:00", rules=rules)).value == 0


@pytest.mark.parametrize(
    "open_run",
    [control_run("a", completed=None), control_run("a", evidence=None), control_run("a", partial=True)],
    ids=["not done", "no proof yet", "not wholly done yet"],
)
def test_a_run_whose_time_is_not_over_anywhere_is_not_counted_yet(open_run: ControlRun) -> None:
    rules = MetricRules(audit_grace_days=2)
    for until, counted in (("05 23:00", 0), ("08 11:59", 0), ("08 12:00", 1)):
        assert AUDITS.daily(day_with(open_run, until=until, rules=rules)) == (
            Row("", 0, counted * DAY, counted, DAY, DAY),
        )
    assert AUDITS.daily(day_with(open_run, read_until={}, covered=frozenset())) == ()


def test_a_run_cancelled_with_a_reason_is_not_counted_whatever_came_of_it() -> None:
    cancelled = [control_run("a", completed=None, cancelled="The system was switched off."), control_run("b")]
    assert told(AUDITS, day_with(*cancelled)).sample == 1
    assert (told(AUDITS, day_with(cancelled[0])).value, told(AUDITS, day_with(cancelled[0])).reason) == (
        None,
        NO_EVENTS,
    )


def test_runs_due_over_on_time_is_told_with_its_interval_and_a_finished_run_needs_no_reading_to_its_end() -> None:
    due = [control_run(f"c{n}", completed=late(n - 3)) for n in range(5)]
    value = told(AUDITS, day_with(*due, until="20 00:00"))
    assert (value.value, value.interval) == (Decimal("0.8"), wilson(4, 5))
    early = day_with(due[0], read_until={}, covered=frozenset())
    assert AUDITS.daily(early) == (Row("", DAY, DAY, 1, DAY, DAY),)


def test_a_run_that_came_too_late_counts_as_soon_as_it_is_told() -> None:
    too_late, rules = control_run("a", completed=late(3)), MetricRules(audit_grace_days=2)
    for until in ({}, {"control_run": at("05 23:00")}):
        day = day_with(too_late, read_until=until, rules=rules)
        assert AUDITS.daily(day) == (Row("", 0, DAY, 1, DAY, DAY),)


def test_records_are_in_time_over_events_and_a_missing_record_is_late() -> None:
    day = day_with(log_delivery(expected=1000, stored=999, within=970))
    value, stored = told(LOGGING, day), told(LOGGING, day, variant="stored")
    assert (value.value, value.sample, value.interval) == (Decimal("0.97"), 1000, wilson(970, 1000))
    assert stored.value == Decimal("0.999")


def test_days_and_record_types_add_up_and_are_never_averaged() -> None:
    busy, quiet = log_delivery(expected=9900, stored=9900, within=9900), log_delivery(expected=100, stored=50, within=0)
    together = day_with(busy, replace(quiet, source_id="b", record_type="login"))
    assert told(LOGGING, together).value == told(LOGGING, day_with(busy), day_with(quiet)).value == Decimal("0.99")


def test_more_records_than_events_are_all_of_them_and_hide_no_other_days_gap() -> None:
    double, lost = log_delivery(expected=100, stored=150, within=120), log_delivery(expected=100, stored=90, within=95)
    assert told(LOGGING, day_with(double), day_with(lost), variant="stored").value == Decimal("0.95")
    assert told(LOGGING, day_with(double), day_with(lost)).value == Decimal("0.95")


def test_records_counted_against_a_longer_time_say_nothing_of_real_time() -> None:
    slow = log_delivery(expected=300, stored=300, within=300, threshold=Decimal(3600), source_id="slow")
    value = told(LOGGING, day_with(log_delivery(within=95), slow))
    assert (value.value, value.coverage) == (Decimal("0.95"), Decimal("0.25"))
    assert value.bounds == (Decimal("0.2375"), Decimal("0.9875"))
    assert told(LOGGING, day_with(slow)).reason == NO_EVENTS
    assert told(LOGGING, day_with(slow), variant="stored").value == 1
    assert told(LOGGING, day_with(slow, rules=MetricRules(log_threshold_seconds=Decimal(3600)))).value == 1


def test_a_shorter_time_than_asked_for_is_in_time_too() -> None:
    assert told(LOGGING, day_with(log_delivery(threshold=Decimal("0.5")))).value == Decimal("0.99")


def test_a_day_read_without_events_counts_none_and_one_not_read_has_no_row() -> None:
    assert LOGGING.daily(day_with()) == tuple(Row(variant, 0, 0, 0, DAY, DAY) for variant in ("", "stored"))
    assert (told(LOGGING, day_with()).value, told(LOGGING, day_with()).reason) == (None, NO_EVENTS)
    for metric in (LOGGING, AUDITS):
        assert metric.daily(day_with(covered=frozenset())) == ()
        assert told(metric, day_with(covered=frozenset())).reason == NO_DATA
