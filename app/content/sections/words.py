"""A reading in a reader's words: the same text on tile, table and paper, because it is made here alone."""

from __future__ import annotations

from decimal import Decimal

from app.content import format as text
from app.content.blocks import ChangeWord, Definition
from app.content.blocks import Verdict as Word
from app.content.sections.base import Comparison, Context
from app.content.sections.counted import counted
from data.benchmarks.score import Target, Verdict
from data.metrics.base import (
    ABOVE,
    BELOW_MIN_N,
    NO_DATA,
    NO_RATE,
    NO_SOURCE,
    REASONS,
    STILL_OPEN,
    Better,
    Bounds,
    Metric,
    Unit,
    Value,
)
from data.money import Money
from data.period import Period
from data.warehouse.parts import Part
from data.warehouse.readings import Reading

_SECONDS_OF = ("availability",)
"""Metrics whose denominator counts seconds, so that a distance can be told as time."""

_POINTS = "points"
CORRECTED = "†"
"""The mark of a number that people corrected, or that holds one."""

_SHORT = frozenset({"aml", "asv", "dora", "gdpr", "iso", "kyc", "mica", "pci", "psd2", "sepa", "soc", "swift"})
_WHOLE = Decimal("0.9995")
"""Coverage that is shown as 100.0 % and hence not worth a word."""


def verdict_word(verdict: Verdict | None) -> Word | None:
    """The word that blocks carry."""
    return None if verdict is None else verdict.word.value


def edge(target: Target | None) -> Decimal | None:
    """The edge that decides how many decimals a value needs."""
    if target is None:
        return None
    return target.low if target.low is not None else target.high


def amount(metric: Metric, number: Decimal | None, currency: str, target: Target | None = None) -> str:
    """A number in the unit of its metric."""
    if number is None:
        return text.ABSENT
    match metric.unit:
        case Unit.RATIO:
            return text.percent(number, edge(target), 0 if number > 1 and target is None else None)
        case Unit.PER_DAY:
            return text.per_day(number)
        case Unit.HOURS:
            return text.hours(number)
        case Unit.MONEY:
            return text.money(Money(number, currency))
        case Unit.POINTS:
            return text.with_unit(text.score(number, edges=_edges(target)), _POINTS)
        case Unit.SCORE:
            return text.number(number, text.digits_apart(number, _edges(target), 1))
        case Unit.NUMBER:
            return text.significant(number, edges=_edges(target))


def _edges(target: Target | None) -> list[Decimal]:
    return [one for one in (target.low, target.high) if one is not None] if target else []


def value(reading: Reading, of: Value | None = None) -> str:
    """The value of the reading, or another value of the same metric and scope; points with how far they may be off.

    An interval need not lie evenly about its value: the longer side is told. Where too much is still open for a value,
    the longest time known is told as what it exceeds: "> 8.2 h". A corrected value carries †.
    """
    shown = reading.value if of is None else of
    return marked(_value(reading, shown), shown)


def marked(said: str, *of: Value | None) -> str:
    """A number in words, with † where one of the values that it comes from was corrected or holds a correction."""
    held = any(one is not None and one.corrections for one in of)
    return f"{said}{CORRECTED}" if held and any(sign.isdecimal() for sign in said) else said


def _value(reading: Reading, shown: Value) -> str:
    if shown.reason == STILL_OPEN and (above := shown.statistics.get(f"{reading.metric.headline}{ABOVE}")) is not None:
        return f">\u00a0{amount(reading.metric, above, reading.currency)}"
    if reading.metric.unit is Unit.POINTS and shown.value is not None and shown.interval is not None:
        half = max(shown.value - shown.interval[0], shown.interval[1] - shown.value)
        return text.with_unit(text.score(shown.value, half, _edges(reading.target)), _POINTS)
    return amount(reading.metric, shown.value, reading.currency, reading.target)


def goal(reading: Reading) -> str:
    """The target alone: "≥ 99.99 %", "< 1 %", "15–25 %"; empty without one."""
    return target_text(reading.metric, reading.target, reading.currency)


def target_text(metric: Metric, target: Target | None, currency: str) -> str:
    """A target as a reader writes it."""
    return "" if target is None else range_text(metric, (target.low, target.high), currency)


def range_text(metric: Metric, edges: tuple[Decimal | None, Decimal | None], currency: str) -> str:
    """From one edge to the other, one of them open, or the one value that both are."""
    low, high = (_edge_text(metric, one, currency) for one in edges)
    if edges[0] == edges[1]:
        return low
    if low and high:
        return text.between(low, high)
    return text.at_least(low) if low else f"<\u00a0{high}"


def _edge_text(metric: Metric, number: Decimal | None, currency: str) -> str:
    if number is None:
        return ""
    if metric.unit is Unit.RATIO:
        return text.with_unit(text.plain(number * 100, 6), "%")
    return amount(metric, number, currency)


