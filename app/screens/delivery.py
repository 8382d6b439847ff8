"""Delivery: how often, how fast, how safely."""

from __future__ import annotations

from app.screens.base import Screen, page

SECTIONS = (
    "delivery.summary",
    "delivery.frequency",
    "delivery.lead_time",
    "delivery.features",
    "delivery.finished",
    "delivery.ageing",
    "delivery.services",
    "delivery.failures",
    "delivery.deployments",
    "delivery.definitions",
)

SCREEN = Screen("delivery", "Delivery", page("Delivery", SECTIONS))
