"""The board pack: which sections in which order, the gate before it is written, the file."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from app.content import format as text
from app.content.blocks import Bars, Block, Section, Table, Tiles, Trend, walk
from app.content.curve import Curve
from app.content.pack import Kpi, Orientation, Pack, PackPage, State
from app.content.scatter import Scatter
from app.content.sections import meaning, section_named, words
from app.content.sections.base import Comparison, Context
from app.content.sections.board import late_sources, sentence_block
from app.content.sections.tiles import PAGES
from app.content.timeline import Timeline
from app.landing import landing
from app.render.pdf import compile_pack
from data.metrics.base import Value
from data.period import Kind, Period, containing
from data.settings import ConfigurationError
from data.warehouse.audit import anchor
from data.warehouse.policy import MODE
from data.warehouse.read import info
from data.warehouse.readings import Reader, Reading


class NotReleasable(ConfigurationError):
    """The pack would mislead; the message says why and what to do."""


@dataclass(frozen=True)
class Page:
    """A page of the pack: its title and the sections on it."""

    title: str
    sections: tuple[str, ...]
    orientation: Orientation = "portrait"


PAGES_IN_ORDER: tuple[Page, ...] = (
    Page("What matters most", ("board.focus", "board.restated", "board.corrected", "board.late")),
    Page(
        "Reliability",
        (
            *("reliability.summary", "reliability.uptime", "reliability.budget", "reliability.services"),
            *("reliability.timeline", "reliability.recovery", "reliability.integrations", "reliability.providers"),
            "reliability.worst_days",
        ),
    ),
    Page(
        "Delivery",
        (
            *("delivery.summary", "delivery.frequency", "delivery.lead_time", "delivery.features"),
            *("delivery.services", "delivery.failures"),
        ),
    ),
    Page(
        "Feedback",
        (
            *("feedback.summary", "feedback.waves", "feedback.answering", "feedback.features"),
            *("feedback.adoption", "feedback.comments"),
        ),
    ),
    Page("Compliance", ("compliance.summary", "compliance.audits", "compliance.logging")),
    Page("Spend", ("spend.summary", "spend.months", "spend.split", "spend.integration", "spend.unclassified")),
    Page("Budget and business cases", ("budget.in_force", "budget.lands", "roi.in_force", "roi.ledger"), "landscape"),
    Page("Evidence", ("health.sources", "health.coverage", "spend.currencies")),
)


def context_for(reader: Reader, period: Period, scope: str | None = None) -> Context:
    """What a pack is built from; told at the instant of its data, so that it depends on nothing else."""
    chosen = scope or reader.home
    if reader.version is None or chosen is None:
        raise NotReleasable("The warehouse holds no numbers yet: run `python -m pipelines sync`.")
    if chosen not in reader.tree:
        raise NotReleasable(f"There is no scope {chosen!r}: give one of {', '.join(reader.tree.roots())} or one below.")
    return Context(reader, chosen, period, Comparison.PREVIOUS, reader.version.committed_at)


def state_of(context: Context, wanted: State | None) -> State:
    """unreleased for a closed period, else flash; a final pack of an open period is refused. NotReleasable."""
    closed = context.reader.closed(context.period)
    if wanted == "final" and not closed:
        closes = text.instant(context.period.closes_at(context.zone), context.zone)
        raise NotReleasable(
            f"{text.period(context.period)} closes at {closes} and the data end before: "
            "write a flash pack with --state flash."
        )
    return "flash" if wanted == "flash" or not closed else "unreleased"


def pack(context: Context, state: State) -> Pack:
    """The whole pack as a value."""
    reader, readings = context.reader, context.kpis
    pages = tuple(
        PackPage(page.title, tuple(section_named(name).build(context) for name in page.sections), page.orientation)
        for page in PAGES_IN_ORDER
    )
    assert reader.version is not None
    return Pack(
        title="Board pack",
        entity=context.name_of(context.scope),
        period=text.period(context.period),
        comparison=f"compared with {text.period(context.compared)} and {text.period(context.period.year_before())}",
        state=state,
        as_of=text.instant(reader.version.committed_at, context.zone),
        headline=sentence_block(context),
        kpis=tuple(_kpi(one, to_date) for one, to_date in zip(readings, _years_to_date(context), strict=True)),
        pages=pages,
        definitions=meaning.definitions(),
        demo=info(reader.connection).get(MODE) == "demo",
        notices=late_sources(context),
        log=anchor(reader.connection),
    )


def _years_to_date(context: Context) -> tuple[Value | None, ...]:
    """The values from the start of the fiscal year to the end of the period; None for a year itself."""
    period = context.period
    if period.kind in (Kind.YEAR, Kind.FISCAL_YEAR, Kind.CUSTOM):
        return tuple(None for _ in context.kpis)
    year = containing(period.start, Kind.FISCAL_YEAR, context.reader.settings.company.fiscal_year_start_month)
    span = Period(year.start, period.end)
    found = context.reader.values([one.metric for one in context.kpis], context.scope, [span])
    return tuple(found[one.metric.id, span] for one in context.kpis)


def _kpi(reading: Reading, to_date: Value | None) -> Kpi:
    return Kpi(
        name=reading.metric.name,
        actual=words.value(reading),
        target=words.goal(reading),
        verdict=words.verdict_word(reading.verdict),
        variance=words.variance(reading),
        previous=words.value(reading, reading.previous),
        prior_year=words.value(reading, reading.year_before),
        year_to_date="" if to_date is None else words.value(reading, to_date),
        comment=words.comment(reading),
        href=PAGES[reading.metric.domain],
    )


def check(found: Pack) -> None:
    """The gate: figures have data, tables rows or a reason, numbers a value or a reason. NotReleasable."""
    faults = [fault for page in found.pages for one in page.sections for fault in _faults(one)]
    faults += [f"{kpi.name} has neither a value nor a reason" for kpi in found.kpis if _silent(kpi)]
    if faults:
        raise NotReleasable(f"The pack was not written: {'; '.join(faults)}.")


def _silent(kpi: Kpi) -> bool:
    return kpi.actual in ("", text.ABSENT) and not kpi.comment


def _faults(section: Section) -> Iterable[str]:
    if section.title and not section.blocks:
        yield f"section {section.id} is empty"
    for block in walk(section.blocks):
        if _is_blank(block):
            yield f"{type(block).__name__.lower()} {getattr(block, 'id', section.id)} has nothing to show and no reason"


def _is_blank(block: Block) -> bool:
    match block:
        case Trend() | Bars():
            return all(value is None for series in block.series for value in series.values)
        case Scatter():
            return not block.dots
        case Curve():
            return all(y is None for line in block.lines for _, y in line.points)
        case Timeline():
            return not block.lanes
        case Table():
            return not block.rows and not block.empty
        case Tiles():
            return not block.tiles
    return False


def write(reader: Reader, period: Period, folder: Path, state: State | None = None, scope: str | None = None) -> Path:
    """Write `plumbline-2026-10-unreleased.pdf` into the folder and say where. NotReleasable, OSError."""
    context = context_for(reader, period, scope)
    with placed(context, pack(context, state_of(context, state)), folder) as path:
        return path


def placed(context: Context, made: Pack, folder: Path) -> AbstractContextManager[Path]:
    """A pack that comes to stand in the folder, whole, once the block has ended well. NotReleasable, OSError."""
    check(made)
    return landing(folder / file_name(context, made.state), compiled(context, made))


def compiled(context: Context, made: Pack) -> bytes:
    """The pack as PDF, dated by its data."""
    reader = context.reader
    assert reader.version is not None
    return compile_pack(made, as_of=reader.version.committed_at, fonts=reader.settings.fonts)


def file_name(context: Context, state: State) -> str:
    """`plumbline-2026-10-final.pdf`; a pack of another scope than the widest has that scope in its name."""
    named = context.period.label.replace("..", "_")
    which = "" if context.scope == context.reader.home else f"{context.scope}-"
    return f"plumbline-{which}{named}-{state}.pdf"


def state_named(name: str | None) -> State | None:
    """A state by its name, as it is asked for. NotReleasable names the two there are."""
    if name in (None, "flash", "final"):
        return cast(State | None, name)
    raise NotReleasable(f"There is no state {name!r}: write flash or final.")
