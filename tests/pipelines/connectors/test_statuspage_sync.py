"""Status pages through the runner into a real warehouse: own and a provider's, through faults, until incidents end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
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
from tests.pipelines.connectors.github_world import Answer
from tests.pipelines.connectors.statuspage_world import NOW, PAGE, SAMPLES, WITHDRAWALS, Site, days_ago, site

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

SETTINGS = """
[company]
name = "Test company"
[http]
retries = 0
read_seconds = 1
longest_wait_seconds = 0
[[scope]]
id = "exchange"
kind = "provider"
name = "Example Exchange"
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
id = "exchange-status"
type = "statuspage"
base_url = "{base_url}"
since = 2026-10-01
options = {{ provider = "exchange" }}
[[alias]]
source = "exchange-status"
kind = "page"
key = "{page}"
scope = "exchange"
[[source]]
id = "own-status"
type = "statuspage"
base_url = "{base_url}"
since = 2026-10-01
options = {{ page = "{page}" }}
[[alias]]
source = "own-status"
kind = "component"
key = "{component}"
scope = "wallet"
"""


@dataclass
class Company:
    """A company that reads a provider's page, and its own with a key."""

    status: Site
    engine: Engine
    settings: Settings

    def sync(self, source: str = "exchange-status", **options: Any) -> SyncReport:
        chosen = next(one for one in self.settings.source if one.id == source)
        return sync(self.engine, self.settings, chosen, **options)

    def rows(self, table: Any, *columns: str) -> list[tuple[Any, ...]]:
        picked = [table.c[name] for name in columns]
        with reading(self.engine) as connection:
            return [tuple(row) for row in connection.execute(select(*picked).order_by(*picked))]

    def incidents(self) -> list[tuple[Any, ...]]:
        """Id, scope, provider and end of each stored incident."""
        return self.rows(schema.FACT_TABLES["incident"], "source_id", "scope", "provider", "resolved")


