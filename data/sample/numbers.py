"""Numbers and ids: issues and pull requests of a repository share one series, each month has a block of its own."""

from dataclasses import replace
from typing import Final

from data.sample.records import Issue, PullRequest

_FIRST_MONTH: Final = 2020 * 12
_BLOCK: Final = 100


def numbered(
    month: int, position: int, pulls: list[PullRequest], issues: list[Issue], carried: dict[int, int]
) -> tuple[list[PullRequest], list[Issue]]:
    """Both lists in order of opening with their numbers, at most 99 a month.

    `carried` maps a pull request's place in its list to the place of the issue that it closes.
    """
    openings = [(issue.opened, 1, n) for n, issue in enumerate(issues)] + [
        (pull.opened, 0, n) for n, pull in enumerate(pulls)
    ]
    first = (month - _FIRST_MONTH) * _BLOCK
    number = {(kind, n): first + place for place, (_, kind, n) in enumerate(sorted(openings), 1)}
    if len(openings) >= _BLOCK:
        raise ValueError(f"A month of a repository has {len(openings)} issues and pull requests, {_BLOCK - 1} at most.")
    told = [replace(issue, number=number[1, n]) for n, issue in enumerate(issues)]
    merged = []
    for n, pull in enumerate(pulls):
        own = number[0, n]
        closes = number[1, carried[n]] if n in carried else None
        reviews = tuple(replace(r, id=(position * 100_000_000 + own) * 10 + k) for k, r in enumerate(pull.reviews))
        merged.append(replace(pull, number=own, closes=closes, reviews=reviews))
    return sorted(merged, key=lambda p: p.number), sorted(told, key=lambda i: i.number)


def running_number(incident: str) -> int:
    """The number of an incident with an id such as 2026-10-03: it grows, and no later one changes it."""
    year, month, number = (int(part) for part in incident.split("-"))
    return (year * 12 + month - 1 - _FIRST_MONTH) * _BLOCK + number
