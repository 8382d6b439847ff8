"""What a figure says, worked out once for screen and paper: its scale, ticks, labels, gaps and notes.

Positions on the x axis are indices of periods (0 is the first); positions on the y axis are in the figure's unit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from app.content import format as text
from app.content.blocks import Bars, Event, Reference, Series, Trend
from app.render.theme import Palette
from data.period import Kind, Period

Figure = Trend | Bars
LabelRole = Literal["subject", "context", "target", "reference"]

_MOST_NAMED = 4
# The least height of an axis: ticks have at most six decimals.
_LEAST = 1e-4
_STEPS = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True)
class Scale:
    """The y axis: from `low` to `high`, with ticks and their words."""

    low: float
    high: float
    ticks: tuple[float, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Tick:
    """A word under the x axis; `second` is a second line, the year where it changes."""

    at: int
    label: str
    second: str = ""


@dataclass(frozen=True)
class EndLabel:
    """Words at the right end: of a series (`index` is its place), of the target or of a reference (`index` None)."""

    at: float
    words: str
    role: LabelRole
    index: int | None = None


@dataclass(frozen=True)
class Mark:
    """A numbered event on the baseline."""

    at: float
    number: int
    event: Event


def scale(figure: Figure, wanted: int = 5) -> Scale:
    """A scale that holds all values and the target, on round ticks; columns start at zero."""
    return scale_between(*_extent(figure), figure.unit, wanted)


def scale_between(low: float, high: float, unit: str, wanted: int = 5) -> Scale:
    """A scale on round ticks that reaches from one value to another, higher one; a share ends at 100 %."""
    step = round_step((high - low) / wanted)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    if unit == "%" and high <= 100:
        last = min(last, math.floor(100 / step + 1e-9))
    ticks = tuple(round(step * i, 12) for i in range(first, last + 1))
    return Scale(min(ticks[0], low), max(ticks[-1], high), ticks, tuple(tick_text(tick, step) for tick in ticks))


def tick_text(value: float, step: float) -> str:
    """A tick with as many decimals as its step needs."""
    return text.number(value, min(6, text.decimals_of(step)))


def value_text(series: Series, index: int, unit: str) -> str:
    """The words of one value: the builder's own, or the number with the unit of the axis."""
    if series.texts:
        return series.texts[index]
    return text.in_axis_unit(series.values[index], unit)


def x_ticks(periods: Sequence[Period], most: int = 13) -> tuple[Tick, ...]:
    """Each period named once, thinned evenly to at most `most`; the year stands where it changes."""
    every = max(1, math.ceil(len(periods) / most))
    ticks: list[Tick] = []
    year = 0
    for index in range((len(periods) - 1) % every if periods else 0, len(periods), every):
        period = periods[index]
        own_year = period.kind in (Kind.YEAR, Kind.FISCAL_YEAR)
        second = "" if own_year or period.start.year == year else str(period.start.year)
        ticks.append(Tick(index, text.period_short(period), second))
        year = period.start.year
    changes = [at for at, tick in enumerate(ticks) if tick.second]
    if len(changes) > 1 and changes[1] <= 2:  # two years side by side would run into each other
        ticks[0] = Tick(ticks[0].at, ticks[0].label)
    return tuple(ticks)


def lonely(values: Sequence[float | None]) -> tuple[int, ...]:
    """Places of values with a gap on both sides: a line would not show them, a dot does."""
    padded = (None, *values, None)
    return tuple(
        index
        for index, value in enumerate(values)
        if value is not None and padded[index] is None and padded[index + 2] is None
    )


def gaps(figure: Figure) -> tuple[int, ...]:
    """Places of periods for which no series has a value."""
    columns = zip(*(one.values for one in figure.series), strict=True)
    return tuple(index for index, column in enumerate(columns) if all(value is None for value in column))


def last_known(values: Sequence[float | None]) -> int | None:
    """The place of the last value that is there."""
    return next((index for index in range(len(values) - 1, -1, -1) if values[index] is not None), None)


def named(figure: Figure) -> tuple[int, ...]:
    """The series that get a label: all up to four, else only the subjects; all where there are columns."""
    if len(figure.series) <= _MOST_NAMED or isinstance(figure, Bars):
        return tuple(range(len(figure.series)))
    return tuple(index for index, one in enumerate(figure.series) if one.role == "subject")[:_MOST_NAMED]


def end_labels(figure: Figure, drawn: Scale, share: float) -> tuple[EndLabel, ...]:
    """Labels at the right end, moved apart until each has its `share` of the height of the axis."""
    labels = [
        _series_label(figure, index) for index in named(figure) if last_known(figure.series[index].values) is not None
    ]
    if figure.target is not None and figure.target.edges:
        edges = figure.target.edges
        labels.append(EndLabel(sum(edges) / len(edges), figure.target.label, "target"))
    for one in shown_references(figure, drawn):
        assert one.low is not None
        assert one.high is not None
        labels.append(EndLabel((one.low + one.high) / 2, one.name, "reference"))
    return apart(sorted(labels, key=lambda label: label.at), drawn, share)


def shown_references(figure: Figure, drawn: Scale) -> tuple[Reference, ...]:
    """References that reach into the scale, cut to it."""
    cut = (
        Reference(
            one.name, max(drawn.low, one.low or -math.inf), min(drawn.high, math.inf if one.high is None else one.high)
        )
        for one in figure.references
    )
    return tuple(one for one in cut if (one.low or 0.0) < (one.high or 0.0))


def marks(figure: Figure) -> tuple[Mark, ...]:
    """Events within the periods, numbered in time; others are left out."""
    placed: list[Mark] = []
    for event in sorted(figure.events, key=lambda event: (event.day, event.name)):
        at = place_of(event.day, figure.periods)
        if at is not None:
            placed.append(Mark(at, len(placed) + 1, event))
    return tuple(placed)


