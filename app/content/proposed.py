"""Proposals in a reader's words: what would change, who proposed it, when and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from app.content import format as text
from app.content.blocks import Column, Table
from app.content.sections.base import row
from data.access import Actor
from data.warehouse.proposals import Kind, Proposal, same_person

CALLED = {Kind.TARGET: "Target", Kind.CORRECTION: "Correction", Kind.PACK: "Board pack"}
_COLUMNS = (
    Column("No.", "right"),
    Column("Kind"),
    Column("Of what"),
    Column("Proposed"),
    Column("By"),
    Column("On"),
    Column("Reason"),
)


def waiting_table(name: str, found: Sequence[Proposal], reader: Actor, zone: ZoneInfo) -> Table:
    """What waits, the oldest first; the reader's own is marked, as they cannot approve it."""
    rows = tuple(
        row(
            str(one.id),
            CALLED[one.kind],
            one.object,
            proposed(one.content),
            f"{one.proposed_by} (you)" if same_person(reader, one) else one.proposed_by,
            text.instant(one.proposed_at, zone),
            one.why,
        )
        for one in found
    )
    return Table(name, "", _COLUMNS, rows, empty="Nothing waits for a second person.")


def proposed(content: Mapping[str, Any]) -> str:
    """What a proposal would set, in a line."""
    if "lifts" in content:
        return f"correction {content['lifts']} no longer holds"
    if content.get("act") == "end":
        return f"ends on {content['day']}"
    was = content.get("counted") or {}
    names = [name for name in (*_FIRST, *sorted(set(content) - {*_FIRST, *_ASIDE})) if content.get(name) is not None]
    return text.joined(*(_named(name, content[name], was) for name in names if content[name] != was.get(name)))


_FIRST = ("low", "high", "numerator", "denominator", "value", "valid_from", "valid_to")
_ASIDE = ("act", "metric", "scope", "counted", "owner", "period")


def _named(name: str, value: Any, was: Mapping[str, Any]) -> str:
    before = f" (counted {was[name]})" if was.get(name) is not None else ""
    called = {"low": "at least", "high": "at most", "valid_from": "from", "valid_to": "until"}.get(name, name)
    return f"{called.replace('_', ' ')} {value}{before}"