@pytest.fixture
def company(migrated_warehouse_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    """The company, on each database."""
    with site(monkeypatch) as status:
        file = tmp_path / "plumbline.toml"
        file.write_text(SETTINGS.format(base_url=status.hub.base_url, page=PAGE, component=WITHDRAWALS))
        made = Company(status, create_engine_for(migrated_warehouse_url), load(file, {}))
        apply_settings(made.engine, made.settings, command_line_actor("test"))
        yield made
        made.engine.dispose()


def test_an_open_incident_of_a_provider_ends_when_it_ends(company: Company) -> None:
    company.status.add("i1", days_ago(1))
    report = company.sync()
    assert (report.outcome, report.fetched, report.stored) == ("done", 1, 1)
    assert company.incidents() == [("incidents/i1", "exchange", "exchange", None)]
    assert company.rows(schema.open_item, "stream", "item") == [("incidents", "i1")]
    fix_clock(NOW + DAY)
    company.status.resolve("i1", NOW + HOUR)
    assert company.sync().outcome == "done"
    assert company.incidents() == [("incidents/i1", "exchange", "exchange", NOW + HOUR)]
    assert company.rows(schema.incident_scope, "scope", "impact", "start", "end") == [
        ("exchange", "down", days_ago(1), NOW + HOUR)
    ]
    assert company.rows(schema.open_item, "item") == []
    company.sync()
    assert len(company.rows(schema.raw_record, "source_id")) == 2


def test_an_own_page_gives_incidents_and_days_of_uptime(company: Company) -> None:
    company.status.add("i1", days_ago(2), days_ago(2) + HOUR)
    company.status.outages[WITHDRAWALS, date(2026, 11, 7)] = (3600, 600)
    report = company.sync("own-status")
    assert (report.outcome, report.stored) == ("done", 1 + 2 * 39)
    days = company.rows(schema.FACT_TABLES["probe_day"], "scope", "day", "down")
    of_wallet = [(day, down) for scope, day, down in days if scope == "wallet"]
    assert len(of_wallet) == 39
    assert [one for one in of_wallet if one[1]] == [(date(2026, 11, 7), Decimal(3780))]


def test_what_a_public_page_is_too_short_to_list_is_not_taken_for_gone(company: Company) -> None:
    company.status.add("early", days_ago(30), days_ago(30) + HOUR)
    company.status.add("late", days_ago(1), days_ago(1) + HOUR)
    company.sync()
    for n in range(60):
        company.status.add(f"i{n}", days_ago(20) + n * HOUR, days_ago(20) + n * HOUR + HOUR / 2)
    del company.status.found["late"]
    report = company.sync(full=True)
    assert "1 of kind incident are gone at the source; their facts stay." in report.notes
    gone = {one for one, at in company.rows(schema.raw_record, "source_id", "gone_at") if at is not None}
    assert gone == {"incidents/late"}
    assert len(company.incidents()) == 52


_FAULTS = {
    "a rate limit": (
        Answer({"error": "limited"}, 420),
        "in part",
        "GET /api/v2/scheduled-maintenances.json: 420: the rate limit is used up until 06:01 UTC.",
    ),
    "an outage": (
        Answer("", 502),
        "in part",
        (
            "GET /api/v2/scheduled-maintenances.json: 502 Bad Gateway: the source is not answering properly; "
            "the next run resumes here."
        ),
    ),
    "a web page": (
        Answer((SAMPLES / "sign_in.html").read_text(), headers={"Content-Type": "text/html"}),
        "stopped",
        "GET /api/v2/scheduled-maintenances.json answered text/html, not JSON: check that base_url is the API's.",
    ),
    "a body cut short": (
        Answer({"scheduled_maintenances": [{"id": "cut"}]}, short_by=9),
        "in part",
        (
            "GET /api/v2/scheduled-maintenances.json: the answer broke off (ChunkedEncodingError); "
            "the next run resumes here."
        ),
    ),
    "silence": (
        Answer({"scheduled_maintenances": []}, pause=1.5),
        "in part",
        "GET /api/v2/scheduled-maintenances.json: no answer within the time limit; the next run resumes here.",
    ),
    "a redirect loop": (
        Answer("", 302, {"Location": "/api/v2/scheduled-maintenances.json"}),
        "stopped",
        "GET /api/v2/scheduled-maintenances.json: the source redirects in a circle: correct base_url.",
    ),
    "a redirect to elsewhere": (
        Answer("", 302, {"Location": "https://elsewhere.example/api/v2/scheduled-maintenances.json"}),
        "stopped",
        (
            "GET /api/v2/scheduled-maintenances.json redirects to another address (https://elsewhere.example): "
            "correct base_url."
        ),
    ),
}


@pytest.mark.parametrize("fault", _FAULTS)
def test_each_fault_is_one_sentence_what_was_good_stays_and_the_next_run_recovers(company: Company, fault: str) -> None:
    status, (answer, outcome, sentence) = company.status, _FAULTS[fault]
    status.add("i1", days_ago(2), days_ago(2) + HOUR)
    planned = "api/v2/scheduled-maintenances.json"
    good = status.hub.answers[planned]
    status.hub.answers[planned] = answer
    report = company.sync()
    assert (report.outcome, report.message, report.stored) == (outcome, sentence, 1)
    assert len(company.incidents()) == 1
    assert company.rows(schema.covered, "key") == []
    status.hub.answers[planned] = good
    again = company.sync()
    assert (again.outcome, again.message, len(company.incidents())) == ("done", "", 1)
    assert len(company.rows(schema.covered, "key")) == 3


def test_an_empty_page_is_a_page_without_incidents(company: Company) -> None:
    report = company.sync()
    assert (report.outcome, report.stored, company.incidents()) == ("done", 0, [])
    assert company.rows(schema.covered, "key", "end")[-1] == (PAGE, NOW)
