"""What a source counts by itself, asked once a reading is complete and kept beside our own figure."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import Engine

from data.settings import Settings
from data.warehouse.engine import writing
from data.warehouse.reconcile import reconcile
from pipelines.connectors.base import Connector, Position
from pipelines.errors import SyncError


def reconciled(engine: Engine, settings: Settings, connector: Connector, position: Position) -> list[str]:
    """Hold the source's counts against what is stored. A fault is a note only, for the reading itself is complete."""
    try:
        counts = [asdict(one) for one in connector.counts(position)]
    except SyncError as error:
        return [f"Not held against the source's own counts: {error}"]
    if counts:
        with writing(engine) as connection:
            reconcile(connection, connector.source.id, counts, settings.zone)
    return []
