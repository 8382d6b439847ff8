"""Corrections as they are applied in reading: a corrected number shows as corrected, whatever is counted beneath it.

A wider scope or a longer period takes up the difference between the corrected number and what is counted now. Where
corrections lie within each other, the one of the wider scope and longer time holds. Time that a correction covers in
part only is told as it was counted: a month's correction cannot be split among its weeks.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import Connection, or_, select

from data.metrics.base import Metric, Totals, Value, value_of
from data.money import millionths
from data.period import Period
from data.warehouse import read
from data.warehouse.tables_people import correction as table

if TYPE_CHECKING:
    from data.warehouse.readings import Reader


@dataclass(frozen=True)
class Correction:
    """A number as people corrected it, beside what had been counted when they did."""

    proposal: int
    metric: str
    version: int
    scope: str
    start: date
    end: date
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    counted_numerator: Decimal | None
    counted_denominator: Decimal | None
    counted_value: Decimal | None
    why: str
    proposed_by: str
    approved_by: str
    approved_at: datetime
    lifted_at: datetime | None

    @property
    def period(self) -> Period:
        """The days that it is of."""
        return Period(self.start, self.end)


@dataclass(frozen=True)
class Summed:
    """A sum as corrected, beside what was counted, and which corrections it holds."""

    totals: Totals
    counted: Totals
    corrections: tuple[int, ...] = ()

    def value(self, metric: Metric, least: int = 1) -> Value:
        """The value of the sum; of a survey, what fewer than `least` answers say is not told."""
        found = value_of(metric, self.totals, (), least)
        if not self.corrections or found.value is None:
            return found
        return replace(found, counted=value_of(metric, self.counted, (), least).value, corrections=self.corrections)


@dataclass(frozen=True)
class Applied:
    """What corrections add to a sum, in millionths, and which they are."""

    numerator: int
    denominator: int
    corrections: tuple[int, ...]


def in_force(connection: Connection, as_of: datetime | None = None) -> tuple[Correction, ...]:
    """The corrections that hold now, or held at an instant."""
    query = select(table).order_by(table.c.proposal)
    if as_of is None:
        query = query.where(table.c.lifted_at.is_(None))
    else:
        query = query.where(table.c.approved_at <= as_of, or_(table.c.lifted_at.is_(None), table.c.lifted_at > as_of))
    names = [table.c[name] for name in Correction.__dataclass_fields__]
    return tuple(Correction(**row._mapping) for row in connection.execute(query.with_only_columns(*names)))


def sums(
    reader: Reader,
    metrics: Sequence[Metric],
    scopes: Sequence[str],
    variants: Collection[str],
    periods: Sequence[Period],
) -> tuple[dict[read.TotalsKey, Totals], frozenset[read.TotalsKey]]:
    """The sums as they were counted, and which of them were restated after the state that is read and undone here."""
    found = read.totals(reader.connection, metrics, scopes, variants, periods, reader.today)
    if reader.as_of is None:
        return found, frozenset()
    later, nothing = read.restated_sums(reader.connection, metrics, scopes, periods, reader.as_of), Totals(*[0] * 8)
    for key, (numerator, denominator, days) in later.items():
        now = found.get(key, nothing)
        then = {"numerator": now.numerator - numerator, "denominator": now.denominator - denominator}
        found[key] = replace(now, **then, days=now.days - days)
    return {key: then for key, then in found.items() if then.days > 0}, frozenset(later)


def applied(
    reader: Reader, metrics: Sequence[Metric], scopes: Sequence[str], periods: Sequence[Period]
) -> dict[tuple[str, str, int], Applied]:
    """What corrections add to the sums of metrics, scopes and places of periods; nothing for most."""
    by_id = {metric.id: metric for metric in metrics}
    held = [one for one in reader.corrections if one.metric in by_id and one.version == by_id[one.metric].version]
    held = [one for one in held if one.value is None]
    found: dict[tuple[str, str, int], Applied] = {}
    for name in {one.metric for one in held}:
        for scope in scopes:
            below = reader.tree.ever_below(scope)
            for place, period in enumerate(periods):
                own = [one for one in held if one.metric == name and one.scope in below and _within(one, period)]
                if own:
                    outer = [one for one in own if not any(_covers(other, one, reader) for other in own)]
                    found[name, scope, place] = _added(reader, by_id[name], outer)
    return found


def corrected_sums(
    reader: Reader,
    metrics: Sequence[Metric],
    scopes: Sequence[str],
    variants: Collection[str],
    periods: Sequence[Period],
) -> dict[read.TotalsKey, Summed]:
    """The sums by metric, scope, variant and place of the period, as corrected."""
    counted, _ = sums(reader, metrics, scopes, variants, periods)
    found = {key: Summed(of, of) for key, of in counted.items()}
    for (name, scope, place), more in applied(reader, metrics, scopes, periods).items():
        if (now := counted.get((name, scope, "", place))) is not None:
            moved = {"numerator": now.numerator + more.numerator, "denominator": now.denominator + more.denominator}
            found[name, scope, "", place] = Summed(replace(now, **moved), now, more.corrections)
    return found


def replaced(reader: Reader, metric: Metric, scope: str, period: Period) -> Correction | None:
    """The correction that gives a value outright: of what is no ratio of sums, for exactly this scope and time."""
    wanted = metric.id, metric.version, scope, period.start, period.end
    for one in reader.corrections:
        if one.value is not None and (one.metric, one.version, one.scope, one.start, one.end) == wanted:
            return one
    return None


def _within(one: Correction, period: Period) -> bool:
    return period.start <= one.start and one.end <= period.end


def _covers(wide: Correction, narrow: Correction, reader: Reader) -> bool:
    if wide is narrow or narrow.scope not in reader.tree.ever_below(wide.scope):
        return False
    same = (wide.scope, wide.start, wide.end) == (narrow.scope, narrow.start, narrow.end)
    return not same and wide.start <= narrow.start and narrow.end <= wide.end


def _added(reader: Reader, metric: Metric, corrections: Sequence[Correction]) -> Applied:
    numerator = denominator = 0
    for one in corrections:
        found, _ = sums(reader, (metric,), (one.scope,), ("",), (one.period,))
        now = found.get((metric.id, one.scope, "", 0))
        numerator += millionths(one.numerator or Decimal(0)) - (now.numerator if now else 0)
        if one.denominator is not None:
            denominator += millionths(one.denominator) - (now.denominator if now else 0)
    return Applied(numerator, denominator, tuple(one.proposal for one in corrections))
