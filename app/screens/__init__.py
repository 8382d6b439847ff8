"""SCREENS: the pages, in the order of the navigation; the first is the one that opens."""

from __future__ import annotations

from app.screens import (
    approvals,
    audit,
    benchmarks,
    board,
    budget,
    compliance,
    delivery,
    feedback,
    health,
    reliability,
    roi,
    spend,
)
from app.screens.base import Screen

SCREENS: tuple[Screen, ...] = (
    board.SCREEN,
    delivery.SCREEN,
    reliability.SCREEN,
    feedback.SCREEN,
    compliance.SCREEN,
    spend.SCREEN,
    budget.SCREEN,
    roi.SCREEN,
    benchmarks.SCREEN,
    approvals.SCREEN,
    audit.SCREEN,
    health.SCREEN,
)
