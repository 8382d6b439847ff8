"""streamlit run app/main.py: the pages, one navigation, and one sentence where a page cannot be shown."""

from __future__ import annotations

import sys
from pathlib import Path

# Streamlit puts the folder of this file on the path, not the project's
if (_ROOT := str(Path(__file__).resolve().parent.parent)) not in sys.path:
    sys.path.insert(0, _ROOT)

import streamlit as st

from app import load
from app.content.blocks import Notice
from app.render import web
from app.screens import SCREENS
from data.clock import fix_clock
from data.settings import ConfigurationError
from data.warehouse.engine import WarehouseError


def main() -> None:
    """One run of the script: one reader, one page."""
    st.set_page_config(page_title="Plumbline", layout="wide", initial_sidebar_state="collapsed")
    # made anew in each run: page objects kept between runs are shared by all sessions and mix them up
    pages = [st.Page(one.draw, title=one.title, url_path=one.path or None, default=not one.path) for one in SCREENS]
    chosen = st.navigation(pages, position="top")
    try:
        fix_clock(load.settings().clock)
        chosen.run()
    except (ConfigurationError, WarehouseError) as error:
        web.style()
        web.draw(Notice("error", f"{error}"))


main()
