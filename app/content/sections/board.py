"""The Board: does it hold, what matters most, what moved, what is late, what was restated."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from math import inf
from statistics import pstdev

from app.content import format as text
from app.content.blocks import Beside, Block, Cell, Column, Headline, Notice, Row, Section, Table, Tiles
from app.content.sections import words
from app.content.sections.base import Comparison, Context, SectionKind
from app.content.sections.tiles import PAGES, absent, tile, trend
from data.benchmarks.score import Word
from data.metrics.base import NO_SOURCE, Unit
from data.warehouse import read_sources
from data.warehouse.readings import Reading

_URGENCY = {Word.MISSED: 0, Word.AT_RISK: 1, Word.CANNOT_TELL: 2, Word.NO_DATA: 3, Word.NOT_CONFIGURED: 4, Word.MET: 5}
_MOVERS = 6


def holds(reading: Reading) -> bool:
    """Whether the value holds its target now; one at risk in a closed period still does."""
    if reading.verdict is None:
        return False
    at_risk = reading.verdict.word is Word.AT_RISK and (reading.verdict.to_target or Decimal(0)) >= 0
    return reading.verdict.word is Word.MET or (at_risk and reading.still_open is None)


def judged(readings: Sequence[Reading]) -> list[Reading]:
    """The readings that have a target."""
    return [one for one in readings if one.target is not None and one.verdict is not None]


def by_weight(readings: Sequence[Reading]) -> list[Reading]:
    """Those with a target, the one that matters most first: by verdict, then by how many times the room is used up."""
    return sorted(judged(readings), key=lambda one: (_URGENCY[one.verdict.word] if one.verdict else 9, -_strain(one)))


def _strain(reading: Reading) -> float:
    """How far beyond its target a value is, in units of what the target allows, so that metrics compare."""
    verdict = reading.deciding[0].verdict if reading.deciding else reading.verdict
    target, room = reading.target, verdict.to_target if verdict else None
    if target is None or room is None:
        return 0.0
    if target.low is not None and target.high is not None:
        allowed = target.high - target.low
    elif target.low is not None:
        allowed = 1 - target.low if reading.metric.unit is Unit.RATIO else target.low
    else:
        allowed = target.high or Decimal(1)
    return float(-room / allowed) if allowed else inf if room < 0 else 0.0


def sentence(readings: Sequence[Reading], period: str) -> str:
    """How many targets hold, and which one matters most."""
    known = judged(readings)
    if not known:
        return f"No target is set for {period}: the numbers stand without a verdict."
    held = sum(holds(one) for one in known)
    first = by_weight(known)[0]
    opening = f"{held} of {text.plural(len(known), 'target')} {'holds' if held == 1 else 'hold'} in {period}"
    if held == len(known):
        opening = (
            f"All {len(known)} targets hold in {period}" if len(known) > 1 else f"The one target holds in {period}"
        )
    said = _said(first)
    return f"{opening}; {said}." if said else f"{opening}."


def _said(reading: Reading) -> str:
    name = _in_a_sentence(reading)
    far, now = words.distance(reading), words.value(reading)
    match reading.verdict.word if reading.verdict else None:
        case Word.MISSED:
            return f"what matters most is {name}: {now}, {far}" if far else f"what matters most is {name}: {now}"
        case Word.AT_RISK:
            return f"at risk is {name}: {now}, {far}"
        case Word.CANNOT_TELL:
            return f"{name} cannot be told: {now}, and the evidence allows both"
        case Word.NO_DATA:
            return f"there are no data on {name}"
        case Word.NOT_CONFIGURED:
            return f"not connected yet is {name}"
    return f"closest to its limit is {name}, {far}" if far else ""


def _in_a_sentence(reading: Reading) -> str:
    name = reading.metric.name
    return name if name[:2].isupper() else name[0].lower() + name[1:]


def headline(context: Context) -> Section:
    """The generated sentence."""
    return Section("headline", "", (sentence_block(context),))


def sentence_block(context: Context) -> Headline:
    """The sentence and, under it, whose numbers these are and of when."""
    detail = text.joined(
        context.name_of(context.scope),
        f"compared with {text.period(context.compared)}",
        as_of(context),
        "" if context.reader.closed(context.period) else "the period is still open",
        _not_connected(context.kpis),
    )
    return Headline(sentence(context.kpis, text.period(context.period)), detail)


def _not_connected(readings: Sequence[Reading]) -> str:
    """The targets that nothing is connected for: they count as not held, which a reader should know."""
    found = [_in_a_sentence(one) for one in judged(readings) if one.value.reason == NO_SOURCE]
    return f"not connected: {', '.join(found)}" if found else ""


def as_of(context: Context) -> str:
    """The instant of the data in words."""
    version = context.reader.version
    return f"data as of {text.instant(version.committed_at, context.zone)}" if version else ""


def kpis(context: Context) -> Section:
    """The tiles in the order of the settings."""
    return Section("kpis", "", (Tiles(tuple(tile(one, context) for one in context.kpis)),))


def focus(context: Context) -> Section:
    """The trend behind what matters most, beside what changed most."""
    wanted = [*by_weight(context.kpis), *context.kpis]
    first = next((one for one in wanted if any(value.value is not None for _, value in one.history)), None)
    movers = changed_most(context)
    if not wanted:
        return Section("focus", "", (movers,))
    figure: Block = trend(first) if first else absent(wanted[0])
    return Section("focus", "What stands behind it", (Beside((figure, movers)),))


def changed_most(context: Context) -> Table:
    """The metrics that moved furthest, measured by their own usual movement."""
    readings = context.readings([metric.id for metric in context.reader.metrics])
    moved = [(one, size) for one in readings if (size := _unusual(one, context)) is not None]
    moved.sort(key=lambda pair: -pair[1])
    columns = (
        Column("Measure"),
        Column(text.period_short(context.period), kind="number"),
        Column(_compared_name(context), kind="number"),
        Column("Change", kind="number"),
        Column(""),
    )
    rows = tuple(_mover(one, size, context) for one, size in moved[:_MOVERS])
    note = "Largest first, measured by how much each usually moves from period to period."
    empty = f"Nothing to compare with: {text.period(context.compared)} has no numbers."
    return Table("changed-most", "What changed most", columns, rows, note if rows else "", empty=empty)


def _compared_name(context: Context) -> str:
    name, year = text.period_short(context.compared), str(context.compared.start.year)
    return name if context.comparison is Comparison.PREVIOUS or year in name else f"{name}\u00a0{year}"


def _unusual(reading: Reading, context: Context) -> float | None:
    now, then = reading.value.value, context.comparison.of(reading).value
    if now is None or then is None or now == then:
        return None
    past = [float(value.value) for _, value in reading.history if value.value is not None]
    steps = [after - before for before, after in pairwise(past)]
    usual = pstdev(steps) if len(steps) > 2 else abs(float(then))
    return abs(float(now - then)) / usual if usual else None


def _mover(reading: Reading, size: float, context: Context) -> Row:
    now, then = reading.value, context.comparison.of(reading)
    word = words.change_word(reading, now.value, then.value)
    usual = "unusual" if size >= 2 else ""
    cells = (
        Cell(reading.metric.name),
        Cell(words.value(reading)),
        Cell(words.value(reading, then)),
        Cell(words.moved(reading.metric, now, then)),
        Cell(text.joined(word, usual)),
    )
    return Row(cells, PAGES[reading.metric.domain])


def late(context: Context) -> Section:
    """What data are late."""
    blocks = late_sources(context) or (Notice("info", "All sources are within their promise."),)
    return Section("late", "What to know about the data", blocks)


def late_sources(context: Context) -> tuple[Notice, ...]:
    """A notice for each source that did not succeed within its promise."""
    states = {state.source: state for state in read_sources.source_states(context.reader.connection)}
    found = []
    for source in context.reader.settings.source:
        success = states[source.id].last_success if source.id in states else None
        promise = timedelta(hours=source.fresh_within_hours)
        if success is not None and context.now - success <= promise:
            continue
        promised = f"it promises every {text.hours(Decimal(str(source.fresh_within_hours)))}"
        said = f"last read {text.age(success, context.now)}, {promised}" if success else "it never ran to its end"
        found.append(Notice("late", f"{source.id}: {said}.", "See Data health", "health"))
    return tuple(found)


HEADLINE = SectionKind("board.headline", headline)
KPIS = SectionKind("board.kpis", kpis)
FOCUS = SectionKind("board.focus", focus)
LATE = SectionKind("board.late", late)
