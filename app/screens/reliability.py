"""Reliability: uptime, error budgets, integrations."""

from __future__ import annotations

from app.screens.base import Screen, page

SECTIONS = (
    "reliability.summary",
    "reliability.uptime",
    "reliability.services",
    "reliability.worst_days",
    "reliability.integrations",
    "reliability.definitions",
)

SCREEN = Screen("reliability", "Reliability", page("Reliability", SECTIONS))
