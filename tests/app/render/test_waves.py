"""Survey waves: a point and a whisker where values are, on screen and on paper alike."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from app.render import waves, waves_pdf, waves_web
from app.render.theme import LIGHT, colours, figure_rules
from tests.app.render.test_figures_pdf import drawn
from tests.app.sample_content import ASKED, NPS_WAVES


def test_the_scale_holds_every_interval_and_notes_say_what_the_whiskers_are() -> None:
    scale = waves.scale(NPS_WAVES)
    assert scale.low < scale.ticks[0] <= -14, "room under the lowest tick for the counts of answers"
    assert scale.high >= 40
    assert waves.notes(NPS_WAVES, scale) == (
        "Whiskers: 95 % intervals; 96 to 1,240 answers a wave.",
        "Small figures: answers.",
        "Fewer than 30 answers in July 2026.",
    )


def test_each_wave_stands_over_its_period_with_its_whisker_and_answers() -> None:
    made = waves_web.draw(NPS_WAVES)
    (points,) = made.data
    assert (tuple(points.x), tuple(points.y)) == ((2, 5, 11), (31.2, -4.5, 24.0))
    assert tuple(points.error_y.array) == pytest.approx((8.8, 9.7, 0))
    assert tuple(points.error_y.arrayminus) == pytest.approx((9.1, 9.5, 0))
    said = {note.text for note in made.layout.annotations}
    assert {"212", "1,240", "96", "<b>+24</b>", "Financial<br>services,<br>directional"} <= said
    assert points.text[1] == "April 2026: −4 ± 10, 1,240 answers"


def test_counts_that_would_run_into_each_other_are_left_to_the_note() -> None:
    many = tuple(ASKED[5] for _ in range(13))
    assert waves.counts(replace(NPS_WAVES, waves=many)) == ()
    assert len(waves.counts(replace(NPS_WAVES, waves=many[1:]))) == 12


def test_whiskers_on_paper_reach_from_end_to_end_of_their_interval() -> None:
    svg = waves_pdf.draw(NPS_WAVES, 100, 52)
    scale = waves.scale(NPS_WAVES)
    lines = drawn(svg, LIGHT.grid)
    at = {tick: path[0][1] for tick, path in zip(scale.ticks, lines, strict=True)}
    step = (at[scale.ticks[0]] - at[scale.ticks[1]]) / (scale.ticks[1] - scale.ticks[0])
    upright = [path for path in drawn(svg, LIGHT.accent) if len(path) == 2 and path[0][0] == path[1][0]]
    tops = [(at[scale.ticks[0]] - path[1][1]) / step + scale.ticks[0] for path in upright]
    feet = [(at[scale.ticks[0]] - path[0][1]) / step + scale.ticks[0] for path in upright]
    assert feet == pytest.approx([22.1, -14.0], abs=1e-3)
    assert tops == pytest.approx([40.0, 5.2], abs=1e-3)


def test_every_colour_follows_the_colour_scheme() -> None:
    used = set(re.findall(r"#[0-9A-Fa-f]{6}", waves_web.draw(NPS_WAVES).update_layout(template=None).to_json()))
    assert used <= set(colours(LIGHT).values())
    assert all(f"rgb({int(one[1:3], 16)}, " in figure_rules() for one in used)
