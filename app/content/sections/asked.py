"""Waves of a survey: the calendar months of its answers, and whether the last one differs from the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.content import format as text
from app.content.blocks import Notice
from app.content.sections import words
from app.content.sections.base import Context
from app.content.sections.tiles import absent, axis_unit, plain, reference_bands, target_line
from app.content.waves import Wave, Waves
from data.metrics import metric_named
from data.metrics.base import BELOW_MIN_N, NO_DATA, NO_SOURCE, Better, Metric, Totals, Value
from data.metrics.intervals import Z_95
from data.metrics.responses import Difference, difference
from data.period import Kind, Period, containing
from data.warehouse.corrected import corrected_sums
from data.warehouse.readings import Reading

FORMS = ("nps", "csat", "ces")
_MONTHS, _TOLD = 24, 6


@dataclass(frozen=True)
class Asked:
    """One wave: the answers of a calendar month."""

    period: Period
    value: Value
    totals: Totals | None


def asked(context: Context, metric: Metric) -> tuple[Asked, ...]:
    """The last two years, month by month, up to the end of the shown period."""
    reader, shown = context.reader, context.period
    day = max(shown.start, min(shown.end - timedelta(days=1), reader.today))
    last = containing(day, Kind.MONTH)
    months = [last.shifted(-step) for step in range(_MONTHS - 1, -1, -1)]
    found = corrected_sums(reader, (metric,), (context.scope,), ("",), months)
    sums = [found.get((metric.id, context.scope, "", place)) for place in range(len(months))]
    least = reader.settings.metrics.min_answers
    return tuple(
        Asked(one, Value(None, NO_DATA), None) if of is None else Asked(one, of.value(metric, least), of.totals)
        for one, of in zip(months, sums, strict=True)
    )


def told(waves: Sequence[Asked]) -> list[Asked]:
    """The waves with answers enough, the latest last."""
    return [one for one in waves if one.value.value is not None]


def apart(waves: Sequence[Asked]) -> Difference | None:
    """How far the last wave lies from the one before; None where there are not two, or all answers are alike."""
    known = [one.totals for one in told(waves) if one.totals is not None]
    return difference(known[-1], known[-2]) if len(known) > 1 else None


def clearly(metric: Metric, found: Difference | None) -> str:
    """better, worse, or no clear change: what lies beyond chance at 95 %."""
    if found is None:
        return ""
    if abs(float(found.z)) <= Z_95:
        return "no clear change"
    return "better" if (found.z > 0) is (metric.better is Better.HIGHER) else "worse"


def figure(context: Context, name: str) -> Waves | Notice:
    """The scores of all waves with their intervals; a notice where no wave can be told."""
    metric, reading = metric_named(name), context.reading(name)
    waves = asked(context, metric)
    known = told(waves)
    if not known:
        return _nothing(reading, waves)
    shown = waves[waves.index(known[0]) :]
    points = tuple(_point(reading, one) for one in shown)
    return Waves(
        id=f"waves-{name}",
        title=_finding(reading, waves),
        subtitle=f"{metric.name}, {context.name_of(context.scope)}, by wave (calendar month of the answers)",
        unit=axis_unit(metric),
        name=metric.name,
        waves=points,
        alt=_alt(reading, known),
        target=target_line(reading),
        references=reference_bands(reading, [one.value for one in points]),
        note=_left_out(shown, reading),
        measures=(name,),
    )


def _point(reading: Reading, one: Asked) -> Wave:
    value = one.value
    low, high = (plain(reading.metric, Value(end)) for end in value.interval or (None, None))
    return Wave(one.period, plain(reading.metric, value), low, high, value.sample, words.value(reading, value))


def _finding(reading: Reading, waves: Sequence[Asked]) -> str:
    known = told(waves)
    last = known[-1]
    said = f"{reading.metric.name} {words.value(reading, last.value)} in {text.period(last.period)}"
    if len(known) < 2:
        return f"{said}, the first wave that can be told"
    word = clearly(reading.metric, apart(waves))
    before = text.period(known[-2].period)
    return f"{said}, {word} {'from' if word == 'no clear change' else 'than'} {before}" if word else said


def _alt(reading: Reading, known: Sequence[Asked]) -> str:
    said = "; ".join(
        f"{words.value(reading, one.value)} in {text.period(one.period)} ({text.plural(one.value.sample, 'answer')})"
        for one in known[-_TOLD:]
    )
    return f"{reading.metric.name} by wave, with 95 % intervals: {said}."


def _left_out(waves: Sequence[Asked], reading: Reading) -> str:
    small = [one for one in waves if one.value.reason == BELOW_MIN_N]
    if not small:
        return ""
    named = ", ".join(f"{text.period(one.period)} ({one.value.sample})" for one in small[-_TOLD:])
    return f"Left out, fewer than {reading.least} answers: {named}."


def _nothing(reading: Reading, waves: Sequence[Asked]) -> Notice:
    if reading.value.reason == NO_SOURCE:
        return absent(reading)
    most = max((one.value.sample for one in waves), default=0)
    why = f"the largest wave has {text.plural(most, 'answer')}, and {reading.least} are needed" if most else ""
    sentence = f"{reading.metric.name}: {why or f'nobody answered in the last {_MONTHS} months'}."
    return Notice("missing", sentence, "See what is connected", "health")
