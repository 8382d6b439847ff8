"""Which page a session sees, and whether it has just come there.

A browser forgets the fields of a page that was left. Where the next page was left too before it was drawn, the server
may still know them; fields made under the same keys would then show what they first began with, not what was typed.
"""

from __future__ import annotations

import streamlit as st

_SHOWN, _ARRIVED = "page-shown", "page-arrived"


def enter(path: str) -> str | None:
    """Note that a page is shown now; the page that was shown before."""
    before: str | None = st.session_state.get(_SHOWN)
    if before != path:
        st.session_state[_SHOWN], st.session_state[_ARRIVED] = path, True
    return before


def arrived() -> bool:
    """Whether the page was entered since this was last asked: its fields are to be made anew."""
    return bool(st.session_state.pop(_ARRIVED, False))
