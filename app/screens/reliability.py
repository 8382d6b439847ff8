"""Reliability: uptime, error budgets, incidents and recovery, integrations, third parties."""

from __future__ import annotations

from app.screens.base import Screen, page

SECTIONS = (
    "reliability.summary",
    "reliability.uptime",
    "reliability.budget",
    "reliability.services",
    "reliability.downtime",
    "reliability.worst_days",
    "reliability.timeline",
    "reliability.recovery",
    "reliability.incidents",
    "reliability.uptime_ways",
    "reliability.integrations",
    "reliability.providers",
    "reliability.provider_incidents",
    "reliability.definitions",
)

SCREEN = Screen("reliability", "Reliability", page("Reliability", SECTIONS))
