"""What is wrong with a block."""

from __future__ import annotations


class BadBlock(ValueError):
    """A block that no reader could make sense of: a figure without words, values that do not fit their labels."""
