"""The clocks of recovery: time to restore, failed deployment recovery time, time to acknowledge."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from data.metrics import deployment_recovery_time, time_to_acknowledge, time_to_restore
from data.metrics.base import DAY, NO_DATA, NO_EVENTS, STILL_OPEN, Metric, Row, ScopeDay
from tests.data.happenings import at, deployment, incident
from tests.data.metrics.days import EVERY_KIND, PROVIDER, over, scope_day

RESTORE, RECOVERY = time_to_restore.METRIC, deployment_recovery_time.METRIC
ACKNOWLEDGE = time_to_acknowledge.METRIC
EVENING = {"incident": at("05 20:00")}


def test_gt_m01_the_same_incident_takes_60_and_40_minutes_by_the_two_clocks() -> None:
    release = deployment("d", at("05 10:00"))
    between = {"detected": at("05 10:25"), "acknowledged": at("05 10:26"), "mitigated": at("05 10:40")}
    hurt = incident("i", at("05 10:20"), at("05 11:00"), **between)
    day = scope_day(release, hurt, caused={("pager", "i"): release})
    assert (over(RECOVERY, day).value, over(RESTORE, day).value) == (1, round(Decimal(40) / 60, 28))


def test_resolved_incidents_make_the_sums_and_open_ones_count_in_the_sample_and_the_median() -> None:
    day = scope_day(
        incident("a", at("05 10:00"), at("05 11:00")),
        incident("b", at("05 10:00"), at("05 13:00")),
        incident("c", at("05 10:00"), at("05 14:00")),
        incident("open", at("05 18:00")),
        read_until=EVENING,
    )
    assert time_to_restore.samples(day) == ((1, True), (2, False), (3, True), (4, True))
    assert RESTORE.daily(day) == (Row("", 8 * DAY, 3 * DAY, 4, DAY, DAY, 26 * DAY),)
    value = over(RESTORE, day)
    assert (value.value, value.sample, value.interval) == (3, 4, (1, 4))
    assert value.statistics == {"median": 3, "p90": 4, "mean_of_ended": Decimal(8) / 3}


def test_with_most_incidents_open_there_is_no_median_but_a_bound() -> None:
    day = scope_day(
        incident("a", at("05 10:00"), at("05 10:30")),
        incident("b", at("05 08:00")),
        incident("c", at("05 17:00")),
        read_until=EVENING,
    )
    value = over(RESTORE, day)
    assert (value.value, value.reason) == (None, STILL_OPEN)
    assert value.statistics == {"median_above": 12, "p90_above": 12, "mean_of_ended": Decimal("0.5")}


def test_an_open_incident_of_which_nothing_is_known_lasted_at_least_no_time() -> None:
    later = incident("b", at("05 21:00"))
    for day in (scope_day(later), scope_day(later, read_until=EVENING)):
        assert time_to_restore.samples(day) == ((0, False),)
        assert (over(RESTORE, day).value, over(RESTORE, day).statistics["median_above"]) == (None, 0)


def test_incidents_over_at_once_count_and_those_that_end_before_they_start_do_not() -> None:
    noon = at("05 12:00")
    day = scope_day(
        incident("blink", noon, noon),
        incident("seconds", noon, noon + timedelta(seconds=36)),
        incident("skewed", noon, noon - timedelta(hours=1)),
    )
    assert time_to_restore.samples(day) == ((0, True), (Decimal("0.01"), True))


@pytest.mark.parametrize("metric", [RESTORE, RECOVERY, ACKNOWLEDGE], ids=lambda metric: metric.id)
def test_planned_maintenance_is_no_incident(metric: Metric) -> None:
    release = deployment("d", at("05 09:00"))
    planned = incident("m", at("05 10:00"), at("05 14:00"), maintenance=True)
    value = over(metric, scope_day(release, planned, caused={("pager", "m"): release}))
    assert (value.value, value.reason, value.sample) == (None, NO_EVENTS, 0)


def test_only_incidents_that_a_deployment_caused_count_for_its_recovery() -> None:
    release = deployment("d", at("05 09:30"))
    running = deployment("e", at("05 09:30"), started=at("05 09:00"), outcome="running")
    day = scope_day(
        incident("alone", at("05 10:00"), at("05 20:00")),
        incident("broke", at("05 10:00"), at("05 11:00")),
        incident("open", at("05 19:00")),
        incident("before the end", at("05 09:10"), at("05 09:20")),
        caused=dict.fromkeys([("pager", "broke"), ("pager", "open"), ("pager", "before the end")], release)
        | {("pager", "unheard of"): running},
        read_until=EVENING,
    )
    assert deployment_recovery_time.samples(day) == ((Decimal("1.5"), True), (Decimal("10.5"), False))


def test_recovery_is_not_told_where_no_deployment_is_known() -> None:
    release, hurt = deployment("d", at("05 10:00")), incident("i", at("05 10:20"), at("05 11:00"))
    blind = scope_day(hurt, covered=frozenset({"incident"}))
    assert (over(RECOVERY, blind).value, over(RECOVERY, blind).reason) == (None, NO_DATA)
    linked = scope_day(hurt, covered=frozenset({"incident"}), caused={("pager", "i"): release})
    assert over(RECOVERY, linked).value == 1
    assert over(RECOVERY, scope_day(hurt, covered=EVERY_KIND - {"incident"})).reason == NO_DATA


def test_an_incident_waits_from_its_detection_until_it_is_acknowledged_or_at_least_until_it_is_over() -> None:
    day: ScopeDay = scope_day(
        incident("a", at("05 10:00"), at("05 12:00"), acknowledged=at("05 10:06")),
        incident("b", at("05 10:00"), at("05 12:00"), detected=at("05 10:30"), acknowledged=at("05 10:33")),
        incident("never", at("05 10:00"), at("05 12:00"), acknowledged=None),
        incident("not yet", at("05 19:00"), acknowledged=None),
        incident("skewed", at("05 10:00"), acknowledged=at("05 09:00")),
        read_until=EVENING,
    )
    tenths = [(Decimal("0.05"), True), (Decimal("0.1"), True), (Decimal(1), False), (Decimal(2), False)]
    assert time_to_acknowledge.samples(day) == tuple(tenths)
    assert ACKNOWLEDGE.daily(day) == (Row("", 150_000, 2 * DAY, 4, DAY, DAY, 12_500),)
    assert over(ACKNOWLEDGE, day).value == Decimal("0.1")


def test_incidents_that_providers_tell_of_are_not_ours_to_acknowledge_or_to_restore() -> None:
    day = scope_day(incident("a", at("05 10:00"), at("05 12:00"), acknowledged=None), scope=PROVIDER)
    assert (time_to_restore.samples(day), RESTORE.daily(day)) == ((), ())
    assert (time_to_acknowledge.samples(day), ACKNOWLEDGE.daily(day)) == ((), ())
