"""In which order tests run, so that no worker waits for another at the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import TypeVar

LONGEST = ("test_pages", "test_budget", "test_demo_company", "test_half_typed", "test_killed", "test_sign_in")
"""Files of tests that last longest, in the order in which they are dealt out; other long ones follow."""

Item = TypeVar("Item")


def dealt(
    items: Sequence[Item], workers: int, file_of: Callable[[Item], PurePath], is_long: Callable[[Item], bool]
) -> list[Item]:
    """The same items; each worker's share of them (an equal part, in order) begins with files of long ones."""
    files: dict[PurePath, list[Item]] = {}
    short: list[Item] = []
    for item in items:
        (files.setdefault(file_of(item), []) if is_long(item) else short).append(item)
    shares: list[list[Item]] = [[] for _ in range(workers)]
    for place, file in enumerate(sorted(files, key=_rank)):
        shares[place % workers] += files[file]
    left = len(items)
    for place, share in enumerate(shares):
        size = left // (workers - place)
        more = max(0, size - len(share))
        share.extend(short[:more])
        del short[:more]
        left -= len(share)
    return [item for share in shares for item in share] + short


def _rank(file: PurePath) -> tuple[int, str]:
    return LONGEST.index(file.stem) if file.stem in LONGEST else len(LONGEST), f"{file}"
