"""Lines over numbers: steps are level until they fall, gaps stay open, what is cut off is said."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from app.content.bad_block import BadBlock
from app.content.curve import Curve, Line
from app.render import curve, curve_pdf, curve_web
from app.render.theme import LIGHT, colours
from tests.app.render.test_figures_pdf import drawn
from tests.app.sample_content import BUDGET, RECOVERY


def test_a_step_is_level_until_its_time_and_falls_there() -> None:
    block = replace(RECOVERY, wide=False, uprights=(), lines=(Line("a", ((0, 100), (1, 50), (4, 0)), "steps"),))
    (one,) = curve.layout(block).drawn
    assert one.path == ((0, 100), (0.25, 100), (0.25, 50), (1, 50), (1, 0))


def test_a_gap_stays_open_and_what_lies_below_the_floor_is_cut_and_said() -> None:
    laid = curve.layout(BUDGET)
    wallet = laid.drawn[1]
    assert [y for _, y in wallet.path] == [100, 90, None, -40, -100]
    assert (laid.scale.low, laid.scale.high) == (-100, 100)
    assert laid.cut == ("Wallet",)
    assert "What lies below −100\u202f% is not drawn." in curve.notes(BUDGET)
    assert [label.words for label in laid.labels] == ["Wallet −650", "All −20\u202f%"]


def test_times_on_a_wide_axis_have_names_a_person_would_say() -> None:
    laid = curve.layout(RECOVERY)
    assert [words for _, words in laid.ticks] == ["1 h", "2 h", "6 h", "12 h", "1 d"]
    assert all(0 <= at <= 1 for at, _ in laid.ticks)
    # an end after no time stands at the left end of the axis, which knows no zero
    assert laid.drawn[0].path[0] == (0, 100)
    assert curve.notes(RECOVERY)[-2:] == (
        "Small strokes: still open, known only to have lasted that long.", "The time axis is logarithmic.",
    )  # fmt: skip


def test_on_screen_open_ends_have_strokes_and_the_median_its_line() -> None:
    made = curve_web.draw(RECOVERY)
    strokes = made.data[-1]
    assert strokes.marker.symbol == "line-ns"
    assert len(strokes.x) == 2
    (median,) = [shape for shape in made.layout.shapes if shape.type == "line"]
    assert median.x0 == median.x1 == pytest.approx(curve.layout(RECOVERY).uprights[0][0])
    assert {"median 4\u202fh", "<b>from the start</b>"} <= {
        note.text.replace("<br>", " ") for note in made.layout.annotations
    }


def test_an_ideal_line_is_dashed() -> None:
    dashes = [trace.line.dash for trace in curve_web.draw(BUDGET).data if trace.mode == "lines"]
    assert dashes == ["4px,3px", None, None]


def test_on_paper_the_line_has_its_gap_and_reaches_from_end_to_end() -> None:
    svg = curve_pdf.draw(BUDGET, 100, 52)
    before, after = drawn(svg, LIGHT.accent)
    assert (len(before), len(after)) == (2, 2)
    grid = {round(path[0][1], 3) for path in drawn(svg, LIGHT.grid)}
    assert round(before[0][1], 3) in grid


@pytest.mark.parametrize("block", [RECOVERY, BUDGET], ids=lambda one: one.id)
def test_every_colour_follows_the_colour_scheme(block: Curve) -> None:
    used = set(re.findall(r"#[0-9A-Fa-f]{6}", curve_web.draw(block).update_layout(template=None).to_json()))
    assert used <= set(colours(LIGHT).values())


def test_points_must_rise_along_the_axis_and_words_must_fit_them() -> None:
    with pytest.raises(BadBlock, match="the points of a do not rise"):
        replace(RECOVERY, lines=(Line("a", ((2, 1), (1, 0))),))
    with pytest.raises(BadBlock, match="a has 1 texts for 2 points"):
        replace(RECOVERY, lines=(Line("a", ((1, 1), (2, 0)), texts=("x",)),))
    with pytest.raises(BadBlock, match="no alternative text"):
        replace(RECOVERY, alt=" ")
