"""A process that saves a case again and again, to be killed: `python -m tests.data.warehouse.case_saver URL`."""

from __future__ import annotations

import sys
from decimal import Decimal

from data.warehouse.case_drafts import keep
from data.warehouse.cases import kept_case, save
from data.warehouse.engine import create_engine_for, reading
from tests.data.warehouse.killing_cases import EDITOR, NAME, at_round


def main() -> None:
    """Raise the cost of every line by one, save after save; each line of output is one that was told to be done."""
    engine = create_engine_for(sys.argv[1])
    for _ in range(100_000):
        with reading(engine) as connection:
            seen = kept_case(connection, EDITOR, NAME, 1)
        now = int(seen.case.line[0].values["cost"].value)
        raised = at_round(Decimal(now + 1))
        keep(engine, EDITOR, (NAME, 1), seen.case, (seen.case, raised))
        save(engine, EDITOR, seen, raised, f"round {now + 1}")
        sys.stdout.write(f"{now + 1}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
