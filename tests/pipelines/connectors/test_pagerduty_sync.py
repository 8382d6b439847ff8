"""PagerDuty through the runner into a real warehouse: what went wrong once is told, and made good by the next run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from data.access import command_line_actor
from data.clock import fix_clock
from data.settings import Settings, load
from data.warehouse import schema
from data.warehouse.catalog import apply_settings
from data.warehouse.engine import create_engine_for, reading
from pipelines.sync import SyncReport, sync
from tests.pipelines.connectors.github_world import Answer, Request
from tests.pipelines.connectors.pagerduty_world import NOW, SAMPLES, Account, account

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

SETTINGS = """
[company]
name = "Test company"
[http]
retries = 0
read_seconds = 1
longest_wait_seconds = 0
[[scope]]
id = "group"
kind = "portfolio"
name = "Group"
[[scope]]
id = "wallet"
kind = "service"
name = "Wallet"
parent = "group"
[[source]]
id = "pager"
type = "pagerduty"
base_url = "{base_url}"
since = 2026-10-01
[[alias]]
source = "pager"
kind = "service"
key = "PWALLET"
scope = "wallet"
"""


@dataclass
class Company:
    """A company with one pager and a warehouse."""

    pager: Account
    engine: Engine
    settings: Settings

    def sync(self, **options: Any) -> SyncReport:
        return sync(self.engine, self.settings, self.settings.source[0], **options)

    def rows(self, table: Any, *columns: str) -> list[tuple[Any, ...]]:
        picked = [table.c[name] for name in columns]
        with reading(self.engine) as connection:
            return [tuple(row) for row in connection.execute(select(*picked).order_by(*picked))]

    def incidents(self) -> list[tuple[Any, ...]]:
        """Id, scope, acknowledgement and end of each stored incident."""
        found = self.rows(schema.FACT_TABLES["incident"], "source_id", "scope", "acknowledged", "resolved")
        return [(one.removeprefix("incidents/"), *more) for one, *more in found]


@pytest.fixture
def company(migrated_warehouse_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    """The company, on each database."""
    with account(monkeypatch) as pager:
        file = tmp_path / "plumbline.toml"
        file.write_text(SETTINGS.format(base_url=pager.hub.base_url))
        made = Company(pager, create_engine_for(migrated_warehouse_url), load(file, {}))
        apply_settings(made.engine, made.settings, command_line_actor("test"))
        yield made
        made.engine.dispose()


def test_an_open_incident_is_stored_and_ends_when_it_ends(company: Company) -> None:
    pager = company.pager
    pager.add("QOPEN", NOW - 20 * DAY)
    pager.add("QOVER", NOW - 10 * DAY, resolved=NOW - 10 * DAY + HOUR)
    pager.acknowledge("QOVER", NOW - 10 * DAY + HOUR / 4)
    report = company.sync()
    assert (report.outcome, report.fetched, report.stored) == ("done", 2, 2)
    over = ("QOVER", "wallet", NOW - 10 * DAY + HOUR / 4, NOW - 10 * DAY + HOUR)
    assert company.incidents() == [("QOPEN", "wallet", None, None), over]
    assert company.rows(schema.open_item, "stream", "item") == [("incidents", "QOPEN")]
    fix_clock(NOW + DAY)
    pager.acknowledge("QOPEN", NOW + HOUR)
    pager.resolve("QOPEN", NOW + 3 * HOUR)
    assert company.sync().outcome == "done"
    assert company.incidents() == [("QOPEN", "wallet", NOW + HOUR, NOW + 3 * HOUR), over]
    assert company.rows(schema.open_item, "item") == []
    hurt = company.rows(schema.incident_scope, "source_id", "scope", "impact", "end")
    assert hurt == [
        ("incidents/QOPEN", "wallet", "down", NOW + 3 * HOUR),
        ("incidents/QOVER", "wallet", "down", over[-1]),
    ]


def test_services_without_incidents_are_covered_as_well(company: Company) -> None:
    company.sync()
    assert [key for key, _ in company.rows(schema.covered, "key", "start")] == ["PLEDGER", "PWALLET"]


def _limited(_: Request) -> Answer:
    return Answer({"error": {"message": "Rate Limit Exceeded", "code": 2020}}, 429, {"Retry-After": "600"})


_FAULTS = {
    "a rate limit": (
        _limited,
        "in part",
        "GET /incidents: 429 Too Many Requests: the rate limit is used up until 06:10 UTC.",
    ),
    "an outage": (
        lambda _: Answer("", 503),
        "in part",
        "GET /incidents: 503 Service Unavailable: the source is not answering properly; the next run resumes here.",
    ),
    "a web page": (
        lambda _: Answer((SAMPLES / "sign_in.html").read_text(), headers={"Content-Type": "text/html"}),
        "stopped",
        "GET /incidents answered text/html, not JSON: check that base_url is the API's.",
    ),
    "another form": (
        lambda _: Answer({"error": "no"}),
        "stopped",
        "GET /incidents answers no incidents: check that base_url is https://api.pagerduty.com.",
    ),
    "a body cut short": (
        lambda _: Answer({"incidents": [{"id": "QCUT"}]}, short_by=9),
        "in part",
        "GET /incidents: the answer broke off (ChunkedEncodingError); the next run resumes here.",
    ),
    "silence": (
        lambda _: Answer({"incidents": []}, pause=1.5),
        "in part",
        "GET /incidents: no answer within the time limit; the next run resumes here.",
    ),
    "a redirect loop": (
        lambda _: Answer("", 302, {"Location": "/incidents"}),
        "stopped",
        "GET /incidents: the source redirects in a circle: correct base_url.",
    ),
}


@pytest.mark.parametrize("fault", _FAULTS)
def test_each_fault_is_one_sentence_what_was_good_stays_and_the_next_run_recovers(company: Company, fault: str) -> None:
    pager, (answer, outcome, sentence) = company.pager, _FAULTS[fault]
    for n in range(150):
        pager.add(f"Q{n:03}", NOW - 20 * DAY + n * HOUR, resolved=NOW - 20 * DAY + (n + 1) * HOUR)
    good = pager.hub.answers["incidents"]
    assert callable(good)
    pager.hub.answers["incidents"] = lambda asked: good(asked) if asked.query.get("offset") == "0" else answer(asked)
    report = company.sync()
    assert (report.outcome, report.message, report.stored) == (outcome, sentence, 100)
    assert len(company.incidents()) == 100
    assert company.rows(schema.covered, "key") == []
    pager.hub.answers["incidents"] = good
    again = company.sync()
    assert (again.outcome, len(company.incidents())) == ("done", 150)
    assert company.rows(schema.covered, "key", "end") == [("PLEDGER", NOW), ("PWALLET", NOW)]


def test_an_empty_page_that_promises_more_is_the_end(company: Company) -> None:
    company.pager.hub.answers["incidents"] = Answer({"incidents": [], "limit": 100, "offset": 0, "more": True})
    report = company.sync()
    assert (report.outcome, report.stored) == ("done", 0)


def test_a_full_reading_finds_what_was_changed_long_ago(company: Company) -> None:
    company.pager.add("Q1", NOW - 30 * DAY, resolved=NOW - 29 * DAY)
    company.sync()
    company.pager.resolve("Q1", NOW - 28 * DAY)
    company.sync()
    assert company.incidents() == [("Q1", "wallet", None, NOW - 29 * DAY)]
    company.sync(full=True)
    assert company.incidents() == [("Q1", "wallet", None, NOW - 28 * DAY)]
