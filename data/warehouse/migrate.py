"""Brings a warehouse to the schema of this version, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect

from data.warehouse.engine import reading, writing

if TYPE_CHECKING:
    from alembic.config import Config

_FOLDER = Path(__file__).with_name("migrations")


def config_for(connection: Connection) -> Config:
    """Alembic's configuration, bound to an open connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    return config


def migrate(engine: Engine) -> bool:
    """Run what is missing of the migrations, in one transaction; whether there was any."""
    if revision(engine) == head():
        return False
    from alembic import command

    with writing(engine) as connection:
        command.upgrade(config_for(connection), "head")
    return True


def downgrade(engine: Engine, to: str) -> None:
    """Go back to an older revision (`base` for none)."""
    from alembic import command

    with writing(engine) as connection:
        command.downgrade(config_for(connection), to)


def revision(engine: Engine) -> str | None:
    """The revision that the warehouse has, None for an empty one."""
    with reading(engine) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def head() -> str:
    """The newest revision that this version knows; files are named after theirs, so that Alembic need not be asked."""
    return max(file.name.split("_")[0] for file in (_FOLDER / "versions").glob("[0-9]*.py"))
