"""Somebody saved a business case while another person moved it: both values of what meets, and the choice."""

from __future__ import annotations

import streamlit as st

from app import load
from app.content import case_moved
from app.content.blocks import Notice
from app.render import html, web
from app.screens import roi_desk
from app.screens.roi_desk import Desk
from data.access import NotPermitted
from data.finance.case import BadCase
from data.finance.case_moves import Clash, Place, clashes, merged, moves
from data.warehouse import case_drafts
from data.warehouse.cases import Kept
from data.warehouse.engine import WarehouseError

_MINE, _THEIRS = "Mine", "Theirs"


def meanwhile(made: Desk, theirs: Kept) -> None:
    """What happened, and the ways on: put the two together, or let go of one's own."""
    web.draw(Notice("late", *_told(made, theirs)))
    found = clashes(made.base, made.edited, theirs.case) if made.keeps else ()
    picked = {one.place: _pick(made, one, at, theirs) for at, one in enumerate(found)}
    with st.container(horizontal=True, key="case-meanwhile", gap="small"):
        if made.keeps:
            waits = any(one is None for one in picked.values())
            if st.button("Put the two together", type="primary", disabled=waits, key="case-settle"):
                _settle(made, theirs, {place for place, one in picked.items() if one == _THEIRS})
        st.button("Let go of mine and look at theirs", key="case-theirs", on_click=roi_desk.let_go)


def _told(made: Desk, theirs: Kept) -> tuple[str, str]:
    who = f"{theirs.edited_by} changed this version meanwhile (it is {theirs.status.value} now)"
    mine, other = (case_moved.moved(moves(made.base, one)) for one in (made.edited, theirs.case))
    stays = "is kept for you" if made.keeps else "is still here"
    return f"{who}: {other}. What you moved ({mine}) {stays}, and nothing of it is saved.", (
        "Put both together or rename yours" if made.keeps else "Look at theirs"
    )


def _pick(made: Desk, one: Clash, at: int, theirs: Kept) -> str | None:
    """One's own value or theirs, of a piece that both changed."""
    base, mine, other = case_moved.of_clash(one, made.edited, theirs.case)
    labels = {_MINE: html.escape(f"Mine: {mine}"), _THEIRS: html.escape(f"Theirs: {other}")}
    named = case_moved.named(one.place, made.edited, theirs.case)
    label = html.escape(f"{named} (it was {base})")
    key = f"{made.fields}-pick-{at}"
    shown = [_MINE, _THEIRS]
    return st.radio(label, shown, index=None, horizontal=True, format_func=labels.__getitem__, key=key)


def _settle(made: Desk, theirs: Kept, hold: set[Place]) -> None:
    """Both together become what is unsaved, made on what is stored now; it is saved when the person saves it."""
    try:
        case = merged(made.base, made.edited, theirs.case, hold)
        case_drafts.rebase(roi_desk.place_engine(), load.actor(), made.place, theirs.case, case)
    except (BadCase, NotPermitted, WarehouseError) as error:
        web.draw(Notice("error", f"Together they cannot be: {error}"))
        return
    roi_desk.clear()
    left = case_moved.moved(moves(theirs.case, case))
    st.session_state["case-said"] = f"Both are together now: {left} of yours unsaved on what {theirs.edited_by} saved."
    st.rerun()
