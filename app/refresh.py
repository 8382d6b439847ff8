"""Pages that draw themselves anew when the warehouse or the settings move on."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from app import load
from app.load import State
from data.settings import ConfigurationError
from data.sign_in import SignedOut
from data.warehouse.engine import WarehouseError

LOOK_EVERY = timedelta(seconds=10)


@st.fragment(run_every=LOOK_EVERY)
def when_data_move(shown: State | None) -> None:
    """Look now and then: is the reader signed in, is there a newer state? What cannot be read now leaves the page."""
    try:
        load.actor()
        newest = load.state()
    except SignedOut:
        st.rerun()
    except (ConfigurationError, WarehouseError):
        return
    if newest != shown:
        st.rerun()
