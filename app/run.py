"""One run: who reads, which page, and one sentence where it cannot be shown."""

from __future__ import annotations

import streamlit as st

from app import load
from app.content.blocks import Notice
from app.render import web
from app.screens import SCREENS
from data.access import NotPermitted
from data.clock import fix_clock
from data.settings import ConfigurationError
from data.sign_in import SignedOut
from data.warehouse.engine import WarehouseError


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
        chosen.run()
    except SignedOut:
        st.rerun()
    except (ConfigurationError, WarehouseError, NotPermitted) as error:
        _said(error)


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
