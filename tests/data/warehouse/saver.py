"""A process that saves a budget again and again, to be killed: `python -m tests.data.warehouse.saver URL`."""

from __future__ import annotations

import sys

from data.finance.budget_edits import Change
from data.warehouse import budget_rows
from data.warehouse.budgets import Saving, save
from data.warehouse.engine import create_engine_for, reading
from tests.data.warehouse.budget_world import EDITOR
from tests.data.warehouse.world import settings


def main() -> None:
    """Raise every month of every line by one, save after save; each line of output is one that was told to be done."""
    engine, known = create_engine_for(sys.argv[1]), settings()
    for number in range(100_000):
        with reading(engine) as connection:
            seen = budget_rows.stored(connection, known, EDITOR, "fy2026-base-1")
        now = int(seen.scenario.lines[0].months[0])
        edits = tuple(
            Change(line.id, field, f"{now}", f"{now + 1}") for line in seen.scenario.lines for field in ("m01", "m12")
        )
        save(
            engine, known, EDITOR, Saving("fy2026-base-1", f"{now}-{number}", edits, seen.revisions, f"round {now + 1}")
        )
        sys.stdout.write(f"{now + 1}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
