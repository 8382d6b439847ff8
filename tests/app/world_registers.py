"""What the small company's customers answered and used, what its controls were due for, and how its log kept up.

October 2026: 120 people answered the recommendation question (60 promoters, 24 detractors: +30), 100 in July (+10).
Payouts: 36 of 40 satisfied; used by 500 of 1,000. Of four audits that count two were on time, one was cancelled.
Transactions: 990 of 1,000 records a day in time, 700 on the 14th; no access records on the 12th and 13th.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from data.facts import ControlRun, Fact, LogDelivery, Response, SurveyCount, Usage

FIRST, LAST = date(2025, 9, 1), date(2026, 11, 8)
FEATURES = ("payouts", "cards")
SOURCES = {
    "response": "polls", "survey_count": "polls", "usage": "registers", "control_run": "registers",
    "log_delivery": "registers",
}  # fmt: skip

SETTINGS = """
[[source]]
id = "polls"
type = "zigpoll"
base_url = "http://127.0.0.1:9"
[[source]]
id = "registers"
type = "csv"

[[scope]]
id = "payouts"
kind = "feature"
name = "Instant payouts"
parent = "wallet"
[[scope]]
id = "cards"
kind = "feature"
name = "Cards"
parent = "ledger"
"""

WAVES = {
    date(2025, 10, 13): (50, 30, 20),
    date(2026, 1, 12): (32, 32, 16),
    date(2026, 4, 13): (4, 4, 4),
    date(2026, 7, 13): (40, 30, 30),
    date(2026, 10, 12): (60, 36, 24),
}
"""Promoters, passives and detractors of each asking."""


def everything() -> Iterator[Fact]:
    """All of it."""
    for make in (waves, answers_about_features, counts, usage, audits, logs):
        yield from make()


def waves() -> Iterator[Fact]:
    """Every sixth answer comes from business, the others from retail customers; every tenth says why."""
    for day, (promoters, passives, detractors) in WAVES.items():
        scores = [10] * promoters + [7] * passives + [3] * detractors
        for place, score in enumerate(scores):
            why = f"Reason {place} of {day:%b}." if place % 10 == 0 else None
            audience = "business" if place % 6 == 0 else "retail"
            yield _answer("europe", "nps", day, place, score, (0, 10), audience=audience, why=why)


def answers_about_features() -> Iterator[Fact]:
    """Each month 40 about payouts and 35 about their effort, and 12 about cards, which are too few to be told."""
    for month in range(-4, 11):
        day = date(2026 + (month - 1) // 12, (month - 1) % 12 + 1, 20)
        happy = 36 if day == date(2026, 10, 20) else 32
        for place in range(40):
            score = 5 if place < happy else 2
            yield _answer(
                "payouts", "csat", day, place, score, (1, 5), audience="retail", why=_why(place, 10, "Payout")
            )
        for place in range(35):
            yield _answer("payouts", "ces", day, place, 6 if place % 2 else 5, (1, 7), audience="retail", why=None)
        for place in range(12):
            yield _answer("cards", "csat", day, place, 4, (1, 5), audience="retail", why=_why(place, 1, "Card"))


def _why(place: int, every: int, about: str) -> str | None:
    return f"{about} remark {place}." if place % every == 0 else None


def _answer(
    key: str, form: str, day: date, place: int, score: int, scale: tuple[int, int], *, audience: str, why: str | None
) -> Response:
    at = datetime(day.year, day.month, day.day, 8, tzinfo=UTC) + timedelta(minutes=place)
    return Response(
        source="polls", source_id=f"{form}/{key}/{day}/{place}", key_kind="poll", key=key, survey=f"{form}-{key}",
        form=form, at=at, score=Decimal(score), scale_low=Decimal(scale[0]), scale_high=Decimal(scale[1]),
        high_is_good=True, feature="", audience=audience, channel="app", respondent=f"{form}-{key}-{day}-{place}",
        comment=why,
    )  # fmt: skip


def counts() -> Iterator[Fact]:
    """The tool counted on the last days of September and October; of cards only in November."""
    for key, day, shown, responded in (
        ("europe", date(2026, 9, 30), 3_000, 292),
        ("europe", date(2026, 10, 31), 4_120, 412),
        ("payouts", date(2026, 10, 31), 2_000, 560),
        ("cards", date(2026, 11, 8), 900, 180),
    ):
        yield SurveyCount(
            source="polls", source_id=f"{key}/{day}", key_kind="poll", key=key, survey=f"poll-{key}",
            title=f"Poll of {key}", day=day, since=date(2025, 9, 1), shown=shown, opened=shown // 2,
            responded=responded, completed=responded * 3 // 4,
        )  # fmt: skip


def usage() -> Iterator[Fact]:
    """Of 1,000 who could, 150 used payouts in October 2025, 30 more or fewer each month, 500 in October 2026."""
    for month in range(-3, 12):
        last = date(2026 + (month - 1) // 12, (month - 1) % 12 + 1, 1) - timedelta(days=1)
        since = (last.year - 2025) * 12 + last.month - 10
        used = {"payouts": 500 if since == 12 else 150 + 30 * since, "cards": 240}
        for key in FEATURES:
            yield Usage(
                source="registers", source_id=f"{key}/{last}", key_kind="feature", key=key, day=last, window_days=30,
                feature=key, audience="", eligible=1_000, active=800, used=used[key], churned=None,
            )  # fmt: skip


def audits() -> Iterator[Fact]:
    """Five were due in October, one is overdue in November, one comes later."""
    proof = "https://evidence.example/"
    yield _run("security-audit", date(2026, 10, 20), date(2026, 10, 18), f"{proof}audit-q4")
    yield _run("access-review", date(2026, 10, 15), date(2026, 10, 15), f"{proof}review-q4")
    yield _run("penetration-test", date(2026, 10, 10), date(2026, 10, 15), f"{proof}test-2026")
    yield _run("soc-2-report", date(2026, 10, 30), date(2026, 10, 29), f"{proof}soc-2", partial=True)
    yield _run("asv-scan", date(2026, 10, 28), None, None, cancelled="The system was retired.")
    yield _run("security-audit", date(2026, 7, 20), date(2026, 7, 19), f"{proof}audit-q3")
    yield _run("fire-drill", date(2026, 11, 2), None, None)
    yield _run("access-review", date(2026, 11, 20), None, None)


def _run(
    obligation: str, due: date, completed: date | None, evidence: str | None, cancelled: str = "", *,
    partial: bool = False,
) -> ControlRun:  # fmt: skip
    return ControlRun(
        source="registers", source_id=f"{obligation}/{due}", key_kind="entity", key="europe", obligation=obligation,
        due=due, completed=completed, evidence=evidence, cancelled=cancelled, partial=partial,
    )  # fmt: skip


def logs() -> Iterator[Fact]:
    """A thousand transactions and two hundred accesses a day."""
    for offset in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=offset)
        bad = day == date(2026, 10, 14)
        yield _records(
            "transaction", "europe", day, 1_000, 950 if bad else 1_000, 700 if bad else 990, 400 if bad else 9
        )
        if day not in (date(2026, 10, 12), date(2026, 10, 13)):
            yield _records("access", "ledger", day, 200, 200, 198, 12)


def _records(
    record_type: str, key: str, day: date, expected: int, stored: int, within: int, latency: int
) -> LogDelivery:
    return LogDelivery(
        source="registers", source_id=f"{record_type}/{day}", key_kind="entity", key=key, day=day,
        record_type=record_type, expected=expected, stored=stored, within=within, threshold=Decimal(60),
        latency=Decimal(latency),
    )  # fmt: skip
