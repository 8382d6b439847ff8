"""What a workbook would change in a budget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from data.finance.budget_edits import Change


@dataclass(frozen=True)
class CellError:
    """What is wrong with one cell of the workbook, and how to put it right."""

    sheet: str
    cell: str
    sentence: str


@dataclass(frozen=True)
class Preview:
    """What a workbook would change in its scenario. With any error nothing of it is taken.

    `places` tells where in the workbook each changed cell stands; `notes` what was taken or left out.
    """

    scenario: str
    changes: tuple[Change, ...]
    seen: Mapping[str, int]
    errors: tuple[CellError, ...] = ()
    notes: tuple[str, ...] = ()
    places: Mapping[tuple[str, str], str] = field(default_factory=dict)
