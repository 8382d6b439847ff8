"""Features: how long each took from the start of work to production, and how old those are that are not there yet."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from urllib.parse import urlsplit

from app.content import format as text
from app.content.blocks import Cell, Column, Notice, Role, Row, Section, Table, Target
from app.content.scatter import Dot, Level, Scatter
from app.content.sections import words
from app.content.sections.base import Context, SectionKind
from app.content.sections.tiles import absent
from data.facts import WorkItem
from data.metrics.base import Delivery
from data.metrics.durations import between, in_hours
from data.metrics.feature_cycle_time import FEATURE
from data.metrics.quantiles import quantile
from data.period import day_of
from data.warehouse.deliveries import deliveries_by_scope, open_items
from data.warehouse.readings import Reading

_SHOWN = 60
_MEASURES = ("feature_cycle_time",)
_DAY = 24
_TITLE = "Features"
_HALF, _MOST = Decimal("0.5"), Decimal("0.85")
_LEAST = 5
"""Below so many delivered features nothing is said of what is usual."""


@dataclass(frozen=True)
class _Done:
    """A delivered feature, its scope, and the hours it took."""

    item: WorkItem
    scope: str
    deployed: datetime
    hours: Decimal


def features(context: Context) -> Section:
    """Every feature delivered in the last periods at its day and the days it took."""
    reading = context.reading("feature_cycle_time")
    if reading.value.reason == "no_source":
        return Section("features", _TITLE, (absent(reading),))
    done = _delivered(context, reading)
    if not done:
        return Section("features", _TITLE, (Notice("info", "No feature was delivered in the last periods."),))
    now = [one for one in done if _day(one, context) in context.period]
    return Section("features", _TITLE, (_scatter(context, reading, done),), _said(reading, now))


def finished(context: Context) -> Section:
    """The features delivered in the period, the longest first, each with the way to it."""
    reading = context.reading("feature_cycle_time")
    title = f"The features of {text.period(context.period)}"
    if reading.value.reason == "no_source":
        return Section("finished", title, (absent(reading),))
    now = [one for one in _delivered(context, reading) if _day(one, context) in context.period]
    return Section("finished", title, (_table(context, now),))


def _said(reading: Reading, now: Sequence[_Done]) -> str:
    spread = reading.value.statistics
    if not now or "median" not in spread:
        return ""
    return text.joined(
        f"{text.plural(len(now), 'feature')} in {text.period(reading.period)}",
        f"mean {words.value(reading)}, on which the target is set",
        f"median {text.hours(spread['median'])}",
        f"85 % within {text.hours(spread['p85'])}" if "p85" in spread else "",
    )


def _told(reading: Reading, name: str, hours: Decimal) -> tuple[str, Role]:
    """A level in words and its weight: the mean is the number itself, which people may have corrected."""
    mean = name == "mean"
    return words.marked(text.hours(hours), reading.value if mean else None), "subject" if mean else "context"


def _delivered(context: Context, reading: Reading) -> list[_Done]:
    """The features of the scope that reached production within the history, in the order in which they did."""
    return context.once("features delivered", lambda: _read(context, reading))


def _read(context: Context, reading: Reading) -> list[_Done]:
    zone, first = context.zone, reading.history[0][0].start
    found = []
    for scope, made in deliveries_by_scope(context.reader.connection).items():
        for one in made:
            day = day_of(one.deployed, zone)
            if day < first or day >= context.period.end or (hours := _hours(one)) is None:
                continue
            if context.scope in context.reader.tree.path(scope, day):
                found.append(_Done(one.item, scope, one.deployed, hours))
    return sorted(found, key=lambda one: (one.deployed, one.item.source_id))


def _hours(one: Delivery) -> Decimal | None:
    """As the metric counts it: features that were not given up, and spans above zero."""
    if one.item.form != FEATURE or one.item.cancelled:
        return None
    span = between(one.started, one.deployed)
    return in_hours(span) if span else None


def _scatter(context: Context, reading: Reading, done: Sequence[_Done]) -> Scatter:
    periods = tuple(period for period, _ in reading.history)
    dots = tuple(_dot(one, context) for one in done if any(_day(one, context) in period for period in periods))
    spread, target = reading.value.statistics, reading.target
    named = (("mean", reading.value.value), ("median", spread.get("median")), ("85 % within", spread.get("p85")))
    levels = tuple(
        Level(name, float(hours / _DAY), *_told(reading, name, hours)) for name, hours in named if hours is not None
    )
    high = None if target is None or target.high is None else float(target.high / _DAY)
    title = _finding(context, reading, done)
    alt = f"{text.plural(len(dots), 'feature')} delivered over {len(periods)} periods, by day and days taken. {title}."
    return Scatter(
        id="feature-days",
        title=title,
        subtitle=f"Days from the start of work to production, each feature of {reading.scope.name} at its delivery",
        unit="d",
        periods=periods,
        dots=dots,
        alt=alt,
        levels=levels,
        target=Target(f"target {words.goal(reading)}", high=high) if high is not None else None,
        note=f"Dark dots and the lines: {text.period(context.period)}. Features that are not delivered yet are below.",
        measures=_MEASURES,
    )


def _finding(context: Context, reading: Reading, done: Sequence[_Done]) -> str:
    now = [one for one in done if _day(one, context) in context.period]
    target = reading.target
    if not now:
        return f"No feature was delivered in {text.period(context.period)}"
    if target is None or target.high is None:
        return f"{text.plural(len(now), 'feature')} delivered in {text.period(context.period)}"
    inside = sum(target.holds(one.hours) for one in now)
    return f"{inside} of {text.plural(len(now), 'feature')} of {text.period(context.period)} took {words.goal(reading)}"


def _day(one: _Done, context: Context) -> date:
    return day_of(one.deployed, context.zone)


def _dot(one: _Done, context: Context) -> Dot:
    day = _day(one, context)
    role: Role = "subject" if day in context.period else "context"
    said = text.joined(context.name_of(one.scope), text.hours(one.hours))
    return Dot(day, float(one.hours / _DAY), name_of(one.item), said, role, one.item.url or "")


def name_of(item: WorkItem) -> str:
    """A work item as people call it: the end of its address, "wallet 1203"."""
    path = urlsplit(item.url).path if item.url else item.source_id
    parts = [part for part in path.split("/") if part and part not in ("issues", "issue", "browse")]
    return " ".join(parts[-2:]) if parts else item.source_id


def _table(context: Context, now: Sequence[_Done]) -> Table:
    columns = (
        Column("Feature"),
        Column("Service"),
        Column("In production"),
        Column("Took", kind="number", unit="d"),
    )
    ordered = sorted(now, key=lambda one: -one.hours)
    rows = tuple(
        Row(
            (
                Cell(name_of(one.item)),
                Cell(context.name_of(one.scope)),
                Cell(text.instant(one.deployed, context.zone), exact=one.deployed),
                Cell(text.hours(one.hours), exact=one.hours / _DAY),
            ),
            one.item.url or "",
        )
        for one in ordered
    )
    empty = f"No feature was delivered in {text.period(context.period)}."
    return Table(
        "features",
        "",
        columns,
        rows[:_SHOWN],
        "The longest first.",
        empty=empty,
        rest=rows[_SHOWN:],
        measures=_MEASURES,
    )


def ageing(context: Context) -> Section:
    """Features that are being worked on, the oldest first, beside how long past ones took."""
    title = "Work that is ageing"
    reading = context.reading("feature_cycle_time")
    if reading.value.reason == "no_source":
        return Section("ageing", title, (absent(reading),))
    past = sorted(one.hours for one in _delivered(context, reading))
    found = open_items(context.reader.connection, context.everything_below(), FEATURE)
    columns = (
        Column("Feature"),
        Column("Service"),
        Column("Started"),
        Column("Age", kind="number", unit="d"),
        Column("Older than past features at delivery", kind="number", unit="%"),
        Column(""),
    )
    told = [(one.item, one.scope, one.since, in_hours(max(context.as_of - one.since, timedelta(0)))) for one in found]
    rows = tuple(_age(item, scope, since, hours, past, context) for item, scope, since, hours in told)
    empty = "No feature is being worked on."
    table = Table(
        "ageing", "", columns, rows[:_SHOWN], _usual(past), empty=empty, rest=rows[_SHOWN:], measures=_MEASURES
    )
    return Section("ageing", title, (table,), _ageing_said(context, [hours for *_, hours in told], past))


def _ageing_said(context: Context, ages: Sequence[Decimal], past: Sequence[Decimal]) -> str:
    """How many are older than is usual; as of the data, whatever the period shown."""
    said = f"{text.plural(len(ages), 'feature')} in progress on {text.day(day_of(context.as_of, context.zone))}"
    if len(past) < _LEAST or not ages:
        return said
    limit = quantile(past, _MOST)
    late = sum(one > limit for one in ages)
    return text.joined(said, f"{late} older than {text.hours(limit)}, within which 85 % of past ones were delivered")


def _usual(past: Sequence[Decimal]) -> str:
    if len(past) < _LEAST:
        return f"Only {text.plural(len(past), 'feature')} delivered in the last periods: too few to tell what is usual."
    half, most = (text.hours(quantile(past, one)) for one in (_HALF, _MOST))
    return f"Past: the {text.plural(len(past), 'feature')} of the last periods, half within {half}, 85 % within {most}."


def _age(item: WorkItem, scope: str, since: datetime, hours: Decimal, past: Sequence[Decimal], context: Context) -> Row:
    known = len(past) >= _LEAST
    older = Decimal(bisect_right(past, hours)) / len(past) if known else None
    remark = ""
    if older is not None:
        remark = (
            "older than usual" if older >= Decimal("0.85") else "past the median" if older >= Decimal("0.5") else ""
        )
    cells = (
        Cell(name_of(item)),
        Cell(context.name_of(scope)),
        Cell(text.instant(since, context.zone), exact=since),
        Cell(text.hours(hours), exact=hours / _DAY),
        Cell(text.percent(older, digits=0), exact=None if older is None else older * 100),
        Cell(remark),
    )
    return Row(cells, item.url or "")


FEATURES = SectionKind("delivery.features", features)
FINISHED = SectionKind("delivery.finished", finished)
AGEING = SectionKind("delivery.ageing", ageing)
