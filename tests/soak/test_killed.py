"""The law of tests/pipelines/test_killed.py at 200 random points on SQLite, and 20 on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from tests.pipelines.killing import Start, check_kills, migrated

pytestmark = pytest.mark.soak


@pytest.mark.parametrize("seed", range(10))
def test_a_sync_killed_at_twenty_random_points_resumes_to_the_same_numbers(
    start: Start, tmp_path: Path, seed: int
) -> None:
    names = count()

    def fresh() -> str:
        url = f"sqlite:///{tmp_path / f'{next(names)}.db'}"
        migrated(url)
        return url

    check_kills(start, fresh, 20, seed=1000 + seed)


def test_twenty_points_on_postgresql(start: Start, new_database: Callable[[], str]) -> None:
    def fresh() -> str:
        url = new_database()
        migrated(url)
        return url

    check_kills(start, fresh, 20, seed=2000)
