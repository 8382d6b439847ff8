"""Change fail rate, rework rate and feature cycle time: what counts, and what is left out."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from data.facts import Deployment
from data.metrics import change_fail_rate, feature_cycle_time, lead_time, rework_rate
from data.metrics.base import DAY, NO_DATA, NO_EVENTS, Delivery, Row
from data.metrics.intervals import wilson
from tests.data.happenings import at, change, deployment, work_item
from tests.data.metrics.days import EVERY_KIND, over, scope_day

NOON = at("05 12:00")
FORMS = {("github", "bug"): "bug", ("github", "feature"): "feature", ("github", "chore"): "other"}


def release(name: str, rework: bool | None = None) -> Deployment:
    return deployment(name, NOON, rework=rework)


def brought(**items: tuple[str, ...]) -> dict[tuple[str, str], tuple[object, ...]]:
    """What each deployment contained: one change for each of the named work items."""
    return {
        ("github", name): tuple(change(f"{name}/{item}", NOON, work_items=(item,)) for item in of)
        for name, of in items.items()
    }


def test_a_deployment_fails_once_whatever_broke_by_it() -> None:
    day = scope_day(*map(release, "abcde"), failed=frozenset({("github", "a"), ("github", "b"), ("github", "gone")}))
    value = over(change_fail_rate.METRIC, day)
    assert (value.value, value.numerator, value.denominator) == (Decimal("0.4"), 2, 5)
    assert value.interval == wilson(2, 5)
    assert (change_fail_rate.METRIC.version, change_fail_rate.METRIC.settles_after) == (2, 24)


def test_rework_is_declared_or_brings_a_change_for_a_bug_and_none_for_a_feature() -> None:
    releases = [*map(release, ("fix", "both", "feature", "chore", "bare", "unknown")), release("said", True)]
    day = scope_day(
        *releases,
        release("denied", False),
        contained=brought(
            fix=("bug", "chore"), both=("bug", "feature"), feature=("feature",), chore=("chore",), bare=(),
            unknown=("never told",), said=("feature",), denied=("bug",),
        ),
        forms=FORMS,
    )  # fmt: skip
    assert {one.source_id: rework_rate.is_rework(one, day) for one in day.releases()} == {
        "fix": True, "both": False, "feature": False, "chore": False, "bare": None, "unknown": None,
        "said": True, "denied": False,
    }  # fmt: skip
    value = over(rework_rate.METRIC, day)
    assert (value.value, value.interval, value.coverage) == (Decimal(2) / 6, wilson(2, 6), Decimal("0.75"))
    assert value.bounds == (Decimal("0.25"), Decimal("0.5"))


def test_a_work_item_of_another_source_with_the_same_name_is_another_one() -> None:
    day = scope_day(release("d"), contained=brought(d=("7",)), forms={("tracker", "7"): "bug"})
    assert rework_rate.daily(day) == (Row("", 0, 0, 0, 0, DAY),)


def test_without_work_items_only_declared_deployments_are_known_to_be_rework_or_not() -> None:
    read = EVERY_KIND - {"work_item"}
    declared = scope_day(release("a", True), release("b", False), release("c"), release("d"), covered=read)
    assert rework_rate.daily(declared) == (Row("", DAY, 2 * DAY, 2, DAY // 2, DAY),)
    value = over(rework_rate.METRIC, declared)
    assert (value.value, value.bounds) == (Decimal("0.5"), (Decimal("0.25"), Decimal("0.75")))
    for silent in (scope_day(release("c"), covered=read), scope_day(covered=read)):
        assert over(rework_rate.METRIC, silent).reason == NO_DATA
    quiet = over(rework_rate.METRIC, scope_day())
    assert (quiet.value, quiet.reason, quiet.coverage) == (None, NO_EVENTS, 1)


def delivery(hours: float, form: str = "feature", cancelled: bool = False) -> Delivery:
    item = work_item(f"{form}-{hours}", NOON - timedelta(days=90), form=form, cancelled=cancelled)
    return Delivery(item, NOON - timedelta(hours=hours), NOON)


def test_the_cycle_time_of_features_is_told_as_mean_with_median_and_p85_beside() -> None:
    made = (delivery(24), delivery(72), delivery(480), delivery(100, "bug"), delivery(100, "other"))
    odd = (delivery(0), delivery(-5), delivery(7, cancelled=True))
    day = scope_day(deliveries=(*made, *odd))
    assert feature_cycle_time.samples(day) == (24, 72, 480)
    assert feature_cycle_time.daily(day) == (Row("", 576 * DAY, 3 * DAY, 3, DAY, DAY, 236_160 * DAY),)
    value = over(feature_cycle_time.METRIC, day)
    assert (value.value, value.sample, value.interval) == (192, 3, None)
    assert value.statistics == {"median": 72, "p85": Decimal("357.6"), "mean": 192}


def test_a_median_of_many_features_has_its_interval() -> None:
    found = feature_cycle_time.statistics([Decimal(n) for n in range(1, 21)])
    assert (found[0].value, found[0].low, found[0].high, found[0].n) == (Decimal("10.5"), 6, 15, 20)


def test_a_day_without_a_delivered_feature_has_no_cycle_time_and_one_not_read_no_row() -> None:
    value = over(feature_cycle_time.METRIC, scope_day(deliveries=(delivery(5, "bug"),)))
    assert (value.value, value.reason) == (None, NO_EVENTS)
    blind = scope_day(deliveries=(delivery(5),), covered=EVERY_KIND - {"work_item"})
    assert (feature_cycle_time.daily(blind), feature_cycle_time.samples(blind)) == ((), ())


def test_a_change_without_a_work_item_counts_in_the_lead_time_only() -> None:
    day = scope_day(release("d"), contained={("github", "d"): (change("c", NOON),)})
    assert (over(lead_time.METRIC, day).value, over(feature_cycle_time.METRIC, day).value) == (24, None)
