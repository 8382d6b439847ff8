"""Migrations build the schema that the code describes, and can be taken back, on both databases."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect

from data.warehouse.engine import WarehouseError, create_engine_for, reading
from data.warehouse.migrate import config_for, downgrade, head, migrate, revision
from data.warehouse.schema import metadata


@pytest.fixture
def empty(warehouse_url: str) -> Engine:
    engine = create_engine_for(warehouse_url)
    yield engine
    engine.dispose()


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_migrating_an_empty_database_gives_the_tables_of_the_code(empty: Engine) -> None:
    assert migrate(empty) is True
    assert tables(empty) == set(metadata.tables)
    assert revision(empty) == head()
    with reading(empty) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []


def test_migrating_twice_does_nothing(empty: Engine) -> None:
    migrate(empty)
    assert migrate(empty) is False


def test_every_migration_can_be_taken_back_and_made_again(empty: Engine) -> None:
    migrate(empty)
    with reading(empty) as connection:
        steps = list(ScriptDirectory.from_config(config_for(connection)).walk_revisions())
    for step in steps:
        downgrade(empty, step.down_revision or "base")
    assert tables(empty) == set()
    migrate(empty)
    assert tables(empty) == set(metadata.tables)


def test_reading_a_warehouse_without_tables_names_the_command(empty: Engine) -> None:
    with pytest.raises(WarehouseError, match="python -m pipelines init"), reading(empty) as connection:
        connection.exec_driver_sql("SELECT * FROM data_version")
