"""What pages read: the only caches, keyed by the state of the warehouse and what the reader asked for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import streamlit as st
from sqlalchemy import Connection, Engine

from app import sign_in
from app.content import business_case
from app.content import format as text
from app.content.blocks import Section
from app.content.sections import section_named, words
from app.content.sections.base import Comparison, Context
from app.content.takeaway import About
from data import settings as settings_file
from data.access import Actor, Permission
from data.clock import clock
from data.finance.budget import Scenario
from data.finance.case_file import checked
from data.finance.forecast import Actuals
from data.period import Period
from data.scopes import Scope
from data.settings import Settings
from data.warehouse import audit, budget_actuals, corrections, ledger, read, read_events, read_sources
from data.warehouse.approvals import waiting_for
from data.warehouse.audit import Checked
from data.warehouse.budget_rows import Stored
from data.warehouse.change_log import Change
from data.warehouse.corrected import Correction
from data.warehouse.corrections import Counted
from data.warehouse.engine import create_engine_for, reading
from data.warehouse.ledger import ReviewKey
from data.warehouse.measured import Found
from data.warehouse.policy import MODE
from data.warehouse.proposals import Proposal
from data.warehouse.reach import home_for, may_read, reader_for, roots_for
from data.warehouse.read import DataVersion
from data.warehouse.read_sources import UnmappedKey
from data.warehouse.readings import Reader

_FRESHNESS_STEP = timedelta(minutes=10)
"""Pages tell ages, so they are made anew at least this often."""

WHOLE_COMPANY = ("health.",)
"""Sections that tell of every source and hence of the whole company."""

Reach = tuple[bool, frozenset[str] | None]
"""Whether somebody may read, and the entities that they may read of."""


@dataclass(frozen=True)
class State:
    """One state of one warehouse: with the settings, all that a page's numbers depend on."""

    url: str
    settings: str
    version: DataVersion
    demo: bool


@dataclass(frozen=True)
class Outline:
    """What there is to choose from: scopes in the order of their tree with their depth, and the first day."""

    scopes: tuple[tuple[int, Scope], ...]
    home: str | None
    first_day: date | None


@dataclass(frozen=True)
class Choice:
    """What a reader asked for."""

    period: Period
    scope: str
    comparison: Comparison


def settings() -> Settings:
    """The settings; read again only when one of their files changed. ConfigurationError."""
    return _settings(_stamps())


def _stamps() -> tuple[tuple[str, int], ...]:
    return tuple((str(path), path.stat().st_mtime_ns) for path in settings_file.files())


@st.cache_resource(max_entries=4, show_spinner=False)
def _settings(stamps: tuple[tuple[str, int], ...]) -> Settings:  # noqa: ARG001  the key of the cache
    return settings_file.load()


@st.cache_resource(max_entries=4, show_spinner=False)
def engine(url: str) -> Engine:
    """One engine a warehouse."""
    return create_engine_for(url, for_people=True)


def actor() -> Actor:
    """Who reads and writes, as they may now: asked at each run and before each write. SignedOut, WarehouseError."""
    known = settings()
    return sign_in.who(known, engine(known.warehouse.url))


def state() -> State | None:
    """The newest state, read at each run; None for a warehouse that nothing was written to. WarehouseError."""
    known = settings()
    with reading(engine(known.warehouse.url)) as connection:
        version = read.data_version(connection)
        mode = read.info(connection).get(MODE)
    if version is None:
        return None
    return State(known.warehouse.url, _fingerprint(_stamps()), version, mode == "demo")


@st.cache_resource(max_entries=4, show_spinner=False)
def _fingerprint(stamps: tuple[tuple[str, int], ...]) -> str:
    texts = (Path(path).read_bytes() for path, _ in stamps)
    return sha256(b"\0".join(texts)).hexdigest()[:16]


def outline(at: State, by: Actor) -> Outline:
    """The scopes that somebody may read, and the first day of a state. NotPermitted."""
    by.require(Permission.READ, by.entities)
    return _outline(at, _reach(by), by)


@st.cache_data(max_entries=32, show_spinner=False)
def _outline(at: State, reach: Reach, _by: Actor) -> Outline:  # noqa: ARG001  the key of the cache
    with reading(engine(at.url)) as connection:
        reader = Reader(connection, settings())
        found: list[tuple[int, Scope]] = []
        for root in roots_for(reader, _by):
            found += _walk(reader, root, 0)
        found.sort(key=lambda pair: pair[0] == 0 and pair[1].kind in ("provider", "integration"))
        return Outline(tuple(found), home_for(reader, _by), read_events.first_day(connection))


def _walk(reader: Reader, scope: str, depth: int) -> list[tuple[int, Scope]]:
    day = reader.today
    found = [(depth, reader.tree.get(scope, day))]
    for child in reader.tree.children(scope, day):
        found += _walk(reader, child.id, depth + 1)
    return found


def sections(by: Actor, at: State, names: tuple[str, ...], choice: Choice) -> tuple[Section, ...]:
    """The sections of a page for somebody, made once a state, choice and ten minutes of reading. NotPermitted."""
    if any(name.startswith(WHOLE_COMPANY) for name in names):
        by.require(Permission.READ)
    return _sections(at, names, choice, _moment(), _reach(by), by)


