"""How fast the Board is drawn again, and how fast a pack is written, on the warehouse of the settings.

    python -m benchmarks.board_render [--runs 200]

Server time is one whole run of the page's script with its caches warm, as for a reader who comes back. A cold pack is
the whole command, from its start to its end; a warm one is written again in the same process. Goals: a page in 100 ms
at the 95th percentile, a pack in 2.5 s cold and 1 s warm.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from app.board_pack import write
from data.clock import clock, fix_clock
from data.period import Kind, last_closed
from data.settings import load
from data.warehouse.engine import create_engine_for, reading
from data.warehouse.readings import Reader


def page() -> None:
    """The Board, as AppTest runs it."""
    from app.screens.board import SCREEN

    SCREEN.draw()


def seconds(of: Callable[[], object]) -> float:
    """How long a call took."""
    start = time.perf_counter()
    of()
    return time.perf_counter() - start


def board(runs: int) -> str:
    """The first run and the spread of the later ones."""
    test = AppTest.from_function(page, default_timeout=60)
    cold = seconds(test.run)
    if test.exception:
        raise SystemExit(f"The Board failed: {test.exception[0].value}")
    warm = sorted(seconds(test.run) for _ in range(runs))
    p95 = warm[int(len(warm) * 0.95)]
    again = f"median {statistics.median(warm) * 1000:.1f} ms, p95 {p95 * 1000:.1f} ms"
    return f"Board   first {cold * 1000:,.0f} ms   again: {again}"


def pack() -> str:
    """Medians of five: the whole command, and a pack again in this process; the first one here beside them."""
    settings = load()
    fix_clock(settings.clock)
    period = last_closed(clock(), Kind.MONTH, settings.zone)

    def command() -> None:
        with tempfile.TemporaryDirectory() as folder:
            said = [sys.executable, "-m", "app", "board-pack", "--period", period.label, "--out", folder]
            subprocess.run(said, check=True, capture_output=True)

    engine = create_engine_for(settings.warehouse.url)

    def once() -> None:
        with tempfile.TemporaryDirectory() as folder, reading(engine) as connection:
            write(Reader(connection, settings), period, Path(folder))

    cold = statistics.median(seconds(command) for _ in range(5))
    first = seconds(once)
    warm = statistics.median(seconds(once) for _ in range(5))
    return f"Pack    cold {cold:.2f} s   (imports left out {first:.2f} s)   warm {warm:.2f} s   ({period.label})"


def main() -> None:
    """Both figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=200)
    chosen = options.parse_args()
    print(pack())
    print(board(chosen.runs))


if __name__ == "__main__":
    main()
