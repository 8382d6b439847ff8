"""Targets that people set: proposed by one, in force once another has approved, logged on both sides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, Select, insert, select, update

from data.access import Actor, Permission
from data.clock import clock
from data.metrics import METRICS, metric_in
from data.metrics.base import Better, Metric, Unit
from data.period import day_of
from data.settings import ConfigurationError, Settings
from data.warehouse import change_log, schema
from data.warehouse.catalog import load_tree
from data.warehouse.change_log import Change
from data.warehouse.engine import writing
from data.warehouse.policy import object_of, told_row
from data.warehouse.proposals import Draft, Kind, Proposal, propose
from data.warehouse.types import canonical
from data.warehouse.write import bump_version


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


def revision(connection: Connection, metric: str, scope: str | None) -> str:
    """A fingerprint of the house targets of a metric for a scope: what an edit is held against when it is saved."""
    return _fingerprint(_chain(connection, metric, scope))


def propose_target(engine: Engine, settings: Settings, actor: Actor, new: Setting, seen: str, why: str) -> int:
    """Propose a target from a day on, which another person then approves; the proposal's number.

    `seen` is the revision that the person looked at. NotPermitted, BadTarget; ChangedMeanwhile names who was faster.
    """
    with writing(engine) as connection:
        _may_propose(connection, settings, actor, new.scope)
        before = _unchanged(connection, settings, new.metric, new.scope, seen)
        _checked(connection, settings, new, before, why)
        told = {"act": "set", **_told_setting(new)}
        draft = Draft(Kind.TARGET, f"target of {_of(new.metric, new.scope)}", new.scope, told, seen)
        return propose(connection, actor, draft, why)


def propose_end(
    engine: Engine, settings: Settings, actor: Actor, name: tuple[str, str | None], day: date, seen: str, why: str
) -> int:
    """Propose that the target of (metric, scope) ends on a day, after which that of the scope above holds, or none."""
    metric, scope = name
    with writing(engine) as connection:
        _may_propose(connection, settings, actor, scope)
        _ending(_unchanged(connection, settings, metric, scope, seen), day)
        _reasoned(why)
        told = {"act": "end", "metric": metric, "scope": scope, "day": day.isoformat()}
        draft = Draft(Kind.TARGET, f"end of the target of {_of(metric, scope)}", scope, told, seen)
        return propose(connection, actor, draft, why)


def apply_target(connection: Connection, settings: Settings, approver: Actor, found: Proposal) -> None:
    """Put an approved proposal into force, in the caller's writing transaction. BadTarget, ChangedMeanwhile."""
    told, why = found.content, f"{found.why} (proposed by {found.proposed_by})"
    before = _unchanged(connection, settings, told["metric"], told["scope"], found.seen, "it was proposed")
    if told["act"] == "end":
        day = date.fromisoformat(told["day"])
        for row in _ending(before, day):
            _change(connection, approver, "ended", row, {"valid_to": day}, why)
    else:
        new = _setting_of(told)
        metric = _checked(connection, settings, new, before, why)
        _set(connection, approver, before, _row_of(new, metric, before[-1] if before else None, found, approver), why)
    bump_version(connection, f"target of {told['metric']} approved by {approver.name}")


def _may_propose(connection: Connection, settings: Settings, actor: Actor, scope: str | None) -> None:
    tree = load_tree(connection)
    known = scope is not None and scope in tree
    actor.require(Permission.EDIT_TARGETS, tree.path(str(scope), day_of(clock(), settings.zone)) if known else None)


def _set(connection: Connection, actor: Actor, before: list[dict[str, Any]], row: dict[str, Any], why: str) -> None:
    """Write a target's row; the one before ends there, one that began the same day is replaced."""
    last = before[-1] if before else None
    replaced = last if last is not None and last["valid_from"] == row["valid_from"] else None
    for one in before:
        if one is not replaced and (one["valid_to"] is None or one["valid_to"] > row["valid_from"]):
            _change(connection, actor, "ended", one, {"valid_to": row["valid_from"]}, why)
    if replaced is not None:
        kept = {name: replaced[name] for name in ("benchmark", "publisher")}
        _change(connection, actor, "set", replaced, row | kept, why)
    else:
        connection.execute(insert(schema.target).values(**row))
        change_log.append(connection, actor, "set", object_of(row), None, told_row(row), why)


def _ending(before: list[dict[str, Any]], day: date) -> list[dict[str, Any]]:
    """The rows that a day ends. BadTarget."""
    alive = [row for row in before if row["valid_to"] is None or row["valid_to"] > day]
    if not alive:
        raise BadTarget("There is no target to end from that day on: choose an earlier day.")
    if day < (last := before[-1])["valid_from"]:
        raise BadTarget(f"The target starts on {last['valid_from']}: choose that day or a later one.")
    return alive


def _of(metric: str, scope: str | None) -> str:
    return metric + (f" of {scope}" if scope else "")


def _told_setting(new: Setting) -> dict[str, str | None]:
    said = {name: getattr(new, name) for name in Setting.__dataclass_fields__}
    edges = {name: _plainly(said[name]) for name in ("low", "high")}
    days = {name: said[name] and said[name].isoformat() for name in ("valid_from", "valid_to")}
    return said | edges | days


def _setting_of(told: Mapping[str, Any]) -> Setting:
    fields = {name: told[name] for name in Setting.__dataclass_fields__}
    edges = {name: None if fields[name] is None else Decimal(fields[name]) for name in ("low", "high")}
    days = {
        name: None if fields[name] is None else date.fromisoformat(fields[name]) for name in ("valid_from", "valid_to")
    }
    return Setting(**(fields | edges | days))


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
    return sha256(canonical([told_row(row) for row in rows]).encode()).hexdigest()


def _unchanged(
    connection: Connection, settings: Settings, metric: str, scope: str | None, seen: str, after: str = "you opened it"
) -> list[dict[str, Any]]:
    """The targets as they stand, if they are still those that were looked at. ChangedMeanwhile."""
    rows = _chain(connection, metric, scope)
    if _fingerprint(rows) == seen:
        return rows
    keys = {(row["benchmark"], row["scope"], row["valid_from"]) for row in rows}
    changes = [one for key, found in settings_of(connection).items() if key in keys for one in found]
    last = max(changes, key=lambda one: one.seq, default=None)
    who = f"{last.actor} changed it {_when(last.at, settings)}" if last else "It was changed"
    raise ChangedMeanwhile(f"{who}, after {after}: nothing was saved. Look at it as it is now, then save again.")


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


def _row_of(
    new: Setting, metric: Metric, last: dict[str, Any] | None, found: Proposal, approver: Actor
) -> dict[str, Any]:
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
        "owner": new.owner.strip() or (last["owner"] if last else found.proposed_by),
        "approved_by": approver.name,
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
    change_log.append(connection, actor, action, object_of(made), told_row(row), told_row(made), why)
