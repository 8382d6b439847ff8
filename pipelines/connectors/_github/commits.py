"""The commits of a default branch: all since a day at first, then exactly those that the branch has gained.

A commit keeps the date it was made on, so one pushed late is older than what is stored, and no date finds it: once a
head is known, GitHub's comparison of two heads does. Both listings hang on a fixed head and so do not move while they
are paged; an interrupted one goes on at the page it had reached.
Cursor: `{"from", "until", "head"}` and, while under way, `"unfinished": {"start", "floor", "head", "base", "next"}`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from data.facts import Change
from pipelines.connectors._github.changes import commit_record
from pipelines.connectors._github.rest import Rest, Sheet, pages
from pipelines.connectors.base import Covered, Page, Position, Rejected
from pipelines.connectors.spans import Cursor, Span, after, begun, floor, known
from pipelines.connectors.texts import Json, stamp, when
from pipelines.errors import SkipRecord, StopSource
from pipelines.http import json_of

_EMPTY = 409
_GONE = (404, 422)


@dataclass(frozen=True)
class _Part:
    """Commits that `head` has and `base` has not; without a base, those since `floor`."""

    start: datetime
    floor: datetime
    head: str
    base: str | None
    next: Mapping[str, str] | None = None


def commit_pages(rest: Rest, repository: str, branch: str | None, position: Position, span: Span) -> Iterator[Page]:
    """The commits since the cursor, a page of the listing each."""
    cursor = begun(position.cursors.get(_stream(repository), {}), branch or "")
    left_off = _left_off(cursor)
    if left_off and not span.full:
        yield from _read(rest, repository, left_off, cursor)
        cursor = _after(cursor, left_off)
    head = _head(rest, repository, branch)
    anew = span.full or span.since < (when(cursor.get("from")) or span.now)
    part = _Part(span.now, floor(cursor, span), head or "", None if anew else cursor.get("head"))
    if head is not None and head != part.base:
        yield from _read(rest, repository, part, cursor)
    else:
        yield _complete(repository, part, cursor)


def _read(rest: Rest, repository: str, part: _Part, cursor: Cursor) -> Iterator[Page]:
    done, complete = 0, _complete(repository, part, cursor)
    for sheet, last in _ending(_sheets(rest, repository, part)):
        done += len(sheet.items)
        page = replace(_page(repository, sheet.items), done=done)
        if last:
            yield replace(page, cursor=complete.cursor, covered=complete.covered)
        else:
            yield replace(page, cursor=_during(cursor, replace(part, next=sheet.next)))


def _ending(sheets: Iterator[Sheet]) -> Iterator[tuple[Sheet, bool]]:
    """Each page, and whether it is the last."""
    held = next(sheets, None)
    while held is not None:
        following = next(sheets, None)
        yield held, following is None
        held = following


def _sheets(rest: Rest, repository: str, part: _Part) -> Iterator[Sheet]:
    """The pages of a part; by date where the known head is gone (rewritten history) or is not compared in full."""
    if part.base is None:
        dated = {"sha": part.head, "since": stamp(part.floor)}
        yield from pages(rest.http, f"repos/{repository}/commits", dated, part.next)
        return
    done = total = 0
    try:
        for sheet in pages(rest.http, f"repos/{repository}/compare/{part.base}...{part.head}", {}, part.next):
            done, total = done + len(sheet.items), sheet.total or 0
            yield sheet
    except StopSource as fault:
        if fault.status not in _GONE:
            raise
        total = done + 1
    if part.next is None and done < total:
        yield from _sheets(rest, repository, replace(part, base=None))


def _page(repository: str, items: list[Json]) -> Page:
    records, rejected = [], []
    for item in items:
        try:
            records.append(commit_record(repository, item))
        except SkipRecord as reason:
            rejected.append(Rejected("commit", f"{repository} commit", str(reason)))
    return Page(_stream(repository), tuple(records), rejected=tuple(rejected), message=_message(repository))


def _complete(repository: str, part: _Part, cursor: Cursor) -> Page:
    proof = Covered(Change.kind, "repository", repository, part.floor, part.start)
    return Page(_stream(repository), cursor=_after(cursor, part), covered=(proof,), message=_message(repository))


def _head(rest: Rest, repository: str, branch: str | None) -> str | None:
    """The latest commit of the branch; None of an empty repository."""
    asked: dict[str, Any] = {"per_page": 1} | ({"sha": branch} if branch else {})
    try:
        found = json_of(rest.http.get(f"repos/{repository}/commits", asked))
    except StopSource as fault:
        if fault.status == _EMPTY:
            return None
        raise
    return str(found[0]["sha"]) if found else None


def _left_off(cursor: Cursor) -> _Part | None:
    left = cursor.get("unfinished")
    if not left:
        return None
    start, lowest = when(left["start"]), when(left["floor"])
    return _Part(start, lowest, left["head"], left["base"], left["next"]) if start and lowest else None


def _during(cursor: Cursor, part: _Part) -> Cursor:
    left = {"start": stamp(part.start), "floor": stamp(part.floor), "head": part.head, "base": part.base}
    return known(cursor) | {"unfinished": {**left, "next": part.next}}


def _after(cursor: Cursor, part: _Part) -> Cursor:
    return {**after(cursor, part.start, part.floor), "head": part.head or None}


def _stream(repository: str) -> str:
    return f"commit {repository}"


def _message(repository: str) -> str:
    return f"{repository} commits"
