"""Delivery: how often, how fast and how safely software reaches production, down to the very deployments."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from app.content import format as text
from app.content.blocks import Bars, Beside, Block, Cell, Column, Notice, Row, Section, Series, Table, Tiles
from app.content.sections import exact, words
from app.content.sections.base import Comparison, Context, SectionKind
from app.content.sections.incident_words import at, sureness
from app.content.sections.tiles import absent, tile, trend
from data.metrics.base import Domain, FactId
from data.metrics.lead_time import Stages, lead_time, stages
from data.metrics.quantiles import quantile
from data.period import Period
from data.warehouse import read_events
from data.warehouse.read_events import Delivered, Release
from data.warehouse.readings import Reading

DORA = ("lead_time", "deployment_frequency", "deployment_recovery_time", "change_fail_rate", "rework_rate")
STAGES = (
    ("coding", "Coding", "first commit to opened"),
    ("pickup", "Pick-up", "opened to first review"),
    ("review", "Review", "first review to merged"),
    ("deploy", "Deploy", "merged to in production"),
)
_SHOWN = 100
_LEAD = ("lead_time",)
_SPREAD = ("lowest", "median", "highest")


def summary(context: Context) -> Section:
    """DORA's five numbers in one row, then what else is known of delivery."""
    readings = context.of_domain(Domain.DELIVERY, (*DORA, "feature_cycle_time"))
    return Section("delivery", "", (Tiles(tuple(tile(one, context, linked=False) for one in readings)),))


def frequency(context: Context) -> Section:
    """Deployments over time, how far services lie apart, and the share that had to be undone."""
    reading = context.reading("deployment_frequency")
    spread = reading.value.statistics
    note = ""
    if "median_service" in spread:
        parts = [part.value for part in reading.parts]
        low, middle, high = (words.marked(text.per_day(spread[f"{name}_service"]), *parts) for name in _SPREAD)
        note = (
            f"The line is the total. The median service deploys {middle}, "
            f"from {low} to {high}; published values compare with single services only."
        )
    count = words.marked(text.count(reading.value.numerator), reading.value)
    title = f"{count} deployments to production in {text.period(context.period)}"
    figure = trend(reading, "" if reading.value.numerator is None else title, note=note)
    fails = context.reading("change_fail_rate")
    late = words.provisional(fails)
    safety = trend(fails, note=f"{late[0].upper()}{late[1:]}." if late else "")
    return Section("frequency", "How often, and how safely", (Beside((figure, safety)),))


def speed(context: Context) -> Section:
    """Lead time over time, and where a change spends it."""
    reading = context.reading("lead_time")
    if reading.value.reason == "no_source":
        return Section("lead-time", "How fast", (absent(reading),))
    told = _by_period(context, reading)
    then = told[-2] if context.comparison is Comparison.PREVIOUS else _staged(_delivered(context, context.compared))
    table = _stage_table(context, told[-1], then)
    return Section("lead-time", "How fast", (Beside((trend(reading), table)), *_stage_bars(reading, told)))


def _delivered(context: Context, period: Period) -> tuple[Delivered, ...]:
    return read_events.delivered(context.reader.connection, context.everything_below(), *period.instants(context.zone))


def _by_period(context: Context, reading: Reading) -> list[list[Stages]]:
    """The stages of the changes of each period of the history."""
    periods = [period for period, _ in reading.history]
    ends = [period.instants(context.zone)[1] for period in periods]
    told: list[list[Stages]] = [[] for _ in periods]
    for one in _delivered(context, Period(periods[0].start, periods[-1].end)):
        told[bisect_right(ends, one.deployed)].append(stages(one.change, one.deployed))
    return told


def _staged(found: Sequence[Delivered]) -> list[Stages]:
    return [stages(one.change, one.deployed) for one in found]


def _spans(found: Sequence[Stages], stage: str) -> list[Decimal]:
    known = (getattr(one, stage) for one in found)
    return sorted(_hours(span) for span in known if span is not None)


