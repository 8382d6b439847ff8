"""Reviews of what approved cases promised: what was measured, beside what was planned, signed by a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Connection, Engine, insert, select

from data.access import Actor, Permission
from data.clock import clock
from data.finance.case import BadCase
from data.finance.ledger import Attribution, Due, Promised, due, promised, realised
from data.settings import Settings
from data.warehouse import change_log
from data.warehouse.cases import ChangedMeanwhile, Kept, Status, all_cases, kept_case, kept_cases
from data.warehouse.engine import writing
from data.warehouse.measured import Found, Measurer
from data.warehouse.reach import reader_for
from data.warehouse.readings import Reader
from data.warehouse.tables_cases import case_review as table
from data.warehouse.write import bump_version

ReviewKey = tuple[str, int, str, int]
"""Case, version, line, month."""


@dataclass(frozen=True)
class Review:
    """What a review found. `value` None: the measure could not be told, `reason` says why."""

    case_id: str
    version: int
    line: str
    month: int
    due: date
    measure: str
    scope: str
    period: str
    baseline: Decimal
    planned: Decimal
    value: Decimal | None
    reason: str
    planned_amount: Decimal
    realised_amount: Decimal | None
    currency: str
    attribution: str
    said: str
    sources: str
    data_version: int
    reviewed_by: str
    reviewed_at: datetime


@dataclass(frozen=True)
class Entry:
    """A review that is due some day: of which case and promise, and what it found, if it was made."""

    kept: Kept
    promised: Promised
    due: Due
    review: Review | None

    @property
    def key(self) -> ReviewKey:
        """What names it."""
        return self.kept.id, self.kept.version, self.due.line, self.due.month

    def overdue(self, today: date) -> bool:
        """Whether its day has passed and nobody looked."""
        return self.review is None and self.due.day <= today


def entries(connection: Connection, actor: Actor) -> tuple[Entry, ...]:
    """Every review of the newest approved version of each case that the actor may read, by its day."""
    return _entries(connection, kept_cases(connection, actor))


def entries_below(reader: Reader, scope: str) -> tuple[Entry, ...]:
    """The same for a scope and all below it, as far as the reader reaches; one of no scope is the whole company's."""
    return _entries(reader.connection, in_force_below(reader, scope))


def in_force_below(reader: Reader, scope: str) -> tuple[Kept, ...]:
    """The newest approved version of each case about a scope or one below it, as far as the reader reaches."""
    inside = reader.tree.ever_below(scope)
    whole = reader.within is None and scope in reader.tree.roots()
    found = all_cases(reader.connection)
    reached = (one for one in found if (one.case.scope in inside if one.case.scope else whole))
    return newest_approved(tuple(one for one in reached if _reaches(reader, one)))


def _reaches(reader: Reader, one: Kept) -> bool:
    return reader.within is None or one.case.scope in reader.within


def _entries(connection: Connection, cases: tuple[Kept, ...]) -> tuple[Entry, ...]:
    found: list[Entry] = []
    made = reviews(connection)
    for kept in newest_approved(cases):
        for one in due(kept.case):
            promise = promised(kept.case, kept.case.named(one.line))
            assert promise is not None
            found.append(Entry(kept, promise, one, made.get((kept.id, kept.version, one.line, one.month))))
    return tuple(sorted(found, key=lambda entry: (entry.due.day, entry.kept.id, entry.due.line)))


def newest_approved(found: tuple[Kept, ...]) -> tuple[Kept, ...]:
    """The version in force of each case: the newest one that was approved."""
    newest: dict[str, Kept] = {}
    for one in sorted(found, key=lambda each: each.version):
        if one.status is Status.APPROVED:
            newest[one.id] = one
    return tuple(newest.values())


def reviews(connection: Connection) -> dict[ReviewKey, Review]:
    """Every review that was made, by case, version, line and month."""
    rows = (Review(**row._mapping) for row in connection.execute(select(table)))
    return {(one.case_id, one.version, one.line, one.month): one for one in rows}


