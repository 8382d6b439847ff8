"""A company with one source and a warehouse, on each database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from data.access import command_line_actor
from data.settings import Settings, load
from data.warehouse import schema
from data.warehouse.catalog import apply_settings
from data.warehouse.engine import create_engine_for, reading
from data.warehouse.rollup import rollup
from pipelines.sync import SyncReport, sync

_SETTINGS = """
[company]
name = "Test company"
[http]
retries = 0
read_seconds = 1
longest_wait_seconds = 0
[[scope]]
id = "group"
kind = "portfolio"
name = "Group"
[[scope]]
id = "wallet"
kind = "service"
name = "Wallet"
parent = "group"
"""


@dataclass
class Company:
    """The company; `rows` are those of any table."""

    engine: Engine
    settings: Settings

    def sync(self, **options: Any) -> SyncReport:
        return sync(self.engine, self.settings, self.settings.source[0], **options)

    def rollup(self) -> None:
        rollup(self.engine, self.settings)

    def rows(self, table: Any, *columns: str) -> list[tuple[Any, ...]]:
        picked = [table.c[name] for name in columns]
        with reading(self.engine) as connection:
            return [tuple(row) for row in connection.execute(select(*picked).order_by(*picked))]

    def facts(self, kind: str, *columns: str) -> list[tuple[Any, ...]]:
        return self.rows(schema.FACT_TABLES[kind], *columns)

    def aside(self) -> list[tuple[Any, ...]]:
        """What is set aside, with its reason."""
        return self.rows(schema.rejected_record, "kind", "place", "reason")


def company(url: str, folder: Path, source: str) -> Company:
    """The company with a source in TOML and an empty warehouse at the address."""
    file = folder / "plumbline.toml"
    file.write_text(_SETTINGS + source, encoding="utf-8")
    made = Company(create_engine_for(url), load(file, {}))
    apply_settings(made.engine, made.settings, command_line_actor("test"))
    return made
