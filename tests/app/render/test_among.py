"""Our value among published ones: each in its place, on screen and on paper."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.content.among import Among, Range
from app.content.bad_block import BadBlock
from app.content.blocks import Target
from app.render import among, among_pdf, among_web
from app.render.theme import LIGHT, colours, figure_rules
from tests.app.sample_content import LEAD_TIME_AMONG

UPTIME = Among(
    id="among-uptime",
    title="Uptime at 99.95 %",
    subtitle="Uptime",
    unit="%",
    name="Example Group",
    value=99.95,
    text="99.95\u202f%",
    ranges=(
        Range("Exchange", "99.97–99.99\u202f%", 99.97, 99.99, (99.97, 99.98, 99.99)),
        Range("Bank", "99.22\u202f%", 99.22, 99.22),
    ),
    target=Target("target ≥\u00a099.99\u202f%", low=99.99),
    alt="Uptime of Example Group.",
)


def places(block: Among) -> dict[str, tuple[float | None, float | None]]:
    return {line.name: (line.start, line.end) for line in among.layout(block).lines}


def test_values_lie_in_the_order_of_their_size_between_the_ends() -> None:
    laid = among.layout(UPTIME)
    ours, exchange, bank = laid.lines
    assert bank.start == bank.end == pytest.approx(0.03)
    assert exchange.end == pytest.approx(0.97) == laid.aims[0]
    assert 0.03 < (ours.start or 0) < (exchange.start or 0) < 0.97
    assert ours.dots == (ours.start,)
    assert len(exchange.dots) == 3
    assert bank.dots == (bank.start,)
    assert (ours.ours, exchange.ours) == (True, False)
    assert [words for _, words in laid.ticks] == ["99.4", "99.6", "99.8"]


def test_a_wide_scale_is_told_in_days_and_weeks_and_an_open_side_reaches_its_end() -> None:
    laid = among.layout(LEAD_TIME_AMONG)
    assert [words for _, words in laid.ticks] == ["1 d", "1 week"]
    found = places(LEAD_TIME_AMONG)
    assert found["DORA 2024 elite"][0] == 0
    assert found["DORA 2024 elite"][1] == found["DORA 2024 high"][0]
    assert "The scale is logarithmic." in among.notes(LEAD_TIME_AMONG)
    open_end = replace(LEAD_TIME_AMONG, ranges=(Range("slow", "≥ 7 d", 168.0, None),))
    assert places(open_end)["slow"][1] == 1


def test_a_rate_is_told_a_week_and_a_day() -> None:
    rates = replace(LEAD_TIME_AMONG, unit="/ day", value=0.5, interval=None, target=None,
                    ranges=(Range("high", "", 1 / 7, 1.0), Range("elite", "", 1.0, None)))  # fmt: skip
    assert [words for _, words in among.layout(rates).ticks] == ["1 / week", "1 / day"]


def test_without_a_value_of_ours_the_published_ones_stand_alone() -> None:
    alone = replace(UPTIME, value=None, text="n/a")
    ours = among.layout(alone).lines[0]
    assert (ours.start, ours.end, ours.dots, ours.text) == (None, None, (), "n/a")
    assert len(among_web.draw(alone).data) == 4
    assert "Exchange" in among_pdf.draw(alone, 80)


sizes = st.floats(1e-6, 1e9, allow_subnormal=False)


@given(value=sizes, edges=st.lists(st.tuples(sizes, sizes), min_size=1, max_size=6), wide=st.booleans())
def test_nothing_lies_outside_and_order_is_kept(value: float, edges: list[tuple[float, float]], wide: bool) -> None:
    ranges = tuple(Range(str(at), "", min(pair), max(pair)) for at, pair in enumerate(edges))
    block = replace(UPTIME, value=value, ranges=ranges, target=None, wide=wide, unit="h")
    laid = among.layout(block)
    for line in laid.lines:
        assert line.start is not None
        assert line.end is not None
        assert 0 <= line.start <= line.end <= 1
    lows = sorted((one.low or 0, among.layout(block).lines[at + 1].start or 0) for at, one in enumerate(ranges))
    assert all(first[1] <= second[1] + 1e-9 for first, second in pairwise(lows))
    assert all(0 <= at <= 1 for at, _ in laid.ticks)
    assert len(laid.ticks) <= 10


def test_every_colour_follows_the_colour_scheme_and_names_from_outside_are_text() -> None:
    drawn = among_web.draw(LEAD_TIME_AMONG)
    used = set(re.findall(r"#[0-9A-Fa-f]{6}", drawn.update_layout(template=None).to_json()))
    assert used <= set(colours(LIGHT).values())
    assert all(f"rgb({int(one[1:3], 16)}, " in figure_rules() for one in used)
    said = [note.text for note in drawn.layout.annotations]
    assert "Teams &lt;b&gt;bold&lt;/b&gt;" in said
    assert "<b>Example Group, October 2026</b>" in said
    assert "<b>2.1\u202fd</b>" in said


def test_the_target_is_a_dashed_line_whose_words_stay_inside() -> None:
    layout = among_web.draw(UPTIME).layout
    aims = [shape for shape in layout.shapes if shape.line.dash]
    assert [(line.type, line.line.dash, line.x0) for line in aims] == [("line", "4px,3px", pytest.approx(0.97))] * 3
    heights = [note.y for note in layout.annotations if note.xref == "paper"]
    assert all(not line.y0 <= height <= line.y1 for line in aims for height in heights)
    words = next(note for note in layout.annotations if note.text == UPTIME.target.label)  # type: ignore[union-attr]
    assert (words.xanchor, words.yanchor) == ("right", "bottom")
    band = replace(UPTIME, target=Target("target", low=99.5, high=99.9))
    shapes = among_web.draw(band).layout.shapes
    assert shapes[0].type == "rect"
    assert sum(bool(shape.line.dash) for shape in shapes) == 6


def test_paper_says_the_same_words_and_is_the_same_each_time() -> None:
    drawn = among_pdf.draw(LEAD_TIME_AMONG, 84)
    for words in ("Example Group, October 2026", "DORA 2024 high", "Pull requests 2026 · W", "1 week"):
        assert f">{words}<" in drawn
    assert drawn == among_pdf.draw(LEAD_TIME_AMONG, 84)


def test_the_figure_is_as_high_as_its_lines_need() -> None:
    assert among_web.draw(UPTIME).layout.height < among_web.draw(LEAD_TIME_AMONG).layout.height


@pytest.mark.parametrize("wrong", [{"alt": " "}, {"ranges": ()}], ids=["no words", "no ranges"])
def test_a_figure_without_words_or_company_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadBlock, match="among-uptime"):
        replace(UPTIME, **wrong)