def goal_with_source(reading: Reading) -> str:
    """The target with who set it: "target ≥ 99.99 % · house 2026"."""
    if reading.target is None:
        return "No target set"
    return text.joined(f"target {goal(reading)}", f"{reading.target.kind} {reading.target.vintage}")


def distance(reading: Reading) -> str:
    """How far from the target, in the reader's terms: "17.3 minutes over budget", "0.29 pp under the limit".

    Where single services decide, it is told for the worst of them.
    """
    if reading.deciding:
        worst = reading.deciding[0]
        far = _distance(reading, worst.value, worst.verdict)
        return f"{worst.scope.name} {far}" if far else ""
    return _distance(reading, reading.value, reading.verdict)


def _distance(reading: Reading, value: Value, verdict: Verdict | None) -> str:
    target = reading.target
    if verdict is None or verdict.to_target is None or target is None:
        return ""
    room = verdict.to_target
    if room == 0 and target.holds(value.value or room):
        return "exactly on the target"
    if reading.metric.id in _SECONDS_OF and value.denominator:
        time = marked(text.duration(abs(room) * value.denominator), value)
        return f"{time} over budget" if room < 0 else f"{time} of budget left"
    if reading.metric.unit is Unit.RATIO:
        return f"{marked(_points(abs(room)), value)} {_side(target, room)}"
    if reading.metric.unit is Unit.POINTS:
        return f"{marked(_score_points(abs(room)), value)} {_side(target, room)}"
    return f"{marked(amount(reading.metric, abs(room), reading.currency), value)} {_side(target, room)}"


def _side(target: Target, room: Decimal) -> str:
    if target.low is not None and target.high is not None:
        return "inside the band" if room >= 0 else "outside the band"
    if target.low is not None:
        return "above the target" if room >= 0 else "below the target"
    return "under the limit" if room >= 0 else "over the limit"


def _score_points(size: Decimal, *, signed: bool = False) -> str:
    shown = text.number(size, text.digits_apart(size, [0], 0), signed=signed)
    return text.with_unit(shown, "point" if shown.lstrip("+−") == "1" else _POINTS)


def _points(size: Decimal) -> str:
    return text.points(size).lstrip("+")


def variance(reading: Reading) -> str:
    """The signed distance to the target for a column of numbers; minus is on the wrong side."""
    if reading.verdict is None or reading.verdict.to_target is None:
        return ""
    return marked(_room(reading, reading.verdict.to_target), reading.value)


def _room(reading: Reading, room: Decimal) -> str:
    if reading.metric.unit is Unit.RATIO:
        return text.points(room)
    if reading.metric.unit is Unit.POINTS:
        return text.score(room, edges=[0])
    return amount(reading.metric, room, reading.currency)


def difference(metric: Metric, now: Decimal | None, then: Decimal | None) -> str:
    """The change from one value to another, in the unit a reader compares by; empty where one is missing."""
    if now is None or then is None:
        return ""
    if now == then:
        return "unchanged"
    match metric.unit:
        case Unit.RATIO:
            return text.points(now - then)
        case Unit.HOURS:
            return text.duration((now - then) * 3600, signed=True)
        case Unit.POINTS:
            return _score_points(now - then, signed=True)
        case Unit.SCORE:
            return text.number(now - then, text.digits_apart(now - then, [0], 1), signed=True)
        case _:
            return text.change(now, then) if then else ""


def moved(metric: Metric, now: Value, then: Value) -> str:
    """The difference of two values, marked where one of them is."""
    return marked(difference(metric, now.value, then.value), now, then)


def change_word(reading: Reading, now: Decimal | None, then: Decimal | None) -> ChangeWord:
    """Whether the change is for the better, by the direction of the metric; empty where it has none.

    Of a survey it needs more than two numbers: the page of feedback holds it against its interval.
    """
    if now is None or then is None or reading.metric.better is Better.NEITHER or reading.metric.survey:
        return ""
    if now == then:
        return ""
    if reading.metric.better is Better.WITHIN:
        return _band_word(reading.target, now, then)
    return "better" if (now > then) is (reading.metric.better is Better.HIGHER) else "worse"


def _band_word(target: Target | None, now: Decimal, then: Decimal) -> ChangeWord:
    if target is None or (target.holds(now) and target.holds(then)):
        return ""
    return "better" if target.distance(now) > target.distance(then) else "worse"


def change(reading: Reading, comparison: Comparison) -> tuple[str, ChangeWord]:
    """The change against the compared period: "−0.02 pp on Sep" and its word."""
    other, then = comparison.period(reading.period), comparison.of(reading)
    if then.value is None and comparison is Comparison.PREVIOUS and reading.metric.survey:
        other, then = _asked_before(reading) or (other, then)
    now = reading.value
    said = moved(reading.metric, now, then)
    if not said:
        return "", ""
    by = "from" if now.value == then.value else "on"
    named = text.period(other) if comparison is Comparison.YEAR else text.period_short(other)
    return f"{said} {by} {named}", change_word(reading, now.value, then.value)


