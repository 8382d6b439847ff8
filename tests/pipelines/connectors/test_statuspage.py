"""What a status page tells of an incident becomes one fact, by the times of its updates, and nobody is named."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from data.facts import Incident, ProbeDay
from pipelines.connectors.base import Record
from pipelines.connectors.statuspage import Statuspage
from pipelines.errors import SkipRecord
from tests.pipelines.connectors.github_world import Kept
from tests.pipelines.connectors.statuspage_world import (
    API,
    PAGE,
    WITHDRAWALS,
    Site,
    connector,
    days_ago,
    sample,
    site,
)

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NUMBER, PLANNED = "n4njzfn1mqy0", "w1d3mnt00zzz"


@pytest.fixture
def status(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A page without incidents."""
    with site(monkeypatch) as made:
        yield made


def recorded(status: Site) -> None:
    """The recorded incident and the recorded maintenance."""
    status.found |= {NUMBER: sample("incident"), PLANNED: sample("maintenance")}


def incident(kept: Kept, number: str) -> Incident:
    found = kept.facts["incident", f"incidents/{number}"]
    assert isinstance(found, Incident)
    return found


def read_one(status: Site, **more: Any) -> Incident:
    """The fact of an incident of an hour, with these differences."""
    status.add("i1", days_ago(2), days_ago(2) + HOUR, **more)
    return incident(Kept().read(connector(status.hub.base_url)), "i1")


def test_an_incident_hurts_each_component_from_one_update_to_the_next(status: Site) -> None:
    recorded(status)
    fact = incident(Kept().read(connector(status.hub.base_url, provider="exchange")), NUMBER)
    assert fact == Incident(
        source="status",
        source_id=f"incidents/{NUMBER}",
        key_kind="component",
        key=API,
        url="https://stspg.io/7a0d3a4d2",
        title="Withdrawals are delayed, write to [e-mail]",
        severity="critical",
        started=datetime(2026, 10, 20, 11, 51, 12, tzinfo=UTC),
        detected=None,
        acknowledged=None,
        mitigated=datetime(2026, 10, 20, 13, 10, tzinfo=UTC),
        resolved=datetime(2026, 10, 20, 13, 40, 58, tzinfo=UTC),
        cause="",
        provider="exchange",
        maintenance=False,
        deployment=None,
        change=None,
        touches=(
            ("component", API, "degraded", "2026-10-20T12:15:00Z", "2026-10-20T13:10:00Z"),
            ("component", WITHDRAWALS, "down", "2026-10-20T11:51:12Z", "2026-10-20T13:10:00Z"),
            ("component", WITHDRAWALS, "partial", "2026-10-20T13:10:00Z", "2026-10-20T13:40:58Z"),
            ("page", PAGE, "degraded", "2026-10-20T12:15:00Z", "2026-10-20T13:10:00Z"),
            ("page", PAGE, "down", "2026-10-20T11:51:12Z", "2026-10-20T13:10:00Z"),
            ("page", PAGE, "partial", "2026-10-20T13:10:00Z", "2026-10-20T13:40:58Z"),
        ),
    )


def test_a_maintenance_is_told_apart_and_begins_when_it_goes_in_progress(status: Site) -> None:
    recorded(status)
    fact = incident(Kept().read(connector(status.hub.base_url)), PLANNED)
    started, ended = datetime(2026, 10, 24, 2, 1, 30, tzinfo=UTC), datetime(2026, 10, 24, 3, 5, tzinfo=UTC)
    assert (fact.maintenance, fact.severity, fact.provider) == (True, "maintenance", "")
    assert (fact.started, fact.resolved) == (started, ended)
    assert fact.touches == (("component", WITHDRAWALS, "down", "2026-10-24T02:01:30Z", "2026-10-24T03:05:00Z"),)


def test_only_the_declared_fields_are_kept_and_none_of_them_names_a_person(status: Site) -> None:
    recorded(status)
    kept = Kept().read(connector(f"{status.hub.base_url}", page=PAGE))
    assert {kind: set(payload) for (kind, _), payload in kept.records.items()} == {
        kind: set(fields) for kind, fields in Statuspage.keep.items()
    }
    assert not re.search("nora|quist|found that|@exchange", json.dumps(list(kept.records.values())), re.IGNORECASE)
    assert kept.records["uptime", f"uptime/{API}/2026-11-08"]["component_name"] == "API"


def test_both_apis_give_the_same_records(status: Site) -> None:
    recorded(status)
    status.add("i1", days_ago(3))
    public = Kept().read(connector(status.hub.base_url))
    keyed = Kept().read(connector(status.hub.base_url, page=PAGE, uptime=False))
    assert public.records == keyed.records
    assert public.facts == keyed.facts
    assert len(public.facts) == 3


