"""The demo's pager answers as PagerDuty does: windows, offsets, refusals, and the story's incidents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import requests

from data.sample.company import INTEGRATIONS, SERVICES
from data.sample.records import Incident
from pipelines.demo import Faults, serving
from pipelines.demo.github_accounts import stamp
from pipelines.demo.pagerduty import code
from tests.data.sample.stories import told
from tests.pipelines.vendor_schemas import schemas


@pytest.fixture(scope="module")
def pager() -> Iterator[str]:
    with serving(told()) as base_url:
        yield f"{base_url}/pagerduty"


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    with requests.Session() as found:
        found.headers["Authorization"] = "Token token=demo"
        yield found


def noticed() -> list[Incident]:
    return sorted((one for one in told().incidents if one.detected), key=lambda one: (one.detected, one.id))


def listed(session: requests.Session, address: str, name: str, **asked: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for _ in range(200):
        page = session.get(address, params={"limit": 100, **asked, "offset": len(found)}, timeout=10).json()
        found += page[name]
        if not page["more"]:
            return found
    raise AssertionError("more than 200 pages")


def test_there_is_a_service_for_each_of_the_company_and_for_each_integration(
    pager: str, session: requests.Session
) -> None:
    found = listed(session, f"{pager}/services", "services")
    assert {(one["id"], one["name"]) for one in found} == {
        (code("P", 6, "service", thing.id), thing.name) for thing in (*SERVICES, *INTEGRATIONS)
    }


def test_pages_of_incidents_hold_each_once_from_the_oldest_on(pager: str, session: requests.Session) -> None:
    found = listed(session, f"{pager}/incidents", "incidents", date_range="all", limit=7)
    assert [(one["title"], one["created_at"]) for one in found] == [(i.title, stamp(i.detected)) for i in noticed()]
    assert [one["resolved_at"] for one in found] == [stamp(i.resolved) if i.resolved else None for i in noticed()]
    assert len({one["incident_number"] for one in found}) == len({one["id"] for one in found}) == len(found)


def test_octobers_incidents_are_those_of_the_story(pager: str, session: requests.Session) -> None:
    begin, end = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 31, 23, tzinfo=UTC)
    found = listed(session, f"{pager}/incidents", "incidents", since=stamp(begin), until=stamp(end), time_zone="UTC")
    wanted = [one for one in noticed() if one.detected and begin <= one.detected < end]
    assert len(wanted) == 10
    assert [(one["title"], one["priority"]["summary"]) for one in found] == [
        (i.title, f"P{i.severity}") for i in wanted
    ]
    urgent = [one["title"] for one in found if one["urgency"] == "high"]
    assert urgent == [
        "Norvane order gateway down", "Treasury: errors after a release", "Card authorisations time out"
    ]  # fmt: skip


def test_an_incident_belongs_to_the_service_that_it_hurt_or_to_the_integration(
    pager: str, session: requests.Session
) -> None:
    found = listed(session, f"{pager}/incidents", "incidents", date_range="all")
    names = {thing.id: thing.name for thing in (*SERVICES, *INTEGRATIONS)}
    assert [one["service"]["summary"] for one in found] == [names[(*i.services, *i.integrations)[0]] for i in noticed()]


def test_incidents_can_be_asked_for_by_service(pager: str, session: requests.Session) -> None:
    own = code("P", 6, "service", "ledger")
    found = listed(session, f"{pager}/incidents", "incidents", **{"date_range": "all", "service_ids[]": [own]})
    assert {one["service"]["id"] for one in found} == {own}
    assert len(found) == sum((*i.services, *i.integrations)[0] == "ledger" for i in noticed()) > 5


def test_most_incidents_after_a_release_name_the_deployment(pager: str, session: requests.Session) -> None:
    found = listed(session, f"{pager}/incidents", "incidents", date_range="all")
    keys = {one["incident_number"]: one["incident_key"] for one in found if one["incident_key"].startswith("deploy:")}
    deployed = {
        f"deploy:larkmoor/{repository.name}/deployments/{deployment.id}"
        for repository in told().repositories for deployment in repository.deployments
    }  # fmt: skip
    after_a_release = sum(incident.deployment is not None for incident in noticed())
    assert set(keys.values()) <= deployed
    assert 0.6 < len(keys) / after_a_release < 0.9


@pytest.mark.parametrize(
    "asked",
    [
        {"since": "2026-01-01T00:00:00Z", "until": "2026-10-01T00:00:00Z"},
        {"since": "2023-01-01T00:00:00Z"},
        {"until": "2023-01-01T00:00:00Z"},
    ],
    ids=["nine months", "without an end", "before the story"],
)
def test_a_window_of_more_than_six_months_finds_nothing(
    pager: str, session: requests.Session, asked: dict[str, str]
) -> None:
    assert listed(session, f"{pager}/incidents", "incidents", **asked) == []


def test_without_a_window_the_last_month_is_listed(pager: str, session: requests.Session) -> None:
    found = listed(session, f"{pager}/incidents", "incidents")
    assert {one["created_at"][:7] for one in found} == {"2026-10"}


def test_the_length_of_a_listing_is_told_where_it_is_asked_for(pager: str, session: requests.Session) -> None:
    totals = [
        session.get(f"{pager}/incidents", params={"date_range": "all", "limit": 1, "total": asked}, timeout=10).json()
        for asked in ("true", "false")
    ]
    assert [page["total"] for page in totals] == [len(noticed()), None]


@pytest.mark.parametrize(
    ("path", "asked", "status"),
    [
        ("incidents", {"offset": 9_950, "limit": 100}, 400),
        ("incidents", {"since": "yesterday"}, 400),
        ("incidents/P1", {}, 404),
        ("incidents/P1/log_entries", {}, 404),
    ],
)
def test_what_is_too_far_or_not_there_is_refused(
    pager: str, session: requests.Session, path: str, asked: dict[str, Any], status: int
) -> None:
    assert session.get(f"{pager}/{path}", params=asked, timeout=10).status_code == status


def test_the_last_record_that_may_be_reached_is_the_ten_thousandth(pager: str, session: requests.Session) -> None:
    page = session.get(f"{pager}/incidents", params={"offset": 9_900, "limit": 100}, timeout=10)
    assert (page.status_code, page.json()["incidents"]) == (200, [])


def test_without_the_token_nothing_is_answered(pager: str) -> None:
    assert requests.get(f"{pager}/incidents", headers={"Authorization": "Bearer demo"}, timeout=10).status_code == 401


def test_a_log_tells_when_an_incident_was_acknowledged(pager: str, session: requests.Session) -> None:
    incident = next(one for one in noticed() if one.title == "Card authorisations time out")
    own = code("Q", 13, "incident", incident.id)
    entries = session.get(f"{pager}/incidents/{own}/log_entries", timeout=10).json()["log_entries"]
    assert [(one["type"], one["created_at"]) for one in entries] == [
        ("trigger_log_entry", stamp(incident.detected)),
        ("assign_log_entry", stamp(incident.detected)),
        ("acknowledge_log_entry", stamp(incident.acknowledged)),
        ("resolve_log_entry", stamp(incident.resolved)),
    ]


def test_the_log_of_the_account_has_that_of_each_incident(pager: str, session: requests.Session) -> None:
    begin, end = "2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z"
    found = listed(session, f"{pager}/log_entries", "log_entries", since=begin, until=end, limit=9)
    assert [one["created_at"] for one in found] == sorted((one["created_at"] for one in found), reverse=True)
    assert sum(one["type"] == "acknowledge_log_entry" for one in found) == 10


def test_a_pager_that_is_asked_too_often_says_so() -> None:
    with serving(told(), Faults(rate_limit_after=1)) as base_url:
        headers = {"Authorization": "Token token=demo"}
        answers = [requests.get(f"{base_url}/pagerduty/abilities", headers=headers, timeout=10) for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 429, 200, 429]
    assert answers[1].headers["ratelimit-reset"] == "1"


ABSENT = {
    "services": {
        "auto_resolve_timeout", "acknowledgement_timeout", "alert_grouping_parameters", "incident_urgency_rule",
        "support_hours", "auto_pause_notifications_parameters",
    },
    "incidents": {"alert_grouping", "conference_bridge"},
    "log_entries": {"event_details"},
}  # fmt: skip
"""What the vendor's own examples have beside, and nobody here reads."""


