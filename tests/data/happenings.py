"""Facts for tests, with ordinary values for what a test does not care about."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from data.facts import Change, Deployment, FxRate, ProbeDay, RequestDay, Spend, WorkItem

DAY = date(2026, 10, 5)


def at(text: str) -> datetime:
    """An instant of UTC: `2026-10-05 14:30`, or `05 14:30` of October 2026."""
    return datetime.fromisoformat(text if len(text) > 10 else f"2026-10-{text}").replace(tzinfo=UTC)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def deployment(source_id: str, finished: datetime, revision: str | None = None, **other: Any) -> Deployment:
    values: dict[str, Any] = {
        "source": "github",
        "key_kind": "repository",
        "key": "wallet",
        "environment": "production",
        "outcome": "success",
        "started": finished - timedelta(minutes=5),
    }
    return Deployment(source_id=source_id, finished=finished, revision=revision, **values | other)


def change(source_id: str, merged: datetime | None, revision: str | None = None, **other: Any) -> Change:
    """A pull request whose first commit was made a day before it was merged."""
    first = None if merged is None else merged - timedelta(days=1)
    values: dict[str, Any] = {
        "source": "github",
        "key_kind": "repository",
        "key": "wallet",
        "form": "pull_request",
        "first_commit": first,
        "opened": first,
        "first_review": None,
    }
    return Change(source_id=source_id, merged=merged, merge_revision=revision, **values | other)


def commit(revision: str, merged: datetime, *parents: str, **other: Any) -> Change:
    """A commit of the main branch."""
    values: dict[str, Any] = {"form": "commit", "first_commit": merged, "opened": None, "parents": parents}
    return change(f"commit/{revision}", merged, revision, **values | other)


def work_item(source_id: str, created: datetime, **other: Any) -> WorkItem:
    values: dict[str, Any] = {
        "source": "github",
        "key_kind": "repository",
        "key": "wallet",
        "form": "feature",
        "started": created,
        "in_production": None,
        "closed": None,
        "cancelled": False,
    }
    return WorkItem(source_id=source_id, created=created, **values | other)


def probe_day(day: date = DAY, down: str = "0", unknown: str = "0", key: str = "wallet", **other: Any) -> ProbeDay:
    values: dict[str, Any] = {"source": "prometheus", "key_kind": "service", "samples": 1440}
    up = Decimal(other.pop("length", 86_400)) - Decimal(down) - Decimal(unknown)
    lost = {"up": up, "down": Decimal(down), "unknown": Decimal(unknown)}
    return ProbeDay(**{"source_id": f"{key}/{day}", "key": key, "day": day} | values | lost | other)


def request_day(
    day: date = DAY, failed: str = "1", total: str = "1000", key: str = "wallet", form: str = "5xx", **other: Any
) -> RequestDay:
    values: dict[str, Any] = {"source": "prometheus", "key_kind": "service", "known": Decimal(86_400)}
    named: dict[str, Any] = {"source_id": f"{key}/{form}/{day}", "key": key, "day": day, "form": form}
    return RequestDay(**named | {"failed": Decimal(failed), "total": Decimal(total)} | values | other)


def spend(source_id: str, day: date = DAY, effective: str = "10", currency: str = "EUR", **other: Any) -> Spend:
    empty = dict.fromkeys(
        ("account", "sub_account", "subcategory", "charge_class", "invoice", "commitment", "commitment_status"), ""
    )
    values: dict[str, Any] = {
        "source": "billing",
        "key_kind": "tag",
        "key": "wallet",
        "billing_period": day.replace(day=1),
        "provider": "Cloud",
        "service": "Machines",
        "category": "Compute",
        "charge_category": "Usage",
        "tags": (),
        "billed": Decimal(effective),
    }
    amount = {"effective": Decimal(effective), "currency": currency, "day": day}
    return Spend(**{"source_id": source_id} | empty | values | amount | other)


def fx_rate(day: date = DAY, rate: str = "0.9", base: str = "USD", quote: str = "EUR", **other: Any) -> FxRate:
    named: dict[str, Any] = {"source": "rates", "source_id": f"{base}/{quote}/{day}", "key_kind": "pair"}
    values = {"key": f"{base}/{quote}", "day": day, "base": base, "quote": quote, "rate": Decimal(rate)}
    return FxRate(**named | values | other)