@st.cache_data(max_entries=256, show_spinner=False)
def _sections(
    at: State,
    names: tuple[str, ...],
    choice: Choice,
    moment: datetime,
    reach: Reach,  # noqa: ARG001  the key of the cache
    _by: Actor,
) -> tuple[Section, ...]:
    with reading(engine(at.url)) as connection:
        reader = _reader(connection, _by, choice)
        context = Context(reader, choice.scope, choice.period, choice.comparison, moment)
        return tuple(section_named(name).build(context) for name in names)


def about(by: Actor, at: State, choice: Choice, measures: tuple[str, ...]) -> About:
    """What taken numbers of some measures are about. NotPermitted."""
    known = settings()
    with reading(engine(at.url)) as connection:
        reader = _reader(connection, by, choice)
        metrics = [reader.metric(name) for name in measures]
        return About(
            company=known.company.name,
            scope=reader.tree.get(choice.scope, choice.period.start).name,
            scope_id=choice.scope,
            period=choice.period,
            as_of=text.instant(at.version.committed_at, known.zone),
            zone=known.zone,
            demo=at.demo,
            definitions=tuple(words.definition(one) for one in metrics),
            sources=tuple((one.name, ", ".join(reader.sources_of(one)) or "none yet") for one in metrics),
        )


def _reader(connection: Connection, by: Actor, choice: Choice) -> Reader:
    """Reads what somebody may read of a choice. NotPermitted."""
    reader = Reader(connection, settings())
    may_read(reader, by, choice.scope, choice.period)
    return reader_for(reader, by)


def _reach(by: Actor) -> Reach:
    """All of an actor that what they read depends on: people of the same reach share what is cached."""
    return by.may(Permission.READ, by.entities), by.entities


def _moment() -> datetime:
    now = clock()
    return now - timedelta(seconds=now.timestamp() % _FRESHNESS_STEP.total_seconds())


def unmapped(by: Actor, at: State) -> tuple[UnmappedKey, ...]:
    """The names of sources that wait for a scope, of the whole company. NotPermitted."""
    by.require(Permission.READ)
    return _unmapped(at)


@st.cache_data(max_entries=8, show_spinner=False)
def _unmapped(at: State) -> tuple[UnmappedKey, ...]:
    with reading(engine(at.url)) as connection:
        return read_sources.unmapped_keys(connection)


def proposals(by: Actor) -> tuple[Proposal, ...]:
    """What waits for a second person, of the scopes that somebody may read; read anew each time. NotPermitted."""
    known = settings()
    with reading(engine(known.warehouse.url)) as connection:
        return waiting_for(connection, known, by)


@st.cache_data(max_entries=128, show_spinner=False)
def case_sections(document: str) -> tuple[Section, ...]:
    """What follows from a business case, given as JSON. BadCase."""
    return business_case.sections(checked(json.loads(document)))


def review_found(by: Actor, at: State, key: ReviewKey) -> Found:
    """What the measure of a review says now, read once a state. BadCase, NotPermitted."""
    return _review_found(at, key, _reach(by), by)


@st.cache_data(max_entries=64, show_spinner=False)
def _review_found(at: State, key: ReviewKey, reach: Reach, _by: Actor) -> Found:  # noqa: ARG001  the key of the cache
    with reading(engine(at.url)) as connection:
        return ledger.look(reader_for(Reader(connection, settings()), _by), _by, key)


@st.cache_data(max_entries=8, show_spinner=False)
def measure_names(at: State) -> dict[str, str]:
    """Every metric of the company by id, for those who promise something on it."""
    with reading(engine(at.url)) as connection:
        return {one.id: one.name for one in Reader(connection, settings()).metrics}


@dataclass(frozen=True)
class Log:
    """The change log and what a check of it found, held against the packs that were released."""

    rows: tuple[Change, ...]
    checked: Checked


def change_log(by: Actor) -> Log:
    """The log for who may read it, checked anew each time: a cache would hide what was altered since. NotPermitted."""
    known = settings()
    with reading(engine(known.warehouse.url)) as connection:
        rows = audit.log(connection, by)
        return Log(tuple(rows), audit.check(rows, audit.of_released_packs(connection)))


def counted(by: Actor, metric: str, scope: str, period: Period) -> Counted:
    """What is counted of a number that somebody may want to correct. NotPermitted, BadCorrection."""
    known = settings()
    with reading(engine(known.warehouse.url)) as connection:
        reader = Reader(connection, known)
        may_read(reader, by, scope, period)
        return corrections.counted(reader, reader.metric(metric), scope, period)


def corrections_in_force(by: Actor, scope: str) -> tuple[Correction, ...]:
    """The corrections of a scope and of what lies below it. NotPermitted."""
    known = settings()
    with reading(engine(known.warehouse.url)) as connection:
        reader = Reader(connection, known)
        may_read(reader, by, scope)
        below = reader.tree.ever_below(scope)
        return tuple(one for one in reader.corrections if one.scope in below)


def budget_spent(by: Actor, at: State, of: Stored) -> Actuals:
    """What was spent of a budget in the closed months, read once a state and save. NotPermitted."""
    return _budget_spent(at, of.head.id, of.head.saves, _reach(by), by, of.scenario)


@st.cache_data(max_entries=32, show_spinner=False)
def _budget_spent(
    at: State,
    name: str,  # noqa: ARG001  the key of the cache
    saves: int,  # noqa: ARG001
    reach: Reach,  # noqa: ARG001
    _by: Actor,
    _of: Scenario,
) -> Actuals:
    with reading(engine(at.url)) as connection:
        return budget_actuals.spent(Reader(connection, settings()), _by, _of)