def look(reader: Reader, actor: Actor, key: ReviewKey) -> Found:
    """What the measure of a promise says of the months that a review reads. BadCase, NotPermitted."""
    name, version, line, month = key
    kept = kept_case(reader.connection, actor, name, version)
    return _look(reader, kept, _named(kept, line, month))


def _look(reader: Reader, kept: Kept, one: Due) -> Found:
    promise = kept.case.named(one.line).promise
    assert promise is not None
    return Measurer(reader, kept.case.currency).find(promise.measure, promise.scope, one.period)


def _named(kept: Kept, line: str, month: int) -> Due:
    one = next((one for one in due(kept.case) if (one.line, one.month) == (line, month)), None)
    if one is None:
        raise BadCase(f"The case promises nothing on {line!r} after {month} months.")
    return one


def review(
    engine: Engine,
    settings: Settings,
    actor: Actor,
    key: tuple[str, int, str, int],
    attribution: Attribution,
    said: str,
) -> Review:
    """Make a review (case, version, line, month): read the measure now, and keep it beside the plan for good.

    BadCase where it is not due or not approved, ChangedMeanwhile where somebody made it, NotPermitted.
    """
    name, version, line, month = key
    with writing(engine) as connection:
        reader = reader_for(Reader(connection, settings), actor)
        kept = kept_case(connection, actor, name, version)
        scope = kept.case.scope
        path = reader.tree.path(scope, reader.today) if scope and scope in reader.tree else None
        actor.require(Permission.EDIT_CASES, path)
        one = _due(connection, kept, (line, month), reader.today)
        if not said.strip():
            raise BadCase("Say in a sentence why the measure moved, or that it is not known: the log keeps it.")
        made = _reviewed(reader, kept, one, (attribution, said, actor))
        connection.execute(insert(table).values(**made.__dict__))
        new = {"value": _text(made.value), "realised": _text(made.realised_amount), "attribution": attribution.value}
        change_log.append(connection, actor, "reviewed", f"{kept.label}, {line} after {month} months", None, new, said)
        bump_version(connection, f"{kept.label} reviewed by {actor.name}")
        return made


def _due(connection: Connection, kept: Kept, key: tuple[str, int], today: date) -> Due:
    if kept.status is not Status.APPROVED:
        raise BadCase(f"This version is {kept.status.value}: only an approved one has reviews.")
    one = _named(kept, *key)
    if one.day > today:
        raise BadCase(f"This review is due on {one.day}: what happens until then is not known yet.")
    if (before := reviews(connection).get((kept.id, kept.version, *key))) is not None:
        raise ChangedMeanwhile(f"{before.reviewed_by} has made this review already.")
    return one


def _reviewed(reader: Reader, kept: Kept, one: Due, signed: tuple[Attribution, str, Actor]) -> Review:
    attribution, said, actor = signed
    line = kept.case.named(one.line)
    promise, found = promised(kept.case, line), _look(reader, kept, one)
    assert promise is not None
    told = realised(kept.case, line, promise.baseline if found.value is None else found.value, one.month)
    return Review(
        case_id=kept.id,
        version=kept.version,
        line=one.line,
        month=one.month,
        due=one.day,
        measure=promise.measure,
        scope=promise.scope,
        period=one.period.label,
        baseline=promise.baseline,
        planned=promise.planned,
        value=None if found.value is None else found.value.quantize(Decimal("0.000000000001")),
        reason=found.reason,
        planned_amount=told.planned_amount,
        realised_amount=None if found.value is None else told.amount,
        currency=kept.case.currency,
        attribution=attribution.value,
        said=said.strip(),
        sources=", ".join(found.sources),
        data_version=reader.version.version if reader.version else 0,
        reviewed_by=actor.name,
        reviewed_at=clock(),
    )


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else format(amount.normalize(), "f")
