"""The menu by which figures and tables are taken away: one each, closed, and nothing is made before it is asked for."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from app.content import blocks
from app.content.blocks import Table, walk
from app.content.takeaway import is_takeable
from app.render.take import LABEL
from tests.app.sample_content import PAGE


def _page() -> None:
    import streamlit as st

    from app.content.takeaway import About
    from app.render import web
    from tests.app.content.test_takeaway import ABOUT
    from tests.app.sample_content import PAGE

    def tell(measures: tuple[str, ...]) -> About:
        st.session_state["told"] = measures
        return ABOUT

    web.style()
    web.sections(PAGE, tell)


def _silent() -> None:
    from app.render import web
    from tests.app.sample_content import PAGE

    web.sections(PAGE)


def test_every_figure_and_table_has_one_closed_menu() -> None:
    page = AppTest.from_function(_page).run(timeout=20)
    assert list(page.exception) == []
    shown = [block for section in PAGE for block in walk(section.blocks)]
    wanted = [one for one in shown if isinstance(one, blocks.Figure | Table) and is_takeable(one)]
    menus = [button for button in page.button if button.label == LABEL]
    assert len(menus) == len(wanted) > 9
    # closed menus hold no buttons, and nobody was asked what the numbers mean
    assert not page.get("download_button")
    assert "told" not in page.session_state


def test_an_open_menu_offers_each_kind_of_file_and_closes_again() -> None:
    page = AppTest.from_function(_page).run(timeout=20)
    page.button(key="menu-uptime").click().run()
    assert [one.proto.label for one in page.get("download_button")] == ["CSV", "Excel", "Picture"]
    assert page.session_state["told"] == ()
    page.button(key="menu-services").click().run()
    page.button(key="menu-uptime").click().run()
    assert [one.proto.label for one in page.get("download_button")] == ["CSV", "Excel"]


def test_with_nobody_to_tell_what_the_numbers_are_about_nothing_is_taken() -> None:
    page = AppTest.from_function(_silent).run(timeout=20)
    assert list(page.exception) == []
    assert not page.button
