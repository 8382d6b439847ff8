"""A sync killed at any point leaves a readable warehouse; resuming it gives what an undisturbed run gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.pipelines.killing import Start, check_kills, migrated

POINTS = 10


def test_a_sync_killed_at_ten_random_points_resumes_to_the_same_numbers(start: Start, tmp_path: Path) -> None:
    names = iter(range(POINTS + 1))

    def fresh() -> str:
        url = f"sqlite:///{tmp_path / f'{next(names)}.db'}"
        migrated(url)
        return url

    check_kills(start, fresh, POINTS, seed=1)


def test_the_same_holds_on_postgresql(start: Start, new_database: Callable[[], str]) -> None:
    def fresh() -> str:
        url = new_database()
        migrated(url)
        return url

    check_kills(start, fresh, 2, seed=2)
