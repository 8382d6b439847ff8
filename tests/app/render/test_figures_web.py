"""Figures on screen say what their block says, in colours that the page can repaint."""

from __future__ import annotations

import re

import pytest

from app.render import figures_web
from app.render.figure import Figure
from app.render.theme import LIGHT, colours, figure_rules
from tests.app.sample_content import SERVICES, SHARE, SPEND_BARS, UPTIME_TREND

FIGURES = [UPTIME_TREND, SERVICES, SHARE, SPEND_BARS]


@pytest.mark.parametrize("block", FIGURES, ids=lambda block: block.id)
def test_every_colour_of_a_figure_follows_the_colour_scheme(block: Figure) -> None:
    used = set(re.findall(r"#[0-9A-Fa-f]{6}", figures_web.draw(block).update_layout(template=None).to_json()))
    assert used <= {*colours(LIGHT).values(), *LIGHT.hues}
    assert all(f"rgb({int(one[1:3], 16)}, " in figure_rules() for one in used)


@pytest.mark.parametrize("block", FIGURES, ids=lambda block: block.id)
def test_series_keep_their_values_gaps_and_words(block: Figure) -> None:
    drawn = {trace.name: trace for trace in figures_web.draw(block).data if trace.name}
    assert {name: tuple(trace.y) for name, trace in drawn.items()} == {one.name: one.values for one in block.series}
    assert not any(trace.connectgaps for trace in drawn.values() if trace.type == "scatter")


def test_the_target_is_a_dashed_line_with_its_label_and_the_last_value_is_written() -> None:
    layout = figures_web.draw(UPTIME_TREND).layout
    lines = [shape for shape in layout.shapes if shape.type == "line"]
    assert [(line.y0, line.line.dash) for line in lines] == [(99.99, "4px,3px")]
    words = [note.text for note in layout.annotations]
    assert words == ["UK open<br>banking,<br>median", "<b>99.95\u202f%</b>", "target 99.99 %", "2026", "%"]


def test_names_from_outside_are_text_in_a_figure() -> None:
    assert figures_web.escape("<b>a</b> & b") == "&lt;b&gt;a&lt;/b&gt; &amp; b"
