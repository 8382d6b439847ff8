"""The tables of what needs two people, and who is signed in."""

from __future__ import annotations
