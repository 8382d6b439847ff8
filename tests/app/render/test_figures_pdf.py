"""Where values lie in a figure on paper."""

from __future__ import annotations

import re

import pytest

from app.content.blocks import Bars, Series, Target, Trend
from app.render import figures_pdf
from app.render.theme import LIGHT
from tests.app.sample_content import MONTHS

Points = list[tuple[float, float]]
FOUR = MONTHS[:4]


def drawn(svg: str, colour: str) -> list[Points]:
    """The lines and boxes in a colour, as points from the upper left corner; a line with a gap is two."""
    paths = re.findall(rf'<path d="([^"]*)"[^>]*(?:fill|stroke)="{colour}"', svg)
    runs = [run for path in paths for run in path.split("M")[1:]]
    return [[(float(x), float(y)) for x, y in re.findall(r"([\d.]+) ([\d.]+)", run)] for run in runs]


def lying(svg: str, words: str) -> float:
    """Where words that are centred stand."""
    found = re.search(rf'<text x="([\d.]+)"[^>]*text-anchor="middle"[^>]*>{words}</text>', svg)
    assert found
    return float(found[1])


def test_a_value_lies_on_the_line_of_its_tick_above_the_name_of_its_period() -> None:
    block = Trend("t", "Title", "", "h", FOUR, (Series("a", (0.0, 20.0, None, 5.0)),), "words", from_zero=True)
    svg = figures_pdf.draw(block, 100, 52)
    at = {value: path[0][1] for value, path in zip((0, 5, 10, 15, 20, 25), drawn(svg, LIGHT.grid), strict=False)}
    line, alone = drawn(svg, LIGHT.accent)
    assert line == [(lying(svg, "Nov"), at[0]), (lying(svg, "Dec"), at[20])]
    assert alone == [(lying(svg, "Feb"), at[5])]


def test_columns_are_as_high_as_their_values_and_stand_on_each_other() -> None:
    both = (Series("a", (10.0, 20.0, None, 30.0)), Series("b", (30.0, 10.0, None, 30.0)))
    svg = figures_pdf.draw(Bars("b", "Title", "", "€", FOUR, both, "words"), 100, 52)
    lower, upper = (drawn(svg, hue) for hue in LIGHT.hues[:2])
    ground = lower[0][0][1]
    ten = ground - lower[0][2][1]
    heights = [[(path[0][1] - path[2][1]) / ten for path in paths] for paths in (lower, upper)]
    assert heights == [pytest.approx([1, 2, 0, 3], abs=1e-4), pytest.approx([3, 1, 0, 3], abs=1e-4)]
    assert [path[0][1] for path in upper] == pytest.approx([path[2][1] for path in lower])


def test_a_target_is_a_line_at_its_value_from_end_to_end() -> None:
    line = Series("a", (1.0, 2.0, 3.0, 4.0))
    block = Trend("t", "Title", "", "h", FOUR, (line,), "words", Target("goal", low=2.0), from_zero=True)
    svg = figures_pdf.draw(block, 100, 52)
    (goal,) = (path for path in drawn(svg, LIGHT.muted) if len(path) == 2)
    assert goal == drawn(svg, LIGHT.grid)[2]
