"""Rework rate: the share of deployments that only repaired what was broken."""

from __future__ import annotations

from data.facts import Deployment
from data.metrics.base import DAY, Better, Denominator, Domain, Evidence, Metric, Row, ScopeDay, Unit
from data.metrics.intervals import counted_interval, unseen_bounds

BUG, FEATURE = "bug", "feature"


def daily(day: ScopeDay) -> tuple[Row, ...]:
    """Rework deployments over those of which it is known, by the day on which they finished.

    The others count as unobserved; without work items only what deployments declare is known.
    """
    if "deployment" not in day.covered:
        return ()
    linked = {"change", "work_item"} <= day.covered
    releases = {(release.source, release.source_id): release for release in day.releases()}
    told = [said for one in releases.values() if (said := is_rework(one, day)) is not None]
    if not told and not linked:
        return ()
    known = DAY * len(told) // len(releases) if releases else DAY
    return (Row("", sum(told) * DAY, len(told) * DAY, sample=len(told), known=known, expected=DAY),)


def is_rework(release: Deployment, day: ScopeDay) -> bool | None:
    """As declared; else whether it brought a change for a bug and none for a feature; None without a work item."""
    if release.rework is not None:
        return release.rework
    forms = {
        day.forms.get((change.source, item))
        for change in day.contained.get((release.source, release.source_id), ())
        for item in change.work_items
    } - {None}
    return BUG in forms and FEATURE not in forms if forms else None


METRIC = Metric(
    id="rework_rate",
    name="Rework rate",
    version=1,
    meaning="The share of production deployments that were made only to repair something: unplanned work that an "
    "earlier deployment left behind.",
    formula="production deployments that are declared rework, or that contain a change for a bug work item and none "
    "for a feature / production deployments of which that is known, because they declare it or contain a change for a "
    "known work item; the others count as unobserved",
    origin="DORA, dora.dev/guides/dora-metrics (2026): deployment rework rate",
    unit=Unit.RATIO,
    better=Better.LOWER,
    denominator=Denominator.OBSERVED,
    evidence=Evidence.COUNTED,
    domain=Domain.DELIVERY,
    fact_kinds=("deployment", "change", "work_item"),
    connect="Connect the system that holds code, work items and deployments (for example a source of type github) and "
    "map its repositories.",
    daily=daily,
    unknown_bounds=unseen_bounds,
    interval=counted_interval,
)
