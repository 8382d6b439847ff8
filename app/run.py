"""One run: who reads, which page, and one sentence where it cannot be shown."""

from __future__ import annotations

import time

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from app import load
from app.content.blocks import Notice
from app.render import web
from app.screens import SCREENS
from app.screens.arrival import enter
from data.access import NotPermitted
from data.clock import fix_clock
from data.settings import ConfigurationError
from data.sign_in import SignedOut
from data.warehouse.engine import WarehouseError

GONE = '<i class="pl-gone"></i>'
"""Takes the place of another page at once; an empty element would leave it standing until the run is over."""
_A_FRAME = 0.1
"""Seconds in which a browser shows the other page gone, and so the next one from its top."""


def run() -> None:
    """One run of the script: one reader, one page."""
    st.set_page_config(page_title="Plumbline", layout="wide", initial_sidebar_state="collapsed")
    try:
        fix_clock(load.settings().clock)
        load.actor()
    except SignedOut as refused:
        _outside(f"{refused}")
        return
    except (ConfigurationError, WarehouseError) as error:
        _said(error)
        return
    # made anew in each run: page objects kept between runs are shared by all sessions and mix them up
    pages = [st.Page(one.draw, title=one.title, url_path=one.path or None, default=not one.path) for one in SCREENS]
    chosen = st.navigation(pages, position="top")
    try:
        _draw(chosen)
    except SignedOut:
        st.rerun()
    except (ConfigurationError, WarehouseError, NotPermitted) as error:
        _said(error)


def _draw(chosen: StreamlitPage) -> None:
    """The page that was chosen; one that holds edits in a place of its own, which begins where no other stands."""
    screen = next(one for one in SCREENS if one.path == chosen.url_path)
    before = enter(screen.path)
    if not screen.holds_edits:
        chosen.run()
        return
    places = {one.path: st.container() if one is screen else st.html(GONE) for one in SCREENS if one.holds_edits}
    if before != screen.path and before in places:
        time.sleep(_A_FRAME)
    with places[screen.path]:
        screen.draw()


def _said(error: Exception) -> None:
    web.style()
    web.draw(Notice("error", f"{error}"))


def _outside(why: str) -> None:
    """What somebody sees who is not signed in: why, and the way in where there is one."""
    web.style()
    st.html('<h1 class="pl-alt">Plumbline</h1>')
    web.draw(Notice("missing", why))
    if load.settings().sign_in is not None:
        st.button("Sign in", type="primary", on_click=st.login, key="sign-in")
