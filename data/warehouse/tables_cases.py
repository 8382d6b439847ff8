"""The tables of business cases and what was realised of them."""

from __future__ import annotations