def _hours(span: timedelta) -> Decimal:
    return Decimal(span // timedelta(microseconds=1)) / 3_600_000_000


def _stage_table(context: Context, now: Sequence[Stages], then: Sequence[Stages]) -> Table:
    columns = (
        Column("Stage"),
        Column("Median", kind="number", unit="h"),
        Column("Nine in ten within", kind="number", unit="h"),
        Column(text.period_short(context.compared), kind="number", unit="h"),
        Column("Changes", kind="number"),
    )
    rows = []
    for stage, name, _ in STAGES:
        here, before = _spans(now, stage), _spans(then, stage)
        times = (_quantile(here, "0.5"), _quantile(here, "0.9"), _quantile(before, "0.5"))
        rows.append(Row((Cell(name), *times, exact.count(len(here)))))
    spans = "; ".join(f"{name.lower()}: {span}" for _, name, span in STAGES)
    note = f"{spans[0].upper()}{spans[1:]}. A stage counts where both its ends are known; medians do not add up."
    return Table("stages", "Where the time goes", columns, tuple(rows) if now else (), note, measures=_LEAD)


def _quantile(ordered: Sequence[Decimal], share: str) -> Cell:
    return exact.hours(quantile(ordered, Decimal(share)) if ordered else None)


def _stage_bars(reading: Reading, told: Sequence[Sequence[Stages]]) -> tuple[Block, ...]:
    """Mean hours per stage of the last periods, each over the changes that passed it."""
    if not any(told):
        return ()
    periods = tuple(period for period, _ in reading.history)
    series = tuple(Series(name, tuple(_mean(_spans(found, stage)) for found in told)) for stage, name, _ in STAGES)
    last = ", ".join(f"{one.name.lower()} {text.hours(one.values[-1])}" for one in series)
    return (
        Bars(
            id="stage-means",
            title="Where a change waits",
            subtitle="Mean hours in each stage of the changes that passed it, by the period of their deployment",
            unit="h",
            periods=periods,
            series=series,
            measures=_LEAD,
            alt=f"Mean hours per stage over {len(periods)} periods; in {text.period(reading.period)}: {last}.",
        ),
    )


def _mean(spans: Sequence[Decimal]) -> float | None:
    return float(sum(spans, Decimal(0)) / len(spans)) if spans else None


def services(context: Context) -> Section:
    """DORA's five numbers of each service."""
    readings = context.readings(DORA)
    by_scope: dict[str, dict[str, Cell]] = {}
    for reading in readings:
        for part in reading.parts:
            by_scope.setdefault(part.scope.id, {})[reading.metric.id] = exact.part(reading, part)
    columns = (Column("Service"), Column("Tier", "right"), *(exact.column(reading.metric) for reading in readings))
    found = {part.scope.id: part.scope for reading in readings for part in reading.parts}
    rows = tuple(
        Row(
            (
                Cell(found[one].name),
                Cell(_tier(found[one].tier)),
                *(shown.get(name, Cell(text.ABSENT)) for name in DORA),
            )
        )
        for one, shown in sorted(by_scope.items(), key=lambda pair: _busiest(readings[1], pair[0]))
    )
    empty = "This scope is one service: its numbers stand above." if not found else "No service has numbers."
    return Section(
        "delivery-services", "Services", (Table("delivery-services", "", columns, rows, empty=empty, measures=DORA),)
    )


def _busiest(reading: Reading, scope: str) -> tuple[Decimal, str]:
    value = next((part.value.value for part in reading.parts if part.scope.id == scope), None)
    return -(value or Decimal(0)), scope


def _tier(tier: int | None) -> str:
    return "" if tier is None else str(tier)


def deployments(context: Context) -> Section:
    """The deployments behind the numbers, undone and failed ones included, with the way to each at its source."""
    found = read_events.releases(context.reader.connection, context.everything_below(), *context.days)
    production = [one for one in found if one.deployment.environment.casefold() in _production(context)]
    if not production:
        return Section("deployments", "Deployments", (absent_events(context),))
    waits: dict[FactId, list[Decimal]] = {}
    for one in _delivered(context, context.period):
        if span := lead_time(one.change, one.deployed):
            waits.setdefault(one.release, []).append(_hours(span))
    order = {one.id: one for one in production}
    ranked = sorted(production, key=lambda one: (not one.failures, -_ended(one)))
    columns = (
        Column("Finished"),
        Column("Service"),
        Column("Revision"),
        Column("Outcome"),
        Column("Changes", kind="number"),
        Column("Median lead time", kind="number", unit="h"),
    )
    rows = tuple(_deployment(one, order, waits.get(one.id, []), context) for one in ranked)
    note = "Failed deployments first, then the latest. Each leads to its record at the source."
    shown, rest = rows[:_SHOWN], rows[_SHOWN:]
    table = Table("deployments", "", columns, shown, note, rest=rest, measures=(*_LEAD, "change_fail_rate"))
    return Section("deployments", f"The deployments of {text.period(context.period)}", (table,), _tally(production))


def _production(context: Context) -> tuple[str, ...]:
    return context.reader.settings.metrics.production


def _ended(one: Release) -> float:
    return (one.deployment.finished or one.deployment.started).timestamp()


def _tally(found: Sequence[Release]) -> str:
    good = [one for one in found if one.deployment.outcome == "success"]
    undone, broke = (sum(bool(getattr(one, name)) for one in good) for name in ("undone_by", "broke"))
    failed = sum(one.deployment.outcome == "failure" for one in found)
    running = len(found) - len(good) - failed
    return text.joined(
        f"{text.count(len(good))} reached production",
        f"{text.count(undone)} of them undone",
        f"{text.count(broke)} followed by an incident" if broke else "",
        f"{text.count(failed)} failed on the way" if failed else "",
        f"{text.count(running)} still running" if running else "",
    )


def _deployment(one: Release, all_of: dict[FactId, Release], waits: list[Decimal], context: Context) -> Row:
    deployment = one.deployment
    cells = (
        at(deployment.finished or deployment.started, context),
        Cell(context.name_of(one.scope)),
        Cell((deployment.revision or "")[:10]),
        Cell(_outcome(one, all_of, context)),
        exact.count(len(waits)) if waits else Cell(),
        exact.hours(quantile(sorted(waits), Decimal("0.5"))) if waits else Cell(),
    )
    return Row(cells, deployment.url or "")


def _outcome(one: Release, all_of: dict[FactId, Release], context: Context) -> str:
    said = [_undone(one, all_of, context)] if one.undone_by else []
    said += [f"failed: {failure.incident} ({sureness(failure)})" for failure in one.broke]
    if said:
        return text.joined(*said)
    if one.deployment.outcome == "success":
        return "rollback" if one.undoes is not None or one.deployment.rollback else "in production"
    return {"failure": "failed on the way"}.get(one.deployment.outcome, one.deployment.outcome)


def _undone(one: Release, all_of: dict[FactId, Release], context: Context) -> str:
    by = all_of.get(one.undone_by.by) if one.undone_by else None
    when = by.deployment.finished or by.deployment.started if by else None
    return "undone" + (f" {text.instant(when, context.zone)}" if when else " later")


def absent_events(context: Context) -> Notice:
    """Why there are no deployments to show."""
    reading = context.reading("deployment_frequency")
    if reading.value.reason == "no_source":
        return absent(reading)
    return Notice("info", f"Nothing was deployed to production in {text.period(context.period)}.")


SUMMARY = SectionKind("delivery.summary", summary)
FREQUENCY = SectionKind("delivery.frequency", frequency)
SPEED = SectionKind("delivery.lead_time", speed)
SERVICES = SectionKind("delivery.services", services)
DEPLOYMENTS = SectionKind("delivery.deployments", deployments)
