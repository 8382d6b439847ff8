"""Prometheus, Thanos, Mimir, VictoriaMetrics: seconds up of probes and requests of counters, per key and day."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache, cached_property, partial
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from data.clock import clock
from data.facts import Fact, ProbeDay, RequestDay
from data.period import day_of, day_start
from pipelines.connectors._prometheus.api import PrometheusApi
from pipelines.connectors._prometheus.days import Availability, DayFound, Requests, read_days, read_run
from pipelines.connectors._prometheus.reading import Reading, plan
from pipelines.connectors.base import (
    ASKED,
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
)
from pipelines.errors import SkipRecord, StopSource, SyncError
from pipelines.promql import Run, duration_seconds, is_selector

TOKEN = Need("PROMETHEUS_TOKEN", "a bearer token that may query metrics", optional=True)
PASSWORD = Need("PROMETHEUS_PASSWORD", "the password of the user that the options name", optional=True)

_DAY = timedelta(days=1)
_CREDENTIALS = {"authorization", "proxy-authorization", "cookie"}


class PrometheusOptions(Options):
    """What to ask. `headers` are sent along, such as X-Scope-OrgID; `user` logs in with PROMETHEUS_PASSWORD."""

    availability: Annotated[tuple[Availability, ...], Field(json_schema_extra=ASKED)] = ()
    requests: tuple[Requests, ...] = ()
    user: Annotated[str, Field(pattern=r"^[^:\s]+$")] | None = None
    headers: Mapping[str, str] = Field(default_factory=dict)

    @field_validator("headers")
    @classmethod
    def _no_credentials(cls, headers: Mapping[str, str]) -> Mapping[str, str]:
        for name, value in headers.items():
            if name.lower() in _CREDENTIALS:
                raise ValueError(f"{name} is a secret: set the environment variable {TOKEN.variable} instead")
            if not _printable(name + value):
                raise ValueError(f"{name} must be plain ASCII text on one line")
        return headers

    @model_validator(mode="after")
    def _asks_something(self) -> PrometheusOptions:
        if not self.entries:
            raise ValueError("add at least one availability or requests entry")
        return self

    @property
    def entries(self) -> tuple[Availability | Requests, ...]:
        """All questions, in the order of the settings."""
        return (*self.availability, *self.requests)


class Prometheus(Connector):
    """Daily seconds up, down and unknown of probes, and daily requests and failures, of one Prometheus API."""

    type: ClassVar[str] = "prometheus"
    title: ClassVar[str] = "Prometheus"
    fact_kinds: ClassVar[tuple[str, ...]] = (ProbeDay.kind, RequestDay.kind)
    needs: ClassVar[tuple[Need, ...]] = (TOKEN, PASSWORD)
    keep: ClassVar[Mapping[str, tuple[str, ...]]] = {
        ProbeDay.kind: ("key_kind", "key", "day", "up", "down", "unknown", "samples", "partial"),
        RequestDay.kind: ("key_kind", "key", "day", "total", "failed", "form", "known", "partial"),
    }
    options = PrometheusOptions
    address: ClassVar[str | None] = "http://localhost:9090"

    @cached_property
    def chosen(self) -> PrometheusOptions:
        """The source's options. Raises StopSource."""
        return self.read_options(PrometheusOptions)

    def fetch(self, position: Position) -> Iterator[Page]:
        """One page for each 31 days of an entry. A query that the server refuses ends the source after the others."""
        owners, refused, done = dict[tuple[str, ...], str](), [], 0
        readings = [self._plan(entry, position) for entry in self.chosen.entries]
        total = sum(len(reading.chunks) for reading in readings)
        with closing(self._api()) as api:
            for reading in readings:
                try:
                    for page in self._pages(api, reading, position, owners):
                        done += 1
                        yield replace(page, done=done, total=total)
                except SkipRecord as reason:
                    refused.append(f"{reading.entry.title}: {reason}")
        if refused:
            raise StopSource(" ".join(refused))

    def facts(self, record: Record) -> tuple[Fact, ...]:
        """The one fact of a stored day."""
        stated = record.payload
        try:
            common: dict[str, Any] = {
                "source": self.source.id,
                "source_id": record.source_id,
                "key_kind": stated["key_kind"],
                "key": stated["key"],
                "day": date.fromisoformat(stated["day"]),
                "partial": stated["partial"] is True,
            }
            names = ("up", "down", "unknown") if record.kind == ProbeDay.kind else ("total", "failed", "known")
            common |= {name: Decimal(stated[name]) for name in names}
            if record.kind == ProbeDay.kind:
                return (ProbeDay(**common, samples=int(stated["samples"])),)
            return (RequestDay(**common, form=stated["form"]),)
        except (KeyError, TypeError, ValueError, InvalidOperation) as error:
            raise SkipRecord(f"The stored day is incomplete ({type(error).__name__}): sync with --full.") from error

    def check(self) -> Iterator[Finding]:
        """Whether the server answers, and each expression gives series with keys, fitting values and intervals."""
        now = clock()
        try:
            with closing(self._api()) as api:
                yield from self._check_server(api, now)
                for entry in self.chosen.entries:
                    yield from self._check_entry(api, entry, now)
        except SyncError as error:
            yield Finding("address and credentials", False, str(error))

    def names(self) -> Iterator[Name]:
        """The keys that gave numbers in the last day."""
        now, zone = clock(), self.settings.zone
        run = Run((day_of(now, zone),), int(_DAY.total_seconds()), round(now.timestamp() * 1000))
        with closing(self._api()) as api:
            for entry in self.chosen.entries:
                known = self._failures_known(api, entry, now.date() - 30 * _DAY, now)
                found = read_run(api, entry, run, known).days
                keys = sorted({one.key for one in found if one.numbers is not None})
                yield from (Name(entry.kind, key, key) for key in keys)

    def _check_server(self, api: PrometheusApi, now: datetime) -> Iterator[Finding]:
        api.at("vector(1)", now)
        version = api.version()
        says = f"answers as a Prometheus API, version {version}" if version else "answers as a Prometheus API"
        yield Finding("address and credentials", True, says)
        if not api.keeps_instants(round((now - _DAY).timestamp() * 1000)):
            says = "the server moves the instants of range queries: days are asked one by one, which is slower"
            yield Finding("range queries", True, says)

    def _check_entry(self, api: PrometheusApi, entry: Availability | Requests, now: datetime) -> Iterator[Finding]:
        title, zone = entry.title, self.settings.zone
        run = Run((day_of(now, zone),), int(_DAY.total_seconds()), round(now.timestamp() * 1000))
        try:
            found = read_run(api, entry, run, self._failures_known(api, entry, now.date() - 30 * _DAY, now))
            fault = _interval_fault(api, entry, now)
        except SkipRecord as refusal:
            yield Finding(title, False, str(refusal))
            return
        if not found.days:
            yield Finding(title, False, "gives no series in the last day: check its names and labels")
        keys = [one.key for one in found.days if one.numbers is not None]
        if keys:
            some = ", ".join(keys[:5]) + (", …" if len(keys) > 5 else "")
            yield Finding(title, True, f"{len(keys)} keys with numbers in the last day: {some}")
        for reason in sorted({one.reason for one in found.days if one.reason}):
            yield Finding(title, False, f"{', '.join(one.key for one in found.days if one.reason == reason)}: {reason}")
        if found.unlabelled:
            yield Finding(title, False, self._unlabelled(entry))
        if fault:
            yield Finding(title, False, fault)

    def _api(self) -> PrometheusApi:
        base = self.base_url()
        if urlsplit(base).username is not None:
            instead = f"set {TOKEN.variable}, or the option user and {PASSWORD.variable}, instead"
            raise StopSource(f"Source {self.source.id}: take the credentials out of base_url; {instead}.")
        return PrometheusApi(base, self.settings.http, {**self.chosen.headers, **self._authorization()})

    def _authorization(self) -> dict[str, str]:
        if self.chosen.user is None:
            token = self.credential(TOKEN)
            return {"Authorization": f"Bearer {self._clean(token, TOKEN)}"} if token else {}
        password = self.credential(replace(PASSWORD, optional=False))
        login = f"{self.chosen.user}:{self._clean(password, PASSWORD)}"
        return {"Authorization": f"Basic {base64.b64encode(login.encode()).decode()}"}

    def _clean(self, secret: SecretStr | None, need: Need) -> str:
        text = secret.get_secret_value().strip() if secret else ""
        if not _printable(text):
            variable = self.source.secrets.get(need.variable, need.variable)
            raise StopSource(f"Source {self.source.id}: {variable} holds characters no header may carry: set it anew.")
        return text

    def _plan(self, entry: Availability | Requests, position: Position) -> Reading:
        zone, stored = self.settings.zone, partial(position.stored_days, entry.fact)
        today = day_of(position.now, zone)
        again = position.since if position.full else today - self.source.lookback_days * _DAY
        return plan(entry, position.since, again, today, position.cursors, stored, zone)

    def _pages(
        self, api: PrometheusApi, reading: Reading, position: Position, owners: dict[tuple[str, ...], str]
    ) -> Iterator[Page]:
        entry, zone = reading.entry, self.settings.zone
        failures = self._failures_known(api, entry, position.since, position.now)
        for chunk in reading.chunks:
            told = reading.first_data is not None
            found = read_days(api, entry, chunk, zone, failures)
            days = reading.kept(found.days, chunk, zone)
            notes = [f"{reading.entry.title}: the server says: {note}" for note in found.notes]
            if not told and (note := self._beginning(api, reading, last=chunk == reading.chunks[-1])):
                notes.append(note)
            records, rejected = self._sorted_out(reading, days, owners)
            if found.unlabelled:
                rejected.append(Rejected(entry.fact, reading.stream, self._unlabelled(entry)))
            yield Page(
                stream=reading.stream,
                records=tuple(records),
                rejected=tuple(rejected),
                cursor=reading.done(chunk),
                covered=tuple(self._covered(entry, records)),
                message=f"{reading.entry.title}: {chunk[0]} to {chunk[-1]}, {len(records)} days",
                notes=tuple(notes),
            )

    def _sorted_out(
        self, reading: Reading, days: tuple[DayFound, ...], owners: dict[tuple[str, ...], str]
    ) -> tuple[list[Record], list[Rejected]]:
        """Records of the days that have numbers, and the others with their reasons."""
        entry, records, rejected = reading.entry, list[Record](), list[Rejected]()
        form = (entry.form,) if isinstance(entry, Requests) else ()
        for one in days:
            source_id = "/".join((entry.kind, one.key, *form, one.day.isoformat()))
            owner = owners.setdefault((entry.fact, entry.kind, one.key, *form), reading.stream)
            if owner != reading.stream:
                reason = "Another entry of this source gives the same key: let one of them select less."
                rejected.append(Rejected(entry.fact, source_id, reason))
            elif one.numbers is None:
                rejected.append(Rejected(entry.fact, source_id, one.reason))
            else:
                about = {"key_kind": entry.kind, "key": one.key, "day": one.day.isoformat(), "partial": one.partial}
                records.append(Record(entry.fact, source_id, {**about, **one.numbers}))
        return records, rejected

    def _covered(self, entry: Availability | Requests, records: list[Record]) -> Iterator[Covered]:
        """Unbroken spans of days of each key; records come in the order of key and day."""
        spans: list[tuple[str, date, date]] = []
        for record in records:
            key, day = record.payload["key"], date.fromisoformat(record.payload["day"])
            if spans and spans[-1][0] == key and spans[-1][2] == day:
                spans[-1] = (key, spans[-1][1], day + _DAY)
            else:
                spans.append((key, day, day + _DAY))
        zone = self.settings.zone
        for key, start, end in spans:
            yield Covered(entry.fact, entry.kind, key, day_start(start, zone), day_start(end, zone))

    def _beginning(self, api: PrometheusApi, reading: Reading, *, last: bool) -> str:
        """A note where the history is shorter than what was asked for."""
        asked, first = reading.asked[0], reading.first_data
        if first is None:
            return f"{reading.entry.title}: no samples from {asked} to {reading.asked[-1]}." if last else ""
        if not reading.goes_back or first == asked:
            return ""
        zone = self.settings.zone
        if api.knows_anything(day_start(asked, zone), day_start(first, zone) - _DAY / 86_400):
            return f"{reading.entry.title}: no samples before {first}."
        return f"{reading.entry.title}: history starts {first}: the server's retention keeps no more."

    def _failures_known(
        self, api: PrometheusApi, entry: Availability | Requests, since: date, now: datetime
    ) -> Callable[[], bool]:
        """Tells, asking at most once, whether the server has series that are selected as failed."""
        start = day_start(since, self.settings.zone)
        return cache(lambda: isinstance(entry, Requests) and api.knows_series(entry.failed, start, now))

    def _unlabelled(self, entry: Availability | Requests) -> str:
        return f"Some series have no label {entry.label}: keep it in the expression, or select those that have it."


def _interval_fault(api: PrometheusApi, entry: Availability | Requests, now: datetime) -> str:
    """What is wrong with the declared interval, as far as the latest raw samples tell; empty where nothing is."""
    selector = entry.total if isinstance(entry, Requests) else entry.expression
    if not is_selector(selector):
        return ""
    declared = duration_seconds(entry.interval)
    window = max(3600, 20 * declared)
    answer = api.at(f"max(count_over_time({selector.strip()}[{window}s]))", now)
    counts = [float(count) for series in answer.series for count in series.values.values()]
    if not counts or 0.8 <= counts[0] * declared / window <= 1.1:
        return ""
    seen = f"a sample came every {window / counts[0]:.0f} s of late"
    return f"{seen}, declared is every {entry.interval}: correct the interval"


def _printable(text: str) -> bool:
    return text.isascii() and text.isprintable()
