"""A business case taken away as CASE.toml, and one brought back: what changes is shown before it is taken."""

from __future__ import annotations

import streamlit as st

from app.content import case_moved
from app.content import format as text
from app.content.blocks import Column, Notice, Table
from app.content.sections.base import row
from app.render import web
from app.screens.roi_desk import TEMPLATE, Desk, pressed
from data.finance.case import BadCase, Case
from data.finance.case_file import BadFile
from data.finance.case_moves import merged, moves
from data.finance.case_toml import brought, toml

_SHOWN = 100


def files(made: Desk, case: Case) -> None:
    """The case as it stands on the page as a file, and a file in its place."""
    named = f"{made.kept.id}-v{made.kept.version}" if made.kept else made.key.removeprefix(TEMPLATE)
    st.download_button(
        "Take it away as CASE.toml", lambda: toml(case), f"{named}.toml", "application/toml", key="case-export",
        on_click="ignore",
    )  # fmt: skip
    key = f"{made.fields}-file"
    file = st.file_uploader("Bring a CASE.toml back", type="toml", key=key, max_upload_size=2)
    if file is not None:
        _bring(case, file.getvalue(), file.name)


def _bring(case: Case, content: bytes, name: str) -> None:
    try:
        found = brought(content.decode("utf-8"), name, case)
    except UnicodeDecodeError:
        web.draw(Notice("error", f"Nothing is taken: {name} is not UTF-8 text."))
    except BadFile as error:
        web.draw(Notice("error", f"Nothing is taken: {text.plural(len(error.faults), 'thing')} cannot be read."))
        rows = tuple(row(one) for one in error.faults[:_SHOWN])
        web.draw(Table("case-faults", "", (Column("What is wrong"),), rows, total_rows=len(error.faults)))
    except BadCase as error:
        web.draw(Notice("error", f"Nothing is taken: {error}"))
    else:
        _preview(case, found)


def _preview(case: Case, found: Case) -> None:
    changes = moves(case, found)
    web.draw(case_moved.table("case-brought", changes, case, found))
    if changes:
        label = f"Take {text.plural(len(changes), 'change')}"
        st.button(label, type="primary", key="case-take-file", on_click=pressed, args=(_taken, case, found))
        st.caption("They are unsaved then, and kept for you until you save them.")


def _taken(case: Case, before: Case, found: Case) -> Case:
    """All that the file changes in the case that was shown beside it, or nothing. BadCase."""
    return merged(before, found, case)
