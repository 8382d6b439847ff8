"""The ways in which uptime is known, side by side: probes, and incidents with and without planned maintenance."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from app.content.blocks import Cell, Column, Row, Section, Table
from app.content.sections import exact
from app.content.sections.base import Context, SectionKind
from app.content.sections.tiles import absent
from data.metrics import metric_named
from data.metrics.base import Value
from data.metrics.downtime import WITHOUT_MAINTENANCE
from data.scopes import Scope
from data.warehouse.corrected import corrected_sums

_WAYS = (
    ("availability", "", "By probes"),
    ("availability_incidents", "", "By incidents"),
    ("availability_incidents", WITHOUT_MAINTENANCE, "Maintenance aside"),
)


def uptimes(context: Context, metric: str, scopes: Sequence[str], variant: str = "") -> dict[str, Value]:
    """The uptime of several scopes in one way; those without a row are left out."""
    known, reader = metric_named(metric), context.reader
    found = corrected_sums(reader, (known,), list(scopes), (variant,), (context.period,))
    return {scope: summed.value(known) for (_, scope, _, _), summed in found.items()}


def down(value: Value | None) -> Decimal | None:
    """Seconds down; None where nothing is known."""
    if value is None or value.numerator is None or value.denominator is None:
        return None
    return value.denominator - value.numerator


def ways(context: Context) -> Section:
    """Uptime by each way of knowing it, the scope first, then where the ways lie furthest apart."""
    title = "Two ways to know uptime"
    incidents = context.reading("availability_incidents")
    if incidents.value.reason == "no_source":
        return Section("uptime-ways", title, (absent(incidents),))
    services = context.reader.below(context.scope, context.period, "service")
    scopes = [context.reader.tree.get(context.scope, context.period.start), *services]
    names = list(dict.fromkeys(one.id for one in scopes))
    told = [uptimes(context, metric, names, variant) for metric, variant, _ in _WAYS]
    columns = (
        Column("Service"),
        Column("Tier", "right"),
        *(Column(name, kind="number", unit="%") for _, _, name in _WAYS),
        Column("Down by probes", kind="number", unit="minutes"),
        Column("Down by incidents", kind="number", unit="minutes"),
        Column("Apart", kind="number", unit="minutes"),
    )
    rest = [one for one in scopes[1:] if one.id != context.scope and any(one.id in way for way in told)]
    rest.sort(key=lambda one: (-_apart(told, one), one.name))
    rows = [_row(scopes[0], told, strong=bool(rest)), *(_row(one, told) for one in rest)]
    note = (
        "Probes ask from outside; incidents are what people wrote down, weighted by their impact. Furthest apart "
        "first: more down by probes than by incidents is trouble that nobody writes down."
    )
    return Section(
        "uptime-ways",
        title,
        (Table("uptime-ways", "", columns, tuple(rows), note, measures=("availability", "availability_incidents")),),
    )


def _apart(told: Sequence[dict[str, Value]], scope: Scope) -> Decimal:
    seconds = [down(way.get(scope.id)) for way in (told[0], told[2])]
    return abs(seconds[0] - seconds[1]) if seconds[0] is not None and seconds[1] is not None else Decimal(-1)


def _row(scope: Scope, told: Sequence[dict[str, Value]], *, strong: bool = False) -> Row:
    values = [way.get(scope.id) for way in told]
    probes, incidents = down(values[0]), down(values[2])
    apart = None if probes is None or incidents is None else incidents - probes
    cells = (
        Cell(scope.name),
        Cell("" if scope.tier is None else str(scope.tier)),
        *(exact.marked(exact.share(value.value if value else None), value) for value in values),
        exact.marked(exact.minutes(probes), values[0]),
        exact.marked(exact.minutes(incidents), values[2]),
        exact.marked(exact.minutes(apart, signed=True), values[0], values[2]),
    )
    return Row(cells, strong=strong)


WAYS = SectionKind("reliability.uptime_ways", ways)
