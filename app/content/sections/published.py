"""Our numbers among published ones: one figure for each measure that somebody publishes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from app.content import format as text
from app.content.among import Among, Range
from app.content.blocks import Beside, Block, Notice, Section
from app.content.sections import words
from app.content.sections.base import Context, SectionKind
from app.content.sections.tiles import axis_unit, plain, target_line
from data.benchmarks.clusters import closest, clusters_of, editions
from data.benchmarks.load import Reference, load
from data.metrics.base import Better, Metric, Unit, Value
from data.warehouse.readings import Reading

_WIDE = (Unit.HOURS, Unit.PER_DAY)
_MARKS_SHOWN = ("W",)


def measured() -> tuple[str, ...]:
    """The metrics that somebody publishes values of, in the order of the files."""
    return tuple(dict.fromkeys(one.metric for file in load() for one in file.edition.reference))


def compared(reading: Reading) -> Value:
    """What compares with published values: of rates a day, which are published of one service, the median service."""
    middle = reading.value.statistics.get("median_service")
    if middle is None:
        return reading.value
    corrections = tuple(sorted({number for part in reading.parts for number in part.value.corrections}))
    return replace(reading.value, value=middle, interval=None, counted=None, corrections=corrections)


def among(context: Context) -> Section:
    """A figure for each measure, two of about the same height beside each other."""
    order = {metric.id: place for place, metric in enumerate(context.reader.metrics)}
    readings = context.readings(sorted(measured(), key=order.__getitem__))
    drawn = sorted(map(_figure, readings), key=lambda one: -len(one.ranges))
    figures: list[Block] = list(drawn)
    pairs = [tuple(figures[at : at + 2]) for at in range(0, len(figures), 2)]
    blocks: list[Block] = [Beside(pair) if len(pair) > 1 else pair[0] for pair in pairs]
    summary = "Published values differ in what they count and of whom: each says so in the table below."
    if not blocks:
        blocks = [Notice("info", "No published value is known for any of these measures.")]
    return Section("among", f"{context.name_of(context.scope)} among published values", tuple(blocks), summary)


def _figure(reading: Reading) -> Among:
    metric, ours = reading.metric, compared(reading)
    ranges = _ranges(reading)
    name = f"{reading.scope.name}, {text.period(reading.period)}"
    said = words.marked(words.amount(metric, ours.value, reading.currency, reading.target), ours)
    return Among(
        id=f"among-{metric.id}",
        title=_title(reading, ours, said),
        subtitle=_subtitle(reading, ours),
        unit=axis_unit(metric),
        name=name,
        value=plain(metric, ours),
        text=said,
        interval=_interval(metric, ours),
        ranges=ranges,
        target=target_line(reading),
        wide=metric.unit in _WIDE,
        note=_note(reading),
        alt=f"{metric.name} of {name}: {said}. Published: {'; '.join(f'{one.name} {one.text}' for one in ranges)}.",
    )


def _title(reading: Reading, ours: Value, said: str) -> str:
    """What the figure shows: the closest cluster where there are some, else how many published values are lower."""
    name = reading.metric.name
    if ours.value is None:
        return f"{name}: no value of ours"
    for edition in editions():
        if found := clusters_of(edition, reading.metric.id):
            return f"{name} at {said}, {closest(ours.value, found).words} of DORA {edition.vintage}"
    single = [one.low for _, one in reading.references if one.low is not None and one.low == one.high]
    lower = sum(one < ours.value for one in single)
    if not single:
        return f"{name} at {said}"
    if len(single) == 1:
        return f"{name} at {said}, {'above' if lower else 'not above'} the one published value"
    return f"{name} at {said}, above {lower} of {len(single)} published values"


def _subtitle(reading: Reading, ours: Value) -> str:
    unit = {"%": "in percent", "h": "on a scale of time", "/ day": "how often"}.get(axis_unit(reading.metric), "")
    return text.joined(
        "the median service" if ours is not reading.value else "",
        unit or f"in {axis_unit(reading.metric)}",
        "our line is the 95 % interval" if ours.interval else "",
    )


def _note(reading: Reading) -> str:
    missing = words.missing(reading) if reading.value.value is None else ""
    weak = any(one.confidence in _MARKS_SHOWN for _, one in reading.references)
    return " ".join(one for one in (missing, "W marks weak sources." if weak else "") if one)


def _interval(metric: Metric, ours: Value) -> tuple[float, float] | None:
    if ours.interval is None:
        return None
    low, high = (plain(metric, Value(end)) for end in ours.interval)
    return None if low is None or high is None else (low, high)


def _ranges(reading: Reading) -> tuple[Range, ...]:
    """One line for each value or group, the best first; of clusters those of the newest edition."""
    newest = next((edition.name for edition in editions()), "")
    shown = [one for edition, one in reading.references if one.cluster is None or edition.name == newest]
    groups: dict[str, list[Reference]] = {}
    for one in shown:
        groups.setdefault(one.group or one.label, []).append(one)
    down = reading.metric.better is not Better.LOWER
    ordered = sorted(groups.items(), key=lambda pair: _middle(pair[1]), reverse=down)
    return tuple(_range(reading, name, found) for name, found in ordered)


def _middle(found: Sequence[Reference]) -> Decimal:
    edges = [edge for one in found for edge in (one.low, one.high) if edge is not None]
    return sum(edges, Decimal(0)) / len(edges)


def _range(reading: Reading, name: str, found: Sequence[Reference]) -> Range:
    metric = reading.metric
    if len(found) == 1:
        edges, said = (found[0].low, found[0].high), published_text(metric, found[0])
    else:
        known = [edge for one in found for edge in (one.low, one.high) if edge is not None]
        edges = (min(known), max(known))
        said = words.range_text(metric, edges, "")
    low, high = (None if edge is None else plain(metric, Value(edge)) for edge in edges)
    marks = tuple(sorted({at for one in found if (at := _point(metric, one)) is not None}))
    weak = " · W" if any(one.confidence in _MARKS_SHOWN for one in found) else ""
    return Range(f"{name}{weak}", said, low, high, marks)


def published_text(metric: Metric, one: Reference) -> str:
    """A published value as it was worded, else in the unit of the metric."""
    return one.wording or words.range_text(metric, (one.low, one.high), "")


def _point(metric: Metric, one: Reference) -> float | None:
    """The single value of a reference; None of a range."""
    return plain(metric, Value(one.low)) if one.low is not None and one.low == one.high else None


AMONG = SectionKind("benchmarks.among", among)
