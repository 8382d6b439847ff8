"""The Board: how many targets hold, and which one matters most."""

from __future__ import annotations

from app.screens.base import Screen, page

SECTIONS = (
    "board.headline",
    "board.kpis",
    "board.focus",
    "board.reviews",
    "board.restated",
    "board.corrected",
    "board.late",
)

SCREEN = Screen("", "Board", page("Board", SECTIONS))
