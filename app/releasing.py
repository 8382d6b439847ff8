"""Final packs need two people: one prepares an unreleased pack, another releases it; the released file is logged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, Engine, insert

from app.board_pack import (
    PAGES_IN_ORDER,
    NotReleasable,
    check,
    compiled,
    context_for,
    file_name,
    pack,
    placed,
    state_of,
    write,
)
from app.content import format as text
from app.content.blocks import Section, Tiles, walk
from app.content.pack import Pack, State
from app.content.sections.base import Context
from app.landing import beside, hash_of, released, settle
from data.access import Actor, Permission
from data.clock import clock
from data.period import Period, parse
from data.settings import Settings
from data.warehouse import change_log
from data.warehouse.approvals import path_of
from data.warehouse.audit import Anchor, anchor
from data.warehouse.engine import reading, writing
from data.warehouse.proposals import Draft, Kind, NotPossible, Proposal, by_another, decide, listed, propose, waiting
from data.warehouse.proposals import State as Decided
from data.warehouse.readings import Reader
from data.warehouse.tables_people import released_pack

_OF_THE_MOMENT = ("health.", "board.late")
"""Sections that tell how fresh sources are: they change with every sync, and no number of a closed period does."""


@dataclass(frozen=True)
class Written:
    """A pack on disk: its state, and the proposal by which another person releases it."""

    path: Path
    state: State
    proposal: int | None = None


@dataclass(frozen=True)
class Asked:
    """Which pack to write, and where to; without a state the final one of a closed period, else a flash pack."""

    period: Period
    folder: Path
    state: State | None = None
    scope: str | None = None


def prepare(engine: Engine, settings: Settings, actor: Actor, asked: Asked) -> Written:
    """Write a pack; that of a closed period waits for its release. NotReleasable, NotPermitted, OSError."""
    with reading(engine) as connection:
        reader = Reader(connection, settings)
        state = state_of(context_for(reader, asked.period, asked.scope), asked.state)
        if state != "unreleased":
            return Written(write(reader, asked.period, asked.folder, state, asked.scope), state)
    with ExitStack() as after_commit, writing(engine) as connection:
        reader = Reader(connection, settings)
        context = context_for(reader, asked.period, asked.scope)
        actor.require(Permission.RELEASE, path_of(connection, settings, context.scope))
        made = pack(context, state_of(context, asked.state))
        path = after_commit.enter_context(placed(context, made, asked.folder))
        return Written(path, made.state, _proposed(connection, actor, made, asked.period, context.scope))


def release(engine: Engine, settings: Settings, actor: Actor, number: int, folder: Path, said: str = "") -> Path:
    """Write a prepared pack as final; run anew, it finishes a release that was cut off, and changes no other.

    NotPermitted: the same person; NotReleasable: its numbers changed; NotPossible; OSError.
    """
    try:
        with writing(engine) as connection:
            found = _prepared(connection, number)
            actor.require(Permission.RELEASE, path_of(connection, settings, found.scope))
            by_another(actor, found)
            settle(connection, folder, number)
            reader = Reader(connection, settings)
            period = parse(found.content["period"], settings.company.fiscal_year_start_month)
            context = context_for(reader, period, found.content["scope"])
            path = folder / file_name(context, "final")
            if found.state is Decided.APPROVED:
                _stands(connection, found, path)
            else:
                _decide(connection, actor, found, context, path, said)
    finally:
        with writing(engine) as connection:
            settle(connection, folder, number)
    return path


def _prepared(connection: Connection, number: int) -> Proposal:
    """The proposal of a pack that waits, or that was released. NotPossible."""
    approved = (one for one in listed(connection, Decided.APPROVED) if one.id == number and one.kind is Kind.PACK)
    found = next(approved, None) or waiting(connection, number)
    if found.kind is not Kind.PACK:
        raise NotPossible(f"Proposal {number} is no pack: `python -m app proposals approve {number}` approves it.")
    return found


def _stands(connection: Connection, found: Proposal, path: Path) -> None:
    """See that the file of a pack that was released stands where it belongs. NotPossible."""
    kept = released(connection, found.id)
    assert kept is not None
    if hash_of(path) == kept.sha256:
        return
    by = f"Proposal {found.id} was released by {found.decided_by}"
    if kept.replaced:
        raise NotPossible(f"{by}, and the same pack was released anew since: nothing was changed.")
    raise NotPossible(
        f"{by}, and {path.parent} holds neither its file nor the copy that was to become it: give the folder that it "
        "was released into, or prepare the pack anew."
    )


def _decide(connection: Connection, actor: Actor, found: Proposal, context: Context, path: Path, said: str) -> None:
    """Release a pack in the caller's transaction, its file whole beside its place. NotReleasable, OSError."""
    made = pack(context, "final")
    check(made)
    if digest(made) != found.seen:
        raise NotReleasable("Its numbers changed after it was prepared: decline it, and prepare the pack again.")
    decide(connection, actor, found, Decided.APPROVED, said)
    at = text.instant(clock(), context.zone)
    now = anchor(connection)
    made = replace(made, log=now, release=f"Prepared by {found.proposed_by}, released by {actor.name}, {at}.")
    document = compiled(context, made)
    _keep(connection, actor, found, context.reader, (document, now, path))
    beside(path, document, f"{found.id}")


def digest(made: Pack) -> str:
    """A fingerprint of what a pack says, the freshness of its sources aside."""
    said: list[str] = [repr(made.headline), *(repr(one) for one in made.kpis)]
    for page, spec in zip(made.pages, PAGES_IN_ORDER, strict=True):
        for section, name in zip(page.sections, spec.sections, strict=True):
            if not name.startswith(_OF_THE_MOMENT):
                said += _said(section)
    return sha256("\n".join(said).encode()).hexdigest()


def _said(section: Section) -> Iterator[str]:
    yield f"{section.title}\0{section.summary}"
    for block in walk(section.blocks):
        if isinstance(block, Tiles):
            yield repr([replace(tile, freshness="", provenance="") for tile in block.tiles])
        else:
            yield repr(block)


def _proposed(connection: Connection, actor: Actor, made: Pack, period: Period, scope: str) -> int:
    """The proposal to release it; one that waits already with the same numbers is that one."""
    seen, content = digest(made), {"period": period.label, "scope": scope}
    for one in listed(connection):
        if one.kind is Kind.PACK and (dict(one.content), one.seen) == (content, seen):
            return one.id
    what = f"board pack of {made.entity}, {made.period}"
    return propose(connection, actor, Draft(Kind.PACK, what, scope, content, seen), "prepared for release")


def _keep(
    connection: Connection, actor: Actor, found: Proposal, reader: Reader, made: tuple[bytes, Anchor, Path]
) -> None:
    document, now, path = made
    assert reader.version is not None
    fingerprint = sha256(document).hexdigest()
    row = {
        "proposal": found.id, "period": found.content["period"], "scope": found.content["scope"],
        "data_version": reader.version.version, "sha256": fingerprint, "log_count": now.count, "log_head": now.head,
        "prepared_by": found.proposed_by, "released_by": actor.name, "released_at": clock(),
    }  # fmt: skip
    connection.execute(insert(released_pack).values(**row))
    told = {"file": path.name, "sha256": fingerprint, "log": asdict(now), "data_version": reader.version.version}
    change_log.append(connection, actor, "released", found.object, None, told, f"prepared by {found.proposed_by}")
