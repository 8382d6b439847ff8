"""The query interface that Prometheus, Thanos, Mimir and VictoriaMetrics share, asked through our own session.

The library's client sends the queries; dates, splitting, warnings and errors are ours, because it rounds instants to
whole seconds, drops warnings and quotes whole answers in its errors.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import requests
from prometheus_api_client import PrometheusConnect
from prometheus_api_client.exceptions import PrometheusApiClientException

from data.settings import HttpLimits
from pipelines.errors import SkipRecord, StopSource
from pipelines.http import Http, fault_of, json_of, speaking_plainly
from pipelines.promql import Run

_LONGEST_QUOTE = 300
_UNREADABLE = Decimal("NaN")


@dataclass(frozen=True)
class Series:
    """One labelled series with its value for each day asked; NaN where the server gave no plain number."""

    labels: Mapping[str, str]
    values: Mapping[date, Decimal]


@dataclass(frozen=True)
class Answer:
    """What one query gave. `partial`: the server says that a part of its data did not answer; `notes` are its words."""

    series: tuple[Series, ...]
    partial: bool = False
    notes: tuple[str, ...] = ()


class PrometheusApi:
    """One server, below its base address. Raises StopSource, TryAgain, and SkipRecord for a query that it refuses."""

    def __init__(self, base_url: str, limits: HttpLimits, headers: Mapping[str, str] | None = None) -> None:
        self.http = Http(base_url, limits, headers)
        self.http.session.hooks["response"].append(self._listen)
        bounded = self.http.session.get_adapter(self.http.base_url)
        self._client = PrometheusConnect(url=self.http.base_url, session=self.http.session)
        self.http.session.mount(self.http.base_url, bounded)  # the client has mounted one without our limits
        self._partial = False
        self._notes: list[str] = []
        self._keeps_instants: bool | None = None

    def close(self) -> None:
        """Give back the connections."""
        self._client.close()

    def version(self) -> str:
        """What the server calls itself, empty where it does not tell (not every one of the four does)."""
        try:
            data = json_of(self.http.get("api/v1/status/buildinfo")).get("data")
        except StopSource:
            return ""
        return str(data.get("version", "")) if isinstance(data, dict) else ""

    def at(self, query: str, instant: datetime) -> Answer:
        """The answer to a query at one instant; each series has its value under the UTC date of the instant."""
        return self._instant(query, round(instant.timestamp() * 1000), instant.astimezone(UTC).date())

    def days(self, query: str, run: Run) -> Answer:
        """The answer to a query for each day of the run."""
        if len(run.days) > 1 and self.keeps_instants(run.first) and (answer := self._range(query, run)):
            return answer
        return _joined([self._instant(query, instant, day) for instant, day in run.instants.items()])

    def keeps_instants(self, first: int) -> bool:
        """Whether a range query is evaluated at the instants asked for: a frontend may move them to fit its cache.

        Asked once, from the earliest instant of interest, with a query that has a value at any time.
        """
        if self._keeps_instants is None:
            asked = (first, first + 86_400_000)
            with _speaking_of_queries():
                result = self._range_of("vector(1)", *asked, 86_400)
                at = tuple(_milliseconds(point[0]) for one in result for point in one["values"])
            self._keeps_instants = at == asked
        return self._keeps_instants

    def knows_series(self, selector: str, start: datetime, end: datetime) -> bool:
        """Whether the server has any series of that description in its index between the instants."""
        with _speaking_of_queries():
            return bool(self._client.get_series(start, end, {"match[]": selector, "limit": "1"}))

    def knows_anything(self, start: datetime, end: datetime) -> bool:
        """Whether the server holds any sample at all between the instants, as far as its index tells."""
        between = {"start": start.timestamp(), "end": end.timestamp(), "limit": 1}
        with _speaking_of_queries():
            return bool(self._client.get_label_values("__name__", between))

    def _instant(self, query: str, instant: int, day: date) -> Answer:
        self._forget()
        at = {"time": _text(instant), "nocache": "1"}
        with _speaking_of_queries():
            result = self._client.custom_query(query, at)
            values = [(one["metric"], one["value"][1] if "value" in one else "NaN") for one in result]
        return self._answer(Series(labels, {day: _decimal(value)}) for labels, value in values)

    def _range(self, query: str, run: Run) -> Answer | None:
        """None where the server moved the instants after all."""
        self._forget()
        days, found = run.instants, []
        with _speaking_of_queries():
            for one in self._range_of(query, run.first, run.last, run.seconds):
                points = [*one.get("values", ()), *((at, "NaN") for at, _ in one.get("histograms", ()))]
                values = {_milliseconds(at): _decimal(value) for at, value in points}
                if not values.keys() <= days.keys():
                    self._keeps_instants = False
                    return None
                found.append(Series(one["metric"], {days[at]: value for at, value in values.items()}))
        return self._answer(found)

    def _range_of(self, query: str, first: int, last: int, step: int) -> Any:
        exact = {"start": _text(first), "end": _text(last), "nocache": "1"}  # the client's own are whole seconds
        start, end = (datetime.fromtimestamp(at / 1000, UTC) for at in (first, last))
        return self._client.custom_query_range(query, start, end, str(step), exact)

    def _answer(self, series: Iterable[Series]) -> Answer:
        return Answer(tuple(series), self._partial, tuple(self._notes))

    def _forget(self) -> None:
        self._partial, self._notes = False, []

    def _listen(self, response: requests.Response, **options: Any) -> None:
        """Notes warnings, and raises what an answer stands for before the client wraps it."""
        response.content  # noqa: B018  read to its end, so that an error gives the connection back
        if response.is_redirect:
            return
        if response.status_code in (400, 422) and (said := _error_of(response)):
            raise SkipRecord(f"The server refuses the query: {said}.")
        if fault := fault_of(response):
            raise fault
        body = json_of(response)
        if not isinstance(body, dict) or body.get("status") != "success":
            raise StopSource("The address does not answer in the form of a Prometheus API: check base_url.")
        warnings = [str(one) for one in body.get("warnings") or ()]
        self._partial |= bool(warnings) or body.get("isPartial") is True
        if body.get("isPartial") is True:
            warnings.append("a part of the storage did not answer")
        self._notes += [one[:_LONGEST_QUOTE] for one in (*warnings, *map(str, body.get("infos") or ()))]


@contextmanager
def _speaking_of_queries() -> Iterator[None]:
    """Turns the errors of the client, and of answers in another form, into ours."""
    try:
        with speaking_plainly("The query"):
            yield
    except (PrometheusApiClientException, KeyError, TypeError, ValueError) as error:
        raise StopSource("The address does not answer in the form of a Prometheus API: check base_url.") from error


def _joined(answers: Sequence[Answer]) -> Answer:
    """Answers for single days as one: a series is the same where its labels are."""
    values: dict[frozenset[tuple[str, str]], dict[date, Decimal]] = {}
    for answer in answers:
        for one in answer.series:
            values.setdefault(frozenset(one.labels.items()), {}).update(one.values)
    return Answer(
        tuple(Series(dict(labels), days) for labels, days in values.items()),
        any(answer.partial for answer in answers),
        tuple(dict.fromkeys(note for answer in answers for note in answer.notes)),
    )


def _error_of(response: requests.Response) -> str:
    """The server's own words on a query that it refuses, empty where the answer is of another kind."""
    try:
        body = response.json()
    except requests.exceptions.JSONDecodeError:
        return ""
    return str(body.get("error", "")).strip().rstrip(".")[:_LONGEST_QUOTE] if isinstance(body, dict) else ""


def _text(milliseconds: int) -> str:
    return f"{milliseconds // 1000}.{milliseconds % 1000:03d}"


def _milliseconds(seconds: Any) -> int:
    return round(float(seconds) * 1000)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return _UNREADABLE
