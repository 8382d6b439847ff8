"""What a company keeps in registers: security audits and what else it must do by a day, and compliance records."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import numpy as np

from data.sample.chance import generator
from data.sample.records import ControlRun, LogDay, Messages
from data.sample.seasons import days_of, in_bad_quarter, load, month_of
from data.sample.story import Story

PLANNED: Final = timedelta(days=92)
"""How far ahead of their day runs stand in the register."""

_GAP: Final = 0.012
"""The share of days on which some records of a type were lost or late."""


@dataclass(frozen=True, slots=True)
class Obligation:
    """What has to be done by a day: in which months of a year (1 to 12), on which day, for which legal entity."""

    id: str
    scope: str
    months: tuple[int, ...]
    day: int


OBLIGATIONS: Final = (
    Obligation("security-audit", "larkmoor-europe", (1, 4, 7, 10), 20),
    Obligation("security-audit", "larkmoor-uk", (1, 4, 7, 10), 27),
    Obligation("pci-asv-scan", "larkmoor-uk", (3, 6, 9, 12), 28),
    Obligation("access-review", "larkmoor-europe", (2, 5, 8, 11), 15),
    Obligation("access-review", "larkmoor-uk", (1, 4, 7, 10), 15),
    Obligation("penetration-test", "larkmoor-europe", (6, 12), 10),
    Obligation("soc-2-report", "larkmoor-europe", (10,), 30),
)

LATE: Final = ("access-review", date(2026, 2, 15), date(2026, 3, 9))
"""The one run that was done too late: while the ledger migration went wrong, nobody had the time."""

RECORDS: Final = {
    "transaction": ("larkmoor-europe", 610_000),
    "sanctions-check": ("larkmoor-europe", 410_000),
    "customer-check": ("larkmoor-uk", 59_000),
    "access": ("larkmoor-uk", 240_000),
}
"""Types of compliance record: the legal entity that has to keep them, and how many an ordinary day has."""

LOST: Final = (("transaction", date(2026, 3, 12)), ("customer-check", date(2026, 10, 14)))
"""Days on which many records of a type came too late, and some not at all."""

MESSAGES: Final = ("larkmoor-europe", 3_100)
"""Travel rule messages: who has to send them, and how many an ordinary day has."""


def control_runs(story: Story) -> tuple[ControlRun, ...]:
    """All runs due from the story's start on, those planned for the next months included, as they stand at its end."""
    last = story.end + PLANNED
    found = (
        _run(story, obligation, date(year, month, obligation.day))
        for obligation in OBLIGATIONS
        for year in range(story.start.year, last.year + 1)
        for month in obligation.months
        if story.start <= date(year, month, obligation.day) <= last
    )
    return tuple(sorted(found, key=lambda run: (run.due, run.id)))


def _run(story: Story, obligation: Obligation, due: date) -> ControlRun:
    """A run, done some days before its day; without proof until it is done."""
    random = generator(story.seed, "control", obligation.id, obligation.scope, due)
    done = due - timedelta(days=int(random.integers(1, 16)))
    if (obligation.id, due) == LATE[:2]:
        done = LATE[2]
    own = f"{obligation.id}-{obligation.scope}-{due}"
    if done > story.end:
        return ControlRun(own, obligation.id, obligation.scope, due, None, None)
    return ControlRun(own, obligation.id, obligation.scope, due, done, f"https://evidence.larkmoor.example/{own}.pdf")


def log_days(story: Story) -> Iterator[LogDay]:
    """How the compliance records of each day and type were stored."""
    for record_type, (scope, ordinary) in RECORDS.items():
        for day, random in _days(story, "records", record_type):
            expected = int(ordinary * load(day) * random.uniform(0.96, 1.04))
            lost, late = _losses(random, (record_type, day))
            stored = expected - int(expected * lost)
            within = stored - int(stored * late)
            latency = Decimal(f"{9 * np.exp(0.25 * random.standard_normal()) + 400 * late:.1f}")
            yield LogDay(day, scope, record_type, expected, stored, within, latency)


def _losses(random: np.random.Generator, what: tuple[str, date]) -> tuple[float, float]:
    """The shares of a day's records that were lost, and that came too late."""
    gap, late = random.random() < _GAP * (3 if in_bad_quarter(what[1]) else 1), 0.0004 * random.random()
    small, large = float(random.uniform(0.0005, 0.006)), float(random.uniform(0.01, 0.05))
    if what in LOST:
        return 0.004, 0.19
    return (small, late + large) if gap else (0.0, late)


def travel_rule_messages(story: Story) -> Iterator[Messages]:
    """How many travel rule messages were sent each day, and how many the other side accepted."""
    for day, random in _days(story, "travel rule", ""):
        sent = int(MESSAGES[1] * load(day) * random.uniform(0.93, 1.07))
        years = (day - date(2024, 1, 1)).days / 365.25
        refused = 0.062 * 0.72**years * np.exp(0.12 * random.standard_normal())
        yield Messages(day, sent - int(sent * refused), sent)


def _days(story: Story, *key: str) -> Iterator[tuple[date, np.random.Generator]]:
    """The story's days, each with its own chance, which is that of its month."""
    for month in range(month_of(story.start), month_of(story.end) + 1):
        for day in days_of(month):
            if story.start <= day <= story.end:
                yield day, generator(story.seed, *key, day)
