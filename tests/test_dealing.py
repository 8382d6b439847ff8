"""Every test runs once, wherever it is dealt to."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from tests.dealing import LONGEST, dealt

LONG = [(PurePath(f"browser/{name}.py"), n) for name in ("test_a", "test_sign_in", "test_pages") for n in range(4)]
SHORT = [(PurePath("data/test_b.py"), n) for n in range(50)]


@pytest.mark.parametrize("workers", [1, 2, 3, 4])
def test_each_share_begins_with_whole_files_of_long_tests_and_nothing_is_lost(workers: int) -> None:
    found = dealt([*SHORT[:20], *LONG, *SHORT[20:]], workers, lambda one: one[0], lambda one: one in LONG)
    assert sorted(found) == sorted([*SHORT, *LONG])
    assert [one for one in found if one in SHORT] == SHORT
    assert found[0][0].stem == LONGEST[0]
    left, starts = len(found), [0]
    for place in range(workers - 1):  # as the workers are given theirs
        starts.append(starts[-1] + left // (workers - place))
        left -= starts[-1] - starts[-2]
    begins = {found[start][0].stem for start in starts[:3]}
    assert begins == set(("test_pages", "test_sign_in", "test_a")[:workers])


def test_a_few_long_tests_alone_run_too() -> None:
    assert sorted(dealt(LONG, 5, lambda one: one[0], lambda _: True)) == sorted(LONG)
