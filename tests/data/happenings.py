"""Facts for tests, with ordinary values for what a test does not care about."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from data.facts import (
    Change,
    ControlRun,
    Deployment,
    FxRate,
    Headcount,
    Incident,
    LogDelivery,
    Measurement,
    ProbeDay,
    RequestDay,
    Response,
    Revenue,
    Spend,
    SurveyCount,
    Usage,
    WorkItem,
)

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


def incident(source_id: str, started: datetime, resolved: datetime | None = None, **other: Any) -> Incident:
    """An incident of the wallet that was down from its start to its end; `touches` are (key, impact) or whole ones."""
    key = other.pop("key", "wallet")
    touches = other.pop("touches", ((key, "down"),))
    values: dict[str, Any] = {
        "source": "pager",
        "key_kind": "service",
        "key": key,
        "title": "Errors",
        "severity": "1",
        "detected": None,
        "acknowledged": started,
        "mitigated": None,
        "cause": "",
        "provider": "",
        "maintenance": False,
        "deployment": None,
        "change": None,
        "touches": tuple(one if len(one) == 5 else ("service", *one, "", "") for one in touches),
    }
    return Incident(source_id=source_id, started=started, resolved=resolved, **values | other)


SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "other": (0, 1)}


def response(source_id: str, score: float, form: str = "nps", when: datetime | None = None, **other: Any) -> Response:
    """An answer of nobody in particular, on the usual scale of its form; `scale` names another."""
    low, high = other.pop("scale", SCALES[form])
    values: dict[str, Any] = {
        "source": "polls",
        "key_kind": "poll",
        "key": "wallet",
        "survey": "wallet",
        "high_is_good": True,
        "feature": "",
        "audience": "",
        "channel": "",
        "respondent": None,
        "comment": None,
    }
    scored = {"score": Decimal(str(score)), "scale_low": Decimal(low), "scale_high": Decimal(high)}
    return Response(source_id=source_id, form=form, at=when or noon(DAY), **scored | values | other)


def survey_count(day: date = DAY, responded: int = 10, **other: Any) -> SurveyCount:
    counted = {"shown": 100, "opened": 50, "responded": responded, "completed": responded}
    named = {"source": "polls", "source_id": f"wallet/{day}", "key_kind": "poll", "key": "wallet"}
    return SurveyCount(**named | counted | {"survey": "wallet", "title": "Wallet", "day": day, "since": None} | other)


def usage(day: date = DAY, used: int = 15, eligible: int = 100, audience: str = "", **other: Any) -> Usage:
    """A window of 28 days that ends with the day."""
    named = {"source": "product", "key_kind": "feature", "key": "swap", "feature": "swap", "audience": audience}
    values: dict[str, Any] = {"window_days": 28, "active": eligible, "churned": None}
    unique = {"source_id": f"swap/{audience}/{day}", "day": day, "used": used, "eligible": eligible}
    return Usage(**unique | named | values | other)


def revenue(day: date = DAY, amount: str = "100", **other: Any) -> Revenue:
    named = {"source": "ledger", "source_id": f"fees/{day}", "key_kind": "entity", "key": "group"}
    return Revenue(**named | {"day": day, "stream": "fees", "currency": "EUR", "amount": Decimal(amount)} | other)


def headcount(day: date = DAY, full_time: str = "5", **other: Any) -> Headcount:
    named = {"source": "staff", "source_id": f"engineer/{day}", "key_kind": "entity", "key": "group"}
    return Headcount(**named | {"day": day, "role": "engineer", "full_time": Decimal(full_time)} | other)


def control_run(source_id: str, due: date = DAY, completed: date | None = DAY, **other: Any) -> ControlRun:
    """A run with its proof, done wholly."""
    values: dict[str, Any] = {"evidence": "https://proofs/1", "cancelled": "", "partial": False}
    named = {"source": "register", "key_kind": "obligation", "key": "wallet", "obligation": "security audit"}
    return ControlRun(source_id=source_id, due=due, completed=completed, **named | values | other)


def log_delivery(
    day: date = DAY, expected: int = 100, stored: int = 100, within: int = 99, **other: Any
) -> LogDelivery:
    named: dict[str, Any] = {"source": "log", "source_id": f"transfer/{day}", "key_kind": "service", "key": "wallet"}
    values = {"record_type": "transfer", "threshold": Decimal(60), "latency": None}
    return LogDelivery(day=day, expected=expected, stored=stored, within=within, **named | values | other)


def measurement(day: date = DAY, top: str = "9", bottom: str = "10", metric: str = "kyc", **other: Any) -> Measurement:
    named: dict[str, Any] = {"source": "sheet", "source_id": f"{metric}/{day}", "key_kind": "service", "key": "wallet"}
    amounts = {"numerator": Decimal(top), "denominator": Decimal(bottom)}
    return Measurement(**named | {"metric": metric, "day": day} | amounts | other)
