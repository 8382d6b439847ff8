"""Deployment frequency."""

from __future__ import annotations

from data.metrics.base import DAY, Better, Denominator, Domain, Evidence, Metric, Row, ScopeDay, Unit


def daily(day: ScopeDay) -> tuple[Row, ...]:
    """One row for each day that a completed sync covers, also when nothing was deployed."""
    if "deployment" not in day.covered:
        return ()
    releases = len({(release.source, release.source_id) for release in day.releases()})
    return (Row("", releases * DAY, DAY, sample=releases, known=DAY, expected=DAY),)


METRIC = Metric(
    id="deployment_frequency",
    name="Deployment frequency",
    version=1,
    meaning="How often software reaches production: successful production deployments per calendar day.",
    formula="distinct deployments with environment = production, outcome = success, finished in the period "
    "/ days of the period that were read completely; rollbacks count as deployments of their own",
    origin="DORA, dora.dev/guides/dora-metrics (2026)",
    unit=Unit.PER_DAY,
    better=Better.HIGHER,
    denominator=Denominator.CALENDAR,
    evidence=Evidence.COUNTED,
    domain=Domain.DELIVERY,
    fact_kinds=("deployment",),
    connect="Connect the system that deploys (for example a source of type github) and map its repositories.",
    daily=daily,
)
