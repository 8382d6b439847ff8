"""A closed period as it stood before late facts changed it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from app.content.blocks import Table, walk
from app.content.sections import section_named
from app.content.sections.base import Comparison, Context
from data.facts import ProbeDay
from data.metrics import metric_named
from data.period import parse
from data.warehouse.catalog import load_resolver
from data.warehouse.engine import reading, writing
from data.warehouse.readings import Reader
from data.warehouse.rollup import rollup
from data.warehouse.write import store_facts
from tests.app.world import NOW, World, held_clock, probes

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


def test_the_board_tells_what_was_restated_since_the_period_closed(restated: World) -> None:
    engine = restated.engine()
    with reading(engine) as connection:
        chosen = Context(Reader(connection, restated.settings), "group", OCTOBER, Comparison.PREVIOUS, LATER)
        section = section_named("board.late").build(chosen)
    engine.dispose()
    (found,) = (block for block in walk(section.blocks) if isinstance(block, Table))
    rows = [[cell.text.replace("\u202f", " ") for cell in row.cells] for row in found.rows]
    assert rows == [["Uptime", "October 2026", "99.97 %", "99.92 %"]]
