"""Alembic's entry: runs on the connection that `data.warehouse.migrate` hands over."""

from alembic import context

from data.settings import load
from data.warehouse.engine import create_engine_for
from data.warehouse.schema import metadata
from data.warehouse.types import Instant, Json, Millionths, Money

_OURS = (Money, Instant, Millionths, Json)


def _same_type(_context, _inspected, _metadata, _inspected_type, metadata_type):  # type: ignore[no-untyped-def]
    # our own types change their form with the database; their columns are compared as what they become there
    return False if isinstance(metadata_type, _OURS) else None


def _run(connection) -> None:  # type: ignore[no-untyped-def]
    context.configure(connection=connection, target_metadata=metadata, compare_type=_same_type)
    with context.begin_transaction():
        context.run_migrations()


handed_over = context.config.attributes.get("connection")
if handed_over is not None:
    _run(handed_over)
else:
    with create_engine_for(load().warehouse.url).begin() as own:
        _run(own)
