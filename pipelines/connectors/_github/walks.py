"""How far a newest-first listing has been read: cursors that stay true when a reading is interrupted.

A listing that begins with its newest entry is complete only when its end is reached, so a cursor is
`{"from": F, "until": U}` (everything in [F, U) is stored) and, while a walk is under way,
`"unfinished": {"start": S, "before": B, "floor": L}`: the walk began at S, everything later than B is stored, and it
goes down to L. The next run finishes that walk (skipping what is later than B), then walks from now down to S, the
lookback included. Whatever changes behind a walk's back is later than S, so the walk after it finds it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from pipelines.connectors.spans import Cursor, Span, floor, known
from pipelines.connectors.texts import stamp, when


@dataclass(frozen=True)
class Walk:
    """One reading of a listing from `start` back to `floor`; `before` is where an interrupted one stopped."""

    start: datetime
    floor: datetime
    before: datetime | None = None

    def wants(self, at: datetime | None) -> bool:
        """Whether an entry of that instant is to be read; one that names none is."""
        return at is None or (self.floor <= at and (self.before is None or at <= self.before))


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


def during(cursor: Cursor, walk: Walk, before: datetime | None) -> Cursor:
    """The cursor once everything of the walk later than `before` is stored."""
    walk = replace(walk, before=before or walk.before)
    left = {"start": stamp(walk.start), "floor": stamp(walk.floor)}
    if walk.before is not None:
        left["before"] = stamp(walk.before)
    return known(cursor) | {"unfinished": left}
