"""The demo's monitoring over HTTP, in the form and with the limits of Prometheus's query interface."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipelines.demo.evaluate import Evaluation, Line, Result
from pipelines.demo.promql import BadQuery, Selector, milliseconds, parse, selector
from pipelines.demo.samples import INTERVAL, Database

MOST_POINTS: Final = 11_000


@dataclass(frozen=True, eq=False, slots=True)
class Monitoring:
    """Answers queries from what was scraped."""

    database: Database

    def routes(self) -> list[Route]:
        """Where it answers, below its base address."""
        both = ["GET", "POST"]
        return [
            Route("/api/v1/query", _answering(self.query), methods=both),
            Route("/api/v1/query_range", _answering(self.query_range), methods=both),
            Route("/api/v1/series", _answering(self.series), methods=both),
            Route("/api/v1/labels", _answering(self.labels), methods=both),
            Route("/api/v1/label/{label}/values", _answering(self.label_values)),
            Route("/api/v1/status/buildinfo", _answering(lambda _: {"version": "3.0.0-demo", "revision": "demo"})),
        ]

    def query(self, asked: Parameters) -> Any:
        """An expression at one instant, by default at the last scrape."""
        at = asked.instant("time", default=self.database.scrapes.end * INTERVAL - 1)
        result = Evaluation(self.database, np.array([at], np.int64)).of(parse(asked.text("query")))
        if isinstance(result, float):
            return {"resultType": "scalar", "result": [at / 1000, _number(result)]}
        points = [
            {"metric": line.labels, "value": [at / 1000, _number(line.values[0])]} for line in result if line.there[0]
        ]
        return {"resultType": "vector", "result": points}

    def query_range(self, asked: Parameters) -> Any:
        """An expression at each step from start to end, both included."""
        start, end, step = asked.instant("start"), asked.instant("end"), asked.duration("step")
        if end < start:
            raise BadQuery('invalid parameter "end": end timestamp must not be before start time')
        if (end - start) / step > MOST_POINTS:
            raise BadQuery(
                f"exceeded maximum resolution of {MOST_POINTS:,} points per timeseries: ask for a larger step"
            )
        times = np.arange(start, end + 1, step, dtype=np.int64)
        result = Evaluation(self.database, times).of(parse(asked.text("query")))
        lines = _constant(result, len(times))
        return {"resultType": "matrix", "result": [_matrix(line, times) for line in lines if line.there.any()]}

    def series(self, asked: Parameters) -> Any:
        """The labels of the series that the selectors name and that had a sample between start and end."""
        wanted = [selector(text) for text in asked.all("match[]")]
        if not wanted:
            raise BadQuery("no match[] parameter provided")
        return self._found(wanted, asked)

    def labels(self, asked: Parameters) -> Any:
        """All label names in use."""
        return sorted({label for labels in self._found(_selectors(asked), asked) for label in labels})

    def label_values(self, asked: Parameters) -> Any:
        """All values of one label."""
        label = asked.path["label"]
        return sorted({labels[label] for labels in self._found(_selectors(asked), asked) if label in labels})

    def _found(self, wanted: list[Selector], asked: Parameters) -> list[dict[str, str]]:
        scrapes = self.database.scrapes
        start = asked.instant("start", default=scrapes.begin * INTERVAL)
        end = asked.instant("end", default=scrapes.end * INTERVAL)
        if scrapes.pick(np.array([end], np.int64), max(1, end - start + 1)).count[0] == 0:
            return []
        found = [s.labels for s in self.database.series if not wanted or any(one.fits(s.labels) for one in wanted)]
        limit = asked.text("limit", default="0")
        return found[: int(limit)] if limit.isdigit() and int(limit) else found


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of a request, from its address or its form."""

    values: Mapping[str, list[str]]
    path: Mapping[str, str]

    def all(self, name: str) -> list[str]:
        """Every value given under a name."""
        return self.values.get(name, [])

    def text(self, name: str, default: str | None = None) -> str:
        """The value of a parameter; BadQuery where it is missing."""
        given = self.all(name)
        if not given and default is None:
            raise BadQuery(f'invalid parameter "{name}": it is missing')
        return given[0] if given else str(default)

    def instant(self, name: str, default: int | None = None) -> int:
        """Milliseconds since 1970 of Unix seconds or an RFC 3339 instant."""
        text = self.text(name, "" if default is not None else None)
        if not text and default is not None:
            return default
        try:
            seconds = float(text)
        except ValueError:
            try:
                seconds = datetime.fromisoformat(text).timestamp()
            except ValueError as error:
                raise BadQuery(f'invalid parameter "{name}": cannot parse "{text}" to a valid timestamp') from error
        if not math.isfinite(seconds):
            raise BadQuery(f'invalid parameter "{name}": cannot parse "{text}" to a valid timestamp')
        return round(seconds * 1000)

    def duration(self, name: str) -> int:
        """Milliseconds of a number of seconds or a duration such as 1h."""
        text = self.text(name)
        try:
            found = round(float(text) * 1000)
        except (ValueError, OverflowError):
            found = milliseconds(text)
        if found <= 0:
            raise BadQuery("zero or negative query resolution step widths are not accepted. Try a positive integer")
        return found


def _answering(answer: Callable[[Parameters], Any]) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        pairs = [*request.query_params.multi_items()]
        if request.method == "POST":
            pairs += [(name, str(value)) for name, value in (await request.form()).multi_items()]
        values: dict[str, list[str]] = {}
        for name, value in pairs:
            values.setdefault(name, []).append(value)
        try:
            return _json(200, {"status": "success", "data": answer(Parameters(values, request.path_params))})
        except BadQuery as error:
            return _json(400, {"status": "error", "errorType": "bad_data", "error": str(error)})

    return endpoint


def _json(status: int, body: Any) -> Response:
    return Response(json.dumps(body, separators=(",", ":")), status, media_type="application/json")


def _selectors(asked: Parameters) -> list[Selector]:
    return [selector(text) for text in asked.all("match[]")]


def _constant(result: Result, length: int) -> list[Line]:
    if isinstance(result, float):
        return [Line({}, np.full(length, result), np.ones(length, bool))]
    return result


def _matrix(line: Line, times: np.ndarray[Any, np.dtype[np.int64]]) -> dict[str, Any]:
    points = zip(times[line.there].tolist(), line.values[line.there].tolist(), strict=True)
    return {"metric": line.labels, "values": [[at / 1000, _number(value)] for at, value in points]}


def _number(value: float) -> str:
    """A sample as text: whole numbers without a point."""
    if math.isfinite(value):
        return str(int(value)) if value == int(value) else repr(float(value))
    return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"
