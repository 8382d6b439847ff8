"""Feedback: what people say, how sure that is, what they use."""

from __future__ import annotations

from app.screens.base import Screen, page

SECTIONS = (
    "feedback.summary",
    "feedback.waves",
    "feedback.answering",
    "feedback.features",
    "feedback.comments",
    "feedback.audiences",
    "feedback.adoption",
    "feedback.definitions",
)

SCREEN = Screen("feedback", "Feedback", page("Feedback", SECTIONS))
