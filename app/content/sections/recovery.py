"""How long it takes to recover: the share of incidents that still goes on after so long, on both clocks."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from app.content import format as text
from app.content.blocks import Cell, Column, Role, Row, Section, Table
from app.content.curve import Curve, Line, Upright
from app.content.sections import exact, words
from app.content.sections.base import Context, SectionKind
from app.content.sections.tiles import absent
from data.metrics import survival
from data.metrics.base import ABOVE
from data.metrics.survival import Sample, Step
from data.warehouse.readings import Reading

SUBJECT: Role = "subject"
CONTEXT: Role = "context"
_CLOCKS = (
    ("time_to_restore", "from its start"),
    ("deployment_recovery_time", "from the end of the deployment"),
)


def recovery(context: Context) -> Section:
    """How long recovery takes, with what is still open taken into account, on both clocks."""
    title = "Recovery"
    readings = context.readings([name for name, _ in _CLOCKS])
    filed = {one.scope for one in context.incidents() if one.scope}
    metrics = [one.metric for one in readings]
    samples = context.reader.samples_now(metrics, context.scope, context.period, filed)
    if not any(samples.values()):
        return Section("recovery", title, (absent(readings[0]),))
    columns = (
        Column("Clock"),
        Column("Median", kind="number", unit="h"),
        Column("95 % interval"),
        Column("Nine in ten within", kind="number", unit="h"),
        Column("Mean of those over", kind="number", unit="h"),
        Column("Incidents", kind="number"),
        Column("Still open", kind="number"),
    )
    rows = tuple(
        _clock_row(one, name, samples[one.metric.id]) for one, (_, name) in zip(readings, _CLOCKS, strict=True)
    )
    note = "Median and nine in ten after Kaplan and Meier: what is still open counts as lasting longer than so far."
    table = Table("recovery-clocks", "Both clocks", columns, rows, note, measures=tuple(name for name, _ in _CLOCKS))
    return Section("recovery", title, (_curve(context, readings, samples), table))


def _clock_row(reading: Reading, name: str, samples: Sequence[Sample]) -> Row:
    told = {one.name: one for one in survival.quantiles(samples)}
    ended = [length for length, over in samples if over]
    mean = sum(ended, Decimal(0)) / len(ended) if ended else None
    cells = [Cell(f"{reading.metric.name}, {name}")]
    for quantile in ("median", "p90"):
        reached, above = told.get(quantile), told.get(f"{quantile}{ABOVE}")
        open_end = Cell(f">\u00a0{text.hours(above.value)}") if above else Cell(text.ABSENT)
        cells.append(exact.hours(reached.value) if reached else open_end)
    median = told.get("median")
    ends = (median.low, median.high) if median else (None, None)
    interval = text.between(*(text.hours(end) for end in ends)) if None not in ends else ""
    cells.insert(2, Cell(interval))
    if reading.value.corrections:
        cells[1:3] = exact.value(reading), Cell()
    opened = len(samples) - len(ended)
    return Row((*cells, exact.hours(mean), exact.count(len(samples)), exact.count(opened)))


def _curve(context: Context, readings: Sequence[Reading], samples: dict[str, list[Sample]]) -> Curve:
    first, found = readings[0], samples[readings[0].metric.id]
    told = {one.name: one.value for one in survival.quantiles(found)}
    uprights = tuple(
        Upright(float(told[name]), f"{short} {text.hours(told[name])}")
        for name, short in (("median", "median"), ("p90", "9 in 10"))
        if name in told
    )
    opened = sum(not over for _, over in found)
    median = f"Half of the incidents were over within {text.hours(told['median'])}" if "median" in told else ""
    title = median or f"{words.value(first)} until half of the incidents are over"
    counted = f"{text.plural(len(found), 'incident')}, {text.count(opened)} still open"
    lines = tuple(
        _line(samples[one.metric.id], name, SUBJECT if one is first else CONTEXT)
        for one, (_, name) in zip(readings, _CLOCKS, strict=True)
        if samples[one.metric.id]
    )
    return Curve(
        id="recovery-curve",
        title=title,
        subtitle=f"Incidents not yet resolved after so long, {first.scope.name}, {text.period(context.period)}",
        unit="%",
        x_unit="h",
        lines=lines,
        alt=f"Survival curve of recovery: {counted}. " + text.joined(*(one.text for one in uprights)) + ".",
        uprights=uprights,
        wide=True,
        note=f"{counted}. {words.as_counted(first, 'The curve stands')}".rstrip(),
        measures=tuple(name for name, _ in _CLOCKS),
    )


def _line(samples: Sequence[Sample], name: str, role: Role) -> Line:
    steps = survival.curve(samples)
    longest = float(max(length for length, _ in samples))
    points = [(0.0, 100.0), *((float(step.hours), float(step.survival * 100)) for step in steps)]
    texts = ["", *(_step_text(step, name) for step in steps)]
    if longest > points[-1][0]:
        points.append((longest, points[-1][1]))
        texts.append("")
    ticks = tuple((float(length), _left_at(steps, float(length))) for length, over in samples if not over)
    return Line(name, tuple(points), "steps", role, "", tuple(texts), ticks)


def _step_text(step: Step, name: str) -> str:
    share = text.percent(float(step.survival), digits=0)
    return f"{share} last longer than {text.hours(step.hours)} {name}"


def _left_at(steps: Sequence[Step], hours: float) -> float:
    below = [step for step in steps if float(step.hours) <= hours]
    return float(below[-1].survival * 100) if below else 100.0


RECOVERY = SectionKind("reliability.recovery", recovery)
