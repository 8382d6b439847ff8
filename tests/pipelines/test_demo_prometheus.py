"""The demo answers as Prometheus does: each answer against samples written out and folded one by one."""

from __future__ import annotations

import bisect
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import requests

from data.sample.chance import unix
from data.sample.company import SERVICES
from pipelines.demo import serving
from pipelines.promql import neither_0_nor_1
from tests.data.sample.stories import told

MINUTE = 60_000
DAY = 86_400_000
Points = list[tuple[int, float]]
Labels = tuple[tuple[str, str], ...]

SPANS = {
    "three hours unscraped": (datetime(2026, 8, 18, tzinfo=UTC), datetime(2026, 8, 21, tzinfo=UTC)),
    "a provider down": (datetime(2026, 10, 13, tzinfo=UTC), datetime(2026, 10, 16, tzinfo=UTC)),
    "counters begin again": (datetime(2026, 2, 27, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)),
}


@pytest.fixture(scope="module")
def api() -> Iterator[str]:
    with serving(told()) as base_url:
        yield f"{base_url}/prometheus/api/v1"


def ask(api: str, path: str, **asked: Any) -> Any:
    response = requests.get(f"{api}/{path}", params=asked, timeout=20)
    assert response.status_code == 200, response.text
    return response.json()["data"]


def refused(api: str, path: str, **asked: Any) -> str:
    response = requests.get(f"{api}/{path}", params=asked, timeout=10)
    body = response.json()
    assert (response.status_code, body["status"], body["errorType"]) == (400, "error", "bad_data")
    return str(body["error"])


def millis(moment: datetime) -> int:
    return unix(moment) * 1000


def samples(start: datetime, end: datetime) -> dict[Labels, Points]:
    """Every sample between two instants, minute by minute: the slow and obvious way."""
    story = told()
    times = [at for at in range(unix(start), unix(end), 60)
             if not any(unix(a) <= at < unix(b) for a, b in story.gaps)]  # fmt: skip
    found: dict[Labels, Points] = {}
    for service in SERVICES:
        down = [(unix(w.start), unix(w.end)) for w in story.outages if w.subject == service.id and w.down]
        labels = (("__name__", "probe_success"), ("service", service.id))
        found[labels] = [(at * 1000, 0.0 if any(a <= at < b for a, b in down) else 1.0) for at in times]
    for name, label, code, group in (
        ("http_requests_total", "service", "code", story.requests),
        ("integration_calls_total", "integration", "outcome", story.calls),
    ):
        for subject, traffic in group.items():
            for one in traffic.codes:
                values = traffic.counter(one, np.array(times)).astype(float).tolist()
                labels = (("__name__", name), (label, subject), (code, one))
                found[labels] = [(at * 1000, value) for at, value in zip(times, values, strict=True)]
    return found


def within(points: Points, at: int, length: int) -> Points:
    """The samples in (at - length, at]."""
    first, last = (bisect.bisect_right(points, edge, key=lambda point: point[0]) for edge in (at - length, at))
    return points[first:last]


def increase(points: Points, at: int, length: int) -> float | None:
    """Prometheus's own way: rises between neighbours, from zero after a fall, stretched to the edges of the window."""
    if len(points) < 2:
        return None
    (first_at, first), (last_at, _) = points[0], points[-1]
    values = [value for _, value in points]
    rise = sum(b if b < a else b - a for a, b in pairwise(values))
    sampled = (last_at - first_at) / 1000
    apart = sampled / (len(points) - 1)
    before, after = (first_at - (at - length)) / 1000, (at - last_at) / 1000
    before = apart / 2 if before >= apart * 1.1 else before
    after = apart / 2 if after >= apart * 1.1 else after
    if rise > 0:
        before = min(before, sampled * first / rise)
    return rise * (sampled + before + after) / sampled


def fold(function: str, points: Points, at: int, length: int) -> float | None:
    values = [value for _, value in points]
    if function == "increase":
        return increase(points, at, length)
    if not values:
        return None
    mean = sum(values) / len(values)
    return {
        "sum_over_time": sum(values),
        "count_over_time": float(len(values)),
        "avg_over_time": mean,
        "min_over_time": min(values),
        "max_over_time": max(values),
        "stdvar_over_time": sum((value - mean) ** 2 for value in values) / len(values),
        "last_over_time": values[-1],
    }[function]


