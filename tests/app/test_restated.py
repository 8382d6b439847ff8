"""A closed period as it stood before late facts changed it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from app.content.blocks import Section, Table, walk
from app.content.sections import section_named
from app.content.sections.base import Comparison, Context
from data.facts import Change, ProbeDay
from data.metrics import metric_named
from data.period import parse
from data.warehouse.catalog import load_resolver
from data.warehouse.engine import reading, writing
from data.warehouse.readings import Reader
from data.warehouse.rollup import rollup
from data.warehouse.write import store_facts
from tests.app.world import NOW, World, deliveries, held_clock, probes

LATER = NOW + timedelta(days=3)
OCTOBER = parse("2026-10")


@pytest.fixture
def restated(world: World) -> World:
    """Three days later it shows that Ledger was down for an hour on the 8th of October."""
    engine, settings = world.engine(), world.settings
    probe = next(
        one for one in probes() if isinstance(one, ProbeDay) and (one.key, one.day) == ("ledger", date(2026, 10, 8))
    )
    with held_clock(LATER):
        with writing(engine) as connection:
            late = replace(probe, up=probe.up - 3600, down=probe.down + 3600)
            store_facts(connection, [late], load_resolver(connection), settings.zone)
        rollup(engine, settings)
    engine.dispose()
    return world


def value(world: World, as_of: datetime | None, scope: str) -> object:
    engine = world.engine()
    with reading(engine) as connection:
        found = Reader(connection, world.settings, as_of).reading(metric_named("availability"), scope, OCTOBER)
    engine.dispose()
    return found.value.numerator, found.value.denominator, found.verdict.word if found.verdict else None


@pytest.mark.parametrize("scope", ["group", "europe", "ledger"])
def test_an_earlier_instant_undoes_what_was_restated_since(world: World, restated: World, scope: str) -> None:
    now = value(restated, None, scope)
    then = value(restated, NOW + timedelta(days=1), scope)
    assert value(restated, LATER, scope) == now
    assert then != now
    services = 1 if scope == "ledger" else 3
    known = services * (31 * 86_400 + 3600)
    down = 0 if scope == "ledger" else 42 * 60
    assert then == (known - down, known, "met" if scope == "ledger" else "missed")
    assert now == (known - down - 3600, known, "missed")


def told(world: World, period: str, now: datetime = LATER) -> Section:
    engine = world.engine()
    with reading(engine) as connection:
        chosen = Context(Reader(connection, world.settings), "group", parse(period), Comparison.PREVIOUS, now)
        section = section_named("board.restated").build(chosen)
    engine.dispose()
    return section


def plainly(said: str) -> str:
    return said.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize("period", ["2026-10", "2026-11"])
def test_the_board_tells_what_was_restated_since_the_period_closed(restated: World, period: str) -> None:
    section = told(restated, period)
    (found,) = (block for block in walk(section.blocks) if isinstance(block, Table))
    rows = [[plainly(cell.text) for cell in row.cells] for row in found.rows]
    assert section.title == "Restated since October 2026 closed"
    assert plainly(section.summary) == "Uptime 99.97 % → 99.92 % (1 day, late facts)."
    assert rows == [
        ["Uptime", "October 2026", "99.97 %", "99.92 %", "1", "12 Nov 2026, 07:00 CET", "late facts"],
    ]  # fmt: skip


def test_a_month_before_the_shown_one_is_told_too_and_nothing_where_nothing_changed(restated: World) -> None:
    engine, settings = restated.engine(), restated.settings
    probe = next(
        one for one in probes() if isinstance(one, ProbeDay) and (one.key, one.day) == ("ledger", date(2026, 8, 8))
    )
    with held_clock(LATER + timedelta(days=1)):
        with writing(engine) as connection:
            late = replace(probe, up=probe.up - 1800, down=probe.down + 1800)
            store_facts(connection, [late], load_resolver(connection), settings.zone)
        rollup(engine, settings)
    engine.dispose()
    (table,) = told(restated, "2026-10").blocks
    assert isinstance(table, Table)
    assert [[cell.text for cell in row.cells][:2] for row in table.rows] == [
        ["Uptime", "October 2026"],
        ["Uptime", "August 2026"],
    ]
    assert told(restated, "2026-07").blocks == ()


def test_a_median_of_before_is_not_kept_and_says_so(world: World) -> None:
    engine, settings = world.engine(), world.settings
    late = next(one for one in deliveries() if isinstance(one, Change) and one.source_id == "pr/wallet/2026-10-19")
    assert late.first_commit is not None
    with held_clock(LATER):
        with writing(engine) as connection:
            moved = replace(late, first_commit=late.first_commit - timedelta(hours=9))
            store_facts(connection, [moved], load_resolver(connection), settings.zone)
        rollup(engine, settings)
    engine.dispose()
    (table,) = told(world, "2026-10").blocks
    assert isinstance(table, Table)
    assert [[plainly(cell.text) for cell in row.cells][:4] for row in table.rows] == [
        ["Lead time for changes", "October 2026", "not kept", "32 h"],
    ]
