"""Incidents: when they were and on what, each with its course, and how long it takes to recover from them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from app.content import format as text
from app.content.blocks import Block, Cell, Column, Notice, Row, Section, Table
from app.content.sections.base import Context, SectionKind, without_empty
from app.content.sections.incident_words import after, at, is_providers, lasted, remark, sureness, weight_of, whom
from app.content.sections.tiles import absent
from app.content.timeline import WEIGHTS, Lane, Span, Timeline
from data.warehouse.read_incidents import Hurt, IncidentTold

_LANES, _SHOWN = 14, 60
_MEASURES = ("time_to_restore", "time_to_acknowledge")
_OURS, _PLANNED, _THEIRS = "Our services and integrations", "Planned maintenance", "Providers, from their status pages"


def timeline(context: Context) -> Section:
    """What went wrong when, a lane for each thing; maintenance and third parties apart."""
    reading = context.reading("time_to_restore")
    if reading.value.reason == "no_source" and not context.incidents():
        return Section("incidents", "Incidents", (absent(reading),))
    lanes = [*_group(context, _OURS), *_group(context, _PLANNED), *_group(context, _THEIRS)]
    if not lanes:
        said = f"No incident and no maintenance is known of {text.period(context.period)}."
        return Section("incidents", "Incidents", (Notice("info", said),))
    return Section("incidents", "Incidents", (_timeline(context, lanes),))


def _timeline(context: Context, lanes: Sequence[Lane]) -> Timeline:
    own = [one for one in context.incidents() if _group_of(one, context) == _OURS]
    opened = sum(one.incident.resolved is None for one in own)
    weights = Counter(weight_of(one) for one in own)
    told = ", ".join(f"{weights[weight]} {name}" for weight, name in WEIGHTS.items() if weights[weight])
    most = Counter(context.name_of(one.scope) for one in own if one.scope).most_common(1)
    title = f"{text.plural(len(own), 'incident')} of our own in {text.period(context.period)}"
    title += f", {text.count(opened)} still open" if opened else ""
    title += f"; most on {most[0][0]} ({most[0][1]})" if most and most[0][1] > 1 else ""
    hidden = _hidden(context)
    return Timeline(
        id="incidents",
        title=title,
        subtitle="From start to end, by what was hurt; each leads to its record at the source",
        period=context.period,
        until=(context.as_of - context.days[0]) / timedelta(days=1),
        lanes=tuple(lanes),
        alt=f"{title}. {told or 'None of our own'}; lanes for {', '.join(lane.name for lane in lanes)}.",
        note=f"{text.plural(hidden, 'more lane')} with fewer incidents left out." if hidden else "",
        measures=("time_to_restore", "availability_incidents"),
    )


def _group_of(told: IncidentTold, context: Context) -> str:
    if is_providers(told, context):
        return _THEIRS
    return _PLANNED if told.incident.maintenance else _OURS


def _by_scope(context: Context, group: str) -> list[tuple[str, list[tuple[IncidentTold, Hurt]]]]:
    """What each thing of a group suffered, that which was hurt most often first."""
    inside, start = frozenset(context.everything_below()), context.days[0]
    found: dict[str, list[tuple[IncidentTold, Hurt]]] = defaultdict(list)
    for one in context.incidents():
        if _group_of(one, context) != group:
            continue
        hurts = [hurt for hurt in one.hurts if hurt.scope in inside] or _unhurt(one)
        for hurt in hurts:
            if hurt.end is None or hurt.end >= start:
                found[hurt.scope].append((one, hurt))
    return sorted(found.items(), key=lambda pair: (-len(pair[1]), context.name_of(pair[0])))


def _unhurt(one: IncidentTold) -> list[Hurt]:
    """An incident that names nothing it hurt stands where it is filed."""
    incident = one.incident
    return [Hurt(one.scope, "none", incident.started, incident.resolved)] if one.scope else []


def _hidden(context: Context) -> int:
    return sum(max(0, len(_by_scope(context, group)) - _LANES) for group in (_OURS, _PLANNED, _THEIRS))


def _group(context: Context, group: str) -> list[Lane]:
    lanes = _by_scope(context, group)[:_LANES]
    return [
        Lane(
            context.name_of(scope), group, tuple(_span(told, hurt, context) for told, hurt in sorted(found, key=_began))
        )
        for scope, found in lanes
    ]


def _began(pair: tuple[IncidentTold, Hurt]) -> datetime:
    return pair[1].start


def _span(told: IncidentTold, hurt: Hurt, context: Context) -> Span:
    weight = weight_of(told, hurt.scope)
    end = None if hurt.end is None else _place(max(hurt.end, hurt.start), context)
    long = text.duration(hurt.end - hurt.start) if hurt.end else "still open"
    start = text.instant(hurt.start, context.zone)
    said = text.joined(told.incident.title, WEIGHTS[weight], told.incident.severity, start, long)
    return Span(_place(hurt.start, context), end, weight, said, told.incident.url or "", hurt.start, hurt.end)


def _place(instant: datetime, context: Context) -> float:
    return (instant - context.days[0]) / timedelta(days=1)


def incidents(context: Context) -> Section:
    """Every incident of our own with its course, the latest first; planned maintenance in a table of its own."""
    title = f"The incidents of {text.period(context.period)}"
    found = context.incidents()
    own = [one for one in found if _group_of(one, context) == _OURS]
    planned = [one for one in found if _group_of(one, context) == _PLANNED]
    reading = context.reading("time_to_restore")
    if not own and reading.value.reason == "no_source":
        return Section("incident-list", title, (absent(reading),))
    note = "Also those of an earlier start that went on. Detected and acknowledged are told from the start."
    empty = f"No incident of our own in {text.period(context.period)}."
    columns, rows = without_empty(_columns(), tuple(_row(one, context) for one in own))
    shown, rest = rows[:_SHOWN], rows[_SHOWN:]
    blocks: list[Block] = [Table("incident-list", "", columns, shown, note, empty=empty, rest=rest, measures=_MEASURES)]
    if planned:
        heads = (
            Column("Maintenance"),
            Column("Service"),
            Column("Started"),
            Column("Ended"),
            _lasted_column("Lasted"),
        )
        held = tuple(_maintenance(one, context) for one in planned)
        blocks.append(Table("maintenance", "Planned maintenance", heads, held[:_SHOWN], rest=held[_SHOWN:]))
    return Section("incident-list", title, tuple(blocks))


def _columns() -> tuple[Column, ...]:
    return (
        Column("Incident"),
        Column("Hurt"),
        Column("Severity"),
        Column("Impact"),
        Column("Started"),
        Column("Detected", kind="number", unit="minutes after the start"),
        Column("Acknowledged", kind="number", unit="minutes after the start"),
        Column("Resolved"),
        _lasted_column("Time to restore"),
        Column("Cause"),
        Column("Held against"),
        Column("Remark"),
    )


def _lasted_column(name: str) -> Column:
    return Column(name, kind="number", unit="h")


def _row(told: IncidentTold, context: Context) -> Row:
    incident, cause = told.incident, told.cause
    linked = f"deployment of {text.instant(cause.finished, context.zone)} ({sureness(cause)})" if cause else ""
    cells = (
        Cell(incident.title or incident.source_id),
        Cell(whom(told, context)),
        Cell(incident.severity),
        Cell(WEIGHTS[weight_of(told)]),
        at(incident.started, context),
        Cell() if incident.detected == incident.started else after(incident, incident.detected),
        after(incident, incident.acknowledged),
        at(incident.resolved, context),
        lasted(told, context),
        Cell(incident.cause),
        Cell(linked, href=(cause.url or "") if cause else ""),
        Cell(remark(told)),
    )
    return Row(cells, incident.url or "")


def _maintenance(told: IncidentTold, context: Context) -> Row:
    incident = told.incident
    name, hurt = Cell(incident.title or incident.source_id), Cell(whom(told, context))
    cells = (name, hurt, at(incident.started, context), at(incident.resolved, context), lasted(told, context))
    return Row(cells, incident.url or "")


TIMELINE = SectionKind("reliability.timeline", timeline)
INCIDENTS = SectionKind("reliability.incidents", incidents)
