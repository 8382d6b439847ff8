"""Many stories told in many orders: the numbers are those of all facts at once, on both databases."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from data.warehouse.engine import create_engine_for
from tests.data.warehouse.test_rollup_laws import compared

pytestmark = pytest.mark.soak


def check_stories(fresh: Callable[[str], str], seeds: range) -> None:
    """Each story in a warehouse of its own, told at once and bit by bit; all that differ are told at the end."""
    differ = []
    for seed in seeds:
        made: list[Engine] = []

        def make(seed: int = seed, made: list[Engine] = made) -> Engine:
            made.append(create_engine_for(fresh(f"{seed}-{len(made)}")))
            return made[-1]

        try:
            compared(make, seed)
        except AssertionError:
            differ.append(seed)
        for one in made:
            one.dispose()
            if one.url.database and one.dialect.name == "sqlite":
                Path(one.url.database).unlink()
    assert differ == []


@pytest.mark.parametrize("part", range(4))
def test_stories_told_in_any_order_give_the_same_numbers(
    part: int, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    migrated = request.getfixturevalue("_migrated_file")

    def copied(name: str) -> str:
        shutil.copyfile(migrated, tmp_path / f"{name}.db")
        return f"sqlite:///{tmp_path / f'{name}.db'}"

    check_stories(copied, range(1000 + 250 * part, 1250 + 250 * part))


def test_the_same_holds_on_postgresql(request: pytest.FixtureRequest, new_database: Callable[[str], str]) -> None:
    template = request.getfixturevalue("_migrated_template")
    check_stories(lambda _: new_database(template), range(5000, 5040))
