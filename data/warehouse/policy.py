"""Targets as rows, seeded from the benchmark files and edited by people; what a warehouse is for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, Select, insert, select, update

from data.access import Actor, Permission
from data.benchmarks.load import BenchmarkFile, TargetEntry, load
from data.clock import clock
from data.metrics import METRICS, metric_in
from data.metrics.base import Better, Metric, Unit
from data.settings import ConfigurationError, Settings
from data.warehouse import change_log, schema
from data.warehouse.catalog import load_tree
from data.warehouse.change_log import Change
from data.warehouse.engine import writing
from data.warehouse.types import canonical
from data.warehouse.upsert import insert_or_replace
from data.warehouse.write import bump_version

MODE = "mode"


class WrongMode(ConfigurationError):
    """A demo warehouse was to take real data, or the other way round."""


class BadTarget(ConfigurationError):
    """A target that cannot hold; the message says why and what to write instead."""


class ChangedMeanwhile(BadTarget):
    """Somebody else changed the same target after it was looked at; nothing was saved."""


@dataclass(frozen=True)
class Setting:
    """A target as a person sets it for a scope (None: the whole company) from a day on, until a day or for good.

    Edges are in the unit of the metric: shares of one, hours, a number a day, points.
    """

    metric: str
    scope: str | None
    low: Decimal | None
    high: Decimal | None
    valid_from: date
    valid_to: date | None = None
    owner: str = ""


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
    change_log.append(connection, actor, "set", _object(row), _told(before), _told(row), why)
    return True


def revision(connection: Connection, metric: str, scope: str | None) -> str:
    """A fingerprint of the house targets of a metric for a scope: what an edit is held against when it is saved."""
    return _fingerprint(_chain(connection, metric, scope))


def set_target(engine: Engine, settings: Settings, actor: Actor, new: Setting, seen: str, why: str) -> None:
    """Set a target from a day on; the one before ends there, one that began the same day is replaced.

    `seen` is the revision that the person looked at. NotPermitted, BadTarget; ChangedMeanwhile names who was faster.
    """
    actor.require(Permission.EDIT_TARGETS)
    with writing(engine) as connection:
        before = _unchanged(connection, settings, new.metric, new.scope, seen)
        metric = _checked(connection, settings, new, before, why)
        last = before[-1] if before else None
        row, replaced = _row_of(new, metric, last, actor), None
        if last is not None and last["valid_from"] == new.valid_from:
            replaced = last
        for one in before:
            if one is not replaced and (one["valid_to"] is None or one["valid_to"] > new.valid_from):
                _change(connection, actor, "ended", one, {"valid_to": new.valid_from}, why)
        if replaced is not None:
            kept = {name: replaced[name] for name in ("benchmark", "publisher")}
            _change(connection, actor, "set", replaced, row | kept, why)
        else:
            connection.execute(insert(schema.target).values(**row))
            change_log.append(connection, actor, "set", _object(row), None, _told(row), why)
        bump_version(connection, f"target of {new.metric} set by {actor.name}")


def end_target(
    engine: Engine, settings: Settings, actor: Actor, name: tuple[str, str | None], day: date, seen: str, why: str
) -> None:
    """End the target of (metric, scope) on a day, after which that of the scope above holds, or none. As set_target."""
    actor.require(Permission.EDIT_TARGETS)
    metric, scope = name
    with writing(engine) as connection:
        before = _unchanged(connection, settings, metric, scope, seen)
        alive = [row for row in before if row["valid_to"] is None or row["valid_to"] > day]
        if not alive:
            raise BadTarget("There is no target to end from that day on: choose an earlier day.")
        if day < (last := before[-1])["valid_from"]:
            raise BadTarget(f"The target starts on {last['valid_from']}: choose that day or a later one.")
        _reasoned(why)
        for row in alive:
            _change(connection, actor, "ended", row, {"valid_to": day}, why)
        bump_version(connection, f"target of {metric} ended by {actor.name}")


def settings_of(connection: Connection) -> Mapping[tuple[str, str | None, date], tuple[Change, ...]]:
    """What the log says of each target row, by (benchmark, scope, first day), oldest first."""
    table = schema.change_log
    rows = connection.execute(select(table).where(table.c.object.like("target %")).order_by(table.c.seq))
    found: dict[tuple[str, str | None, date], tuple[Change, ...]] = {}
    for change in (Change(**row._mapping) for row in rows):
        key = (change.new["benchmark"], change.new["scope"], date.fromisoformat(change.new["valid_from"]))
        found[key] = (*found.get(key, ()), change)
    return found


def _chain(connection: Connection, metric: str, scope: str | None) -> list[dict[str, Any]]:
    """The house targets of a metric for a scope, the latest last."""
    table = schema.target
    query: Select[Any] = select(table).where(table.c.metric == metric, table.c.kind == "house")
    query = query.where(table.c.scope.is_(None) if scope is None else table.c.scope == scope)
    return [dict(row._mapping) for row in connection.execute(query.order_by(table.c.valid_from, table.c.id))]


def _fingerprint(rows: list[dict[str, Any]]) -> str:
    return sha256(canonical([_told(row) for row in rows]).encode()).hexdigest()


def _unchanged(
    connection: Connection, settings: Settings, metric: str, scope: str | None, seen: str
) -> list[dict[str, Any]]:
    """The targets as they stand, if they are still those that were looked at. ChangedMeanwhile."""
    rows = _chain(connection, metric, scope)
    if _fingerprint(rows) == seen:
        return rows
    keys = {(row["benchmark"], row["scope"], row["valid_from"]) for row in rows}
    changes = [one for key, found in settings_of(connection).items() if key in keys for one in found]
    last = max(changes, key=lambda one: one.seq, default=None)
    who = f"{last.actor} changed it {_when(last.at, settings)}" if last else "It was changed"
    raise ChangedMeanwhile(f"{who}, after you opened it: nothing was saved. Look at it as it is now, then save again.")


def _when(at: datetime, settings: Settings) -> str:
    local = at.astimezone(settings.zone)
    return f"on {local.day} {local:%B %Y} at {local:%H:%M %Z}"


def _checked(
    connection: Connection, settings: Settings, new: Setting, before: list[dict[str, Any]], why: str
) -> Metric:
    try:
        metric = metric_in(settings, new.metric)
    except KeyError as error:
        raise BadTarget(f"There is no metric {new.metric!r}: choose one that exists.") from error
    if new.scope is not None and new.scope not in load_tree(connection):
        raise BadTarget(f"There is no scope {new.scope!r}: choose one that exists.")
    check_edges(metric, new.low, new.high)
    if before and new.valid_from < before[-1]["valid_from"]:
        raise BadTarget(
            f"A target from {before[-1]['valid_from']} on is there already: start on that day or later, "
            "so that no earlier verdict changes unseen."
        )
    if new.valid_to is not None and new.valid_to <= new.valid_from:
        raise BadTarget("The last day lies before the first: choose a later end, or none.")
    _reasoned(why)
    return metric


def check_edges(metric: Metric, low: Decimal | None, high: Decimal | None) -> None:
    """Whether a metric can be held against these edges. BadTarget."""
    if metric.unit is Unit.MONEY or metric.derived_from is not None:
        why = "follows from another target" if metric.derived_from else "is an amount, which has a budget"
        raise BadTarget(f"{metric.name} {why}: choose another measure.")
    if low is None and high is None:
        raise BadTarget("Give at least one edge: the least or the most that the value may be.")
    if low is not None and high is not None and low > high:
        raise BadTarget("The least lies above the most: exchange the two.")
    if metric.better is Better.WITHIN and (low is None or high is None):
        raise BadTarget(f"{metric.name} is held against a band: give both edges.")
    if (metric.better is Better.HIGHER and low is None) or (metric.better is Better.LOWER and high is None):
        side = "least" if metric.better is Better.HIGHER else "most"
        raise BadTarget(f"{metric.name} is better the {metric.better} it is: give the {side} that it may be.")
    edges = [edge for edge in (low, high) if edge is not None]
    if metric.unit is not Unit.POINTS and min(edges) < 0:
        raise BadTarget(f"{metric.name} is never below 0: give an edge from 0 up.")
    if metric.unit is Unit.RATIO and metric in METRICS and max(edges) > 1:
        raise BadTarget(f"{metric.name} is a share: give an edge of 100 % at most.")
    if metric.unit is Unit.POINTS and not all(-100 <= edge <= 100 for edge in edges):
        raise BadTarget(f"{metric.name} lies between −100 and 100: give an edge in between.")


def _reasoned(why: str) -> None:
    if not why.strip():
        raise BadTarget("Give a reason, which the log keeps.")


def _row_of(new: Setting, metric: Metric, last: dict[str, Any] | None, actor: Actor) -> dict[str, Any]:
    return {
        "benchmark": f"company-{metric.id}",
        "metric": metric.id,
        "scope": new.scope,
        "kind": "house",
        "low": _plainly(new.low),
        "high": _plainly(new.high),
        "statistic": last["statistic"] if last else metric.headline or "ratio of sums",
        "valid_from": new.valid_from,
        "valid_to": new.valid_to,
        "owner": new.owner.strip() or (last["owner"] if last else actor.name),
        "approved_by": actor.name,
        "publisher": last["publisher"] if last else "Company",
        "vintage": str(new.valid_from.year),
    }


def _plainly(edge: Decimal | None) -> str | None:
    return None if edge is None else format(edge.normalize(), "f")


def _change(
    connection: Connection, actor: Actor, action: str, row: dict[str, Any], changes: dict[str, Any], why: str
) -> None:
    made = row | changes | {"approved_by": actor.name}
    values = {name: made[name] for name in made if name != "id"}
    connection.execute(update(schema.target).where(schema.target.c.id == row["id"]).values(**values))
    change_log.append(connection, actor, action, _object(made), _told(row), _told(made), why)


def _object(row: Mapping[str, Any]) -> str:
    return f"target {row['benchmark']}" + (f" of {row['scope']}" if row["scope"] else "")


def _told(row: Mapping[str, Any] | None) -> dict[str, str | None] | None:
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
