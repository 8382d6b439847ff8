"""A waterfall leads from one amount to another, alike on screen and on paper."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from app.content.bad_block import BadBlock
from app.content.takeaway import sheet
from app.content.waterfall import End, Part, Waterfall
from app.render import waterfall, waterfall_pdf, waterfall_web
from app.render.theme import LIGHT
from tests.app.sample_content import BRIDGE

FROM_ZERO = replace(BRIDGE, first=End("Start", 0.0, "€0"), parts=(Part("All", 600.0, "+€600\u202fk"),))


def test_each_bar_starts_where_the_one_before_ended() -> None:
    bars = waterfall.layout(BRIDGE).bars
    assert [one.name for one in bars] == ["Budget <2026>", "Price", "Volume", "New lines", "Actuals"]
    for before, one in pairwise(bars[:-1]):
        assert min(abs(before.reached - one.left), abs(before.reached - one.right)) < 1e-9
    assert bars[-1].reached == pytest.approx(bars[-2].reached)
    assert [one.colour for one in bars[1:4]] == [LIGHT.missed, LIGHT.met, LIGHT.missed]


def test_an_axis_without_zero_says_so_and_one_with_zero_starts_there() -> None:
    assert waterfall.notes(BRIDGE) == ("The axis does not start at zero, so the first and last bar are cut.",)
    laid = waterfall.layout(FROM_ZERO)
    assert (laid.from_zero, laid.bars[-1].left, waterfall.notes(FROM_ZERO)) == (True, 0.0, ())


def test_parts_that_do_not_lead_to_the_end_are_refused() -> None:
    with pytest.raises(BadBlock, match="do not lead from"):
        replace(BRIDGE, last=End("Actuals", 601.0, "€601\u202fk"))
    with pytest.raises(BadBlock, match="no alternative text"):
        replace(BRIDGE, alt=" ")


def test_screen_and_paper_have_every_bar_and_no_text_becomes_markup() -> None:
    made = waterfall_web.specification(BRIDGE)
    assert len([one for one in made["layout"]["shapes"] if one["type"] == "rect"]) == 5
    assert "<2026>" not in str(made)
    drawn = waterfall_pdf.draw(BRIDGE, 174)
    assert drawn.count('stroke-width="7"') == 5
    assert "<2026>" not in drawn


@pytest.mark.parametrize("block", [BRIDGE, FROM_ZERO], ids=["cut", "from zero"])
def test_the_words_of_the_longest_bar_fit_beside_it_on_a_phone(block: Waterfall) -> None:
    room = (1 - max(one.right for one in waterfall.layout(block).bars)) * 350  # pixels of a figure on a phone
    assert room > 60  # "+€404 k" with its distance from the bar


def test_below_zero_everything_has_its_place() -> None:
    owed = Waterfall(
        "x",
        "t",
        "s",
        "€",
        End("a", -5.0, "−€5"),
        (Part("b", 15.0, "+€15", "favourable"),),
        End("c", 10.0, "€10"),
        "alt",
    )
    bars = waterfall.layout(owed).bars
    assert all(0 <= one.left <= one.right <= 1 for one in bars)
    assert bars[0].right == pytest.approx(bars[2].left)


def test_it_is_taken_away_step_by_step() -> None:
    rows = sheet(BRIDGE).rows
    assert rows[0][:2] == ("Budget <2026>", 540.0)
    assert rows[2] == ("Volume", -30.0, "−€30\u202fk", "favourable")
