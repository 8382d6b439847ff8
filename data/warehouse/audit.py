"""The change log as others check it: read by who may, exported, and held against the anchors that packs carry."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from data.access import Actor, Permission
from data.settings import ConfigurationError
from data.warehouse.change_log import GENESIS, Change, entries, first_fault
from data.warehouse.schema import change_log
from data.warehouse.tables_people import released_pack
from data.warehouse.types import frozen

_TOKEN = re.compile(rb"plumbline-log:(\d{1,12}):([0-9a-f]{64})")


class BadExport(ConfigurationError):
    """A file that is no export of the log, or no pack with an anchor; the message says which."""


@dataclass(frozen=True)
class Anchor:
    """How many entries the log had, and the hash of the last: what a printed pack says of it."""

    count: int
    head: str

    @property
    def token(self) -> str:
        """The anchor as it stands in a pack's keywords."""
        return f"plumbline-log:{self.count}:{self.head}"


@dataclass(frozen=True)
class Checked:
    """What a check of the log found: its anchor, and the first fault in a sentence, None when it is whole."""

    anchor: Anchor
    against: int
    fault: str | None


def log(connection: Connection, actor: Actor) -> list[Change]:
    """Every entry in order, for who may read it. NotPermitted."""
    actor.require(Permission.READ_LOG)
    return entries(connection)


def anchor(connection: Connection) -> Anchor:
    """The log as it stands."""
    count = connection.execute(select(func.count()).select_from(change_log)).scalar_one()
    last = select(change_log.c.hash).order_by(change_log.c.seq.desc()).limit(1)
    return Anchor(int(count), connection.execute(last).scalar() or GENESIS)


def of_released_packs(connection: Connection) -> tuple[Anchor, ...]:
    """The anchors of the packs that were released."""
    rows = connection.execute(select(released_pack.c.log_count, released_pack.c.log_head))
    return tuple(Anchor(int(count), head) for count, head in rows)


def check(rows: Sequence[Change], anchors: Iterable[Anchor] = ()) -> Checked:
    """Whether entries were altered, are missing, moved, or were cut off or replaced since an anchor."""
    held = list(anchors)
    fault = first_fault(rows) or next((said for one in held if (said := _unlike(rows, one)) is not None), None)
    return Checked(Anchor(len(rows), rows[-1].hash if rows else GENESIS), len(held), fault)


def _unlike(rows: Sequence[Change], one: Anchor) -> str | None:
    if len(rows) < one.count:
        cut = f"Entries {len(rows) + 1} to {one.count} were" if len(rows) + 1 < one.count else f"Entry {one.count} was"
        return f"{cut} cut off: a pack was made when there were {one.count}."
    then = rows[one.count - 1].hash if one.count else GENESIS
    if then != one.head:
        return f"Entry {one.count} is not the one that a pack was made with: the log up to it was written anew."
    return None


def anchor_in(pdf: bytes, name: str) -> Anchor:
    """The anchor that a pack carries. BadExport where there is none, or more than one."""
    found = {(int(count), head.decode()) for count, head in _TOKEN.findall(pdf)}
    if len(found) > 1:
        raise BadExport(f"{name} carries {len(found)} different anchors: it was altered, take the archived copy.")
    if not found:
        raise BadExport(f"{name} carries no anchor of the log: give a board pack as it was written.")
    return Anchor(*found.pop())


def exported(rows: Sequence[Change]) -> dict[str, Any]:
    """The log as JSON that `imported` reads back without the warehouse."""
    last = check(rows).anchor
    listed = [asdict(row) | {"at": row.at.isoformat()} for row in rows]
    return {"schema": 1, "count": last.count, "head": last.head, "entries": listed}


def imported(text: str, name: str) -> list[Change]:
    """The entries of an export, whole or not. BadExport where the file is none."""
    wanted = {one.name for one in fields(Change)}
    try:
        told = frozen(json.loads(text))
        if (
            told["schema"] != 1
            or not isinstance(told["count"], int)
            or any(set(one) != wanted for one in told["entries"])
        ):
            raise BadExport(f"{name} is no whole export of the log: entries lack fields or have others.")
        return [Change(**(row | {"at": datetime.fromisoformat(row["at"])})) for row in told["entries"]]
    except (ValueError, TypeError, KeyError) as error:
        raise BadExport(f"{name} is no export of the log: write one with `python -m app audit list --json`.") from error