@pytest.mark.parametrize(
    ("impact", "level"),
    [("critical", "down"), ("major", "partial"), ("minor", "degraded"), ("none", "none")],
)
def test_where_updates_name_no_status_the_components_have_the_impact_of_the_incident(
    status: Site, impact: str, level: str
) -> None:
    updates = [
        {"status": "investigating", "display_at": "2026-11-07T06:00:00Z", "affected_components": None},
        {"status": "resolved", "display_at": "2026-11-07T07:00:00Z", "affected_components": None},
    ]
    fact = read_one(status, impact=impact, incident_updates=updates)
    span = ("2026-11-07T06:00:00Z", "2026-11-07T07:00:00Z")
    assert fact.touches == (
        ("component", API, level, *span),
        ("component", WITHDRAWALS, level, *span),
        ("page", PAGE, level, *span),
    )
    assert (fact.severity, fact.key) == (impact, API)


def test_an_incident_without_components_is_filed_under_the_page(status: Site) -> None:
    updates = [
        {"status": one, "display_at": f"2026-11-07T0{hour}:00:00Z", "affected_components": None}
        for hour, one in ((6, "investigating"), (7, "resolved"))
    ]
    fact = read_one(status, components=[], impact="minor", incident_updates=updates)
    assert (fact.key_kind, fact.key) == ("page", PAGE)
    assert fact.touches == (("page", PAGE, "degraded", "2026-11-07T06:00:00Z", "2026-11-07T07:00:00Z"),)


def test_the_page_has_the_impact_of_an_incident_that_left_its_components_up(status: Site) -> None:
    up = [{"code": API, "old_status": "operational", "new_status": "operational"}]
    updates = [
        {"status": one, "display_at": f"2026-11-07T0{hour}:00:00Z", "affected_components": up}
        for hour, one in ((6, "investigating"), (7, "resolved"))
    ]
    components = [{"id": API, "name": "API"}]
    fact = read_one(status, components=components, impact="minor", incident_updates=updates)
    span = ("2026-11-07T06:00:00Z", "2026-11-07T07:00:00Z")
    assert fact.touches == (("component", API, "none", *span), ("page", PAGE, "degraded", *span))
    assert (fact.key_kind, fact.key) == ("component", API)


def test_a_maintenance_without_components_takes_nothing_away(status: Site) -> None:
    status.found[PLANNED] = sample("maintenance") | {"components": [], "incident_updates": []}
    fact = incident(Kept().read(connector(status.hub.base_url)), PLANNED)
    assert (fact.key_kind, fact.touches) == ("page", ())
    assert fact.started == datetime(2026, 10, 24, 2, tzinfo=UTC)


def test_a_maintenance_takes_away_the_components_that_it_names_unless_its_updates_say_otherwise(status: Site) -> None:
    planned = sample("maintenance")
    silent = [one | {"affected_components": None} for one in planned["incident_updates"]]
    status.found["a"] = planned | {"id": "a", "incident_updates": silent}
    stayed = [{"code": WITHDRAWALS, "old_status": "operational", "new_status": "operational"}]
    up = [one | {"affected_components": stayed} for one in planned["incident_updates"]]
    status.found["b"] = planned | {"id": "b", "incident_updates": up}
    kept = Kept().read(connector(status.hub.base_url))
    span = ("2026-10-24T02:01:30Z", "2026-10-24T03:05:00Z")
    assert incident(kept, "a").touches == (("component", WITHDRAWALS, "down", *span),)
    assert incident(kept, "b").touches == ()


def test_a_maintenance_to_come_is_no_incident_until_it_begins(status: Site) -> None:
    begun = sample("maintenance")
    status.found[PLANNED] = begun | {
        "status": "scheduled", "resolved_at": None, "incident_updates": begun["incident_updates"][2:],
    }  # fmt: skip
    source, kept = connector(status.hub.base_url), Kept()
    assert kept.read(source).facts == {}
    assert kept.open_items["incidents"] == {PLANNED}
    status.found[PLANNED] = begun | {
        "status": "in_progress", "resolved_at": None, "incident_updates": begun["incident_updates"][1:],
    }  # fmt: skip
    fact = incident(kept.read(source), PLANNED)
    assert fact.resolved is None
    assert fact.touches == (("component", WITHDRAWALS, "down", "2026-10-24T02:01:30Z", ""),)


