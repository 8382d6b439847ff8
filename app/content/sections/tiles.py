"""The tile of a reading, and the trend behind it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from app.content import format as text
from app.content.blocks import Notice, Reference, Series, Target, Tile, Trend
from app.content.sections import words
from app.content.sections.base import Context
from data.benchmarks.load import Reference as Published
from data.metrics.base import Denominator, Domain, Metric, Unit, Value
from data.money import Money
from data.warehouse.readings import Reading

_THIN = 0.008
PAGES = {
    Domain.DELIVERY: "delivery",
    Domain.RELIABILITY: "reliability",
    Domain.FEEDBACK: "feedback",
    Domain.COMPLIANCE: "compliance",
    Domain.SPEND: "spend",
}


def tile(reading: Reading, context: Context, *, linked: bool = True) -> Tile:
    """One number against its target in five rows."""
    shown, unit = text.parts(words.value(reading))
    change, change_word = words.change(reading, context.comparison)
    verdict = reading.verdict
    return Tile(
        id=reading.metric.id,
        label=reading.metric.name,
        value=shown,
        unit=unit,
        verdict=words.verdict_word(verdict),
        verdict_reason=text.joined(verdict.reason.rstrip("."), words.distance(reading)) if verdict else "",
        target=words.goal_with_source(reading),
        change=change,
        change_word=change_word,
        spark=tuple(plain(reading.metric, value) for _, value in reading.history),
        spark_targets=_spark_targets(reading),
        evidence=words.evidence(reading),
        freshness=_freshness(reading, context),
        href=PAGES[reading.metric.domain] if linked else "",
        definition=words.definition(reading.metric),
        provenance=words.provenance(reading, context),
    )


def _spark_targets(reading: Reading) -> tuple[float, ...]:
    target = reading.target
    edges = (target.low, target.high) if target is not None else ()
    return tuple(at for edge in edges if edge is not None and (at := plain(reading.metric, Value(edge))) is not None)


def _freshness(reading: Reading, context: Context) -> str:
    return f"read {text.seen(reading.fresh_at, context.now, context.zone)}" if reading.fresh_at else "never read"


def plain(metric: Metric, value: Value) -> float | None:
    """A value as a figure plots it: ratios in percent, everything else as it is."""
    if value.value is None:
        return None
    return float(value.value * 100) if metric.unit is Unit.RATIO else float(value.value)


def axis_unit(metric: Metric) -> str:
    """The unit of a metric's axis; money has its own scale."""
    return {Unit.RATIO: "%", Unit.PER_DAY: "/ day", Unit.HOURS: "h", Unit.POINTS: "points"}.get(metric.unit, "")


def trend(reading: Reading, title: str = "", subtitle: str = "", note: str = "") -> Trend | Notice:
    """The last twelve periods with target and references; a notice where nothing is known at all."""
    if all(value.value is None for _, value in reading.history):
        return absent(reading)
    if reading.metric.unit is Unit.MONEY:
        values, unit = money_values(reading)
    else:
        values = tuple(plain(reading.metric, value) for _, value in reading.history)
        unit = axis_unit(reading.metric)
    texts = tuple(words.value(reading, value) for _, value in reading.history)
    return Trend(
        id=f"trend-{reading.metric.id}",
        title=title or finding(reading),
        subtitle=subtitle or f"{reading.metric.name}, {reading.scope.name}, per {_step(reading)}",
        unit=unit,
        periods=tuple(period for period, _ in reading.history),
        series=(Series(reading.metric.name, values, texts=texts),),
        alt=alt(reading),
        target=target_line(reading),
        references=reference_bands(reading, values),
        from_zero=reading.metric.unit in (Unit.MONEY, Unit.PER_DAY, Unit.HOURS),
        note=note,
        measures=(reading.metric.id,),
    )


def money_values(reading: Reading) -> tuple[tuple[float | None, ...], str]:
    """The history of an amount on one scale, and the unit of its axis."""
    amounts = [None if one.value is None else Money(one.value, reading.currency) for _, one in reading.history]
    return text.money_axis(amounts)


def target_line(reading: Reading) -> Target | None:
    """The target as a line or band in the unit of the figure."""
    target, metric = reading.target, reading.metric
    if target is None or metric.unit is Unit.MONEY:
        return None
    low = None if target.low is None else plain(metric, Value(target.low))
    high = None if target.high is None else plain(metric, Value(target.high))
    return Target(f"target {words.goal(reading)}", low, high)


def reference_bands(reading: Reading, values: Sequence[float | None]) -> tuple[Reference, ...]:
    """The few published values that every chart shows: ranges as they are, single figures as thin bands.

    Rates per day are published of one service, so the total of several is not held beside them.
    """
    if reading.metric.denominator is Denominator.CALENDAR and reading.parts:
        return ()
    target = target_line(reading)
    there = [*(value for value in values if value is not None), *(target.edges if target else ())]
    half = (max(there) - min(there)) * _THIN or max(map(abs, there)) * _THIN
    return tuple(_band(reading.metric, one, half) for _, one in reading.references if one.show)


def _band(metric: Metric, one: Published, half: float) -> Reference:
    low = None if one.low is None else plain(metric, Value(one.low))
    high = None if one.high is None else plain(metric, Value(one.high))
    if one.statistic == "cluster" or (low is not None and high is not None and low < high):
        return Reference(one.label, low, high)
    at = low if low is not None else high
    assert at is not None
    return Reference(one.label, at - half, at + half)


def absent(reading: Reading) -> Notice:
    """Why there is nothing to draw, and what to connect."""
    return Notice("missing", f"{reading.metric.name}: {words.missing(reading)}", "See what is connected", "health")


def finding(reading: Reading) -> str:
    """What the line shows, in a few words: against the target, else against the period before."""
    name, now = reading.metric.name, words.value(reading)
    month = text.period(reading.period)
    if reading.value.value is None:
        return f"{name}: no value in {month}"
    far = words.distance(reading)
    if far:
        return f"{name} at {now} in {month}, {far}"
    said = words.moved(reading.metric, reading.value, reading.previous)
    other = f"{'from' if said == 'unchanged' else 'on'} {text.period_short(reading.period.previous())}"
    return f"{name} at {now} in {month}" + (f", {said} {other}" if said else "")


def alt(reading: Reading) -> str:
    """The figure in words."""
    known = [(period, value) for period, value in reading.history if value.value is not None]
    lowest = min(known, key=lambda one: one[1].value or Decimal(0))
    highest = max(known, key=lambda one: one[1].value or Decimal(0))
    goal = f" Target {words.goal(reading)}." if reading.target else ""
    return (
        f"{reading.metric.name} over {text.plural(len(reading.history), 'period')} "
        f"up to {text.period(reading.period)}: "
        f"last {words.value(reading)}, lowest {words.value(reading, lowest[1])} in {text.period(lowest[0])}, "
        f"highest {words.value(reading, highest[1])} in {text.period(highest[0])}.{goal}"
    )


def _step(reading: Reading) -> str:
    return {"fiscal_quarter": "quarter", "fiscal_year": "year", "custom": "span"}.get(
        reading.period.kind.value, reading.period.kind.value
    )
