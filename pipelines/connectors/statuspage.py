"""Statuspage: incidents, maintenances and uptime of a public status page, or of one's own through its key."""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Annotated, ClassVar

from pydantic import Field

from data.facts import Fact, Incident, ProbeDay
from data.period import day_of, day_start
from data.settings import Slug
from pipelines.connectors._statuspage.findings import findings
from pipelines.connectors._statuspage.pages import LATEST, About, Component, Keyed, Public, connected, reaches
from pipelines.connectors._statuspage.pages import Page as StatusPage
from pipelines.connectors._statuspage.records import (
    KEEP,
    Reading,
    goes_on,
    incident_fact,
    incident_record,
    uptime_fact,
    uptime_record,
)
from pipelines.connectors.base import (
    Connector,
    Covered,
    Finding,
    Name,
    Need,
    Options,
    Page,
    Position,
    Record,
    Rejected,
    Replacement,
)
from pipelines.connectors.spans import Span, after, begun, floor
from pipelines.connectors.texts import Json, stamp, when
from pipelines.errors import SkipRecord, StopSource

KEY = Need("STATUSPAGE_API_KEY", "an API key that may read the page, for sources with the option page", optional=True)

_STREAM = "incidents"
_UPTIME_DAYS = 90
"""How far back Statuspage tells the uptime of a component."""

_NO_UPTIME = (404, 422)
_DAY = timedelta(days=1)


class StatuspageOptions(Options):
    """What is read. `page`: the id of one's own page, read with a key; else base_url is a public page's address."""

    page: Annotated[str, Field(pattern=r"^[a-z0-9]+$")] | None = None
    provider: Slug | None = None
    uptime: bool = True