def _asked_before(reading: Reading) -> tuple[Period, Value] | None:
    """The latest earlier period with enough answers: nobody is asked every month."""
    told = [(period, value) for period, value in reading.history[:-1] if value.value is not None]
    return told[-1] if told else None


def evidence(reading: Reading) -> str:
    """What the number rests on, in one line."""
    if reading.value.value is None:
        return missing(reading)
    said = _deciding(reading) or counted(reading)
    return text.joined(corrected_from(reading), said, _known(reading), provisional(reading))


def corrected_from(reading: Reading) -> str:
    """What a corrected number was counted as: "† counted 99.31 %"; empty for what is as it was counted."""
    value = reading.value
    return f"{CORRECTED} counted {_value(reading, Value(value.counted))}" if value.corrections else ""


def as_counted(reading: Reading, what: str = "Single days stand") -> str:
    """Said beside what a corrected number was counted from."""
    return f"{what} as counted, not as corrected." if reading.value.corrections else ""


def provisional(reading: Reading) -> str:
    """Said where the last hours may still change."""
    return f"the last {reading.metric.settles_after} h may still change" if reading.provisional else ""


def comment(reading: Reading) -> str:
    """One short remark beside a row of the cover: the distance, or why there is no value."""
    return missing(reading) if reading.value.value is None else text.joined(corrected_from(reading), distance(reading))


def missing(reading: Reading) -> str:
    """Why there is no value, and what to do about it."""
    reason = reading.value.reason or NO_DATA
    said = f"{_reason(reading, reason)}."
    action = {NO_SOURCE: reading.metric.connect, NO_RATE: "Connect a source of exchange rates (type fx)."}.get(reason)
    return f"{said} {action}" if action else said


def _reason(reading: Reading, reason: str) -> str:
    sample = reading.value.sample
    match reason:
        case _ if reason == BELOW_MIN_N:
            return f"Too few answers: {text.count(sample)} of {text.count(reading.least)}"
        case _ if reason == STILL_OPEN and sample:
            return f"More than half of {text.count(sample)} are still open"
    sentence = REASONS[reason]
    return f"{sentence[0].upper()}{sentence[1:]}"


def _deciding(reading: Reading) -> str:
    judged = [part for part in reading.deciding if part.verdict is not None]
    if not judged:
        return ""
    worst, held = reading.deciding[0], sum(part.verdict is not None and part.verdict.word == "met" for part in judged)
    said = f"{held} of {text.plural(len(judged), f'tier-{worst.scope.tier} service')} hold"
    return text.joined(said, f"worst: {worst.scope.name} {part_value(reading, worst)}")


def part_value(reading: Reading, part: Part) -> str:
    """The value of a part with the decimals of the whole."""
    shown = amount(reading.metric, part.value.value, reading.currency, reading.target)
    return marked(shown, part.value)


def _known(reading: Reading) -> str:
    """Said only where it matters: below full coverage by time."""
    coverage = reading.value.coverage
    if reading.metric.unit is Unit.MONEY or reading.metric.id == "integration_share" or coverage >= _WHOLE:
        return ""
    return f"{text.percent(coverage, digits=1)} of the period known"


def interval(reading: Reading, of: Value | None = None) -> str:
    """The 95 % interval of the reading, or of another value of the same metric and scope; empty without one."""
    shown = reading.value if of is None else of
    return "" if shown.interval is None else marked(_between(reading, shown.interval), shown)


def _between(reading: Reading, ends: Bounds) -> str:
    if reading.metric.unit is Unit.RATIO:
        digits = max(text.percent_digits(one, edge(reading.target)) for one in ends)
        return text.between(*(text.percent(one, digits=min(digits, 4)) for one in ends))
    return text.between(*(amount(reading.metric, one, reading.currency) for one in ends))


def plainly(name: str) -> str:
    """A name of a register as words: "pci-asv-scan" is "PCI ASV scan"."""
    parts = name.replace("-", " ").replace("_", " ").split()
    said = " ".join(part.upper() if part.casefold() in _SHORT else part for part in parts)
    return f"{said[:1].upper()}{said[1:]}"


def definition(metric: Metric) -> Definition:
    """The definition behind a number."""
    return Definition(
        metric.id, metric.name, metric.version, metric.meaning, metric.formula, metric.origin, metric.definition_hash
    )


def provenance(reading: Reading, context: Context) -> str:
    """Where the number comes from and how fresh that is."""
    sources = context.reader.sources_of(reading.metric)
    named = f"Source: {', '.join(sources)}" if sources else "No source yet"
    fresh = f"read {text.instant(reading.fresh_at, context.zone)}" if reading.fresh_at else ""
    ends = interval(reading)
    return text.joined(named, fresh, f"95 % interval {ends}" if ends else "")
