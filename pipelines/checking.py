"""Whether sources are set up rightly, and how they stand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine

from data.clock import clock
from data.settings import Settings, Source
from data.warehouse import read, read_events, read_sources
from data.warehouse.engine import reading
from data.warehouse.raw import gone_counts
from data.warehouse.reconcile import Reconciliation, reconciliations
from pipelines.connectors import connector_of
from pipelines.errors import SyncError


def check_source(settings: Settings, source: Source) -> Iterator[dict[str, Any]]:
    """The findings on one source; an error that ends the look is the last of them."""
    try:
        for found in connector_of(source.type)(source, settings).check():
            yield {"source": source.id, "subject": found.subject, "good": found.good, "says": found.says}
    except SyncError as error:
        yield {"source": source.id, "subject": source.type, "good": False, "says": str(error)}


def status_of(engine: Engine, settings: Settings) -> dict[str, Any]:
    """Sources with their freshness, and the names that nobody mapped."""
    with reading(engine) as connection:
        states = {state.source: state for state in read_sources.source_states(connection)}
        unmapped = read_sources.unmapped_keys(connection)
        version = read.data_version(connection)
        gone, runs = gone_counts(connection), read_events.last_runs(connection)
        counts = reconciliations(connection)
    names = [source.id for source in settings.source] + sorted(states.keys() - {s.id for s in settings.source})
    return {
        "data_version": version.version if version else None,
        "as_of": version.committed_at.isoformat() if version else None,
        "sources": [
            _source_row(name, states.get(name), settings)
            | {"gone": gone.get(name, 0), "runs": [_run_row(run) for run in runs if run.source == name]}
            for name in names
        ],
        "reconciliation": [_count_row(one) for one in counts],
        "unmapped": [
            {"source": one.source, "fact": one.fact, "kind": one.kind, "key": one.key, "count": one.count}
            for one in unmapped
        ],
    }


def _source_row(name: str, state: read_sources.SourceState | None, settings: Settings) -> dict[str, Any]:
    configured = next((source for source in settings.source if source.id == name), None)
    success = state.last_success if state else None
    late = is_late(success, configured)
    return {
        "source": name,
        "type": configured.type if configured else None,
        "last_success": success.isoformat() if success else None,
        "fresh_within_hours": configured.fresh_within_hours if configured else None,
        "late": late,
        "last_outcome": state.last_outcome if state else None,
        "last_message": state.last_message if state and state.last_message else None,
        "open_items": state.open_items if state else 0,
        "rejected": state.rejected if state else 0,
    }


def _run_row(run: Any) -> dict[str, Any]:
    return {
        "started": run.started.isoformat(),
        "outcome": run.outcome,
        "seconds": (run.finished - run.started).total_seconds() if run.finished else None,
        "fetched": run.fetched,
        "stored": run.stored,
        "skipped": run.skipped,
        "message": run.message or None,
    }


def _count_row(one: Reconciliation) -> dict[str, Any]:
    texts = {name: str(getattr(one, name)) for name in ("source", "fact", "key_kind", "key", "measure", "start", "end")}
    figures = {name: f"{getattr(one, name):f}" for name in ("at_source", "stored", "gap")}
    return {**texts, **figures, "checked_at": one.checked_at.isoformat()}


def is_late(success: Any, source: Source | None) -> bool:
    """Whether a configured source has not succeeded within its promise."""
    if source is None:
        return False
    return success is None or clock() - success > timedelta(hours=source.fresh_within_hours)
