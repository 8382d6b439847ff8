"""A migrated, empty warehouse on each database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from data.warehouse.engine import create_engine_for


@pytest.fixture
def engine(migrated_warehouse_url: str) -> Iterator[Engine]:
    made = create_engine_for(migrated_warehouse_url)
    yield made
    made.dispose()
