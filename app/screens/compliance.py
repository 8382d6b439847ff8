"""Compliance: audits on time and the log that the law asks for."""

from __future__ import annotations

from app.screens.base import Screen, page

SECTIONS = (
    "compliance.summary",
    "compliance.audits",
    "compliance.logging",
    "compliance.definitions",
)

SCREEN = Screen("compliance", "Compliance", page("Compliance", SECTIONS))
