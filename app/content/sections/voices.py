"""What people wrote: those who are content and those who are not, and nothing that would single anybody out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from app.content import format as text
from app.content.blocks import Beside, Cell, Column, Notice, Row, Section, Table
from app.content.sections.base import Context, SectionKind
from data.facts import Response
from data.metrics.nps import FORM as NPS
from data.metrics.nps import points
from data.metrics.responses import step_of
from data.warehouse import read_feedback
from data.warehouse.read_feedback import Voice

Side = Literal["content", "unhappy", "between"]
_READ, _OF_A_CELL, _SHOWN = 60, 3, 12
_COLUMNS = (Column("About"), Column("Score", "right"), Column("In their words"))


def side(response: Response) -> Side:
    """Promoters and detractors; of other scales those above and those below the middle."""
    if response.form == NPS:
        found = points(response)
        leaning = 0 if found is None else int(found)
    else:
        place = step_of(response)
        leaning = 0 if place is None else 2 * place[0] - place[1] - 1
    return "content" if leaning > 0 else "unhappy" if leaning < 0 else "between"


def comments(context: Context) -> Section:
    """The latest comments by feature, of cells in which enough people answered."""
    connection, scopes = context.reader.connection, context.everything_below()
    found = read_feedback.voices(connection, scopes, *context.days, _READ)
    title = "In their words"
    if not found:
        said = f"Nobody wrote anything beside an answer in {text.period(context.period)}, or it is kept no longer."
        return Section("comments", title, (Notice("info", said),))
    least = context.reader.settings.metrics.min_answers
    people = read_feedback.people(connection, scopes, *context.days)
    open_ = [one for one in found if people.get((one.scope, one.response.form), 0) >= least]
    tables = (
        _table("content", "Promoters, and those who are content", open_, context),
        _table("unhappy", "Detractors, and those who are not", open_, context),
    )
    return Section("comments", title, (Beside(tables),), _held_back(len(found) - len(open_), least))


def _table(which: Side, title: str, found: Sequence[Voice], context: Context) -> Table:
    taken: Counter[tuple[str, str]] = Counter()
    rows = []
    for one in found:
        cell = (one.scope, one.response.form)
        if side(one.response) == which and taken[cell] < _OF_A_CELL:
            taken[cell] += 1
            rows.append((context.name_of(one.scope), one))
    rows.sort(key=lambda pair: pair[0])
    shown = tuple(_row(name, one.response) for name, one in rows[:_SHOWN])
    note = f"The latest {_OF_A_CELL} of each; addresses and numbers are masked."
    empty = "Nobody wrote anything where enough people answered."
    return Table(f"comments-{which}", title, _COLUMNS, shown, note, empty=empty)


def _row(name: str, response: Response) -> Row:
    score = f"{text.plain(response.score)}\u00a0of\u00a0{text.plain(response.scale_high)}"
    return Row((Cell(name), Cell(score), Cell(response.comment or "")))


def _held_back(count: int, least: int) -> str:
    if not count:
        return ""
    said = f"{text.plural(count, 'comment')} {'is' if count == 1 else 'are'} held back"
    return f"{said}: fewer than {least} people answered there, who could be told apart."


COMMENTS = SectionKind("feedback.comments", comments)
