"""Feature cycle time: from the start of work on a feature until its users have it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from data.metrics.base import Better, Denominator, Domain, Evidence, Metric, Row, ScopeDay, Statistic, Unit
from data.metrics.durations import between, hours_row, in_hours
from data.metrics.quantiles import spread

FEATURE = "feature"


def samples(day: ScopeDay) -> tuple[Decimal, ...]:
    """Hours of each feature delivered on the day, in rising order; none on a day not read completely."""
    if "work_item" not in day.covered:
        return ()
    features = (one for one in day.deliveries if one.item.form == FEATURE and not one.item.cancelled)
    spans = (between(one.started, one.deployed) for one in features)
    return tuple(sorted(in_hours(span) for span in spans if span))


def daily(day: ScopeDay) -> tuple[Row, ...]:
    """Summed hours over features, by the day on which they reached production."""
    if "work_item" not in day.covered:
        return ()
    hours = samples(day)
    return (hours_row(hours, len(hours)),)


def statistics(hours: Sequence[Decimal]) -> tuple[Statistic, ...]:
    """Median with its 95 % interval from order statistics, p85 and mean."""
    return spread(hours, (("p85", "0.85"),))


METRIC = Metric(
    id="feature_cycle_time",
    name="Feature cycle time",
    version=1,
    meaning="How long a feature takes from the start of work until its last change runs in production; the mean, "
    "because the target is set on the mean. Changes without a work item count in the lead time only.",
    formula="end of the first successful production deployment that contains the feature's last change - start of work "
    "(in progress, or the first commit of its first change); summed hours / features, by the day of that deployment; "
    "calendar time; cancelled items and spans that are not positive are left out",
    origin="prokanban.org, The Kanban Pocket Guide, chapter 6: cycle time, ended in production instead of by a closed "
    "ticket",
    unit=Unit.HOURS,
    better=Better.LOWER,
    denominator=Denominator.OBSERVED,
    evidence=Evidence.COUNTED,
    domain=Domain.DELIVERY,
    fact_kinds=("work_item", "change", "deployment"),
    connect="Connect the system that holds the work items and the one that deploys (for example a source of type "
    "github), and map their repositories.",
    daily=daily,
    samples=samples,
    statistics=statistics,
)