def test_an_open_incident_is_neither_over_nor_mitigated_while_its_components_are_hurt(status: Site) -> None:
    found = sample("incident")
    status.found[NUMBER] = found | {
        "status": "monitoring", "resolved_at": None, "incident_updates": found["incident_updates"][2:],
    }  # fmt: skip
    fact = incident(Kept().read(connector(status.hub.base_url)), NUMBER)
    assert (fact.resolved, fact.mitigated) == (None, None)
    assert [touch for touch in fact.touches if not touch[-1]] == [
        ("component", WITHDRAWALS, "partial", "2026-10-20T13:10:00Z", ""),
        ("page", PAGE, "partial", "2026-10-20T13:10:00Z", ""),
    ]


def test_a_reopened_incident_ends_with_its_last_end(status: Site) -> None:
    times = ((6, "investigating", "major_outage"), (7, "resolved", "operational"),
             (8, "investigating", "major_outage"), (9, "resolved", "operational"))  # fmt: skip
    updates = [
        {"status": one, "display_at": f"2026-11-07T0{hour}:00:00Z",
         "affected_components": [{"code": API, "new_status": new}]}
        for hour, one, new in times
    ]  # fmt: skip
    fact = read_one(status, incident_updates=updates, components=[{"id": API, "name": "API"}])
    assert fact.resolved == datetime(2026, 11, 7, 9, tzinfo=UTC)
    assert [touch[2:] for touch in fact.touches if touch[1] == API] == [
        ("down", "2026-11-07T06:00:00Z", "2026-11-07T07:00:00Z"),
        ("down", "2026-11-07T08:00:00Z", "2026-11-07T09:00:00Z"),
    ]


def test_an_incident_told_in_one_update_has_no_length_and_is_kept(status: Site) -> None:
    at = "2026-11-07T06:00:00Z"
    update = {"status": "resolved", "display_at": at, "affected_components": None}
    fact = read_one(status, incident_updates=[update], impact="minor", components=[{"id": API, "name": "API"}])
    assert fact.started == fact.resolved == datetime(2026, 11, 7, 6, tzinfo=UTC)
    assert fact.touches == (("component", API, "degraded", at, at), ("page", PAGE, "degraded", at, at))


def test_an_incident_that_is_over_without_an_end_is_set_aside(status: Site) -> None:
    status.add("i1", days_ago(2), status="resolved")
    source = connector(status.hub.base_url)
    records = [record for page in source.fetch(Kept().position()) for record in page.records]
    with pytest.raises(SkipRecord) as told:
        source.facts(records[0])
    assert str(told.value) == "The incident is over, but no update says since when: correct it in Statuspage."


@pytest.mark.parametrize(
    ("major", "partial", "zone", "up", "down"),
    [
        (0, 0, "UTC", "86400", "0"),
        (600, 1200, "UTC", "85440", "960"),
        (0, 3600, "Europe/Berlin", "88920", "1080"),
    ],
    ids=["a quiet day", "partial outages weigh less", "a day of 25 hours"],
)
def test_a_day_of_uptime_is_seconds_up_and_down_by_the_weights_of_the_settings(
    major: int, partial: int, zone: str, up: str, down: str
) -> None:
    payload = {"component": API, "component_name": "API", "day": "2026-10-25", "major": major, "partial": partial}
    record = Record("uptime", f"uptime/{API}/2026-10-25", payload)
    assert connector("http://127.0.0.1:9", zone=zone).facts(record) == (
        ProbeDay(
            source="status",
            source_id=f"uptime/{API}/2026-10-25",
            key_kind="component",
            key=API,
            day=datetime(2026, 10, 25).date(),  # noqa: DTZ001  a calendar day
            up=Decimal(up),
            down=Decimal(down),
            unknown=Decimal(0),
            samples=1,
        ),
    )


def test_more_outage_than_a_day_is_long_is_set_aside() -> None:
    payload = {"component": API, "component_name": "API", "day": "2026-10-25", "major": 86_400, "partial": 1}
    with pytest.raises(SkipRecord, match="More seconds of outage than the day has"):
        connector("http://127.0.0.1:9").facts(Record("uptime", "uptime/x", payload))


def test_the_key_goes_to_the_management_api_and_to_no_public_page(status: Site) -> None:
    Kept().read(connector(status.hub.base_url, page=PAGE))
    assert {one.headers.get("Authorization") for one in status.hub.asked} == {"OAuth key-held-in-the-environment-only"}
    status.hub.asked.clear()
    Kept().read(connector(status.hub.base_url))
    assert {one.headers.get("Authorization") for one in status.hub.asked} == {None}