def place_of(day: date, periods: Sequence[Period]) -> float | None:
    """Where a day stands on an axis of periods; None outside of all of them."""
    for index, period in enumerate(periods):
        if day in period:
            return index + (day - period.start).days / period.length - 0.5
    return None


def notes(figure: Figure, drawn: Scale) -> tuple[str, ...]:
    """What a careful reader has to know: where the axis starts, what is out of sight, what is not known."""
    said = [figure.note] if figure.note else []
    if drawn.low > 0 or (drawn.high < 0):
        said.append(f"The axis starts at {text.with_unit(drawn.labels[0], figure.unit)}, not at zero.")
    seen = {one.name for one in shown_references(figure, drawn)}
    said.extend(f"{one.name} lies outside this scale." for one in figure.references if one.name not in seen)
    unnamed = len(figure.series) - len(named(figure))
    if unnamed:
        said.append(f"Thin grey lines: {text.plural(unnamed, 'other')}.")
    missing = len(gaps(figure))
    if missing and isinstance(figure, Trend):
        said.append(f"No data in {text.plural(missing, 'period')}: the gap is left open.")
    return tuple(said)


def stack_tops(figure: Bars) -> tuple[float | None, ...]:
    """The height of each stack; None where nothing is known."""
    columns = zip(*(one.values for one in figure.series), strict=True)
    return tuple(
        None if all(value is None for value in column) else sum(value for value in column if value is not None)
        for column in columns
    )


@dataclass(frozen=True)
class Spark:
    """A small line in a unit square, y upwards: its runs between gaps, the edges of its target, its last point."""

    runs: tuple[tuple[tuple[float, float], ...], ...]
    aims: tuple[float, ...]
    last: tuple[float, float]


def spark(values: Sequence[float | None], targets: Sequence[float]) -> Spark | None:
    """The last periods of a tile; a lonely value is a run of twice the same point. None where nothing is known."""
    held = [value for value in (*values, *targets) if value is not None]
    last = last_known(values)
    if last is None:
        return None
    low, high = min(held), max(held)

    def at(value: float) -> float:
        return 0.5 if high == low else (value - low) / (high - low)

    runs: list[list[tuple[float, float]]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((index / max(1, len(values) - 1), at(value)))
    lines = tuple(tuple(run * 2 if len(run) == 1 else run) for run in runs if run)
    return Spark(lines, tuple(at(target) for target in targets), lines[-1][-1])


def series_colours(block: Figure, palette: Palette) -> tuple[str, ...]:
    """Accent for one subject and grey for context; hues only where several subjects have to be told apart."""
    subjects = [index for index, one in enumerate(block.series) if one.role == "subject"]
    return tuple(
        palette.hues[subjects.index(index) % len(palette.hues)] if index in subjects else palette.context
        for index in range(len(block.series))
    )


def decimal_split(words: str) -> tuple[str, str]:
    """A formatted number cut before its decimal point or unit, so that a column can line up there.

    Words without a digit are all in the first part and need no place for a fraction.
    """
    number, unit = text.parts(words)
    whole, point, _ = number.partition(text.POINT)
    return whole, words[len(whole) :] if point or unit else ""


def _extent(figure: Figure) -> tuple[float, float]:
    values = [value for one in figure.series for value in one.values if value is not None]
    if isinstance(figure, Bars) and figure.stacking == "stacked":
        values += [top for top in stack_tops(figure) if top is not None]
    if figure.target is not None:
        values += figure.target.edges
    if isinstance(figure, Bars) or figure.from_zero or not values:
        values.append(0.0)
    low, high = min(values), max(values)
    size = max(abs(low), abs(high))
    if high - low < max(_LEAST, size * 1e-9):
        return (min(low, 0.0), max(high, 0.0) + 1.0) if size < _LEAST else (low - size * 0.05, high + size * 0.05)
    room = (high - low) * 0.06
    grounded = isinstance(figure, Bars) or figure.from_zero
    bottom = low if grounded and low == 0 else low if low >= 0 and low - room < 0 else low - room
    return bottom, min(100.0, high + room) if figure.unit == "%" and high <= 100 else high + room


def round_step(rough: float) -> float:
    """The round number of 1, 2 or 5 at or above a step."""
    size = 10.0 ** math.floor(math.log10(rough))
    return next(size * step for step in _STEPS if size * step >= rough * (1 - 1e-9))


def _series_label(figure: Figure, index: int) -> EndLabel:
    one = figure.series[index]
    last = last_known(one.values)
    assert last is not None
    value = one.values[last] or 0.0
    words = value_text(one, last, figure.unit)
    if isinstance(figure, Bars) and figure.stacking == "stacked":
        below = sum(other.values[last] or 0.0 for other in figure.series[:index])
        value = below + value / 2
    if len(figure.series) > 1:
        words = f"{one.name} {words}"
    return EndLabel(value, words, one.role, index)


def apart(labels: Sequence[EndLabel], drawn: Scale, share: float) -> tuple[EndLabel, ...]:
    """Labels in rising order, pushed up and then down until each has its share of the height."""
    room = (drawn.high - drawn.low) * share
    at = [label.at for label in labels]
    for index in range(1, len(at)):
        at[index] = max(at[index], at[index - 1] + room)
    ceiling = drawn.high
    for index in range(len(at) - 1, -1, -1):
        at[index] = min(at[index], ceiling)
        ceiling = at[index] - room
    return tuple(EndLabel(place, label.words, label.role, label.index) for place, label in zip(at, labels, strict=True))
