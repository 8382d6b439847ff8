"""Brings a warehouse to the schema of this version, and back."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect

from data.warehouse.engine import reading, writing

_FOLDER = Path(__file__).with_name("migrations")


def config_for(connection: Connection) -> Config:
    """Alembic's configuration, bound to an open connection."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    return config


def migrate(engine: Engine) -> bool:
    """Run what is missing of the migrations, in one transaction; whether there was any."""
    if revision(engine) == head():
        return False
    with writing(engine) as connection:
        command.upgrade(config_for(connection), "head")
    return True


def downgrade(engine: Engine, to: str) -> None:
    """Go back to an older revision (`base` for none)."""
    with writing(engine) as connection:
        command.downgrade(config_for(connection), to)


def revision(engine: Engine) -> str | None:
    """The revision that the warehouse has, None for an empty one."""
    with reading(engine) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def head() -> str | None:
    """The newest revision that this version knows."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    return ScriptDirectory.from_config(config).get_current_head()
