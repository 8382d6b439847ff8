"""Killing a save of a budget at random moments, for a few times or for many."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

from data.finance.budget_edits import cells
from tests.data.finance.budgets import BASE, CLOUD, months
from tests.data.warehouse.budget_world import Office
from tests.data.warehouse.cut_off import last_told
from tests.data.warehouse.world import Company

LINES = 300


def check_kills(company: Company, points: int, seed: int) -> None:
    """After each kill all cells are of one round, the log tells the same, and what was told to be saved is there."""
    office, chance = Office(company), random.Random(seed)
    lines = tuple(replace(CLOUD, id=f"line-{at}", name=f"Line {at}", months=months("0")) for at in range(LINES))
    office.make(replace(BASE, lines=lines, drivers=(), rates=()))
    url = company.engine.url.render_as_string(hide_password=False)
    for _ in range(points):
        last = last_told("tests.data.warehouse.saver", url, chance)
        scenario = office.look().scenario
        found = {(line.months[0], line.months[11]) for line in scenario.lines}
        assert len(found) == 1, f"A part of a save was kept: {sorted(found)[:3]}"
        (first, december) = found.pop()
        assert first == december
        assert first in (Decimal(last), Decimal(last + 1))  # the last one may have been kept and not told any more
        assert cells(office.replayed("fy2026-base-1")) == cells(scenario)