@pytest.fixture(scope="module", params=list(SPANS))
def span(request: pytest.FixtureRequest) -> tuple[datetime, datetime, dict[Labels, Points]]:
    start, end = SPANS[request.param]
    return start, end, samples(start, end)


QUESTIONS = [
    ("probe_success", "service", function)
    for function in ("sum_over_time", "count_over_time", "avg_over_time", "min_over_time", "max_over_time",
                     "stdvar_over_time", "last_over_time")
] + [
    ("http_requests_total", "service", "increase"),
    ("integration_calls_total", "integration", "increase"),
    ("http_requests_total", "service", "count_over_time"),
    ("integration_calls_total", "integration", "last_over_time"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "label", "function"), QUESTIONS, ids=str)
def test_every_window_is_folded_as_if_sample_by_sample(
    api: str, span: tuple[datetime, datetime, dict[Labels, Points]], name: str, label: str, function: str
) -> None:
    start, end, written = span
    chance = random.Random(name + function)
    for _ in range(6):
        length = chance.choice([DAY, 3_600_000, 82_800_000, 7 * MINUTE])
        at = chance.randrange(millis(start) + length, millis(end), 1)
        at = chance.choice([at, at // MINUTE * MINUTE, at // MINUTE * MINUTE - 1])
        query = f"{function}({name}[{length}ms])"
        answer = ask(api, "query", query=query, time=f"{at / 1000:.3f}")["result"]
        got = {tuple(sorted((k, v) for k, v in one["metric"].items() if k not in ("__name__", "instance", "provider"))):
               float(one["value"][1]) for one in answer}  # fmt: skip
        wanted = {
            tuple(sorted(labels[1:])): value
            for labels, points in written.items()
            if labels[0][1] == name and (value := fold(function, within(points, at, length), at, length)) is not None
        }
        assert got == pytest.approx(wanted, rel=1e-9, abs=1e-9)


def test_sums_by_label_add_the_series_of_each(api: str, span: tuple[datetime, datetime, dict[Labels, Points]]) -> None:
    start, end, written = span
    query = 'sum by (service) (increase(http_requests_total{code=~"4..|5..", service!~"a.*"}[1d]))'
    asked = {"start": f"{(millis(start) + DAY - 1) / 1000:.3f}", "end": f"{(millis(end) - 1) / 1000:.3f}", "step": "1d"}
    answer = ask(api, "query_range", query=query, **asked)["result"]
    got = {(one["metric"]["service"], round(at * 1000)): float(value) for one in answer for at, value in one["values"]}
    wanted: dict[tuple[str, int], float] = {}
    for labels, points in written.items():
        (_, name), (_, service), (_, code) = labels if len(labels) == 3 else (*labels, ("code", ""))
        if name == "http_requests_total" and code in ("400", "500") and not service.startswith("a"):
            for at in range(millis(start) + DAY - 1, millis(end), DAY):
                value = increase(within(points, at, DAY), at, DAY) or 0.0
                wanted[service, at] = wanted.get((service, at), 0.0) + value
    assert got == pytest.approx(wanted, rel=1e-9)
    assert len(got) == 3 * len([service for service in SERVICES if not service.id.startswith("a")])


def test_slots_that_were_scraped_are_counted_by_a_subquery(
    api: str, span: tuple[datetime, datetime, dict[Labels, Points]]
) -> None:
    start, _, written = span
    points = written[("__name__", "integration_calls_total"), ("integration", "kyc-verisuno"), ("outcome", "ok")]
    inner = "count by (integration) (count_over_time(integration_calls_total[60s] offset -59999ms))"
    at = millis(start) + 2 * DAY - 1
    answer = ask(api, "query", query=f"count_over_time(({inner})[86400s:60s])", time=f"{at / 1000:.3f}")["result"]
    assert len(answer) == 10
    assert {float(one["value"][1]) for one in answer} == {float(len(within(points, at, DAY)))}


def test_the_probe_has_no_sample_other_than_0_and_1(api: str) -> None:
    query = neither_0_nor_1("probe_success[86400s]")
    end = told().until.timestamp()
    assert ask(api, "query_range", query=query, start=end - 90 * 86400, end=end, step=86400)["result"] == []


def test_where_nothing_was_scraped_there_is_no_point(api: str) -> None:
    (start, end), *_ = told().gaps
    asked = {"query": 'probe_success{service="wallet"}', "step": "15m"}
    answer = ask(api, "query_range", start=start.timestamp() - 1800, end=end.timestamp() + 1800, **asked)["result"]
    times = [at for at, _ in answer[0]["values"]]
    assert times == [start.timestamp() + n for n in (-1800, -900, 0)] + [end.timestamp() + n for n in (0, 900, 1800)]


def test_nothing_is_known_before_the_retention_and_after_the_end(api: str) -> None:
    for at in (told().since.timestamp() - 1, told().until.timestamp() + 301):
        assert ask(api, "query", query="probe_success", time=at)["result"] == []
    first = ask(api, "query", query="count_over_time(probe_success[1d])", time=told().since.timestamp() + 119)["result"]
    assert {one["value"][1] for one in first} == {"2"}


def test_one_query_has_at_most_11000_points(api: str) -> None:
    end = told().until.timestamp()
    assert "11,000 points" in refused(api, "query_range", query="vector(1)", start=end - 11_001 * 60, end=end, step=60)
    answer = ask(api, "query_range", query="vector(1)", start=end - 11_000 * 60, end=end, step=60)
    assert len(answer["result"][0]["values"]) == 11_001


def test_a_posted_form_is_answered_like_an_address(api: str) -> None:
    asked = {"query": "sum(probe_success)", "time": "2026-10-20T12:00:00Z"}
    posted = requests.post(f"{api}/query", data=asked, timeout=10).json()["data"]
    assert posted == ask(api, "query", **asked)
    assert posted["result"] == [{"metric": {}, "value": [1792497600.0, "26"]}]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("probe_success[1d]", "a range is only possible"),
        ("quantile_over_time(0.5, probe_success[1d])", "unknown function"),
        ("sum by (service (probe_success)", "expected ')'"),
        ("sum_over_time(probe_success)", "expected '['"),
        ("sum_over_time(http_requests_total[1d])", "ask for its increase"),
        ("increase(probe_success[1d])", "of a gauge"),
        ('probe_success{service="wallet"', "end of input"),
        ('probe_success{service~"wallet"}', "unexpected character '~'"),
        ('probe_success{service=~"("}', "no regular expression"),
        ("(probe_success)[1d:0s]", "only possible as the argument"),
        ("increase(http_requests_total[0s])", "greater than 0"),
        ("1 > 2", "comparisons between scalars"),
        ("", "unexpected 'end of input'"),
    ],
)
def test_what_is_not_understood_is_refused_in_a_sentence(api: str, query: str, says: str) -> None:
    assert says in refused(api, "query", query=query)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"start": 10, "end": 5, "step": 1}, "end timestamp must not be before start"),
        ({"start": 1, "end": 5, "step": 0}, "zero or negative"),
        ({"start": "soon", "end": 5, "step": 1}, "cannot parse"),
        ({"end": 5, "step": 1}, "is missing"),
    ],
)
def test_a_range_that_makes_no_sense_is_refused(api: str, asked: dict[str, Any], says: str) -> None:
    assert says in refused(api, "query_range", query="vector(1)", **asked)


def test_operators_bind_as_in_promql(api: str) -> None:
    query = "sum(probe_success) * 2 + 3 * 4 - 1"
    assert ask(api, "query", query=query)["result"][0]["value"][1] == "63"
    assert ask(api, "query", query="2 + 3 * 4")["result"][1] == "14"
    assert ask(api, "query", query='probe_success{service="wallet"} < 1 or vector(7)')["result"][0]["value"][1] == "7"


def test_series_labels_and_values_tell_what_there_is(api: str) -> None:
    end = told().until.timestamp()
    found = ask(api, "series", **{"match[]": 'integration_calls_total{outcome="error"}'}, start=end - 60, end=end)
    assert len(found) == 10
    assert ask(api, "labels") == ["__name__", "code", "instance", "integration", "outcome", "provider", "service"]
    assert ask(api, "label/code/values") == ["200", "400", "500"]
    assert ask(api, "label/__name__/values", start=end - 10 * 365 * 86400, end=end - 9 * 365 * 86400) == []
    assert ask(api, "status/buildinfo")["version"] == "3.0.0-demo"
