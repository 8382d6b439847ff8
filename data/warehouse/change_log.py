"""The log of what people changed: append-only, each row carrying the hash of the one before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from data.access import Actor
from data.clock import clock
from data.warehouse.schema import change_log
from data.warehouse.types import canonical

GENESIS = "0" * 64


@dataclass(frozen=True)
class Change:
    """Who changed what, when, from what to what, and why."""

    seq: int
    at: datetime
    actor: str
    action: str
    object: str
    old: Any
    new: Any
    why: str
    previous_hash: str
    hash: str


def append(connection: Connection, actor: Actor, action: str, what: str, old: Any, new: Any, why: str) -> None:
    """Add one row in the caller's transaction, which must be a writing one (writers are serial)."""
    append_all(connection, actor, [(action, what, old, new)], why)


def append_all(connection: Connection, actor: Actor, changes: Iterable[tuple[str, str, Any, Any]], why: str) -> None:
    """Add a row for each (action, object, old, new), at one instant and for one reason. As append."""
    last = connection.execute(
        select(change_log.c.seq, change_log.c.hash).order_by(change_log.c.seq.desc()).limit(1)
    ).first()
    seq, previous = (last.seq, last.hash) if last else (0, GENESIS)
    at, rows = clock(), []
    for action, what, old, new in changes:
        seq += 1
        row = {"seq": seq, "at": at, "actor": actor.name, "action": action, "object": what, "old": old, "new": new}
        row["why"] = why
        link = digest(previous, row)
        rows.append(row | {"previous_hash": previous, "hash": link})
        previous = link
    if rows:
        connection.execute(insert(change_log), rows)


def digest(previous: str, row: dict[str, Any]) -> str:
    """The hash of a row chained to the one before."""
    said = [previous, row["seq"], row["at"].isoformat(), row["actor"], row["action"], row["object"]]
    return hashlib.sha256(canonical([*said, row["old"], row["new"], row["why"]]).encode()).hexdigest()


def entries(connection: Connection) -> list[Change]:
    """All rows in order."""
    return [Change(**row._mapping) for row in connection.execute(select(change_log).order_by(change_log.c.seq))]


def first_fault(rows: Iterable[Change]) -> str | None:
    """A sentence on the first altered, missing or reordered row; None when the chain is whole."""
    previous, expected = GENESIS, 1
    for row in rows:
        if row.seq != expected:
            return f"Entry {expected} is missing: the log continues with entry {row.seq}."
        fields = {name: getattr(row, name) for name in ("seq", "at", "actor", "action", "object", "old", "new", "why")}
        if row.previous_hash != previous or digest(previous, fields) != row.hash:
            return f"Entry {row.seq} was altered or moved: its hash does not follow from the entry before."
        previous, expected = row.hash, expected + 1
    return None
