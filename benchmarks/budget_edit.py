"""A budget of 2,000 lines over twelve months: opened, edited, saved; each within 300 ms of server time.

Measured are the functions that the page calls: reading the scenario and the person's unsaved edits and making the texts
of the grid; keeping a typed block of 24 cells, working the scenario out anew and the texts of its cells; saving 120
cells of 60 lines, with the log. Beside them, without a limit: all 24,000 cells in one save, and as a peer the 2,000
lines saved a statement each.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from sqlalchemy import update

from data.access import Actor, Role
from data.finance.budget import Kind, Line, Scenario
from data.finance.budget_edits import MONTH_FIELDS, Change, applied, cells, changes
from data.settings import SHIPPED, Settings, load
from data.warehouse import budget_drafts, budget_rows, budgets
from data.warehouse.budgets import Saving
from data.warehouse.engine import create_engine_for, reading, writing
from data.warehouse.migrate import migrate
from data.warehouse.tables_budgets import budget_line

LINES, LIMIT = 2_000, 0.300
EDITOR = Actor("local:bench", frozenset({Role.ADMIN}))


def scenario() -> Scenario:
    """2,000 lines of twelve different amounts."""
    lines = tuple(
        Line(
            f"line-{at}",
            f"Line {at}",
            "cloud",
            "EUR",
            tuple(Decimal(at * 12 + month) + Decimal("0.25") for month in range(12)),
        )
        for at in range(LINES)
    )
    return Scenario("", "Large", Kind.BASE, 2026, 1, "EUR", "", lines, series="large")


def timed(act: Callable[[], object], times: int = 5) -> float:
    """The median time of an act, in seconds."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        act()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def main() -> int:
    """Print the figures; 1 where one is over its limit."""
    settings = load(SHIPPED, {})
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine_for(f"sqlite:///{Path(folder) / 'bench.db'}")
        migrate(engine)
        budgets.create(engine, settings, EDITOR, scenario(), "bench")
        figures = measured(engine, settings)
        engine.dispose()
    over = 0
    for name, seconds, limited in figures:
        late = limited and seconds > LIMIT
        over += late
        print(f"{name:<52} {seconds * 1000:8.1f} ms{'  over 300 ms' if late else ''}")
    return 1 if over else 0


def measured(engine, settings: Settings) -> list[tuple[str, float, bool]]:  # type: ignore[no-untyped-def]
    """Name, seconds and whether the limit holds for it."""
    number = iter(range(10_000))

    def open_it() -> tuple[budget_rows.Stored, dict[str, dict[str, str]]]:
        with reading(engine) as connection:
            stored = budget_rows.stored(connection, settings, EDITOR, "large-1")
            budget_drafts.edits(connection, EDITOR, "large-1")
        return stored, cells(stored.scenario)

    def edit_it() -> None:
        turn = next(number)
        block = tuple(Change(f"line-{at}", name, "", f"{turn + at}.5") for at in (7, 8) for name in MONTH_FIELDS)
        budget_drafts.keep(
            engine, settings, EDITOR, "large-1", "typed", (block, dict.fromkeys(("line-7", "line-8"), 1))
        )
        with reading(engine) as connection:
            merged, _ = budget_drafts.merged(budget_drafts.edits(connection, EDITOR, "large-1"))
        draft = applied(opened.scenario, merged)
        cells(draft)
        changes(opened.scenario, draft)

    def save_it(lines: int, fields: tuple[str, ...]) -> Callable[[], None]:
        def act() -> None:
            turn = next(number)
            edits = tuple(Change(f"line-{at}", name, "", f"{turn + at}.75") for at in range(lines) for name in fields)
            with reading(engine) as connection:
                seen = budget_rows.stored(connection, settings, EDITOR, "large-1").revisions
            start = time.perf_counter()
            budgets.save(engine, settings, EDITOR, Saving("large-1", f"s{turn}", edits, seen, "bench"))
            spent.append(time.perf_counter() - start)

        return act

    opened, _ = open_it()
    figures = [("open: read, unsaved edits, cells of the grid", timed(open_it), True)]
    figures.append(("edit: keep 24 cells, work the scenario out", timed(edit_it), True))
    for lines, fields, limited in ((60, MONTH_FIELDS[:2], True), (LINES, MONTH_FIELDS, False)):
        spent: list[float] = []
        timed(save_it(lines, fields), 5 if limited else 3)
        name = f"save: {lines * len(fields):,} cells of {lines:,} lines, logged"
        figures.append((name, statistics.median(spent), limited))
    figures.append(("peer: a transaction a line, 2,000 lines, not logged", timed(lambda: peer(engine), 1), False))
    return figures


def peer(engine) -> None:  # type: ignore[no-untyped-def]
    """What a save would cost line by line, with nothing checked and nothing logged."""
    for at in range(LINES):
        values = {name: Decimal(at) for name in MONTH_FIELDS}
        with writing(engine) as connection:
            mine = (budget_line.c.scenario == "large-1") & (budget_line.c.id == f"line-{at}")
            connection.execute(update(budget_line).where(mine).values(**values))


if __name__ == "__main__":
    sys.exit(main())
