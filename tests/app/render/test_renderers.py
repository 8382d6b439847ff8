"""Every kind of block can be drawn on screen and on paper."""

from __future__ import annotations

from typing import get_args

import pytest
from streamlit.testing.v1 import AppTest

from app.content import blocks
from app.content.timeline import Timeline
from app.render import pdf, web
from tests.app.sample_content import BLOCKS, PAGE

KINDS = get_args(blocks.Block)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("draw", [web.draw, pdf.draw], ids=["screen", "paper"])
def test_every_block_has_a_renderer(draw: object, kind: type) -> None:
    assert kind in draw.registry  # type: ignore[attr-defined]


def test_the_sample_holds_every_kind_of_block() -> None:
    assert {type(block) for block in BLOCKS} == set(KINDS)


@pytest.mark.parametrize("draw", [lambda: web.draw("text"), lambda: pdf.draw("text", 100.0)], ids=["screen", "paper"])  # type: ignore[arg-type]
def test_what_is_no_block_is_refused(draw: object) -> None:
    with pytest.raises(TypeError, match=r"No drawing on (screen|paper) for str"):
        draw()  # type: ignore[operator]


def _page() -> None:
    from app.render import web
    from tests.app.sample_content import PAGE

    web.style()
    web.sections(PAGE)


def test_a_page_of_every_block_opens_without_an_exception() -> None:
    page = AppTest.from_function(_page).run(timeout=20)
    assert list(page.exception) == []
    figures = [block for section in PAGE for block in blocks.walk(section.blocks)]
    drawn = sum(isinstance(block, get_args(blocks.Figure)) and not isinstance(block, Timeline) for block in figures)
    assert len(page.get("plotly_chart")) == drawn == 12