@pytest.mark.real
@pytest.mark.parametrize("name", ["services", "priorities", "incidents", "log_entries"])
def test_answers_have_the_fields_of_the_vendors_examples(
    inputs: Path, pager: str, session: requests.Session, name: str
) -> None:
    described = json.loads((inputs / "vendor_openapi" / "pagerduty-rest.json").read_text())
    content = described["paths"][f"/{name}"]["get"]["responses"]["200"]["content"]["application/json"]
    example = content["examples"]["response"]["value"]
    answer = session.get(f"{pager}/{name}", timeout=10).json()
    assert answer.keys() >= example.keys()
    for one in answer[name]:
        assert one.keys() >= example[name][0].keys() - ABSENT.get(name, set())
        for field, value in example[name][0].items():
            if isinstance(value, dict) and one.get(field):
                assert one[field].keys() >= value.keys() - {"html_url"}


@pytest.mark.real
@pytest.mark.parametrize("path", ["/abilities", "/priorities", "/maintenance_windows"])
def test_answers_have_the_form_that_the_vendor_describes(
    inputs: Path, pager: str, session: requests.Session, path: str
) -> None:
    """Only those that the vendor's own examples have."""
    described = json.loads((inputs / "vendor_openapi" / "pagerduty-rest.json").read_text())
    answer = session.get(pager + path, timeout=10).json()
    schema = described["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    jsonschema.validate(answer, {**schema, "components": schemas(described)}, jsonschema.Draft202012Validator)
    assert answer
