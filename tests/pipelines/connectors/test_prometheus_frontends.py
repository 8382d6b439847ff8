"""What stands before or in place of a Prometheus: caches, storages in parts, gates, wrong addresses."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from data.facts import ProbeDay
from pipelines.connectors.base import Finding, Page
from pipelines.connectors.prometheus import Prometheus
from pipelines.errors import StopSource, SyncError, TryAgain
from tests.pipelines.connectors.prometheus_world import (
    Asked,
    Reply,
    connector,
    facts_of,
    frontend,
    passed_on,
    passed_on_with,
    position,
    prometheus_with,
)
from tests.servers.child import free_port

SAMPLES = Path(__file__).parents[2] / "samples" / "prometheus"
SINCE, NOW = date(2025, 10, 1), datetime(2025, 10, 5, 4, tzinfo=UTC)
FIRST = int(datetime(2025, 10, 1, tzinfo=UTC).timestamp())
PROBES: dict[str, Any] = {"availability": [{"expression": "probe", "label": "service"}]}
SECRET = "s3cret-of-the-test"


@pytest.fixture(scope="module")
def base_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real server with four days, each with one hour more of downtime than the one before."""
    days = {
        at: float(at % 86_400 >= (at - FIRST) // 86_400 * 3600)  # 0 in the first hours of the day
        for at in range(FIRST, FIRST + 4 * 86_400, 60)
    }
    with prometheus_with({'probe{service="wallet"}': days}, tmp_path_factory.mktemp("prometheus")) as base:
        yield base


def _read(source: Prometheus) -> list[Page]:
    return list(source.fetch(position(SINCE, NOW)))


def _sample(name: str) -> Callable[[Asked], Reply]:
    return lambda _: Reply(body=(SAMPLES / name).read_bytes())


def test_a_cache_that_moves_instants_to_its_step_is_asked_day_by_day(base_url: str) -> None:
    def moving(asked: Asked) -> Reply:
        if asked.path.endswith("query_range"):
            step = float(asked.query["step"])
            asked.query |= {side: str(float(asked.query[side]) // step * step) for side in ("start", "end")}
        return passed_on(base_url, asked)

    with frontend(moving) as (address, asked):
        source = connector(address, **PROBES)
        assert facts_of(ProbeDay, source, _read(source)) == facts_of(
            ProbeDay, source, _read(connector(base_url, **PROBES))
        )
    assert [one.path.rpartition("/")[2] for one in asked].count("query_range") == 1
    assert [one.path.rpartition("/")[2] for one in asked].count("query") == 3 * 4


def test_a_cache_that_moves_instants_only_now_and_then_is_asked_day_by_day_from_then_on(base_url: str) -> None:
    def moving(asked: Asked) -> Reply:
        if asked.path.endswith("query_range") and "vector" not in asked.query["query"]:
            asked.query["start"] = str(float(asked.query["start"]) - 10)
        return passed_on(base_url, asked)

    with frontend(moving) as (address, asked):
        source = connector(address, **PROBES)
        assert facts_of(ProbeDay, source, _read(source)) == facts_of(
            ProbeDay, source, _read(connector(base_url, **PROBES))
        )
    assert [one.path.rpartition("/")[2] for one in asked] == ["query_range"] * 2 + ["query"] * 12


def test_instants_are_asked_to_the_millisecond_and_without_a_cache(base_url: str) -> None:
    with frontend(lambda asked: passed_on(base_url, asked)) as (address, asked):
        _read(connector(address, **PROBES))
    assert [{name: one.query[name] for name in ("start", "end", "step", "nocache")} for one in asked[1:]] == [
        {"start": f"{FIRST + 86_399}.999", "end": f"{FIRST + 4 * 86_400 - 1}.999", "step": "86400", "nocache": "1"}
    ] * 3


@pytest.mark.parametrize(
    ("more", "note"),
    [
        ({"warnings": ["store 10.0.0.7 did not answer"]}, "store 10.0.0.7 did not answer"),
        ({"isPartial": True}, "a part of the storage did not answer"),
    ],
)
def test_partial_answers_mark_their_facts(base_url: str, more: dict[str, Any], note: str) -> None:
    with frontend(lambda asked: passed_on_with(base_url, asked, **more)) as (address, _):
        source = connector(address, **PROBES)
        (page,) = _read(source)
    assert page.notes == (f"availability by service: the server says: {note}",)
    assert [fact.partial for fact in facts_of(ProbeDay, source, [page]).values()] == [True] * 4


def test_hints_about_a_query_are_noted_and_mark_nothing(base_url: str) -> None:
    hint = "PromQL info: metric might not be a counter"
    with frontend(lambda asked: passed_on_with(base_url, asked, infos=[hint])) as (address, _):
        source = connector(address, **PROBES)
        (page,) = _read(source)
    assert page.notes == (f"availability by service: the server says: {hint}",)
    assert [fact.partial for fact in facts_of(ProbeDay, source, [page]).values()] == [False] * 4


@pytest.mark.parametrize(
    ("name", "notes"),
    [
        (
            "partial_thanos.json",
            [
                "No StoreAPIs matched for this query",
                'fetch series for {replica="a"} from 10.0.0.7:10901: context deadline exceeded',
            ],
        ),
        ("partial_victoriametrics.json", ["a part of the storage did not answer"]),
    ],
)
def test_answers_without_data_are_noted_in_the_words_of_each_product(name: str, notes: list[str]) -> None:
    with frontend(_sample(name)) as (address, _):
        (page,) = _read(connector(address, **PROBES))
    said = [f"availability by service: the server says: {note}" for note in notes]
    assert page.notes == (*said, "availability by service: no samples from 2025-10-01 to 2025-10-04.")


@pytest.mark.parametrize(("name", "since"), [("native_histogram_days.json", 1), ("native_histogram.json", 4)])
def test_a_native_histogram_is_no_number(base_url: str, name: str, since: int) -> None:
    def histograms(asked: Asked) -> Reply:
        return passed_on(base_url, asked) if "vector" in asked.query["query"] else _sample(name)(asked)

    counters = {"total": "calls", "failed": "calls", "label": "service"}
    with frontend(histograms) as (address, _):
        (page,) = connector(address, requests=[counters]).fetch(position(date(2025, 10, since), NOW))
    assert page.records == ()
    assert {one.reason for one in page.rejected} == {
        "The increase is no number: name counters, not gauges or histograms."
    }


def test_a_refused_query_is_told_in_the_servers_words() -> None:
    body = (SAMPLES / "refused_query.json").read_bytes()
    with frontend(lambda _: Reply(400, body)) as (address, _), pytest.raises(StopSource) as error:
        _read(connector(address, **PROBES))
    assert str(error.value) == (
        'availability by service: The server refuses the query: invalid parameter "query": 1:19: parse error: '
        'unexpected identifier "success".'
    )


LOGIN = Reply(200, (SAMPLES / "login_page.html").read_bytes(), {"Content-Type": "text/html"})
ELSEWHERE = Reply(302, b"", {"Location": "https://sign-in.example/?next=/"})


@pytest.mark.parametrize(
    ("reply", "kind", "says"),
    [
        (
            Reply(401),
            StopSource,
            (
                "GET /api/v1/query_range: 401 Unauthorized: the credentials were refused; "
                "renew the secret that this source names."
            ),
        ),
        (
            Reply(403),
            StopSource,
            "GET /api/v1/query_range: 403 Forbidden: the credentials lack a permission; see what `check` asks for.",
        ),
        (
            Reply(503, b"upstream is down"),
            TryAgain,
            (
                "GET /api/v1/query_range: 503 Service Unavailable: "
                "the source is not answering properly; the next run resumes here."
            ),
        ),
        (
            LOGIN,
            StopSource,
            "GET /api/v1/query_range answered text/html, not JSON: check that base_url is the API's.",
        ),
        (
            Reply(404, b"404 page not found"),
            StopSource,
            (
                "GET /api/v1/query_range: 404 Not Found: nothing is there; "
                "check the names in the options, and that the credentials may see it."
            ),
        ),
        (
            ELSEWHERE,
            StopSource,
            "GET /api/v1/query_range redirects to another address (https://sign-in.example): correct base_url.",
        ),
        (
            Reply(200, b'{"hello": "world"}'),
            StopSource,
            "The address does not answer in the form of a Prometheus API: check base_url.",
        ),
        (
            Reply(200, b'{"status": "success", "data": {"result": [{"no": "metric"}]}}'),
            StopSource,
            "The address does not answer in the form of a Prometheus API: check base_url.",
        ),
        (
            Reply(200, b'{"status": "success", "data": []}'),
            StopSource,
            "The address does not answer in the form of a Prometheus API: check base_url.",
        ),
        (
            Reply(204),
            StopSource,
            "GET /api/v1/query_range answered application/json, not JSON: check that base_url is the API's.",
        ),
    ],
    ids=["401", "403", "503", "login page", "404", "redirect", "other JSON", "no metric", "no result", "nothing"],
)
def test_an_address_that_is_no_prometheus_gives_one_sentence(
    reply: Reply, kind: type[SyncError], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMETHEUS_TOKEN", SECRET)
    with frontend(lambda _: reply) as (address, asked):
        with pytest.raises(SyncError) as error:
            _read(connector(address, **PROBES))
        (finding,) = connector(address, **PROBES).check()
    assert (type(error.value), str(error.value)) == (kind, says)
    assert (finding.subject, finding.good) == ("address and credentials", False)
    assert asked[0].headers["Authorization"] == f"Bearer {SECRET}"
    assert SECRET not in str(error.value) + finding.says


def test_nobody_listening_gives_one_sentence() -> None:
    address = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(TryAgain) as error:
        _read(connector(address, **PROBES))
    says = "The query: no connection; check base_url and the network. The next run resumes here."
    assert str(error.value) == says
    assert list(connector(address, **PROBES).check()) == [Finding("address and credentials", False, says)]


def test_an_answer_with_503_is_asked_for_again(base_url: str) -> None:
    count = 0

    def stumbling(asked: Asked) -> Reply:
        nonlocal count
        count += 1
        return Reply(503) if count == 2 else passed_on(base_url, asked)

    with frontend(stumbling) as (address, _):
        (page,) = _read(connector(address, **PROBES))
    assert len(page.records) == 4


def test_a_server_without_buildinfo_passes_the_check(base_url: str) -> None:
    def plain(asked: Asked) -> Reply:
        return Reply(404) if asked.path.endswith("buildinfo") else passed_on(base_url, asked)

    with frontend(plain) as (address, _):
        first, *_ = connector(address, **PROBES).check()
    assert first == Finding("address and credentials", True, "answers as a Prometheus API")


def test_a_check_says_that_instants_are_moved(base_url: str) -> None:
    def moving(asked: Asked) -> Reply:
        if asked.path.endswith("query_range"):
            asked.query |= {side: str(float(asked.query[side]) // 86_400 * 86_400) for side in ("start", "end")}
        return passed_on(base_url, asked)

    with frontend(moving) as (address, _):
        _, second, *_ = connector(address, **PROBES).check()
    assert second.says == "the server moves the instants of range queries: days are asked one by one, which is slower"


@pytest.mark.parametrize(
    ("environment", "options", "sent"),
    [
        ({}, {}, {}),
        ({"PROMETHEUS_TOKEN": f" {SECRET}\n"}, {}, {"Authorization": f"Bearer {SECRET}"}),
        (
            {"PROMETHEUS_PASSWORD": SECRET},
            {"user": "reader"},
            {"Authorization": "Basic cmVhZGVyOnMzY3JldC1vZi10aGUtdGVzdA=="},
        ),
        ({}, {"headers": {"X-Scope-OrgID": "payments"}}, {"X-Scope-OrgID": "payments"}),
    ],
    ids=["none", "token", "user", "tenant"],
)
def test_credentials_and_headers_reach_the_server(
    base_url: str,
    environment: dict[str, str],
    options: dict[str, Any],
    sent: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with frontend(lambda asked: passed_on(base_url, asked)) as (address, asked):
        _read(connector(address, **PROBES, **options))
    for one in asked:
        assert {name: one.headers[name] for name in ("Authorization", "X-Scope-OrgID") if name in one.headers} == sent


@pytest.mark.parametrize(
    ("environment", "options", "says"),
    [
        (
            {},
            {"user": "reader"},
            (
                "Source metrics: set the environment variable PROMETHEUS_PASSWORD to the password of the user "
                "that the options name."
            ),
        ),
        (
            {"PROMETHEUS_TOKEN": f"{SECRET}\nX-Other: 1"},
            {},
            "Source metrics: PROMETHEUS_TOKEN holds characters no header may carry: set it anew.",
        ),
    ],
    ids=["no password", "a line break"],
)
def test_credentials_that_cannot_work_are_named_and_not_shown(
    environment: dict[str, str], options: dict[str, Any], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(StopSource) as error:
        _read(connector("http://127.0.0.1:9", **PROBES, **options))
    assert str(error.value) == says


def test_credentials_in_the_address_are_refused_without_showing_them() -> None:
    with pytest.raises(StopSource) as error:
        _read(connector(f"http://reader:{SECRET}@127.0.0.1:9", **PROBES))
    assert str(error.value) == (
        "Source metrics: take the credentials out of base_url; set PROMETHEUS_TOKEN, or the option user and "
        "PROMETHEUS_PASSWORD, instead."
    )


_ENTRY = {"expression": "probe", "label": "service"}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "options: add at least one availability or requests entry."),
        ({"availabilty": []}, "option availabilty: Extra inputs are not permitted."),
        (
            {"availability": [{**_ENTRY, "interval": "often"}]},
            (
                "option availability.0.interval: 'often' is no duration: "
                "write seconds, minutes or hours such as 60s, 5m, 1m30s."
            ),
        ),
        (
            {"availability": [{**_ENTRY, "interval": "2d"}]},
            "option availability.0.interval: the interval between two samples is one second to one day.",
        ),
        (
            {"availability": [{"expression": "probe"}]},
            ("option availability.0: give either label (the label that holds the key) or key (one key for all)."),
        ),
        (
            {"requests": [{"total": "sum(requests_total)", "failed": "requests_total", "label": "service"}]},
            (
                'option requests.0.total: name the counters only, such as http_requests_total{code=~"5.."}'
                ": increase and sum are added here, in this order, because a sum of counters hides their resets."
            ),
        ),
        (
            {"availability": [_ENTRY], "headers": {"Authorization": f"Bearer {SECRET}"}},
            ("option headers: Authorization is a secret: set the environment variable PROMETHEUS_TOKEN instead."),
        ),
    ],
)
def test_wrong_options_are_named(options: dict[str, Any], says: str) -> None:
    with pytest.raises(StopSource) as error:
        _read(connector("http://127.0.0.1:9", **options))
    assert str(error.value) == f"Source metrics: {says}"


def test_a_source_needs_an_address() -> None:
    with pytest.raises(StopSource, match=r"^Source metrics: set base_url to the address of Prometheus\.$"):
        _read(connector(None, **PROBES))


def test_a_storage_that_fails_midway_keeps_what_was_read(base_url: str) -> None:
    def failing(asked: Asked) -> Reply:
        if "probe2" in asked.query.get("query", ""):
            return Reply(503)
        return passed_on(base_url, asked)

    entries = [_ENTRY, {"expression": "probe2", "label": "service"}]
    with frontend(failing) as (address, _):
        pages = connector(address, availability=entries).fetch(position(SINCE, NOW))
        assert len(next(pages).records) == 4
        with pytest.raises(TryAgain):
            next(pages)


def test_the_answers_in_the_samples_are_json() -> None:
    for sample in SAMPLES.glob("*.json"):
        assert json.loads(sample.read_text())["status"] in ("success", "error")
