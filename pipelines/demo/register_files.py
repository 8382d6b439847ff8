"""The demo's registers as CSV files: audits, compliance records, use of features, revenue, people, own numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from data.sample import Story
from data.sample.business import WINDOW, revenue_days, staff, usage_months
from data.sample.fx import fx_rates
from data.sample.registers import MESSAGES, control_runs, log_days, travel_rule_messages

_THRESHOLD = 60
"""Seconds within which a compliance record has to be stored."""

Rows = Iterable[tuple[Any, ...]]


def write_registers(story: Story, folder: Path) -> tuple[Path, ...]:
    """Writes the files into `folder`, made if absent; gives their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, (header, rows) in _registers(story).items():
        path = folder / f"{name}.csv"
        path.write_text(_text(header, rows), encoding="utf-8", newline="")
        paths.append(path)
    return tuple(paths)


def _registers(story: Story) -> dict[str, tuple[tuple[str, ...], Rows]]:
    """Header and rows of each file; absent cells are None."""
    return {
        "fx_rates": (
            ("day", "base", "quote", "rate"),
            ((one.day, one.base, one.quote, one.rate) for one in fx_rates(story.seed, story.start, story.end)),
        ),
        "audits": (
            ("run", "obligation", "entity", "due", "completed", "evidence"),
            ((r.id, r.obligation, r.scope, r.due, r.completed, r.evidence) for r in control_runs(story)),
        ),
        "compliance_records": (
            ("day", "entity", "record_type", "expected", "stored", "in_time", "threshold_seconds", "p95_seconds"),
            (
                (d.day, d.scope, d.record_type, d.expected, d.stored, d.within, _THRESHOLD, d.latency)
                for d in log_days(story)
            ),
        ),
        "usage": (
            ("day", "window_days", "feature", "audience", "eligible", "active", "used"),
            ((u.day, WINDOW, u.feature, u.audience, u.eligible, u.active, u.used) for u in usage_months(story)),
        ),
        "revenue": (
            ("day", "business_unit", "stream", "currency", "amount"),
            ((r.day, r.unit, r.stream, "EUR", r.amount) for r in revenue_days(story)),
        ),
        "headcount": (
            ("day", "business_unit", "role", "full_time"),
            ((s.day, s.unit, s.role, s.full_time) for s in staff(story)),
        ),
        "travel_rule": (
            ("day", "entity", "accepted", "sent"),
            ((m.day, MESSAGES[0], m.accepted, m.sent) for m in travel_rule_messages(story)),
        ),
    }


def _text(header: tuple[str, ...], rows: Rows) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
