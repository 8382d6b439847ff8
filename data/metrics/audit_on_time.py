"""Audits and other controls that were done on time."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from data.compliance.cadence import on_time
from data.facts import ControlRun
from data.metrics.base import DAY, Better, Denominator, Domain, Evidence, Metric, Row, ScopeDay, Unit
from data.metrics.intervals import counted_interval, unseen_bounds

_EVERYWHERE_OVER = time(12, tzinfo=UTC)
"""A calendar day has ended in every time zone by noon of the next day in UTC."""


def fulfilled(run: ControlRun, grace_days: int) -> bool:
    """Done wholly, in time, with a proof."""
    return on_time(run.due, run.completed, grace_days) and bool((run.evidence or "").strip()) and not run.partial


def decided(run: ControlRun, grace_days: int, read_until: datetime | None) -> bool:
    """Whether it is known if the run was on time: it was, it came too late, or its time is over.

    One cancelled with a reason never is.
    """
    if run.cancelled.strip():
        return False
    last = run.due + timedelta(days=grace_days)
    over = datetime.combine(last + timedelta(days=1), _EVERYWHERE_OVER)
    late = run.completed is not None and run.completed > last
    return late or fulfilled(run, grace_days) or (read_until is not None and read_until >= over)


def daily(day: ScopeDay) -> tuple[Row, ...]:
    """Runs on time over runs due, by the due day."""
    covered, grace = ControlRun.kind in day.covered, day.rules.audit_grace_days
    runs = [fact for fact in day.facts.get(ControlRun.kind, ()) if isinstance(fact, ControlRun)]
    due = [run for run in runs if decided(run, grace, day.read_until.get(ControlRun.kind))]
    if not due and not covered:
        return ()
    held = sum(fulfilled(run, grace) for run in due)
    return (Row("", held * DAY, len(due) * DAY, sample=len(due), known=DAY, expected=DAY),)


METRIC = Metric(
    id="audit_on_time",
    name="Audits on time",
    version=1,
    meaning="The share of audits and other controls due in the period that were done on time, wholly and with a proof.",
    formula="runs completed by their due day plus metrics.audit_grace_days, with evidence and nothing left out / runs "
    "due; a run counts on its due day; left out are those whose time is not over, and those cancelled with a reason",
    origin="house definition; cadence after PCI DSS 4.0.1, requirement 11.3 (at least once every three months)",
    unit=Unit.RATIO,
    better=Better.HIGHER,
    denominator=Denominator.OBSERVED,
    evidence=Evidence.COUNTED,
    domain=Domain.COMPLIANCE,
    fact_kinds=("control_run",),
    connect="Connect the register of controls (for example a source of type csv) and map its obligations.",
    daily=daily,
    unknown_bounds=unseen_bounds,
    interval=counted_interval,
)
