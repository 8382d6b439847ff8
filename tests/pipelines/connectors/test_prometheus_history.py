"""90 days of a real Prometheus, held against what is known to be in them."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from data.facts import ProbeDay, RequestDay
from pipelines.connectors.base import Covered, Page
from tests.pipelines.connectors.prometheus_world import connector, facts_of, position
from tests.servers.prometheus import PrometheusServer

pytestmark = pytest.mark.real

PROBES = {"expression": "probe_success", "label": "service"}
REQUESTS = {"total": "http_requests_total", "failed": 'http_requests_total{code="500"}', "label": "service"}
NOW = datetime(2025, 12, 31, 6, tzinfo=UTC)
FIRST = date(2025, 10, 2)


@pytest.fixture(scope="module")
def pages(prometheus_server: PrometheusServer) -> list[Page]:
    """All 90 days, read in one run."""
    source = connector(prometheus_server.base_url, availability=[PROBES], requests=[REQUESTS])
    return list(source.fetch(position(FIRST, NOW)))


def _range_queries(server: PrometheusServer, handler: str = "/api/v1/query_range") -> int:
    """How many queries the server has counted."""
    with urllib.request.urlopen(f"{server.base_url}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    counted = re.findall(rf'prometheus_http_requests_total{{code="200",handler="{handler}"}} (\d+)', text)
    return sum(map(int, counted))


def test_availability_is_that_of_the_outages_that_made_the_history(
    pages: list[Page], prometheus_server: PrometheusServer
) -> None:
    facts = facts_of(ProbeDay, connector(prometheus_server.base_url), pages)
    assert len(facts) == 4 * 90
    for service, expected in prometheus_server.expected["services"].items():
        days = [fact for (key, _), fact in facts.items() if key == service]
        up, down = sum(day.up for day in days), sum(day.down for day in days)
        assert float(up / (up + down)) == pytest.approx(expected["availability"], abs=1e-9)
        assert sum(day.samples for day in days) == prometheus_server.expected["samples_per_series"]


def test_requests_and_errors_are_those_of_the_counters_through_both_resets(
    pages: list[Page], prometheus_server: PrometheusServer
) -> None:
    facts = facts_of(RequestDay, connector(prometheus_server.base_url), pages)
    assert len(facts) == 4 * 90
    for service, expected in prometheus_server.expected["services"].items():
        days = [fact for (key, _), fact in facts.items() if key == service]
        total, failed = sum(day.total for day in days), sum(day.failed for day in days)
        assert float(total) == pytest.approx(sum(expected["requests"].values()), rel=2e-4)
        assert float(failed / total) == pytest.approx(expected["error_rate"], abs=1e-4)


def test_a_gap_of_three_hours_is_unknown_and_neither_up_nor_down(
    pages: list[Page], prometheus_server: PrometheusServer
) -> None:
    gap = date(2025, 11, 11)
    probe = facts_of(ProbeDay, connector(prometheus_server.base_url), pages)["Actions", gap]
    assert (probe.up + probe.down, probe.unknown) == (75_600, 10_800)
    requests = facts_of(RequestDay, connector(prometheus_server.base_url), pages)["Actions", gap]
    assert requests.known == 75_600
    unknown = sum(fact.unknown for fact in facts_of(ProbeDay, connector(prometheus_server.base_url), pages).values())
    assert unknown == 4 * 10_800


def test_pages_cover_each_service_for_the_days_that_they_hold(pages: list[Page]) -> None:
    assert [(page.done, page.total) for page in pages] == [(i, 6) for i in range(1, 7)]
    assert [page.message for page in pages[:3]] == [
        "availability by service: 2025-10-02 to 2025-11-01, 124 days",
        "availability by service: 2025-11-02 to 2025-12-02, 124 days",
        "availability by service: 2025-12-03 to 2025-12-30, 112 days",
    ]
    start, end = datetime(2025, 12, 3, tzinfo=UTC), datetime(2025, 12, 31, tzinfo=UTC)
    services = ["API Requests", "Actions", "Git Operations", "Pull Requests"]
    assert pages[2].covered == tuple(Covered("probe_day", "service", key, start, end) for key in services)
    assert [page.cursor for page in pages[:3]] == [
        {"read": [["2025-10-02", end]], "keys": services} for end in ("2025-11-02", "2025-12-03", "2025-12-31")
    ]
    assert not any(page.rejected or page.notes for page in pages)


def test_a_stored_record_keeps_only_declared_fields(pages: list[Page], prometheus_server: PrometheusServer) -> None:
    keep = connector(prometheus_server.base_url).keep
    for record in (record for page in pages for record in page.records):
        assert tuple(sorted(record.payload)) == tuple(sorted(keep[record.kind]))


def test_the_day_on_which_clocks_go_back_has_25_hours(prometheus_server: PrometheusServer) -> None:
    source = connector(prometheus_server.base_url, "Europe/Berlin", availability=[PROBES], requests=[REQUESTS])
    pages = list(source.fetch(position(date(2025, 10, 24), datetime(2025, 10, 29, 6, tzinfo=UTC))))
    lengths = {24: 86_400, 25: 86_400, 26: 90_000, 27: 86_400, 28: 86_400}
    probes = facts_of(ProbeDay, source, pages)
    assert {day.day: fact.up + fact.down for (key, day), fact in probes.items() if key == "Actions"} == lengths
    assert probes["Actions", date(2025, 10, 26)].samples == 1500
    requests = facts_of(RequestDay, source, pages)
    assert {day.day: fact.known for (key, day), fact in requests.items() if key == "Actions"} == lengths


def _reads(source_days: Callable[[], list[Page]], server: PrometheusServer) -> tuple[list[Page], int]:
    before = _range_queries(server)
    pages = source_days()
    return pages, _range_queries(server) - before


def test_a_second_reading_asks_for_the_lookback_only(prometheus_server: PrometheusServer) -> None:
    source = partial(connector, prometheus_server.base_url, availability=[PROBES], lookback=3)
    first, queries = _reads(lambda: list(source().fetch(position(FIRST, NOW))), prometheus_server)
    assert queries == 1 + 3 * 3  # are instants kept; three queries a chunk
    again, queries = _reads(lambda: list(source().fetch(position(FIRST, NOW, first))), prometheus_server)
    assert queries == 1 + 3
    assert [page.message for page in again] == ["availability by service: 2025-12-28 to 2025-12-30, 12 days"]
    assert again[-1].cursor == first[-1].cursor
    tomorrow = list(source().fetch(position(FIRST, NOW + timedelta(days=2), first)))
    assert [page.message for page in tomorrow] == ["availability by service: 2025-12-30 to 2026-01-01, 12 days"]


def test_without_lookback_a_second_reading_asks_nothing(prometheus_server: PrometheusServer) -> None:
    source = connector(prometheus_server.base_url, availability=[PROBES], lookback=0)
    first = list(source.fetch(position(FIRST, NOW)))
    queries = _range_queries(prometheus_server), _range_queries(prometheus_server, "/api/v1/query")
    assert list(source.fetch(position(FIRST, NOW, first))) == []
    assert queries == (
        _range_queries(prometheus_server),
        _range_queries(prometheus_server, "/api/v1/query"),
    )


def test_an_earlier_since_asks_for_the_days_before_and_the_lookback(prometheus_server: PrometheusServer) -> None:
    source = connector(prometheus_server.base_url, availability=[PROBES], lookback=2)
    first = list(source.fetch(position(date(2025, 12, 1), NOW)))
    (page,) = source.fetch(position(date(2025, 11, 21), NOW, first))
    days = sorted({record.payload["day"] for record in page.records})
    assert (days[0], days[9], days[10:]) == ("2025-11-21", "2025-11-30", ["2025-12-29", "2025-12-30"])
    assert (page.cursor or {})["read"] == [["2025-11-21", "2025-12-31"]]


def test_full_asks_for_everything_again(pages: list[Page], prometheus_server: PrometheusServer) -> None:
    source = connector(prometheus_server.base_url, availability=[PROBES], requests=[REQUESTS])
    assert list(source.fetch(position(FIRST, NOW, pages, full=True))) == pages


def test_a_changed_entry_is_read_anew(pages: list[Page], prometheus_server: PrometheusServer) -> None:
    changed = {**PROBES, "expression": "probe_success == bool 1"}
    source = connector(prometheus_server.base_url, availability=[changed])
    again = facts_of(ProbeDay, source, list(source.fetch(position(FIRST, NOW, pages))))
    assert len(again) == 4 * 90


def test_a_history_that_begins_late_is_told(prometheus_server: PrometheusServer) -> None:
    source = connector(prometheus_server.base_url, availability=[PROBES])
    read = list(source.fetch(position(date(2025, 7, 1), NOW)))
    assert [note for page in read for note in page.notes] == [
        "availability by service: history starts 2025-10-02: the server's retention keeps no more."
    ]
    assert min(day for _, day in facts_of(ProbeDay, source, read)) == FIRST
    assert {proof.start for page in read for proof in page.covered} >= {datetime(2025, 10, 2, tzinfo=UTC)}
    assert min(proof.start for page in read for proof in page.covered) == datetime(2025, 10, 2, tzinfo=UTC)


def test_an_expression_looks_through_the_lookback_of_the_server_at_gaps(prometheus_server: PrometheusServer) -> None:
    """A server shows an expression the last sample for five minutes; so the gap is shorter by that, never more."""
    entry = {"expression": "max by (service) (probe_success)", "label": "service"}
    source = connector(prometheus_server.base_url, availability=[entry])
    pages = list(source.fetch(position(date(2025, 11, 11), datetime(2025, 11, 12, 6, tzinfo=UTC))))
    unknown = facts_of(ProbeDay, source, pages)["Actions", date(2025, 11, 11)].unknown
    assert 10_800 - 300 <= unknown <= 10_800
