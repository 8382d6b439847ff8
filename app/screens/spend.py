"""Spend: billed and used, on whom and on what."""

from __future__ import annotations

from app.screens.base import Screen, page

SECTIONS = (
    "spend.summary",
    "spend.months",
    "spend.split",
    "spend.integration",
    "spend.unclassified",
    "spend.charges",
    "spend.currencies",
    "spend.definitions",
)

SCREEN = Screen("spend", "Spend", page("Spend", SECTIONS))
