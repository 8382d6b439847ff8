"""Saves that are cut off: by a kill at a random moment, or by a disk that is full."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event

from data.settings import ROOT, environment
from data.warehouse.engine import WarehouseError


def last_told(module: str, url: str, chance: random.Random) -> int:
    """Run a process that saves round after round, kill it, and give the last round that it told to be saved."""
    command = [sys.executable, "-m", module, url]
    saver = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True)
    assert saver.stdout is not None
    told = [saver.stdout.readline()]
    time.sleep(chance.uniform(0, 0.3))
    saver.send_signal(signal.SIGKILL)
    rest, _ = saver.communicate(timeout=30)
    told += rest.splitlines(keepends=True)
    return max(int(one) for one in told if one.endswith("\n"))


def refusals(engine: Engine, save: Callable[[], object], state: Callable[[], object]) -> int:
    """Save with ever more room on the disk of an SQLite warehouse until it fits; how often it was refused.

    Each refusal says why and leaves the state as it was.
    """
    before, room, refused = state(), [0], 0

    @event.listens_for(engine, "begin")
    def _shrink(connection: Any) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + room[0]}")

    for room[0] in range(0, 40, 2):
        try:
            save()
        except WarehouseError as error:
            assert "The disk of the warehouse is full: nothing was changed" in str(error)  # noqa: PT017
            refused += 1
            assert state() == before
        else:
            return refused
    raise AssertionError("Even with 40 pages of room it did not fit.")
