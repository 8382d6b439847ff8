"""The tables of budget scenarios."""

from __future__ import annotations
