"""What waits for a second person: shown with who proposed it and why, and decided where the reader may."""

from __future__ import annotations

import streamlit as st

from app import load
from app.content import format as text
from app.content.blocks import Notice
from app.content.proposed import CALLED, waiting_table
from app.render import html, web
from app.screens.base import Opened
from data.access import NotPermitted, Permission
from data.settings import ConfigurationError
from data.warehouse.approvals import approve, decline
from data.warehouse.engine import WarehouseError
from data.warehouse.proposals import Kind, Proposal, same_person


def needs_another(number: int) -> str:
    """Who can let a proposal take effect, in a sentence."""
    if load.settings().sign_in is None:
        return (
            "It waits for another person: without sign-in that is another system user of this machine, with "
            f"`python -m app proposals approve {number}`."
        )
    return f"It waits for another person who may approve it (proposal {number})."


def waiting(at: Opened, title: str, *kinds: Kind, always: bool = False) -> None:
    """The proposals of some kinds that wait; nothing where there are none, unless a sentence is always wanted."""
    if said := st.session_state.pop(f"decided-{title}", None):
        web.draw(Notice("info", said))
    found = [one for one in load.proposals(at.actor) if one.kind in kinds]
    if not found and not always:
        return
    st.html(html.heading(title, "Each takes effect once another person has approved it.", "waiting"))
    zone = load.settings().zone
    web.draw(waiting_table(f"waiting-{kinds[0]}", found, at.actor, zone))
    mine = [one for one in found if may_decide(at, one)]
    if mine:
        _decide(title, mine)
    elif found and load.settings().sign_in is None:
        st.html(f'<p class="pl-note">{needs_another(found[0].id)}</p>')


def may_decide(at: Opened, one: Proposal) -> bool:
    """Whether to offer a decision; the functions that decide check it again."""
    needed = Permission.RELEASE if one.kind is Kind.PACK else Permission.APPROVE
    return same_person(at.actor, one) or at.actor.may(needed, at.actor.entities)


def _decide(title: str, found: list[Proposal]) -> None:
    names = {one.id: f"{one.id} · {CALLED[one.kind]}: {one.object}" for one in found}
    with st.form(f"decide-{title}", border=True):
        chosen = st.selectbox("Proposal", list(names), format_func=names.__getitem__)
        said = st.text_input("What you say to it", max_chars=200, placeholder="For the log; needed to decline")
        with st.container(horizontal=True):
            yes = st.form_submit_button("Approve", type="primary")
            no = st.form_submit_button("Decline")
    if yes or no:
        _done(title, chosen, said, yes=yes)


def _done(title: str, number: int, said: str, *, yes: bool) -> None:
    settings, actor = load.settings(), load.actor()
    engine = load.engine(settings.warehouse.url)
    try:
        found = (approve if yes else decline)(engine, settings, actor, number, said)
    except (NotPermitted, ConfigurationError, WarehouseError) as error:
        web.draw(Notice("error", f"{error}"))
        return
    st.session_state[f"decided-{title}"] = text.joined(f"{found.object} is {'approved' if yes else 'declined'}", said)
    _forget()
    st.rerun()


def _forget() -> None:
    """What forms had looked at is looked at anew."""
    for key in ("target-looked", "correct-looked"):
        st.session_state.pop(key, None)
