"""Audit: the log of what people changed, whether it is whole, and what of it a reader looks for."""

from __future__ import annotations

from datetime import date

import streamlit as st

from app import load
from app.content import audit
from app.content.blocks import Notice
from app.render import html, web
from app.screens.base import Screen, entered
from data.access import NotPermitted

TITLE = "Audit"
_ALL = "Everybody"
_DAY = "YYYY-MM-DD"


def draw() -> None:
    """The page."""
    if (inside := entered(TITLE)) is None:
        return
    try:
        log = load.change_log(inside[1])
    except NotPermitted as error:
        web.draw(Notice("info", f"{error}"))
        return
    summary = "Every change by a person is an entry that carries the hash of the one before; none is ever changed."
    st.html(html.heading("Change log", summary, "log"))
    for block in audit.state(log.checked):
        web.draw(block)
    wanted = _wanted(sorted({one.actor for one in log.rows}))
    web.draw(audit.table(log.rows, wanted, load.settings().zone))
    st.html(
        '<p class="pl-note">Each board pack prints the count and the last hash. '
        "<code>python -m app audit verify --anchor PACK.pdf</code> holds the log against one.</p>"
    )


def _wanted(people: list[str]) -> audit.Wanted:
    columns = st.columns([2, 3, 1.5, 1.5])
    person = columns[0].selectbox("Who", [_ALL, *people], key="audit-who")
    words = columns[1].text_input("Of what", placeholder="Words of the object, the act or the reason", key="audit-what")
    first = columns[2].date_input("From", None, format=_DAY, key="audit-from")
    last = columns[3].date_input("To", None, format=_DAY, key="audit-to")
    return audit.Wanted("" if person == _ALL else str(person), words.strip(), _day(first), _day(last))


def _day(chosen: object) -> date | None:
    return chosen if isinstance(chosen, date) else None


SCREEN = Screen("audit", TITLE, draw)
