"""How far a newest-first listing has been read: cursors that stay true when a reading is interrupted.

A listing that begins with its newest entry is complete only when its end is reached, so a cursor is
`{"from": F, "until": U}` (everything in [F, U) is stored) and, while a walk is under way,
`"unfinished": {"start": S, "before": B, "floor": L}`: the walk began at S, everything later than B is stored, and it
goes down to L. The next run finishes that walk (skipping what is later than B), then walks from now down to S, the
lookback included. Whatever changes behind a walk's back is later than S, so the walk after it finds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pipelines.connectors._github.terms import stamp, when

Cursor = Mapping[str, Any]


@dataclass(frozen=True)
class Walk:
    """One reading of a listing from `start` back to `floor`; `before` is where an interrupted one stopped."""

    start: datetime
    floor: datetime
    before: datetime | None = None

    def wants(self, at: datetime | None) -> bool:
        """Whether an entry of that instant is to be read; one that names none is."""
        return at is None or (self.floor <= at and (self.before is None or at <= self.before))


@dataclass(frozen=True)
class Span:
    """From when on, until when, and with what overlap a source is read; `full` reads all of it again."""

    since: datetime
    now: datetime
    lookback: timedelta
    full: bool


def unfinished(cursor: Cursor) -> Walk | None:
    """The walk that an earlier run left off, if it did."""
    left = cursor.get("unfinished")
    if not left:
        return None
    start, floor, before = (when(left.get(name)) for name in ("start", "floor", "before"))
    return Walk(start, floor, before) if start and floor else None


def usual(cursor: Cursor, span: Span) -> Walk:
    """The walk from now back to where the last finished one began, the lookback included."""
    return Walk(span.now, floor(cursor, span))


def floor(cursor: Cursor, span: Span) -> datetime:
    """How far back to read: the lookback before what is stored, or the first instant asked for if that is not yet."""
    first, until = when(cursor.get("from")), when(cursor.get("until"))
    if span.full or first is None or until is None or span.since < first:
        return span.since
    return max(span.since, until - span.lookback)


def begun(cursor: Cursor, asks: str) -> Cursor:
    """The cursor, unless it is of a reading that asked for something else (`asks`): that tells nothing of this one."""
    return cursor if cursor.get("asks", "") == asks else {"asks": asks}


def during(cursor: Cursor, walk: Walk, before: datetime | None) -> Cursor:
    """The cursor once everything of the walk later than `before` is stored."""
    walk = replace(walk, before=before or walk.before)
    left = {"start": stamp(walk.start), "floor": stamp(walk.floor)}
    if walk.before is not None:
        left["before"] = stamp(walk.before)
    return known(cursor) | {"unfinished": left}


def after(cursor: Cursor, start: datetime, lowest: datetime) -> Cursor:
    """The cursor once everything from `lowest` to `start` is stored, beside what was before."""
    first = when(cursor.get("from"))
    return known(cursor) | {"from": stamp(min(lowest, first) if first else lowest), "until": stamp(start)}


def known(cursor: Cursor) -> dict[str, Any]:
    """The cursor without what was under way."""
    return {name: value for name, value in cursor.items() if name != "unfinished"}
