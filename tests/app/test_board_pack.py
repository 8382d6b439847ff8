"""The board pack: the same numbers as page and JSON, a gate, a name."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pypdf import PdfReader

from app.board_pack import NotReleasable, check, context_for, pack, state_of, write
from app.content.blocks import Bars, Section, Series, Tiles
from app.content.contract import document
from app.content.pack import PackPage
from app.content.sections import section_named, words
from app.content.sections.base import Context
from data.metrics import METRICS, metric_named
from data.metrics.base import NO_SOURCE
from data.period import Period
from data.warehouse.readings import all_readings

Make = Callable[..., Context]


def pdf_text(data: bytes) -> str:
    """The words of the file with ordinary spaces."""
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]
    return " ".join(" ".join(pages).replace("\u202f", " ").replace("\u00a0", " ").split())


def plainly(words_: str) -> str:
    return words_.replace("\u202f", " ").replace("\u00a0", " ")


def test_tile_json_and_pdf_say_the_same_number(context: Make, tmp_path: Path) -> None:
    chosen = context()
    path = write(chosen.reader, chosen.period, tmp_path)
    assert path.name == "plumbline-2026-10-unreleased.pdf"
    told = pdf_text(path.read_bytes())
    readings = all_readings(chosen.reader, "group", chosen.period)
    answers = {one["id"]: one for one in document(chosen.reader, chosen.period, readings)["metrics"]}
    names = ("delivery", "reliability", "feedback", "compliance", "spend")
    pages = [section_named(f"{name}.summary").build(chosen) for name in names]
    grids = [block for page in pages for block in page.blocks if isinstance(block, Tiles)]
    tiles = {tile.id: tile for grid in grids for tile in grid.tiles}
    known = [one for one in readings if one.value.value is not None]
    assert {one.metric.id for one in known} <= tiles.keys()
    assert {one.value.reason for one in readings if one.value.value is None} == {NO_SOURCE}
    for reading in known:
        tile, answer = tiles[reading.metric.id], answers[reading.metric.id]
        assert answer["value"] == pytest.approx(float(reading.value.value), rel=1e-15)
        shown = f"{tile.value}\u202f{tile.unit}" if tile.unit else tile.value
        assert shown == words.value(reading)
        assert plainly(shown) in told
        assert answer["verdict"] == tile.verdict


def test_the_cover_has_actual_target_verdict_variance_and_the_past(context: Make) -> None:
    chosen = context()
    made = pack(chosen, "final")
    uptime = made.kpis[0]
    assert [plainly(getattr(uptime, name)) for name in ("actual", "target", "variance", "previous", "prior_year")] == [
        "99.97 %", "≥ 99.99 %", "−0.02 pp", "99.9992 %", "99.9993 %",
    ]  # fmt: skip
    assert (uptime.verdict, plainly(uptime.comment)) == ("missed", "Wallet 7.5 minutes over budget")
    assert (made.demo, made.state, plainly(made.as_of)) == (True, "final", "9 Nov 2026, 07:00 CET")
    assert [one.id for one in made.definitions] == [metric.id for metric in METRICS]


def test_the_year_to_date_is_the_sum_of_its_days(context: Make) -> None:
    chosen = context()
    span = Period(date(2026, 1, 1), date(2026, 11, 1))
    found = chosen.reader.values([metric_named("availability")], "group", [span])["availability", span]
    known = 3 * 304 * 86_400  # the hour lost in March came back in October
    down = 9 * 60 + 42 * 60  # a minute of Wallet each month, and October
    assert found.value == Decimal(known - down) / known
    assert pack(chosen, "final").kpis[0].year_to_date == words.value(chosen.reading("availability"), found)


def test_an_open_period_makes_a_flash_pack_and_never_a_final_one(context: Make, tmp_path: Path) -> None:
    chosen = context("2026-11")
    assert state_of(chosen, None) == "flash"
    with pytest.raises(NotReleasable, match=r"November 2026 closes at .* --state flash"):
        write(chosen.reader, chosen.period, tmp_path, "final")
    path = write(chosen.reader, chosen.period, tmp_path)
    assert path.name == "plumbline-2026-11-flash.pdf"
    assert "FLASH" in pdf_text(path.read_bytes()).upper()
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_the_same_data_make_the_same_bytes(context: Make, tmp_path: Path) -> None:
    one, other = (write(context().reader, context().period, tmp_path / name) for name in ("a", "b"))
    assert one.read_bytes() == other.read_bytes()


def test_a_blank_figure_stops_the_pack(context: Make) -> None:
    made = pack(context(), "final")
    check(made)
    periods = (context().period,)
    blank = Bars("empty", "Empty", "", "%", periods, (Series("nothing", (None,)),), "nothing is known")
    bad = replace(made, pages=(PackPage("Bad", (Section("bad", "Bad", (blank,)),)),))
    with pytest.raises(NotReleasable, match="bars empty has nothing to show and no reason"):
        check(bad)


def test_a_pack_of_another_scope_says_so_in_its_name(context: Make, tmp_path: Path) -> None:
    chosen = context()
    made = write(chosen.reader, chosen.period, tmp_path, scope="wallet")
    assert made.name == "plumbline-wallet-2026-10-unreleased.pdf"
    with pytest.raises(NotReleasable, match="There is no scope 'nobody'"):
        context_for(chosen.reader, chosen.period, "nobody")
