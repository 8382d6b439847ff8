"""The change log in a reader's words: who changed what, when, from what to what, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from app.content import format as text
from app.content.blocks import Block, Column, Facts, Notice, Table
from app.content.sections.base import row
from data.period import day_of
from data.warehouse.audit import Checked
from data.warehouse.change_log import Change

SHOWN = 200
_LONG = 160
_COLUMNS = (
    Column("No.", "right"),
    Column("When"),
    Column("Who"),
    Column("What"),
    Column("Of"),
    Column("Before"),
    Column("After"),
    Column("Why"),
)


@dataclass(frozen=True)
class Wanted:
    """Which entries to show: of a person, of objects that hold some words, between two days."""

    person: str = ""
    words: str = ""
    first: date | None = None
    last: date | None = None

    def holds(self, one: Change, zone: ZoneInfo) -> bool:
        """Whether an entry is wanted."""
        day = day_of(one.at, zone)
        return (
            self.person in ("", one.actor)
            and self.words.casefold() in f"{one.action} {one.object} {one.why}".casefold()
            and (self.first is None or day >= self.first)
            and (self.last is None or day <= self.last)
        )


def state(checked: Checked) -> tuple[Block, ...]:
    """How many entries there are, the last hash, and whether the chain is whole."""
    anchor = checked.anchor
    facts = Facts((("Entries", text.count(anchor.count)), ("Last hash", anchor.head[:16]), ("Chain", _chain(checked))))
    if checked.fault is not None:
        return (Notice("error", checked.fault, "Compare the log with an export or a pack of before"), facts)
    return (facts,)


def _chain(checked: Checked) -> str:
    if checked.fault is not None:
        return "broken"
    return f"whole, against {text.plural(checked.against, 'released pack')}" if checked.against else "whole"


def table(rows: Sequence[Change], wanted: Wanted, zone: ZoneInfo) -> Table:
    """The entries that are wanted, the latest first."""
    found = [one for one in reversed(rows) if wanted.holds(one, zone)]
    lines = tuple(
        row(
            str(one.seq),
            text.instant(one.at, zone),
            one.actor,
            one.action,
            one.object,
            _side(one.old, one.new),
            _side(one.new, one.old),
            one.why,
        )
        for one in found
    )
    note = f"{text.plural(len(found), 'entry', 'entries')} of {text.count(len(rows))}."
    return Table("log", "", _COLUMNS, lines[:SHOWN], note, rest=lines[SHOWN:], empty="No entry is like that.")


def _side(one: Any, other: Any) -> str:
    """One side of a change: of records only what differs from the other side."""
    if one is None:
        return ""
    if not isinstance(one, Mapping):
        return _short(str(one))
    against: Mapping[str, Any] = other if isinstance(other, Mapping) else {}
    differs = [(name, value) for name, value in one.items() if name not in against or against[name] != value]
    told = [
        f"{name.replace('_', ' ')} {_plain(value)}" for name, value in differs if value is not None or name in against
    ]
    return _short("; ".join(told))


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return "(" + ", ".join(f"{name} {_plain(inner)}" for name, inner in value.items() if inner is not None) + ")"
    return "none" if value is None else str(value)


def _short(said: str) -> str:
    return said if len(said) <= _LONG else f"{said[: _LONG - 1]}…"
