"""The demo's status pages answer as public pages of Statuspage do, and agree with the story."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from data.sample import Story, seen
from data.sample.company import PROVIDERS
from data.sample.status_pages import PAGES, published
from pipelines.demo import serving
from pipelines.demo.status_pages import LATEST, Standing
from tests.data.sample.stories import told

PROVIDER_IDS = [provider.id for provider in PROVIDERS]


@pytest.fixture(scope="module")
def pages() -> Iterator[str]:
    with serving(told()) as base_url:
        yield f"{base_url}/statuspage"


def asked(pages: str, provider: str, path: str) -> dict[str, Any]:
    answer = requests.get(f"{pages}/{provider}/api/v2/{path}.json", timeout=10)
    assert answer.status_code == 200
    return answer.json()


@pytest.mark.parametrize("provider", PROVIDER_IDS)
def test_a_page_tells_its_components_incidents_and_maintenances(pages: str, provider: str) -> None:
    (page,) = [one for one in PAGES if one.provider == provider]
    found = [one for one in published(told()) if one.provider == provider][::-1]
    assert [one["name"] for one in asked(pages, provider, "components")["components"]] == list(page.components)
    incidents = asked(pages, provider, "incidents")["incidents"]
    assert [one["id"] for one in incidents] == [one.id for one in found if not one.planned]
    planned = asked(pages, provider, "scheduled-maintenances")["scheduled_maintenances"]
    assert [one["id"] for one in planned] == [one.id for one in found if one.planned]


def test_the_outage_of_october_is_told_update_by_update(pages: str) -> None:
    (found,) = [
        one for one in asked(pages, "norvane", "incidents")["incidents"] if one["created_at"] >= "2026-10-14"
    ]  # fmt: skip
    changes = [
        (one["status"], [(part["old_status"], part["new_status"]) for part in one["affected_components"]])
        for one in found["incident_updates"]
    ]
    assert changes == [
        ("resolved", [("operational", "operational")]),
        ("monitoring", [("major_outage", "operational")]),
        ("identified", [("major_outage", "major_outage")]),
        ("investigating", [("operational", "major_outage")]),
    ]
    assert (found["status"], found["impact"], found["monitoring_at"]) == (
        "resolved", "critical", "2026-10-14T15:29:00.000Z"
    )  # fmt: skip
    assert found["resolved_at"] == found["incident_updates"][0]["display_at"] == found["updated_at"]
    assert [one["name"] for one in found["components"]] == ["Trading API"]


def test_a_page_may_tell_its_instants_in_another_zone(pages: str) -> None:
    found = asked(pages, "bitsund", "incidents")
    assert found["page"]["time_zone"] == "America/New_York"
    told_at = {datetime.fromisoformat(one["created_at"]) for one in found["incidents"]}
    assert {one["created_at"][-6:] for one in found["incidents"]} == {"-04:00", "-05:00"}
    assert told_at == {
        one.notices[0].at for one in published(told()) if one.provider == "bitsund" and not one.planned
    }  # fmt: skip


def test_a_maintenance_to_come_is_upcoming(pages: str) -> None:
    (found,) = asked(pages, "verisuno", "scheduled-maintenances/upcoming")["scheduled_maintenances"]
    assert (found["status"], found["impact"], found["scheduled_for"], found["scheduled_until"]) == (
        "scheduled", "maintenance", "2026-11-01T03:00:00.000Z", "2026-11-01T05:00:00.000Z"
    )  # fmt: skip
    assert found["incident_updates"][0]["affected_components"] is None
    assert asked(pages, "verisuno", "summary")["scheduled_maintenances"] == [found]


def test_while_nothing_is_wrong_all_is_operational(pages: str) -> None:
    found = asked(pages, "hansaclear", "summary")
    assert {one["status"] for one in found["components"]} == {"operational"}
    assert (found["incidents"], found["status"]["indicator"]) == ([], "none")


def test_an_outage_that_goes_on_shows_in_the_summary() -> None:
    during = cut(datetime(2026, 10, 14, 14, 0, tzinfo=UTC))
    with serving(during) as base_url:
        found = asked(f"{base_url}/statuspage", "norvane", "summary")
        (open_now,) = asked(f"{base_url}/statuspage", "norvane", "incidents/unresolved")["incidents"]
    assert found["incidents"] == [open_now]
    assert (open_now["status"], open_now["resolved_at"]) == ("identified", None)
    assert found["components"][0]["status"] == "major_outage"
    assert found["status"] == {"indicator": "critical", "description": "Major Service Outage"}


def cut(until: datetime) -> Story:
    """The story as one sees it in the middle of a day."""
    whole = told()
    return replace(whole, until=until, incidents=tuple(seen.incidents(whole.incidents, until)))


def test_only_the_latest_fifty_incidents_are_listed() -> None:
    (page,) = [one for one in PAGES if one.provider == "norvane"]
    found = [one for one in published(told()) if one.provider == "norvane" and not one.planned] * 4
    listed = Standing(told(), page, "http://127.0.0.1", found).incidents()
    assert [one["id"] for one in listed] == [one.id for one in found[::-1][:50]]
    assert len(listed) == LATEST < len(found)


def test_there_is_no_page_of_somebody_else(pages: str) -> None:
    assert requests.get(f"{pages}/nobody/api/v2/summary.json", timeout=10).status_code == 404
