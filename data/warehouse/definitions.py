"""What the daily rows were made with: when it changes, everything is rolled up again."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, select

from data.finance.spend_class import shipped_rules
from data.metrics import metrics_of
from data.settings import Settings
from data.warehouse import schema
from data.warehouse.catalog import touch_everything
from data.warehouse.types import canonical
from data.warehouse.upsert import insert_or_replace

DEFINITIONS = "definitions"
"""Where the warehouse keeps the fingerprint of what its daily rows were made with."""


def outdated(connection: Connection, settings: Settings) -> bool:
    """Whether the daily rows were made with other definitions than those of now."""
    before = _made_with(connection)
    return before is not None and before != _fingerprint(settings)


def take_up_definitions(connection: Connection, settings: Settings) -> None:
    """Have everything rolled up again when a definition, or a setting that daily rows depend on, has changed."""
    if outdated(connection, settings):
        touch_everything(connection, settings.zone)
    now = _fingerprint(settings)
    if _made_with(connection) != now:
        insert_or_replace(connection, schema.warehouse_info, [{"key": DEFINITIONS, "value": now}])


def _made_with(connection: Connection) -> str | None:
    table = schema.warehouse_info
    return connection.execute(select(table.c.value).where(table.c.key == DEFINITIONS)).scalar()


def _fingerprint(settings: Settings) -> str:
    said = {
        "metrics": [(metric.id, metric.version) for metric in metrics_of(settings)],
        "rules": settings.metrics.model_dump(mode="json", exclude={"tier_one", "min_answers"}),
        "takes": [take.model_dump() for take in settings.takes],
        "sources": [source.id for source in settings.source],
        "currency": settings.company.currency,
        "spend classes": shipped_rules().model_dump(mode="json"),
    }
    return hashlib.sha256(canonical(said).encode()).hexdigest()
