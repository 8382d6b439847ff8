"""A corrected number is marked wherever it is told: page, JSON and paper, with what was counted beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import streamlit as st
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from app.board_pack import write
from app.content.blocks import Notice
from app.content.contract import document
from app.content.sections import section_named, words
from app.content.sections.base import Comparison, Context
from app.screens import SCREENS
from data.access import Actor, Role, command_line_actor
from data.metrics import metric_named
from data.period import parse
from data.warehouse.approvals import approve
from data.warehouse.corrections import Wanted, counted, propose_correction
from data.warehouse.engine import reading, writing
from data.warehouse.readings import Reader, all_readings
from data.warehouse.tables_people import correction
from tests.app.test_board_pack import pdf_text, plainly
from tests.app.test_screens import opened, text
from tests.app.test_sections import table
from tests.app.world import NOW, World, held_clock

Enter = Callable[[World], None]
OCTOBER = parse("2026-10")
MONTH = 31 * 86400 + 3600


@pytest.fixture(autouse=True)
def _no_caches() -> None:
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def corrected(world: World) -> World:
    """Wallet's outage of the 14th of October, 600 s, was the probe's own."""
    engine, settings = world.engine(), world.settings
    day = parse("2026-10-14")
    with held_clock(NOW):
        with reading(engine) as connection:
            now = counted(Reader(connection, settings), metric_named("availability"), "wallet", day)
        new = Wanted("availability", "wallet", day, Decimal(86400), Decimal(86400))
        ana = Actor("oidc:ana", frozenset({Role.ANALYST}))
        number = propose_correction(engine, settings, ana, new, now.seen, "the probe was down")
        approve(engine, settings, command_line_actor("otto"), number)
    engine.dispose()
    return world


@pytest.fixture
def october(corrected: World) -> Iterator[Context]:
    engine = corrected.engine()
    with reading(engine) as connection:
        yield Context(Reader(connection, corrected.settings), "group", OCTOBER, Comparison.PREVIOUS, NOW)
    engine.dispose()


def test_the_number_carries_its_mark_and_what_was_counted(october: Context) -> None:
    uptime = october.reading("availability")
    assert uptime.value.value == 1 - Decimal(1920) / (3 * MONTH)
    assert uptime.value.counted == 1 - Decimal(2520) / (3 * MONTH)
    assert plainly(words.value(uptime)) == "99.98 %†"
    assert plainly(words.evidence(uptime)).startswith("† counted 99.97 %")
    assert words.CORRECTED not in words.value(october.reading("change_fail_rate"))


def test_the_table_names_both_numbers_the_reason_and_both_people(october: Context) -> None:
    (row,) = table(section_named("board.corrected").build(october))
    assert [plainly(one) for one in row] == [
        "Uptime", "Wallet", "14 Oct 2026", "99.31 %", "100.00 %†", "the probe was down", "oidc:ana", "cli:otto",
        "9 Nov 2026, 07:00 CET",
    ]  # fmt: skip
    ledger = Context(october.reader, "ledger", OCTOBER, Comparison.PREVIOUS, NOW)
    before = Context(october.reader, "group", parse("2026-09"), Comparison.PREVIOUS, NOW)
    assert section_named("board.corrected").build(ledger).blocks == ()
    assert section_named("board.corrected").build(before).blocks == ()


def test_a_correction_of_an_earlier_definition_is_set_aside_and_says_so(corrected: World) -> None:
    engine = corrected.engine()
    with writing(engine) as connection:
        connection.execute(update(correction).values(version=99))
    with reading(engine) as connection:
        context = Context(Reader(connection, corrected.settings), "group", OCTOBER, Comparison.PREVIOUS, NOW)
        assert context.reading("availability").value.corrections == ()
        (notice,) = section_named("board.corrected").build(context).blocks
    engine.dispose()
    assert isinstance(notice, Notice)
    assert plainly(notice.sentence) == (
        "1 correction of an earlier definition no longer counts: availability of Wallet, 14 Oct 2026."
    )


def test_the_json_says_so(october: Context) -> None:
    told = document(october.reader, OCTOBER, all_readings(october.reader, "group", OCTOBER))
    found = {one["id"]: one["corrected"] for one in json.loads(json.dumps(told))["metrics"]}
    uptime = october.reading("availability").value
    assert found["availability"] == {"counted": float(uptime.counted or 0), "corrections": list(uptime.corrections)}
    assert found["error_budget"]["corrections"] == list(uptime.corrections)
    assert found["change_fail_rate"] is None


def test_the_pack_says_so_on_its_cover_and_names_the_correction(october: Context, tmp_path: Path) -> None:
    said = pdf_text(write(october.reader, OCTOBER, tmp_path).read_bytes())
    for wanted in ("99.98 %†", "† counted 99.97 %", "Corrected numbers", "the probe was down", "oidc:ana", "cli:otto"):
        assert wanted in said


@pytest.mark.parametrize("path", [one.path for one in SCREENS if one.path != "audit"])
def test_every_page_names_the_corrections_of_what_it_shows(corrected: World, inside: Enter, path: str) -> None:
    inside(corrected)
    at: AppTest = opened(path, {"period": "2026-10"})
    assert not at.exception
    said = "A number is corrected and marked †: Uptime of Wallet, 14 Oct 2026, counted 99.31 %, is 100.00 %†."
    assert said in text(at)
    assert ("the probe was down" in text(at)) is (path in ("", "approvals"))
