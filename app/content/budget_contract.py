"""Budgets as the JSON of `python -m app budget`, after docs/cli.md. Amounts are exact decimals as text."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.content.budget_preview import Preview
from data.finance.budget import Line, Scenario, Side, converted, view
from data.finance.budget_edits import said
from data.finance.compare import Comparison
from data.finance.rules import Finding, Number
from data.finance.variance import PART_NAMES, Variance
from data.warehouse.budget_rows import Head, Stored

SCHEMA = 1


def scenarios(heads: Iterable[Head]) -> dict[str, Any]:
    """`budget list`."""
    return {"schema": SCHEMA, "scenarios": [head(one) for one in heads]}


def head(one: Head) -> dict[str, Any]:
    """What a scenario is, without its lines."""
    return {
        "id": one.id, "series": one.series, "version": one.version, "name": one.name, "kind": one.kind.value,
        "fiscal_year": f"FY{one.fiscal_year}", "currency": one.currency, "scope": one.scope, "status": one.status,
        "parent": one.parent, "reason": one.reason,
        "made": _act(one.created_at, one.created_by), "submitted": _act(one.submitted_at, one.submitted_by),
        "approved": _act(one.approved_at, one.approved_by), "locked": _act(one.locked_at, one.locked_by),
        "returned_because": one.returned_because,
    }  # fmt: skip


def _act(at: datetime | None, by: str | None) -> dict[str, str | None] | None:
    return None if at is None else {"at": at.isoformat(), "by": by}


def scenario(stored: Stored) -> dict[str, Any]:
    """`budget show`."""
    of = stored.scenario
    totals = {side.value: _total(of, side) for side in Side}
    drivers = [
        {"id": one.id, "name": one.name, "unit": one.unit, "metric": one.metric, "per": said(one.per),
         "months": [said(month) for month in one.months]}
        for one in of.drivers
    ]  # fmt: skip
    return {
        "schema": SCHEMA, "scenario": head(stored.head), "months": [one.label for one in of.periods],
        "lines": [_line(of, one) for one in of.lines], "drivers": drivers,
        "rates": {currency: said(rate) for currency, rate in of.rates},
        "pool_limit": None if of.pool_limit is None else said(of.pool_limit), "totals": totals,
    }  # fmt: skip


def _total(of: Scenario, side: Side) -> dict[str, Any]:
    found = view(of, "line", side)
    return {"months": [said(one) for one in found.months], "year": said(found.total)}


def _line(of: Scenario, line: Line) -> dict[str, Any]:
    told = converted(of, line)
    return {
        "id": line.id, "name": line.name, "category": line.category, "class": line.cost_class.value,
        "purpose": line.purpose.value, "treatment": line.treatment.value, "side": line.side.value,
        "owner": line.owner, "service": line.service, "vendor": line.vendor, "driver": line.driver or None,
        "unit_price": _or_none(line.unit_price), "inflation": said(line.inflation), "currency": line.currency,
        "months": [said(one) for one in line.months], "year": said(line.total), "agreed": _or_none(line.annual),
        "converted": None if told is None else said(sum(told, Decimal(0))), "mandatory": line.mandatory,
        "note": line.note,
    }  # fmt: skip


def _or_none(value: Decimal | None) -> str | None:
    return None if value is None else said(value)


def findings(name: str, found: Iterable[Finding]) -> dict[str, Any]:
    """`budget check`."""
    told = tuple(found)
    return {
        "schema": SCHEMA, "scenario": name, "blocked": any(one.blocks for one in told),
        "findings": [
            {"rule": one.rule, "title": one.title, "severity": one.severity.value, "state": one.state.value,
             "sentence": one.sentence, "numbers": [_number(number) for number in one.numbers], "lines": list(one.lines)}
            for one in told
        ],
    }  # fmt: skip


def _number(one: Number) -> dict[str, Any]:
    value = one.value if one.value is None or isinstance(one.value, int) else said(one.value)
    return {"name": one.name, "value": value, "unit": one.unit}


def comparison(found: Comparison, months: Iterable[str]) -> dict[str, Any]:
    """`budget compare`; `months` are the names of the scenario's months."""
    names = list(months)
    return {
        "schema": SCHEMA, "left": found.left, "right": found.right, "currency": found.currency,
        "totals": {side.value: _variance(found.total(side)) for side in Side},
        "lines": [
            {"id": one.name, "name": found.names[one.name], "side": one.side.value} | _variance(one)
            for one in found.lines
        ],
        "months": [
            {"month": names[at]} | {side.value: _variance(found.totals_by_month(side)[at]) for side in Side}
            for at in found.by_month
        ],
        "unknown": list(found.unknown),
    }  # fmt: skip


def _variance(one: Variance) -> dict[str, Any]:
    return {
        "left": said(one.budget) or "0", "right": said(one.actual), "difference": said(one.difference),
        "share": None if one.share is None else said(round(one.share, 6)), "word": one.word,
        "parts": {name: said(getattr(one.parts, name)) for name in PART_NAMES},
    }  # fmt: skip


def imported(preview: Preview, taken: bool) -> dict[str, Any]:
    """`budget import --json`."""
    return {
        "schema": SCHEMA, "scenario": preview.scenario, "taken": taken,
        "changes": [
            {"row": one.row, "field": one.field, "old": one.old, "new": one.new,
             "cell": preview.places.get((one.row, one.field))}
            for one in preview.changes
        ],
        "errors": [{"sheet": one.sheet, "cell": one.cell, "sentence": one.sentence} for one in preview.errors],
        "notes": list(preview.notes),
    }  # fmt: skip
