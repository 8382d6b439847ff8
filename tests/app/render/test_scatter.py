"""Dots at their days: where they stand, which are in front, and the lines that sum them up."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from app.content.bad_block import BadBlock
from app.content.scatter import Dot
from app.render import scatter, scatter_pdf, scatter_web
from app.render.theme import LIGHT, colours
from tests.app.sample_content import FEATURES


def test_a_dot_stands_at_its_day_within_its_period() -> None:
    placed = scatter.placed(FEATURES)
    # October is the twelfth of the periods: its fifth day lies four days into it
    assert [at for at, _ in placed] == pytest.approx(
        [3 + 10 / 28 - 0.5, 11 + 4 / 31 - 0.5, 11 + 18 / 31 - 0.5, 11 + 27 / 31 - 0.5]
    )
    assert [one.role for _, one in placed] == ["context", "subject", "subject", "subject"]


def test_on_screen_the_background_comes_first_and_words_are_text() -> None:
    made = scatter_web.draw(FEATURES)
    behind, front = made.data
    assert (tuple(behind.y), tuple(front.y)) == ((31.5,), (7.25, 12.0, 22.0))
    assert front.text[0] == "wallet &lt;b&gt;104&lt;/b&gt; · 5\xa0Oct\xa02026 · Wallet · 7.3\u202fd"
    levels = [shape.y0 for shape in made.layout.shapes if shape.line.dash is None]
    assert levels == [13.75, 12.0]
    assert [shape.y0 for shape in made.layout.shapes if shape.line.dash] == [14.0]


def test_labels_say_what_each_line_is() -> None:
    scale = scatter.scale(FEATURES)
    assert [one.words for one in scatter.labels(FEATURES, scale)] == [
        "median 12\u202fd", "mean 13.8\u202fd", "target <\u00a014\u202fd",
    ]  # fmt: skip
    assert (scale.low, scale.high) == (0, 40)


def test_on_paper_every_dot_is_drawn() -> None:
    svg = scatter_pdf.draw(FEATURES, 100, 52)
    assert len(re.findall(rf'<circle [^>]*fill="{LIGHT.accent}"', svg)) == 3
    assert len(re.findall(rf'<circle [^>]*fill="{LIGHT.context}"', svg)) == 1


def test_every_colour_follows_the_colour_scheme() -> None:
    used = set(re.findall(r"#[0-9A-Fa-f]{6}", scatter_web.draw(FEATURES).update_layout(template=None).to_json()))
    assert used <= set(colours(LIGHT).values())


def test_a_dot_outside_of_all_periods_is_refused() -> None:
    with pytest.raises(BadBlock, match="late happened on 2027-01-01, in none of its periods"):
        replace(FEATURES, dots=(Dot(date(2027, 1, 1), 1.0, "late", ""),))
