"""Stories shared by tests: each is told once."""

from __future__ import annotations

from datetime import date
from functools import cache

from data.sample import Story, story

END = date(2026, 10, 31)


@cache
def told(end: date = END) -> Story:
    """The demo company's story up to and including a day."""
    return story(end)
