"""A newest-first listing of one repository, read as pages that may be committed one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pipelines.connectors._github.deployments import is_running
from pipelines.connectors._github.walks import Walk, during, unfinished, usual
from pipelines.connectors.base import Covered, Page, Position, Record, Rejected, Replacement
from pipelines.connectors.spans import Cursor, Span, after, begun
from pipelines.connectors.texts import Json, when
from pipelines.errors import SkipRecord, StopSource

CHUNK = 25
"""Entries of one transaction: the most that a rate limit or a kill in the middle of it repeats."""

LET_GO = timedelta(days=35)
"""A deployment that runs for longer is no longer asked for: GitHub ends its own workflows by then."""


def _always(_entry: Json) -> bool:
    return True


@dataclass(frozen=True)
class Listing:
    """How to page a listing, date its entries and complete them to records.

    `wanted` entries are read. One that no longer `states` a fact (given up, relabelled) takes back what it stated.
    `fleeting` entries may be deleted at the source; those of a listing that `jumps` move to its top when they change.
    `asks` tells one choice of options from another. `covers`: a complete reading proves the facts complete. `remark`
    is for the report: what GitHub kept to itself of a record.
    """

    kind: str
    fact: str
    repository: str
    pages: Callable[[Walk], Iterator[list[Json]]]
    dated_by: str
    record: Callable[[Json], Record]
    wanted: Callable[[Json], bool] = _always
    states: Callable[[Json], bool] = _always
    fleeting: bool = False
    jumps: bool = False
    asks: str = ""
    covers: bool = True
    remark: Callable[[Record], str | None] = lambda _record: None

    @property
    def stream(self) -> str:
        """The name under which its cursor is kept."""
        return f"{self.kind} {self.repository}"

    @property
    def message(self) -> str:
        """What a person who watches reads."""
        return f"{self.repository} {self.kind.replace('_', ' ')}s"

    def at(self, entry: Json) -> datetime | None:
        """The instant by which the listing is ordered."""
        return when(entry.get(self.dated_by))


class Waiting:
    """The deployments that were running when last seen, by number."""

    def __init__(self, numbers: tuple[str, ...], now: datetime) -> None:
        self.left = set(numbers)
        self._known = frozenset(numbers)
        self._oldest = now - LET_GO

    def heard(self, records: tuple[Record, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The numbers that are still running, and those of the known ones that are not."""
        opened, ended = [], []
        for record in records:
            number, created = str(record.payload["id"]), when(record.payload["created_at"])
            self.left.discard(number)
            if is_running(record) and created is not None and created >= self._oldest:
                opened.append(number)
            elif number in self._known:
                ended.append(number)
        return tuple(opened), tuple(ended)


def read(
    listing: Listing, position: Position, span: Span, again: Callable[[str], Json] | None = None
) -> Iterator[Page]:
    """The pages of a listing since its cursor; `again` asks for one that was still running when last seen."""
    stored = position.cursors.get(listing.stream, {})
    cursor = begun(stored, listing.asks)
    waiting = Waiting(position.open_items.get(listing.stream, ()), span.now) if again else None
    left_off = unfinished(cursor)
    if left_off and not span.full:
        yield from _walked(listing, left_off, cursor, waiting, bool(stored))
        cursor = after(cursor, left_off.start, left_off.floor)
        yield _complete(listing, left_off, cursor)
    walk = usual(cursor, span)
    yield from _walked(listing, walk, cursor, waiting, bool(stored) or span.full)
    if listing.jumps:
        # what changed while we paged has jumped to the top, perhaps from a page not reached yet
        top = Walk(walk.start, walk.start)
        pages = _walked(listing, top, cursor, None, known=True)
        yield from (replace(page, cursor=during(cursor, walk, walk.floor)) for page in pages)
    if again and waiting:
        pages = _asked_again(listing, again, waiting)
        yield from (replace(page, cursor=during(cursor, walk, walk.floor)) for page in pages)
    yield _complete(listing, walk, after(cursor, walk.start, walk.floor))


def _walked(listing: Listing, walk: Walk, cursor: Cursor, waiting: Waiting | None, known: bool) -> Iterator[Page]:
    """Down the listing to the walk's floor, a chunk of entries a page; `known` once facts may be stored."""
    done = 0
    for entries in listing.pages(walk):
        wanted = [one for one in entries if walk.wants(listing.at(one)) and listing.wanted(one)]
        for chunk in (wanted[n : n + CHUNK] for n in range(0, len(wanted), CHUNK)):
            done += len(chunk)
            before = min((at for one in chunk if (at := listing.at(one))), default=None)
            yield replace(_page(listing, chunk, waiting, known), cursor=during(cursor, walk, before), done=done)
        last = listing.at(entries[-1]) if entries else None
        if last is not None and last < walk.floor:
            return


def _page(listing: Listing, entries: list[Json], waiting: Waiting | None, known: bool) -> Page:
    records, rejected, notes, gone = [], [], [], []
    for entry in entries:
        name = f"{listing.repository} {listing.kind.replace('_', ' ')} {entry.get('number') or entry.get('id') or '?'}"
        try:
            records.append(listing.record(entry))
        except SkipRecord as reason:
            rejected.append(Rejected(listing.kind, name, str(reason)))
            continue
        except StopSource as fault:
            if not (listing.fleeting and fault.status == 404):
                raise
            notes.append(f"{name} was deleted while it was read.")
            continue
        if remark := listing.remark(records[-1]):
            notes.append(remark)
        if known and not listing.states(entry):
            gone.append(Replacement(listing.fact, "source_id", records[-1].source_id))
    opened, ended = waiting.heard(tuple(records)) if waiting else ((), ())
    return Page(
        listing.stream,
        records=tuple(records),
        rejected=tuple(rejected),
        opened=opened,
        ended=ended,
        replaces=tuple(gone),
        notes=tuple(notes),
        message=listing.message,
    )


def _asked_again(listing: Listing, again: Callable[[str], Json], waiting: Waiting) -> Iterator[Page]:
    """Those still running when last seen that the walk did not come by: they are older than its floor."""
    left = sorted(waiting.left)
    for numbers in (left[n : n + CHUNK] for n in range(0, len(left), CHUNK)):
        entries, gone = [], []
        for number in numbers:
            try:
                entries.append(again(number))
            except StopSource as fault:
                if fault.status != 404:
                    raise
                gone.append(number)
        page = _page(listing, entries, waiting, known=True)
        notes = tuple(f"{listing.repository} {listing.kind} {number} was deleted before it ended." for number in gone)
        yield replace(page, ended=(*page.ended, *gone), notes=(*page.notes, *notes))


def _complete(listing: Listing, walk: Walk, cursor: Cursor) -> Page:
    proof = (Covered(listing.fact, "repository", listing.repository, walk.floor, walk.start),) if listing.covers else ()
    return Page(listing.stream, cursor=cursor, covered=proof, message=listing.message)
