"""How far a stream has been read: a cursor is `{"from": F, "until": U}` once everything in [F, U) is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pipelines.connectors.texts import stamp, when

Cursor = Mapping[str, Any]


@dataclass(frozen=True)
class Span:
    """From when on, until when, and with what overlap a source is read; `full` reads all of it again."""

    since: datetime
    now: datetime
    lookback: timedelta
    full: bool


def floor(cursor: Cursor, span: Span) -> datetime:
    """How far back to read: the lookback before what is stored, or the first instant asked for if that is not yet."""
    first, until = when(cursor.get("from")), when(cursor.get("until"))
    if span.full or first is None or until is None or span.since < first:
        return span.since
    return max(span.since, until - span.lookback)


def begun(cursor: Cursor, asks: str) -> Cursor:
    """The cursor, unless it is of a reading that asked for something else (`asks`): that tells nothing of this one."""
    return cursor if cursor.get("asks", "") == asks else {"asks": asks}


def after(cursor: Cursor, start: datetime, lowest: datetime) -> Cursor:
    """The cursor once everything from `lowest` to `start` is stored, beside what was before."""
    first = when(cursor.get("from"))
    return known(cursor) | {"from": stamp(min(lowest, first) if first else lowest), "until": stamp(start)}


def known(cursor: Cursor) -> dict[str, Any]:
    """The cursor without what was under way."""
    return {name: value for name, value in cursor.items() if name != "unfinished"}
