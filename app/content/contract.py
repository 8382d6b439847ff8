"""The JSON of `python -m app metrics`: a contract, described field by field in docs/cli.md."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from data.benchmarks.load import Reference
from data.benchmarks.score import Target
from data.metrics.base import Unit, Value
from data.period import Period
from data.warehouse.readings import Reader, Reading

SCHEMA = 1
_UNITS = {
    Unit.RATIO: "ratio",
    Unit.PER_DAY: "per_day",
    Unit.HOURS: "hours",
    Unit.NUMBER: "number",
    Unit.POINTS: "points",
    Unit.SCORE: "score",
}


def document(reader: Reader, period: Period, readings: Sequence[Reading]) -> dict[str, Any]:
    """All readings of a scope and period."""
    assert reader.version is not None
    return {
        "schema": SCHEMA,
        "as_of": (reader.as_of or reader.version.committed_at).isoformat(),
        "data_version": reader.version.version,
        "period": {"start": period.start.isoformat(), "end": period.end.isoformat()},
        "metrics": [entry(one) for one in readings],
    }


def entry(reading: Reading) -> dict[str, Any]:
    """One reading."""
    value, metric, verdict = reading.value, reading.metric, reading.verdict
    return {
        "id": metric.id,
        "definition": {"version": metric.version, "hash": metric.definition_hash},
        "scope": reading.scope.id,
        "variant": reading.variant,
        "value": number(value.value),
        "reason": value.reason,
        "unit": unit(reading),
        "numerator": number(value.numerator),
        "denominator": number(value.denominator),
        "sample": value.sample,
        "coverage": number(value.coverage),
        "provisional": reading.provisional,
        "corrected": _corrected(value),
        "interval": None if value.interval is None else [number(end) for end in value.interval],
        "statistics": {name: number(one) for name, one in sorted(value.statistics.items())},
        "parts": _parts(reading),
        "previous": number(reading.previous.value),
        "previous_corrected": _corrected(reading.previous),
        "verdict": None if verdict is None else verdict.word.value,
        "benchmark": None if reading.target is None else _benchmark(reading.target),
        "references": [_reference(one) for _, one in reading.references],
        "to_target": None if verdict is None else number(verdict.to_target),
        "fresh_at": None if reading.fresh_at is None else reading.fresh_at.isoformat(),
    }


def _corrected(value: Value) -> dict[str, Any] | None:
    if not value.corrections:
        return None
    return {"counted": number(value.counted), "corrections": list(value.corrections)}


def unit(reading: Reading) -> str:
    """The unit of the value: ratio, per_day, hours, number, points, score, or the currency of an amount."""
    return _UNITS.get(reading.metric.unit, reading.currency)


def number(value: Decimal | None) -> int | float | None:
    """A JSON number: whole where the value is whole."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _parts(reading: Reading) -> dict[str, Any] | None:
    judged = [part for part in reading.deciding if part.verdict is not None]
    if not judged:
        return None
    worst = reading.deciding[0]
    return {
        "met": sum(part.verdict is not None and part.verdict.word == "met" for part in judged),
        "of": len(judged),
        "worst": {
            "scope": worst.scope.id,
            "value": number(worst.value.value),
            "corrected": _corrected(worst.value),
        },
    }


def _benchmark(target: Target) -> dict[str, Any]:
    return {
        "id": target.benchmark,
        "low": number(target.low),
        "high": number(target.high),
        "statistic": target.statistic,
        "publisher": target.publisher,
        "vintage": target.vintage,
        "kind": target.kind,
    }


def _reference(one: Reference) -> dict[str, Any]:
    return {
        "id": one.id,
        "label": one.label,
        "low": number(one.low),
        "high": number(one.high),
        "statistic": one.statistic,
        "publisher": one.publisher,
        "vintage": one.vintage,
        "segment": one.segment,
        "confidence": one.confidence,
        "url": one.url,
    }
