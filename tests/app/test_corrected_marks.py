"""Wherever a number is told that a correction changed, it carries †: on every section, in files, in the JSON."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import fields, is_dataclass
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest

from app.board_pack import write
from app.content.blocks import Table, Tile, Trend, walk
from app.content.contract import document
from app.content.sections import SECTIONS, section_named, words
from app.content.sections.base import Comparison, Context
from app.content.takeaway import sheet
from app.content.waves import Waves
from data.access import Actor, Role, command_line_actor
from data.metrics import metric_named
from data.metrics.base import Metric
from data.period import Period, parse
from data.warehouse.approvals import approve
from data.warehouse.corrections import BadCorrection, Wanted, counted, needs, propose_correction
from data.warehouse.engine import reading
from data.warehouse.readings import Reader
from tests.app import world_incidents
from tests.app.test_board_pack import pdf_text
from tests.app.test_sections import plainly, table
from tests.app.world import NOW, World, held_clock

Said = dict[tuple[str, ...], str]
Twice = list[tuple[Said, Said]]
_NO_NUMBERS = ("board.corrected", "board.corrected_note", "health.summary")
_OF_A_TILE = ("label", "verdict_reason", "target", "change", "evidence", "provenance")
_NAMES = ("Measure", "Period", "For", "About")
_SCOPES = ("wallet", "exchange", "norvane", "cards", "europe", "group")
ANA, OTTO = Actor("oidc:ana", frozenset({Role.ANALYST})), command_line_actor("otto")
OCTOBER, NOVEMBER = parse("2026-10"), parse("2026-11")
HEAD = "Corrected (†)"


def correct(world: World, metric: str, scope: str, period: Period) -> None:
    """Another number of about the same size."""
    engine, settings = world.engine(), world.settings
    with held_clock(NOW):
        with reading(engine) as connection:
            reader = Reader(connection, settings)
            known = reader.metric(metric)
            now = counted(reader, known, scope, period)
        given = {name: getattr(now, name) for name in needs(known)}
        first = next(iter(given))
        given[first] = max(given[first] - max(given[first] // 10, Decimal(1)), Decimal(0))
        new = Wanted(metric, scope, period, **given)
        approve(engine, settings, OTTO, propose_correction(engine, settings, ANA, new, now.seen, "it was wrong"))
    engine.dispose()


@contextmanager
def context_of(world: World, scope: str = "group", shown: Period = OCTOBER) -> Iterator[Context]:
    engine = world.engine()
    with reading(engine) as connection:
        yield Context(Reader(connection, world.settings), scope, shown, Comparison.PREVIOUS, NOW)
    engine.dispose()


def correct_all(world: World) -> None:
    """Every number of October that can be corrected, on the smallest scope that has it; what is no sum on each."""
    with context_of(world) as context:
        metrics = [(one, _wrong(context, one)) for one in context.reader.metrics]
    for metric, scopes in metrics:
        for scope in scopes if metric.headline else scopes[:1]:
            correct(world, metric.id, scope, OCTOBER)


def _wrong(context: Context, metric: Metric) -> list[str]:
    """The scopes on which the metric was counted, and not as nothing."""
    found = []
    for scope in (one for one in _SCOPES if one in context.reader.tree):
        with suppress(BadCorrection):
            first = needs(metric)[0]
            if getattr(counted(context.reader, metric, scope, OCTOBER), first):
                found.append(scope)
    return found


@pytest.fixture(scope="module")
def world_twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, list[Said]]:
    """A company whose October was corrected, and what all sections said before."""
    world = world_incidents.make(tmp_path_factory.mktemp("marks"))
    before = everything(world)
    correct_all(world)
    return world, before


@pytest.fixture(scope="module")
def told_twice(world_twice: tuple[World, list[Said]]) -> Twice:
    """What all sections say before and after the corrections."""
    world, before = world_twice
    return list(zip(before, everything(world), strict=True))


def everything(world: World) -> list[Said]:
    """Of October and of the month that is compared with it, for all and for one service."""
    found = []
    for scope, period in product(("group", "wallet"), ("2026-10", "2026-11")):
        with context_of(world, scope, parse(period)) as context:
            found.append(tells(context))
    return found


def tells(context: Context) -> dict[tuple[str, ...], str]:
    """Everything that the sections say, by where it is said: rows by what they are of, wherever they stand."""
    return {
        (kind.id, *path): said
        for kind in SECTIONS
        if kind.id not in _NO_NUMBERS
        for path, said in _said(kind.build(context))
    }


def _said(made: object) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(made, str):
        yield (), made
    elif isinstance(made, Table):
        yield from _rows(made)
        yield (made.id, "note"), made.note
    elif isinstance(made, Tile):
        yield (made.id, "value"), f"{made.value} {made.unit}"
        yield from (((made.id, name), said) for name in _OF_A_TILE for _, said in _said(getattr(made, name)))
    elif isinstance(made, tuple):
        for place, one in enumerate(made):
            yield from (((f"{place}", *path), said) for path, said in _said(one))
    elif is_dataclass(made):
        for field in fields(made):
            yield from (((field.name, *path), said) for path, said in _said(getattr(made, field.name)))


def _rows(made: Table) -> Iterator[tuple[tuple[str, ...], str]]:
    seen: Counter[str] = Counter()
    for row in (*made.rows, *made.rest):
        named = zip(made.columns, row.cells, strict=True)
        name = " ".join(cell.text for column, cell in named if column is made.columns[0] or column.name in _NAMES)
        seen[name] += 1
        for column, cell in zip(made.columns, row.cells, strict=True):
            yield (made.id, f"{name} {seen[name]}", column.name), cell.text


def numbers(said: str) -> set[str]:
    return set(re.findall(r"\d+(?:[.,]\d+)*", said))


def test_every_number_that_a_correction_changed_is_marked(told_twice: Twice) -> None:
    """On every section, for the period that was corrected and the one compared with it, for all and for one service."""
    unmarked, marked = [], 0
    for before, after in told_twice:
        for path in before.keys() & after.keys():
            if numbers(after[path]) - numbers(before[path]):
                marked += words.CORRECTED in after[path]
                if words.CORRECTED not in after[path]:
                    unmarked.append((path, before[path], after[path]))
    assert unmarked == []
    assert marked > 300


def test_no_other_number_is_marked(told_twice: Twice) -> None:
    for before, after in told_twice:
        assert not [path for path, said in before.items() if words.CORRECTED in said]
        same = [path for path in before.keys() & after.keys() if before[path] == after[path]]
        assert not [path for path in same if words.CORRECTED in after[path]]


def test_files_name_every_marked_number_and_keep_it_a_number(world_twice: tuple[World, list[Said]]) -> None:
    named = 0
    with context_of(world_twice[0]) as context:
        for kind in (one for one in SECTIONS if one.id not in _NO_NUMBERS):
            for block in (one for one in walk(kind.build(context).blocks) if isinstance(one, Table | Trend | Waves)):
                taken = sheet(block)
                held = words.CORRECTED in " ".join(said for path, said in _said(block) if path[-1] != "title")
                assert (taken.heads[-1] == HEAD) is held, (kind.id, taken.heads)
                named += sum(bool(row[-1]) for row in taken.rows) if held else 0
    assert named > 40


def test_the_ways_of_uptime_and_the_services_are_marked_service_by_service(
    world_twice: tuple[World, list[Said]],
) -> None:
    with context_of(world_twice[0]) as context:
        ways = table(section_named("reliability.uptime_ways").build(context))
        services = section_named("reliability.services").build(context)
        waves = [one for one in walk(section_named("feedback.waves").build(context).blocks) if isinstance(one, Waves)]
    assert ways[0][2:] == ["96.6 %†", "96.0 %†", "99.38 %", "3.1 d†", "13.9 h", "−2.6 d†"]
    assert {row[0]: row[2:] for row in ways[1:]} == {
        "Wallet": ["90.0 %†", "89.6 %†", "99.79 %", "3.1 d†", "1.6 h", "−3.0 d†"],
        "Ledger": ["100 %", "98.3 %", "98.3 %", "0 s", "12.3 h", "+12.3 h"],
        "Back office": ["99.93 %", "100 %", "100 %", "30 minutes", "0 s", "−30 minutes"],
    }
    assert {row[0]: (row[2], row[4], row[5], row[7]) for row in table(services)} == {
        "Wallet": ("89.98 %†", "100,242 %†", "3.1 d†", "0.02 %†"),
        "Back office": ("99.93 %", "671 %", "30 minutes", "0.02 %"),
        "Ledger": ("100.00 %", "0 %", "0 s", "0.02 %"),
    }
    assert [plainly(one.waves[-1].text) for one in waves] == ["+27 ± 15 points†", "86.5 %†", "4.9†"]
    (taken,) = (sheet(one) for one in walk(services.blocks) if isinstance(one, Table))
    assert taken.heads[-1] == HEAD
    named = {row[0]: row[-1] for row in taken.rows}
    assert named == {"Wallet": "Uptime; Budget spent; Down; Error rate", "Back office": None, "Ledger": None}


def test_the_pack_and_the_json_say_the_same(world_twice: tuple[World, list[Said]], tmp_path: Path) -> None:
    with context_of(world_twice[0]) as context:
        said = pdf_text(write(context.reader, OCTOBER, tmp_path).read_bytes())
        told = document(context.reader, OCTOBER, context.readings(("availability",)))["metrics"][0]
        after = document(
            context.reader, NOVEMBER, context.reader.readings([metric_named("availability")], "wallet", NOVEMBER)
        )
    assert "Wallet 1 89.98 %†" in said
    (number,) = told["corrected"]["corrections"]
    assert told["parts"]["worst"]["corrected"] == {"counted": pytest.approx(0.99973, abs=1e-5), "corrections": [number]}
    assert told["previous_corrected"] is None
    assert after["metrics"][0]["corrected"] is None
    assert after["metrics"][0]["previous_corrected"]["corrections"] == [number]
