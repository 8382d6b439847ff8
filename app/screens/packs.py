"""Final packs on a page: prepared by one person, released by another, taken away as files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from app import load
from app.content import format as text
from app.content.blocks import Notice
from app.releasing import Asked, prepare, release
from app.render import html, web
from app.screens.base import Opened
from app.screens.waiting import waiting
from data.access import NotPermitted, Permission
from data.settings import ConfigurationError
from data.warehouse.engine import WarehouseError
from data.warehouse.proposals import Kind, same_person


def packs(at: Opened) -> None:
    """What waits for its release, and the pack of the shown period and scope."""
    if not at.actor.may(Permission.RELEASE, at.actor.entities):
        return
    waiting(at, "Packs that wait for their release", Kind.PACK)
    st.html(html.heading("Board packs", "A final pack is prepared by one person and released by another.", "packs"))
    found = [one for one in load.proposals(at.actor) if one.kind is Kind.PACK and not same_person(at.actor, one)]
    settings = load.settings()
    engine, folder = load.engine(settings.warehouse.url), settings.packs
    columns = st.columns([2, 3, 3])
    asked = Asked(at.choice.period, folder, None, at.choice.scope)
    if columns[0].button(f"Prepare {text.period(at.choice.period)}", key="pack-prepare"):
        _write(lambda: prepare(engine, settings, load.actor(), asked).path)
    if found:
        names = {one.id: f"{one.id} · {one.object}" for one in found}
        chosen = columns[1].selectbox(
            "Pack", list(names), format_func=names.__getitem__, label_visibility="collapsed", key="pack-chosen"
        )
        if columns[2].button("Release", type="primary", key="pack-release"):
            _write(lambda: release(engine, settings, load.actor(), chosen, folder))
    made = st.session_state.get("pack-made")
    if isinstance(made, Path) and made.is_file():
        st.download_button(f"Take away {made.name}", made.read_bytes(), made.name, "application/pdf", key="pack-file")


def _write(make: Callable[[], Path]) -> None:
    try:
        with st.spinner("Making the pack …"):
            st.session_state["pack-made"] = make()
    except (NotPermitted, ConfigurationError, WarehouseError) as error:
        web.draw(Notice("error", f"{error}"))
    except OSError as error:
        web.draw(Notice("error", f"The pack cannot be written: {error.strerror}."))
    else:
        st.rerun()
