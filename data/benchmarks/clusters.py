"""Which cluster of a DORA edition a value lies closest to, metric by metric.

A cluster is a group of survey answers and its figures are its centre, no limits: a value is closest to one, it does not
reach it. There is no level overall, because clusters are not in order on every metric: in 2024 the high cluster fails
more often than the medium one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from data.benchmarks.load import BenchmarkFile, Edition, Reference, load
from data.metrics import metric_named
from data.metrics.base import Unit

LEVELS = ("elite", "high", "medium", "low")
_LEAST = 1e-9


@dataclass(frozen=True)
class Closest:
    """The levels that a value is closest to, and the same in words: "between medium and high"."""

    levels: tuple[str, ...]
    words: str


def editions(files: Sequence[BenchmarkFile] | None = None) -> tuple[Edition, ...]:
    """The editions that publish clusters, the newest first."""
    found = [file.edition for file in (load() if files is None else files)]
    with_clusters = (one for one in found if any(reference.cluster for reference in one.reference))
    return tuple(sorted(with_clusters, key=lambda one: one.vintage, reverse=True))


def clusters_of(edition: Edition, metric: str) -> tuple[Reference, ...]:
    """The clusters of an edition for a metric, from elite to low; none where it publishes none."""
    found = {one.cluster: one for one in edition.reference if one.metric == metric and one.cluster}
    return tuple(found[level] for level in LEVELS if level in found)


def closest(value: Decimal, clusters: Sequence[Reference]) -> Closest:
    """The clusters of one metric that a value is closest to; all of them where they publish the same.

    Inside several ranges the narrowest counts. Outside of all, shares are compared by their difference, times and
    frequencies by their ratio.
    """
    if inside := [one for one in clusters if _holds(one, value)]:
        least = min(map(_width, inside))
        levels = _levels(one for one in inside if _width(one) == least)
        return Closest(levels, f"closest to {_joined(levels)}")
    below, above = _nearest(value, clusters, upwards=False), _nearest(value, clusters, upwards=True)
    if not (below and above):
        levels = _levels(below or above)
        return Closest(levels, f"closest to {_joined(levels)}")
    down, up = _distance(value, below[0]), _distance(value, above[0])
    between = f"between {'/'.join(_levels(below))} and {'/'.join(_levels(above))}"
    if math.isclose(down, up):
        return Closest(_levels([*below, *above]), between)
    levels = _levels(below if down < up else above)
    return Closest(levels, f"{between}, nearer to {_joined(levels)}")


def _holds(cluster: Reference, value: Decimal) -> bool:
    if cluster.low is not None and cluster.low == cluster.high:
        return value == cluster.low
    return (cluster.low is None or cluster.low <= value) and (cluster.high is None or value < cluster.high)


def _width(cluster: Reference) -> float:
    return math.inf if cluster.high is None else float(cluster.high - (cluster.low or 0))


def _nearest(value: Decimal, clusters: Sequence[Reference], *, upwards: bool) -> list[Reference]:
    """Those nearest on one side of a value that lies in none; several where they are equally near."""
    side = [one for one in clusters if ((one.low is not None and one.low > value) is upwards)]
    least = min((_distance(value, one) for one in side), default=math.inf)
    return [one for one in side if math.isclose(_distance(value, one), least)]


def _distance(value: Decimal, cluster: Reference) -> float:
    """From a value to the nearest edge of a range that does not hold it."""
    edge = cluster.low if cluster.low is not None and cluster.low > value else cluster.high
    assert edge is not None
    if metric_named(cluster.metric).unit is Unit.RATIO:
        return abs(float(value - edge))
    return abs(math.log(max(float(value), _LEAST) / float(edge)))


def _levels(clusters: Iterable[Reference]) -> tuple[str, ...]:
    found = {one.cluster for one in clusters}
    return tuple(level for level in LEVELS if level in found)


def _joined(levels: tuple[str, ...]) -> str:
    return " and ".join(levels)
