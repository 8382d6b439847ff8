"""How many things a number was counted from, in the words of its metric."""

from __future__ import annotations

from decimal import Decimal

from app.content import format as text
from data.facts import Measurement
from data.metrics.base import Denominator, Value
from data.warehouse.readings import Reading

_WHOLE = Decimal("0.9995")
"""Coverage that is shown as 100.0 % and hence not worth a word."""


def counted(reading: Reading) -> str:
    """One line: "3 of 120 deployments undone", "412 answers"."""
    found, metric = reading.value, reading.metric
    top, bottom = found.numerator or Decimal(0), found.denominator or Decimal(0)
    match metric.id:
        case "change_fail_rate":
            return f"{text.count(top)} of {text.plural(int(bottom), 'deployment')} failed in production"
        case "deployment_frequency":
            median = found.statistics.get("median_service")
            typical = f"median service {text.per_day(median)}" if median is not None else ""
            return text.joined(text.plural(int(top), "deployment"), typical)
        case "availability_requests":
            return f"{scaled(bottom - top)} of {scaled(bottom)} requests failed"
        case "error_rate" | "integration_error_rate":
            noun = "calls" if metric.id == "integration_error_rate" else "requests"
            return f"{scaled(top)} of {scaled(bottom)} {noun} failed"
        case "error_budget":
            return f"{text.duration(top)} of {text.duration(bottom)} allowed"
        case "availability":
            return f"{text.duration(bottom - top)} down"
        case "integration_share":
            return _unclassified(reading)
        case _ if metric.denominator is Denominator.TOTAL:
            return text.plural(found.sample, "charge")
    said = _lasted(metric.id, found) or _answered(metric.id, found) or _own(reading)
    return said or f"{text.count(found.sample)} observed"


def _lasted(metric: str, found: Value) -> str:
    """Of what takes time."""
    match metric:
        case "lead_time":
            return text.joined(text.plural(found.sample, "change"), _share(found, "p90", "nine in ten"))
        case "time_to_restore" | "time_to_acknowledge":
            return text.joined(text.plural(found.sample, "incident"), _share(found, "p90", "nine in ten"))
        case "deployment_recovery_time":
            return text.joined(text.plural(found.sample, "failed deployment"), _share(found, "p90", "nine in ten"))
        case "feature_cycle_time":
            median = found.statistics.get("median")
            half = "" if median is None else f"median {text.hours(median)}"
            return text.joined(text.plural(found.sample, "feature"), half, _share(found, "p85", "85\u202f%"))
    return ""


def _answered(metric: str, found: Value) -> str:
    """Of feedback, use and compliance."""
    top, bottom = found.numerator or Decimal(0), found.denominator or Decimal(0)
    match metric:
        case "nps" | "csat" | "ces":
            return text.plural(found.sample, "answer")
        case "adoption":
            used, eligible = (scaled(round(size / max(1, found.sample))) for size in (top, bottom))
            windows = f" on average over {text.count(found.sample)} windows" if found.sample > 1 else ""
            return f"{used} of {eligible} eligible users{windows}"
        case "audit_on_time":
            return f"{text.count(top)} of {text.plural(int(bottom), 'audit')} on time"
        case "compliance_log_timeliness":
            return f"{scaled(top)} of {scaled(bottom)} records in time"
    return ""


def _own(reading: Reading) -> str:
    """Of a company's own number, which says what is divided by what."""
    found = reading.value
    if reading.metric.fact_kinds != (Measurement.kind,):
        return ""
    return f"{text.plain(found.numerator)} over {text.plain(found.denominator)}"


def _share(found: Value, statistic: str, share: str) -> str:
    """How long a share of what was measured took at most."""
    longest = found.statistics.get(statistic)
    return "" if longest is None else f"{share} within {text.hours(longest)}"


def _unclassified(reading: Reading) -> str:
    found = reading.value
    if found.bounds is None:
        return ""
    if found.coverage >= _WHOLE:
        return "all of it classified"
    low, high = (text.percent(one, digits=1) for one in found.bounds)
    open_part = text.percent(1 - found.coverage, digits=1)
    return f"{open_part} unclassified: the share lies in {text.between(low, high)}"


def scaled(number: Decimal | int) -> str:
    """A large count in three digits: "7.41 M"; small ones whole."""
    size = Decimal(number)
    for factor, unit in ((Decimal(10) ** 9, "bn"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 4, "k")):
        if abs(size) >= factor:
            by = Decimal(1000) if unit == "k" else factor
            return text.with_unit(text.significant(size / by), unit)
    return text.count(size)
