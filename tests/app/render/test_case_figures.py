"""Cash flows and tornados: where they stand, on screen and on paper."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from app.content.bad_block import BadBlock
from app.content.takeaway import sheet
from app.render import flows, flows_pdf, flows_web, tornado, tornado_pdf, tornado_web
from tests.app.sample_content import CASH, SWINGS


def test_the_scale_of_a_cash_flow_holds_zero_and_every_amount() -> None:
    scale = flows.scale(CASH)
    assert (scale.low, scale.high) == (-500.0, 1000.0)
    assert 0.0 in scale.ticks
    assert flows.labels(CASH)[0].words == "Sum so far €670\u202fk"


def test_bars_stand_over_their_stage_and_the_line_over_both() -> None:
    made = flows_web.specification(CASH)
    came, went, so_far = made["data"]
    assert (came["y"], went["y"]) == ([0.0, 250.0, 500.0, 500.0], [-400.0, -90.0, -90.0, 0.0])
    assert so_far["y"] == [-400.0, -240.0, 170.0, 670.0]
    assert made["layout"]["xaxis"]["ticktext"] == ["Start", "Year 1", "Year 2", "Year 3"]


def test_many_stages_are_named_thinly() -> None:
    count = 16
    long = replace(
        CASH,
        stages=tuple(f"Year {place}" for place in range(count)),
        came=replace(CASH.came, values=(1.0,) * count, texts=("1",) * count),
        went=replace(CASH.went, values=(-1.0,) * count, texts=("1",) * count),
        so_far=replace(CASH.so_far, values=(0.0,) * count, texts=("0",) * count),
    )
    assert len(flows_web.specification(long)["layout"]["xaxis"]["tickvals"]) == 8
    assert flows_pdf.draw(long, 174, 52).count(">Year ") == 8


def test_paper_shows_the_bars_that_are_not_nothing() -> None:
    drawn = flows_pdf.draw(CASH, 174, 52)
    assert len(re.findall(r'<path d="M [^"]*Z"', drawn)) == 6
    assert "Sum so far €670\u202fk" in drawn


def test_a_swing_lies_between_its_ends_and_names_the_value_at_each() -> None:
    laid = tornado.layout(SWINGS)
    first, second, third = laid.bars
    assert (first.left_words, first.right_words) == ("€2,600", "€7,700")
    assert (second.left_words, second.right_words) == ("€540\u202fk", "€390\u202fk")  # dearer is worse
    assert first.left < second.left < laid.base < second.right < first.right
    assert third.left > laid.base
    assert first.left > 0
    assert first.right < 1


def test_what_lies_on_one_side_of_the_base_has_one_side() -> None:
    shapes = [one for one in tornado_web.specification(SWINGS)["layout"]["shapes"] if one["type"] == "rect"]
    assert len(shapes) == 5
    assert tornado_pdf.draw(SWINGS, 174).count('stroke-width="7"') == 5


def test_names_are_text_not_markup() -> None:
    said = str(tornado_web.specification(SWINGS))
    assert "<hour>" not in said
    assert "&lt;hour&gt;" in said
    assert "<hour>" not in tornado_pdf.draw(SWINGS, 174)


def test_a_tornado_whose_largest_swing_is_not_on_top_is_refused() -> None:
    with pytest.raises(BadBlock, match="largest swing"):
        replace(SWINGS, swings=SWINGS.swings[::-1])


def test_stages_without_a_value_are_refused() -> None:
    with pytest.raises(BadBlock, match="Benefits has not one value"):
        replace(CASH, came=replace(CASH.came, values=(1.0,)))


@pytest.mark.parametrize("block", [CASH, SWINGS], ids=["flows", "tornado"])
def test_figures_need_words_for_who_cannot_see_them(block: object) -> None:
    with pytest.raises(BadBlock, match="no alternative text"):
        replace(block, alt=" ")  # type: ignore[type-var]


def test_what_is_taken_away_are_the_amounts() -> None:
    made = sheet(CASH)
    assert made.heads == ("Stage", "Benefits (€ k)", "Costs (€ k)", "Sum so far (€ k)")
    assert made.rows[1] == ("Year 1", 250.0, -90.0, -240.0)
    assert sheet(SWINGS).rows[0] == ("Cost of an <hour> down", "€2,600", "€7,700", 210.0, 1240.0)
