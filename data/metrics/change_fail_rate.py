"""Change fail rate."""

from __future__ import annotations

from data.metrics.base import DAY, Better, Denominator, Domain, Evidence, Metric, Row, ScopeDay, Unit
from data.metrics.intervals import counted_interval, unseen_bounds


def daily(day: ScopeDay) -> tuple[Row, ...]:
    """Deployments with at least one linked failure over deployments, by the day on which they finished."""
    if "deployment" not in day.covered:
        return ()
    releases = {(release.source, release.source_id) for release in day.releases()}
    failed = releases & day.failed
    return (Row("", len(failed) * DAY, len(releases) * DAY, sample=len(releases), known=DAY, expected=DAY),)


METRIC = Metric(
    id="change_fail_rate",
    name="Change fail rate",
    version=2,
    meaning="The share of production deployments that had to be undone or that caused an incident. Without a source of "
    "incidents only rollbacks are known. The last day is provisional: its deployments may still prove to have failed.",
    formula="production deployments with at least one linked failure / production deployments; counts deployments, "
    "not incidents; a failure is a rollback of the deployment or an incident linked to it: named by the incident > "
    "change named by the incident > last deployment of the same service within the failure window (24 hours) before "
    "the incident, unless the incident has another cause",
    origin="DORA, dora.dev/guides/dora-metrics (2026)",
    unit=Unit.RATIO,
    better=Better.LOWER,
    denominator=Denominator.OBSERVED,
    evidence=Evidence.COUNTED,
    domain=Domain.DELIVERY,
    fact_kinds=("deployment",),
    connect="Connect the system that deploys (for example a source of type github) and map its repositories.",
    daily=daily,
    unknown_bounds=unseen_bounds,
    interval=counted_interval,
    settles_after=24,
)
