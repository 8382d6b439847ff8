"""Targets as rows, seeded from the benchmark files and edited by people; what a warehouse is for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from data.access import Actor
from data.benchmarks.load import BenchmarkFile, TargetEntry, load
from data.clock import clock
from data.settings import ConfigurationError, Settings
from data.warehouse import change_log, schema
from data.warehouse.engine import writing
from data.warehouse.upsert import insert_or_replace
from data.warehouse.write import bump_version

MODE = "mode"


class WrongMode(ConfigurationError):
    """A demo warehouse was to take real data, or the other way round."""


def seed_targets(engine: Engine, actor: Actor, files: Iterable[BenchmarkFile] | None = None) -> int:
    """Take new and changed targets of benchmark files into force, logged with the file's hash. Counts them."""
    with writing(engine) as connection:
        table, known = schema.benchmark_file, {}
        for row in connection.execute(select(table.c.name, table.c.sha256)):
            known[row.name] = row.sha256
        count = 0
        for file in files if files is not None else load():
            if known.get(file.name) == file.sha256:
                continue
            for entry in file.edition.target:
                count += _seed(connection, file, entry, actor)
            row_of_file = {"name": file.name, "sha256": file.sha256, "loaded_at": clock()}
            insert_or_replace(connection, table, [row_of_file])
            old = known.get(file.name)
            change_log.append(
                connection, actor, "loaded", f"benchmark file {file.name}", old, file.sha256, "benchmark file"
            )
        if count:
            bump_version(connection, "targets from benchmark files")
        return count


def _seed(connection: Connection, file: BenchmarkFile, entry: TargetEntry, actor: Actor) -> bool:
    table, edition = schema.target, file.edition
    row: dict[str, Any] = {
        "benchmark": entry.id,
        "metric": entry.metric,
        "scope": entry.scope,
        "kind": edition.kind,
        "low": None if entry.low is None else str(entry.low),
        "high": None if entry.high is None else str(entry.high),
        "statistic": entry.statistic,
        "valid_from": entry.valid_from,
        "valid_to": entry.valid_to,
        "owner": edition.owner,
        "approved_by": None,
        "publisher": edition.publisher,
        "vintage": edition.vintage,
    }
    same = (table.c.benchmark == entry.id) & (table.c.valid_from == entry.valid_from)
    same &= table.c.scope.is_(None) if entry.scope is None else table.c.scope == entry.scope
    by_hand = select(table.c.id).where(table.c.benchmark == entry.id, table.c.approved_by.is_not(None)).limit(1)
    if connection.execute(by_hand).first() is not None:
        return False  # what a person has set stays until a person changes it
    old = connection.execute(select(table).where(same)).first()
    before = None if old is None else {name: old._mapping[name] for name in row}
    if before == row:
        return False
    if old is None:
        connection.execute(insert(table).values(**row))
    else:
        connection.execute(update(table).where(same).values(**row))
    why = f"{file.name} {file.sha256[:12]}"
    change_log.append(connection, actor, "set", object_of(row), told_row(before), told_row(row), why)
    return True


def object_of(row: Mapping[str, Any]) -> str:
    """How the log names a target."""
    return f"target {row['benchmark']}" + (f" of {row['scope']}" if row["scope"] else "")


def told_row(row: Mapping[str, Any] | None) -> dict[str, str | None] | None:
    """A row as the log keeps it: every field but the number of the row, as text."""
    if row is None:
        return None
    return {name: None if one is None else str(one) for name, one in row.items() if name != "id"}


def claim_mode(engine: Engine, settings: Settings) -> None:
    """Make an empty warehouse one of the settings' mode, and refuse one of the other. WrongMode names the command."""
    with writing(engine) as connection:
        table = schema.warehouse_info
        mode = connection.execute(select(table.c.value).where(table.c.key == MODE)).scalar()
        if mode is None:
            connection.execute(insert(table).values(key=MODE, value=settings.mode))
        elif mode != settings.mode:
            raise WrongMode(
                f"This warehouse holds {'the demo company' if mode == 'demo' else 'real data'}, these settings are for "
                f"{'the demo company' if settings.mode == 'demo' else 'real data'}: start a clean one with "
                "`PLUMBLINE_WAREHOUSE=sqlite:///data/company.db python -m pipelines init` and keep that variable set."
            )
