"""Third parties apart: what their own status pages say, beside what our calls to them do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from app.content import format as text
from app.content.blocks import Cell, Column, Notice, Row, Section, Table
from app.content.sections import exact, words
from app.content.sections.base import Context, SectionKind
from app.content.sections.incident_words import at, is_providers, lasted, remark, weight_of, whom
from app.content.sections.tiles import absent, trend
from app.content.sections.uptimes import down, uptimes
from app.content.timeline import WEIGHTS
from data.metrics import metric_named
from data.metrics.base import Value
from data.metrics.downtime import WITHOUT_MAINTENANCE
from data.scopes import Scope
from data.warehouse.read_incidents import IncidentTold
from data.warehouse.readings import Reading

_SHOWN = 40
_CALLS = ("integration_error_rate",)
_TITLE = "Third parties"


def integrations(context: Context) -> Section:
    """Each integration's error rate against its target, the worst first."""
    reading = context.reading("integration_error_rate")
    if reading.value.reason == "no_source":
        return Section("integrations", "Integrations", (absent(reading),))
    columns = (
        Column("Integration"),
        Column("Part of"),
        Column("Error rate", kind="number", unit="%"),
        Column("Verdict", kind="verdict"),
        Column("Against target"),
        Column(text.period_short(context.compared), kind="number", unit="%"),
        Column("Failed calls", kind="number"),
        Column("Calls", kind="number"),
    )
    rows = tuple(_integration(one, context) for one in _worst_first(_of_integrations(context)))
    table = Table("integrations", "", columns, rows, f"Target {words.goal(reading)}, the worst first.", measures=_CALLS)
    return Section("integrations", "Integrations", (trend(reading), table))


def _of_integrations(context: Context) -> tuple[Reading, ...]:
    names = [one.id for one in context.reader.below(context.scope, context.period, "integration")]
    return context.reader.of_scopes(metric_named("integration_error_rate"), names, context.period)


def _worst_first(found: Iterable[Reading]) -> list[Reading]:
    return sorted(found, key=lambda one: (one.value.value is None, -(one.value.value or Decimal(0))))


def _integration(one: Reading, context: Context) -> Row:
    cells = (
        Cell(one.scope.name),
        Cell(context.name_of(one.scope.parent) if one.scope.parent else ""),
        exact.value(one),
        Cell(verdict=words.verdict_word(one.verdict)),
        Cell(words.distance(one)),
        exact.value(one, context.comparison.of(one)),
        exact.marked(exact.count(one.value.numerator), one.value),
        exact.marked(exact.count(one.value.denominator), one.value),
    )
    return Row(cells)


def providers(context: Context) -> Section:
    """Each provider by its own status page, beside the integrations that call it; and its incidents."""
    reading = context.reading("availability_providers")
    scopes = context.reader.below(context.scope, context.period, "provider")
    if not scopes:
        said = "No provider is declared below this scope."
        notice = Notice("missing", said, "Add [[scope]] entries of kind provider and a source of type statuspage")
        return Section("providers", _TITLE, (notice,))
    if reading.value.reason == "no_source":
        return Section("providers", _TITLE, (absent(reading),))
    said = "What they say of themselves; none of it counts in our own uptime."
    return Section("providers", _TITLE, (_providers(context, scopes),), said)


def incidents(context: Context) -> Section:
    """What third parties told of themselves."""
    theirs = [one for one in context.incidents() if is_providers(one, context)]
    title = "What third parties told of"
    if not theirs and context.reading("availability_providers").value.reason == "no_source":
        return Section("provider-incidents", title, (absent(context.reading("availability_providers")),))
    return Section("provider-incidents", title, (_incidents(context, theirs),))


def _providers(context: Context, scopes: Sequence[Scope]) -> Table:
    names = [one.id for one in scopes]
    whole = uptimes(context, "availability_providers", names)
    without = uptimes(context, "availability_providers", names, WITHOUT_MAINTENANCE)
    calls = _of_integrations(context)
    columns = (
        Column("Provider"),
        Column("Uptime", kind="number", unit="%"),
        Column("Without maintenance", kind="number", unit="%"),
        Column("Down, maintenance aside", kind="number", unit="minutes"),
        Column("Incidents", kind="number"),
        Column("Our integration"),
        Column("Its error rate", kind="number", unit="%"),
        Column("Verdict", kind="verdict"),
    )
    ordered = sorted(scopes, key=lambda one: (_known(without, one) is None, _known(without, one) or 0, one.name))
    rows = [row for one in ordered for row in _provider(context, one, whole.get(one.id), without.get(one.id), calls)]
    note = "From their status pages, the worst first. An integration stands beside the provider that its own id names."
    return Table("providers", "", columns, tuple(rows), note, measures=("availability_providers", *_CALLS))


def _known(found: Mapping[str, Value], scope: Scope) -> Decimal | None:
    return found[scope.id].value if scope.id in found else None


def _provider(
    context: Context, scope: Scope, whole: Value | None, without: Value | None, calls: Sequence[Reading]
) -> list[Row]:
    """A row for the provider and one more for each further integration."""
    started = [one for one in context.incidents() if one.scope == scope.id and not one.incident.maintenance]
    first = (
        Cell(scope.name),
        exact.marked(exact.share(whole.value if whole else None), whole),
        exact.marked(exact.share(without.value if without else None), without),
        exact.marked(exact.minutes(down(without)), without),
        exact.count(len(started)),
    )
    ours = [one for one in calls if scope.id in one.scope.id.split("-")]
    if not ours:
        return [Row((*first, Cell("none declared"), Cell(), Cell("–")))]
    rest = (Cell(), *(Cell() for _ in first[1:]))
    return [Row((*(first if place == 0 else rest), *_called(one))) for place, one in enumerate(ours)]


def _called(one: Reading) -> tuple[Cell, ...]:
    return Cell(one.scope.name), exact.value(one), Cell(verdict=words.verdict_word(one.verdict))


def _incidents(context: Context, found: Sequence[IncidentTold]) -> Table:
    columns = (
        Column("Incident"),
        Column("Provider"),
        Column("Severity"),
        Column("Impact"),
        Column("Started"),
        Column("Resolved"),
        Column("Lasted", kind="number", unit="h"),
        Column("Remark"),
    )
    ordered = sorted(found, key=lambda one: one.incident.maintenance)
    empty = f"No provider told of an incident in {text.period(context.period)}."
    rows = tuple(_row(one, context) for one in ordered)
    shown, rest = rows[:_SHOWN], rows[_SHOWN:]
    return Table("provider-incidents", "", columns, shown, "Maintenance last.", empty=empty, rest=rest)


def _row(told: IncidentTold, context: Context) -> Row:
    incident = told.incident
    cells = (
        Cell(incident.title or incident.source_id),
        Cell(whom(told, context)),
        Cell(incident.severity),
        Cell(WEIGHTS[weight_of(told)]),
        at(incident.started, context),
        at(incident.resolved, context),
        lasted(told, context),
        Cell(remark(told)),
    )
    return Row(cells, incident.url or "")


INTEGRATIONS = SectionKind("reliability.integrations", integrations)
PROVIDERS = SectionKind("reliability.providers", providers)
INCIDENTS = SectionKind("reliability.provider_incidents", incidents)
