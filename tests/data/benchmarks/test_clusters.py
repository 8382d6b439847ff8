"""A value is closest to a cluster, metric by metric, and nothing says of what level a team is."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.benchmarks import clusters
from data.benchmarks.clusters import LEVELS, closest, clusters_of, editions
from data.benchmarks.load import Reference

METRICS = ("lead_time", "deployment_frequency", "change_fail_rate", "deployment_recovery_time")


def of(year: str, metric: str) -> tuple[Reference, ...]:
    edition = next(one for one in editions() if one.vintage == year)
    return clusters_of(edition, metric)


def told(year: str, metric: str, value: str) -> str:
    return closest(Decimal(value), of(year, metric)).words


def test_the_editions_that_have_clusters_are_known_the_newest_first() -> None:
    assert [one.vintage for one in editions()] == ["2024", "2023"]
    assert [len(of(year, metric)) for year in ("2024", "2023") for metric in METRICS] == [4] * 8
    assert [one.cluster for one in of("2024", "lead_time")] == list(LEVELS)


@pytest.mark.parametrize(
    ("metric", "value", "words"),
    [
        ("lead_time", "5", "closest to elite"),
        ("lead_time", "23.9", "closest to elite"),
        ("lead_time", "24", "closest to high"),
        ("lead_time", "167.9", "closest to high"),
        ("lead_time", "168", "closest to medium"),
        ("lead_time", "720", "closest to low"),
        ("lead_time", "99999", "closest to low"),
        ("deployment_frequency", "12", "closest to elite"),
        ("deployment_frequency", "1", "closest to elite"),
        ("deployment_frequency", "0.9", "closest to high"),
        ("deployment_frequency", "0.1", "closest to medium"),
        ("deployment_frequency", "0.02", "closest to low"),
        ("deployment_frequency", "0", "closest to low"),
        ("deployment_recovery_time", "0.5", "closest to elite"),
        ("deployment_recovery_time", "5", "closest to high and medium"),
        ("deployment_recovery_time", "25", "between high/medium and low, nearer to high and medium"),
        ("deployment_recovery_time", "400", "closest to low"),
    ],
)
def test_times_and_frequencies_lie_in_the_ranges_of_2024(metric: str, value: str, words: str) -> None:
    assert told("2024", metric, value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("0", "closest to elite"),
        ("0.05", "closest to elite"),
        ("0.075", "between elite and medium"),
        ("0.10", "closest to medium"),
        ("0.12", "between medium and high, nearer to medium"),
        ("0.15", "between medium and high"),
        ("0.20", "closest to high"),
        ("0.31", "between high and low, nearer to low"),
        ("0.9", "closest to low"),
    ],
)
def test_failing_more_often_can_be_closer_to_the_better_cluster_of_2024(value: str, words: str) -> None:
    assert told("2024", "change_fail_rate", value) == words


def test_no_level_follows_from_the_change_fail_rate_alone() -> None:
    """It is not in order over the levels of 2024, and there is nothing that makes one level of several metrics."""
    edges = [one.low for one in of("2024", "change_fail_rate")]
    assert edges == [Decimal("0.05"), Decimal("0.20"), Decimal("0.10"), Decimal("0.40")]
    assert [one.low for one in of("2023", "change_fail_rate")] == sorted(
        one.low for one in of("2023", "change_fail_rate")
    )
    public = [name for name in vars(clusters) if isinstance(getattr(clusters, name), Callable)]  # type: ignore[arg-type]
    assert not [name for name in public if "overall" in name or "tier" in name]


def test_clusters_that_publish_the_same_range_are_named_together() -> None:
    assert closest(Decimal(300), of("2023", "lead_time")).levels == ("medium", "low")
    assert told("2023", "deployment_frequency", "0.05") == "closest to medium and low"
    assert told("2023", "deployment_recovery_time", "500") == "between medium and low, nearer to low"


@given(
    metric=st.sampled_from(METRICS),
    year=st.sampled_from(("2023", "2024")),
    value=st.decimals(0, 10_000, allow_nan=False, places=4),
)
def test_every_value_is_closest_to_something_that_is_named(metric: str, year: str, value: Decimal) -> None:
    found = closest(value, of(year, metric))
    assert found.levels
    assert set(found.levels) <= set(LEVELS)
    assert all(level in found.words for level in found.levels)
    assert found == closest(value, tuple(reversed(of(year, metric))))
