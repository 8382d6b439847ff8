"""PagerDuty: incidents with the times of acknowledgement and resolution, and maintenance windows, by service."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Annotated, ClassVar, Literal

from pydantic import Field, field_validator

from data.facts import Fact, Incident
from data.period import day_of, day_start
from pipelines.connectors._pagerduty import rest
from pipelines.connectors._pagerduty.findings import Named, findings
from pipelines.connectors._pagerduty.records import (
    KEEP,
    Patterns,
    Reading,
    incident_fact,
    incident_record,
    is_merged,
    is_open,
    window_fact,
    window_record,
)
from pipelines.connectors.base import (
    Connector,
    Count,
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
from pipelines.http import Http

TOKEN = Need("PAGERDUTY_TOKEN", "a read-only API key that may read incidents and services")

_STREAM = "incidents"
_CHUNK = 25
"""Incidents asked for again in one transaction."""

_MOMENT = timedelta(microseconds=1)
_NOT_FOR_THIS_TOKEN = (402, 403, 404)
_BY_URGENCY = {"high": "down", "low": "degraded"}

Impact = Literal["down", "partial", "degraded", "none"]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9]+$")]


class PagerDutyOptions(Options):
    """What is read. No `services`: all that the token sees. `impacts`: name of a priority, or urgency → impact."""

    services: tuple[Id, ...] = ()
    impacts: Mapping[str, Impact] = Field(default_factory=dict)
    maintenance: Literal["down", "partial", "degraded", "none", "ignored"] = "none"
    deployment_pattern: str | None = None
    change_pattern: str | None = None

    @field_validator("deployment_pattern", "change_pattern")
    @classmethod
    def _names_one_thing(cls, pattern: str | None) -> str | None:
        try:
            groups = re.compile(pattern).groups if pattern is not None else 1
        except re.error as error:
            raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
        if groups != 1:
            raise ValueError("put what is to be found in one pair of parentheses, as in deploy:(\\S+)")
        return pattern


class PagerDuty(Connector):
    """Reads the incidents of one PagerDuty account."""

    type: ClassVar[str] = "pagerduty"
    title: ClassVar[str] = "PagerDuty"
    fact_kinds: ClassVar[tuple[str, ...]] = (Incident.kind,)
    needs: ClassVar[tuple[Need, ...]] = (TOKEN,)
    keep: ClassVar[Mapping[str, tuple[str, ...]]] = KEEP
    lists: ClassVar[Mapping[str, tuple[str, ...]]] = {"incident": ("created_at",)}
    options: ClassVar[builtins.type[Options]] = PagerDutyOptions
    address: ClassVar[str | None] = "https://api.pagerduty.com"

    @cached_property
    def chosen(self) -> PagerDutyOptions:
        """The options, validated."""
        return self.read_options(PagerDutyOptions)

    @cached_property
    def http(self) -> Http:
        """The REST API."""
        token = self.credential(TOKEN)
        return rest.connected(self.base_url(), self.settings.http, token.get_secret_value() if token else "")

    @cached_property
    def services(self) -> tuple[str, ...]:
        """The ids of the services that are read."""
        found = self.chosen.services or (str(one["id"]) for one in rest.everything(self.http, "services"))
        return tuple(found)

    @cached_property
    def _unlike(self) -> dict[str, tuple[str, date, int]]:
        """Records of this reading that are one fact more, or one less, than PagerDuty counts for a service and day."""
        return {}

    def fetch(self, position: Position) -> Iterator[Page]:
        """Windows first, because the incidents' last page says that both are covered."""
        span = self._span(position)
        self._unlike.clear()
        refused: StopSource | None = None
        if self.chosen.maintenance != "ignored":
            try:
                yield self._windows(span)
            except StopSource as fault:
                if fault.status not in _NOT_FOR_THIS_TOKEN:
                    raise
                refused = fault
        yield from self._incidents(position, span)
        if refused is not None:
            raise refused

    def facts(self, record: Record) -> tuple[Fact, ...]:
        """The incident of a record; none of one that was merged into another."""
        impacts = _BY_URGENCY | dict(self.chosen.impacts)
        reading = Reading(self.source.id, impacts, self.chosen.maintenance)
        if record.kind == "incident":
            made = incident_fact(record, reading)
            return (made,) if made else ()
        if record.kind == "maintenance_window":
            return (window_fact(record, reading),) if self.chosen.maintenance != "ignored" else ()
        raise SkipRecord(f"PagerDuty has no records of kind {record.kind!r}.")

    def check(self) -> Iterator[Finding]:
        """Address and token; then what the token may read, how services are called, and whether names exist."""
        chosen, variable = self.chosen, self.source.secrets.get(TOKEN.variable, TOKEN.variable)
        named = Named(chosen.services, tuple(chosen.impacts), chosen.maintenance != "ignored", variable)
        return findings(self.http, named)

    def names(self) -> Iterator[Name]:
        """The services that are read."""
        for one in rest.everything(self.http, "services"):
            if one.get("id") in self.services:
                yield Name("service", one["id"], str(one.get("name") or one["id"]))

    def counts(self, position: Position) -> Iterator[Count]:
        """How many incidents PagerDuty counts for each service on the days that this reading listed wholly."""
        zone = self.settings.zone
        start = floor(begun(position.cursors.get(_STREAM, {}), self._asks), self._span(position))
        first, last = day_of(start - _MOMENT, zone) + timedelta(days=1), day_of(position.now, zone)
        for service in self.services if first < last else ():
            found = rest.count(self.http, service, day_start(first, zone), day_start(last, zone))
            if found is not None:
                found += sum(n for one, day, n in self._unlike.values() if one == service and first <= day < last)
                yield Count(Incident.kind, "service", service, "count", first, last, Decimal(found))

    def _span(self, position: Position) -> Span:
        lookback = timedelta(days=self.source.lookback_days)
        return Span(day_start(position.since, self.settings.zone), position.now, lookback, position.full)

    @property
    def _asks(self) -> str:
        chosen = self.chosen
        asked = (*sorted(chosen.services), chosen.deployment_pattern or "", chosen.change_pattern or "")
        return " ".join(filter(None, asked))

    def _windows(self, span: Span) -> Page:
        """All windows that reach into what is asked for; PagerDuty cannot tell them by time."""
        records, rejected = list[Record](), list[Rejected]()
        asked = {"filter": "all", "service_ids[]": list(self.chosen.services)}
        for one in rest.everything(self.http, "maintenance_windows", asked):
            try:
                record = window_record(one, span.now)
            except SkipRecord as reason:
                rejected.append(Rejected("maintenance_window", f"maintenance window {one.get('id')}", str(reason)))
                continue
            ended = when(record.payload["ended_at"]) if record else None
            if record is not None and (ended is None or ended >= span.since):
                records.append(record)
                self._differs(record, "started_at", next(iter(record.payload["services"]), ""), +1)
        return Page("maintenance windows", tuple(records), rejected=tuple(rejected), message="maintenance windows")

    def _incidents(self, position: Position, span: Span) -> Iterator[Page]:
        """The cursor moves with each page; what is under way is covered once all of it has been read."""
        cursor = begun(position.cursors.get(_STREAM, {}), self._asks)
        waiting, start, done = set(position.open_items.get(_STREAM, ())), floor(cursor, span), 0
        unproved = when((cursor.get("unfinished") or {}).get("floor"))
        lowest = min(start, unproved or start)
        for read in rest.incidents(self.http, self.chosen.services, start, span.now):
            done += len(read.incidents)
            page = self._page(read.incidents, waiting, span.now, whole_account=not self.chosen.services)
            moved = after(cursor, read.until, start)
            yield replace(page, cursor={**moved, "unfinished": {"floor": stamp(lowest)}}, done=done)
            waiting -= {record.payload["id"] for record in page.records}
        yield from self._asked_again(sorted(waiting), span.now)
        covered = tuple(Covered(Incident.kind, "service", one, lowest, span.now) for one in self.services)
        yield Page(_STREAM, cursor=after(cursor, span.now, start), covered=covered, message="incidents")

    def _asked_again(self, numbers: Sequence[str], now: datetime) -> Iterator[Page]:
        """Those that went on when last seen, and began before what is read."""
        for chunk in (numbers[n : n + _CHUNK] for n in range(0, len(numbers), _CHUNK)):
            found, gone = list[Json](), list[str]()
            for number in chunk:
                try:
                    found.append(rest.incident(self.http, number))
                except StopSource as fault:
                    if fault.status != 404:
                        raise
                    gone.append(number)
            page = self._page(found, set(chunk), now, whole_account=False)
            notes = tuple(f"Incident {number} is hidden or deleted: it stays as it was last seen." for number in gone)
            yield replace(page, ended=(*page.ended, *gone), notes=notes)

    def _page(self, found: Sequence[Json], known: set[str], now: datetime, *, whole_account: bool) -> Page:
        acknowledged = rest.acknowledgements(self.http, found, now, whole_account=whole_account)
        patterns = Patterns(*(re.compile(one) if one else None for one in (
            self.chosen.deployment_pattern, self.chosen.change_pattern)))  # fmt: skip
        records, rejected = list[Record](), list[Rejected]()
        for one in found:
            try:
                records.append(incident_record(one, acknowledged.get(one.get("id")), patterns))
            except SkipRecord as reason:
                rejected.append(Rejected("incident", f"incident {one.get('incident_number')}", str(reason)))
        merged = [record for record in records if is_merged(record)]
        for record in merged:
            self._differs(record, "created_at", record.payload["service"], -1)
        return Page(
            _STREAM,
            records=tuple(records),
            rejected=tuple(rejected),
            opened=tuple(record.payload["id"] for record in records if is_open(record)),
            ended=tuple(one.payload["id"] for one in records if not is_open(one) and one.payload["id"] in known),
            # it may have been stored before it was merged
            replaces=tuple(Replacement(Incident.kind, "source_id", record.source_id) for record in merged),
            message="incidents",
        )

    def _differs(self, record: Record, dated_by: str, service: str, facts: int) -> None:
        at = when(record.payload[dated_by])
        if at is not None:
            self._unlike[record.source_id] = (service, day_of(at, self.settings.zone), facts)