class Statuspage(Connector):
    """Reads one status page."""

    type: ClassVar[str] = "statuspage"
    title: ClassVar[str] = "Statuspage"
    fact_kinds: ClassVar[tuple[str, ...]] = (Incident.kind, ProbeDay.kind)
    needs: ClassVar[tuple[Need, ...]] = (KEY,)
    keep: ClassVar[Mapping[str, tuple[str, ...]]] = KEEP
    lists: ClassVar[Mapping[str, tuple[str, ...]]] = {"incident": ("created_at",)}
    options: ClassVar[builtins.type[Options]] = StatuspageOptions
    address: ClassVar[str | None] = ""

    @cached_property
    def chosen(self) -> StatuspageOptions:
        """The options, validated."""
        return self.read_options(StatuspageOptions)

    @cached_property
    def page(self) -> Public | Keyed:
        """The page, read with a key where the options name its id."""
        number, base, limits = self.chosen.page, self.base_url(), self.settings.http
        if number is None:
            return Public(connected(base, limits, None))
        key = self.credential(replace(KEY, optional=False))
        return Keyed(connected(base, limits, key.get_secret_value() if key else None), number)

    def fetch(self, position: Position) -> Iterator[Page]:
        """Incidents and maintenances, then the uptime of each component that shows it."""
        about = self.page.about()
        yield from self._incidents(self.page, about, position)
        if isinstance(self.page, Keyed) and self.chosen.uptime:
            yield from self._uptime(self.page, about, position)

    def facts(self, record: Record) -> tuple[Fact, ...]:
        """An incident, or a day of uptime; none of a maintenance to come."""
        weights = {str(name): weight for name, weight in self.settings.metrics.impact_weights.items()}
        reading = Reading(self.source.id, self.chosen.provider or "", self.settings.zone, weights)
        if record.kind == "incident":
            made = incident_fact(record, reading)
            return (made,) if made else ()
        if record.kind == "uptime":
            return (uptime_fact(record, reading),)
        raise SkipRecord(f"Statuspage has no records of kind {record.kind!r}.")

    def check(self) -> Iterator[Finding]:
        """Address, key and page; then what the components are called, and how far back is told."""
        variable = self.source.secrets.get(KEY.variable, KEY.variable)
        return findings(self.page, variable, uptime=self.chosen.uptime)

    def names(self) -> Iterator[Name]:
        """The page and its components."""
        about = self.page.about()
        yield Name("page", about.id, about.name)
        yield from (Name("component", one.id, one.name) for one in about.components)

    def _span(self, position: Position) -> Span:
        lookback = timedelta(days=self.source.lookback_days)
        return Span(day_start(position.since, self.settings.zone), position.now, lookback, position.full)

    def _incidents(self, page: StatusPage, about: About, position: Position) -> Iterator[Page]:
        span = self._span(position)
        cursor = begun(position.cursors.get(_STREAM, {}), self.chosen.page or "")
        waiting = set(position.open_items.get(_STREAM, ()))
        known, start = frozenset(waiting), floor(cursor, span)
        back_to, done = span.since if isinstance(page, Public) else start, 0
        for told in page.incidents(start):
            wanted = [one for one in told.incidents if one.get("id") in waiting or reaches(one, span.since)]
            back_to, done = max(back_to, told.back_to or back_to), done + len(wanted)
            found = self._page(about, wanted, known)
            waiting -= {record.payload["id"] for record in found.records}
            yield replace(found, done=done)
        if waiting:
            yield self._asked_again(page, about, sorted(waiting))
        things = [("page", about.id), *(("component", one.id) for one in about.components)]
        yield Page(
            _STREAM,
            cursor=after(cursor, span.now, back_to),
            covered=tuple(Covered(Incident.kind, kind, key, back_to, span.now) for kind, key in things),
            notes=_cut_short(about, back_to, span, cursor),
            message=about.name,
        )

    def _page(self, about: About, found: Sequence[Json], known: frozenset[str]) -> Page:
        records, rejected = list[Record](), list[Rejected]()
        for one in found:
            try:
                records.append(incident_record(about.id, one))
            except SkipRecord as reason:
                rejected.append(Rejected("incident", f"{about.name} incident", str(reason)))
        over = (record.payload["id"] for record in records if not goes_on(record))
        return Page(
            _STREAM,
            records=tuple(records),
            rejected=tuple(rejected),
            opened=tuple(record.payload["id"] for record in records if goes_on(record)),
            ended=tuple(number for number in over if number in known),
            message=about.name,
        )

    def _asked_again(self, page: StatusPage, about: About, numbers: Sequence[str]) -> Page:
        """Those that went on when last seen and are listed no more. One that ended unseen has no end to be told."""
        found = self._page(about, page.again(numbers), frozenset(numbers))
        gone = sorted(set(numbers) - {record.payload["id"] for record in found.records})
        reason = "It was not over when last seen, and the page lists it no more: when it ended is not known."
        return replace(
            found,
            ended=(*found.ended, *gone),
            rejected=(*found.rejected, *(Rejected("incident", f"incidents/{one}", reason) for one in gone)),
            replaces=tuple(Replacement(Incident.kind, "source_id", f"incidents/{one}") for one in gone),
        )

    def _uptime(self, page: Keyed, about: About, position: Position) -> Iterator[Page]:
        """Statuspage tells 90 days up to yesterday: what was never asked for, and the last days once more."""
        span, zone = self._span(position), self.settings.zone
        today = day_of(span.now, zone)
        shown = [one for one in about.components if one.showcase]
        for done, one in enumerate(shown, start=1):
            cursor = position.cursors.get(_uptime_stream(one), {})
            start = floor(cursor, span)
            first = max(day_of(start, zone), today - _UPTIME_DAYS * _DAY)
            if first < today:
                found = self._uptime_of(page, about, one, (first, today - _DAY))
                known = after(cursor, day_start(today, zone), start) if found.records else None
                cut = f"{about.name}: Statuspage tells the uptime of the last {_UPTIME_DAYS} days only."
                notes = (*found.notes, cut) if start < day_start(first, zone) else found.notes
                yield replace(found, cursor=known, notes=notes, done=done, total=len(shown))

    def _uptime_of(self, page: Keyed, about: About, component: Component, days: tuple[date, date]) -> Page:
        stream, zone = _uptime_stream(component), self.settings.zone
        said = f"{about.name}: uptime of {component.name}"
        try:
            found = list(page.outage_days(component.id, *days))
        except StopSource as fault:
            if fault.status not in _NO_UPTIME:
                raise
            return Page(stream, notes=(f"{said} is not shown: switch it on in Statuspage.",))
        other = f"{about.name}: the days of its uptime are those of {about.zone}, not of {zone.key}."
        covered = ((day_start(found[0].first, zone), day_start(found[-1].last + _DAY, zone)),) if found else ()
        return Page(
            stream,
            records=tuple(
                uptime_record(component.id, component.name, one.first, one.major, one.partial) for one in found
            ),
            covered=tuple(Covered(ProbeDay.kind, "component", component.id, *span) for span in covered),
            message=said,
            notes=(other,) if about.zone.removeprefix("Etc/") not in ("", zone.key) else (),
        )


def _uptime_stream(component: Component) -> str:
    return f"uptime {component.id}"


def _cut_short(about: About, back_to: datetime, span: Span, cursor: Mapping[str, object]) -> tuple[str, ...]:
    """What the report says where a public page no longer tells all that was asked for."""
    until = when(cursor.get("until"))
    if back_to <= span.since or (until is not None and back_to <= until):
        return ()
    since = until or span.since
    says = f"{about.name}: history from {stamp(since)} to {stamp(back_to)} is cut short"
    return (f"{says}: a public page tells the latest {LATEST} incidents and maintenances only.",)
