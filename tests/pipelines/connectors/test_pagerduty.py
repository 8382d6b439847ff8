"""What PagerDuty tells of an incident becomes one fact, and nothing about people is kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from data.facts import Incident
from pipelines.connectors.base import Count, Covered
from pipelines.connectors.pagerduty import PagerDuty
from pipelines.errors import StopSource
from tests.pipelines.connectors.github_world import Answer, Kept
from tests.pipelines.connectors.pagerduty_world import NOW, Account, account, connector, sample

NUMBER = "Q1LQX8Y7ZK2P4N"
BEGAN = datetime(2026, 10, 20, 11, 30, 42, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def pager(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """An account without incidents."""
    with account(monkeypatch) as made:
        yield made


def recorded(pager: Account) -> None:
    """The recorded incident with its log."""
    pager.add(NUMBER, BEGAN)
    pager.found[NUMBER] = sample("incident")
    pager.log += sample("log_entries")["log_entries"]


def incident(kept: Kept, number: str) -> Incident:
    found = kept.facts["incident", f"incidents/{number}"]
    assert isinstance(found, Incident)
    return found


def test_an_incident_is_one_fact_with_its_first_acknowledgement(pager: Account) -> None:
    recorded(pager)
    kept = Kept().read(connector(pager.hub.base_url, deployment_pattern="deploy:(\\S+)", impacts={"P2": "partial"}))
    assert list(kept.facts.values()) == [
        Incident(
            source="pager",
            source_id=f"incidents/{NUMBER}",
            key_kind="service",
            key="PWALLET",
            url=f"https://acme.pagerduty.com/incidents/{NUMBER}",
            title="Payouts are stuck, ask [e-mail]",
            severity="P2",
            started=BEGAN,
            detected=BEGAN,
            acknowledged=datetime(2026, 10, 20, 11, 31, 12, tzinfo=UTC),
            mitigated=None,
            resolved=datetime(2026, 10, 20, 12, 38, 23, tzinfo=UTC),
            cause="",
            provider="",
            maintenance=False,
            deployment="acme/wallet/deployments/908",
            change=None,
            touches=(("service", "PWALLET", "partial", "", ""),),
        )
    ]


@pytest.mark.parametrize("order", [1, -1], ids=["as told", "the other way round"])
def test_the_first_acknowledgement_counts_in_whatever_order_the_log_is_told(pager: Account, order: int) -> None:
    recorded(pager)
    log = Answer({"log_entries": sample("log_entries")["log_entries"][::order], "more": False})
    pager.hub.answers[f"incidents/{NUMBER}/log_entries"] = log
    fact = incident(Kept().read(connector(pager.hub.base_url)), NUMBER)
    assert fact.acknowledged == datetime(2026, 10, 20, 11, 31, 12, tzinfo=UTC)


def test_only_the_declared_fields_are_kept_and_none_of_them_names_a_person(pager: Account) -> None:
    recorded(pager)
    pager.windows.append(sample("maintenance_window"))
    source = connector(pager.hub.base_url)
    kept = Kept().read(source)
    assert {kind: set(payload) for (kind, _), payload in kept.records.items()} == {
        kind: set(fields) for kind, fields in PagerDuty.keep.items()
    }
    text = json.dumps(list(kept.records.values())) + repr(kept.facts)
    assert not re.search("nora|quist|ole brandt|@acme|1234567", text, re.IGNORECASE)
    assert kept.records["incident", f"incidents/{NUMBER}"]["service_name"] == "Wallet"


@pytest.mark.parametrize(
    ("found", "severity", "impact"),
    [
        ({"priority": None, "urgency": "high"}, "high", "down"),
        ({"priority": None, "urgency": "low"}, "low", "degraded"),
        ({"priority": None, "urgency": None}, "high", "down"),
        ({"priority": {"summary": "P1"}, "urgency": "low"}, "P1", "partial"),
        ({"priority": {"summary": "P5"}, "urgency": "low"}, "P5", "degraded"),
    ],
    ids=["high", "low", "no urgencies", "a priority comes first", "a priority without an impact"],
)
def test_severity_and_impact_follow_priority_then_urgency(
    pager: Account, found: dict[str, Any], severity: str, impact: str
) -> None:
    pager.add("Q1", BEGAN, resolved=BEGAN + HOUR, **found)
    fact = incident(Kept().read(connector(pager.hub.base_url, impacts={"P1": "partial"})), "Q1")
    assert (fact.severity, fact.touches) == (severity, (("service", "PWALLET", impact, "", ""),))


def test_an_incident_that_resolves_itself_within_a_minute_counts_like_any_other(pager: Account) -> None:
    pager.add("Q1", BEGAN, resolved=BEGAN + timedelta(seconds=20))
    fact = incident(Kept().read(connector(pager.hub.base_url)), "Q1")
    assert (fact.acknowledged, fact.resolved) == (None, BEGAN + timedelta(seconds=20))


def test_what_caused_an_incident_is_named_by_its_title_before_its_key(pager: Account) -> None:
    ended = BEGAN + HOUR
    pager.add("Q1", BEGAN, resolved=ended, title="Slow since change:77 by deploy:a1", incident_key="deploy:b2")
    pager.add("Q2", BEGAN, resolved=ended, title="Slow", incident_key="deploy:b2")
    pager.add("Q3", BEGAN, resolved=ended, title="Slow", incident_key=None)
    source = connector(pager.hub.base_url, deployment_pattern="deploy:(\\w+)", change_pattern="change:(\\d+)")
    kept = Kept().read(source)
    named = {
        number: (incident(kept, number).deployment, incident(kept, number).change) for number in ("Q1", "Q2", "Q3")
    }
    assert named == {"Q1": ("a1", "77"), "Q2": ("b2", None), "Q3": (None, None)}


def test_a_merged_incident_is_none_and_what_was_stored_of_it_is_taken_back(pager: Account) -> None:
    pager.add("Q1", NOW - 3 * HOUR)
    pager.add("Q2", NOW - 2 * HOUR)
    kept, source = Kept(), connector(pager.hub.base_url)
    kept.read(source)
    assert set(kept.facts) == {("incident", "incidents/Q1"), ("incident", "incidents/Q2")}
    pager.resolve("Q2", NOW, resolve_reason={"type": "merge_resolve_reason", "incident": {"id": "Q1"}})
    kept.read(source, now=NOW + HOUR)
    assert set(kept.facts) == {("incident", "incidents/Q1")}
    assert kept.open_items["incidents"] == {"Q1"}


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ({"id": None}, "An incident came without its id."),
        ({"service": None}, "The incident names no service: give the token access to its service."),
        (
            {"resolved_at": "2026-10-01T00:00:00Z"},
            "The incident is resolved, but not at an instant after it began: correct it in PagerDuty.",
        ),
    ],
    ids=["no id", "no service", "ends before it began"],
)
def test_a_faulty_incident_is_set_aside_with_its_reason(pager: Account, found: dict[str, Any], reason: str) -> None:
    pager.add("Q1", BEGAN, resolved=BEGAN + HOUR, **found)
    pager.add("Q2", BEGAN, resolved=BEGAN + HOUR)
    source = connector(pager.hub.base_url)
    said, facts = [], []
    for page in source.fetch(Kept().position()):
        said += [one.reason for one in page.rejected]
        for record in page.records:
            try:
                facts += source.facts(record)
            except Exception as error:  # noqa: BLE001  the runner keeps the reason
                said.append(str(error))
    assert said == [reason]
    assert [fact.source_id for fact in facts] == ["incidents/Q2"]


def test_a_maintenance_window_is_planned_and_hurts_what_the_options_say(pager: Account) -> None:
    pager.windows += [
        sample("maintenance_window"),
        sample("maintenance_window") | {"id": "PNOW", "description": None, "start_time": "2026-11-09T05:00:00Z",
                                        "end_time": "2026-11-09T09:00:00Z"},
        sample("maintenance_window") | {"id": "PSOON", "start_time": "2026-11-10T05:00:00Z"},
        sample("maintenance_window") | {"id": "PLONGAGO", "start_time": "2024-01-01T00:00:00Z",
                                        "end_time": "2024-01-02T00:00:00Z"},
    ]  # fmt: skip
    kept = Kept().read(connector(pager.hub.base_url, maintenance="down"))
    over, going_on = (kept.facts["incident", f"maintenance_windows/{one}"] for one in ("PW98YIO", "PNOW"))
    assert len(kept.facts) == 2
    assert over == Incident(
        source="pager",
        source_id="maintenance_windows/PW98YIO",
        key_kind="service",
        key="PLEDGER",
        url="https://acme.pagerduty.com/service-directory/maintenance-windows/PW98YIO",
        title="New ledger hardware, call Ole at [phone]",
        severity="maintenance",
        started=datetime(2026, 10, 25, 1, tzinfo=UTC),
        detected=None,
        acknowledged=None,
        mitigated=None,
        resolved=datetime(2026, 10, 25, 3, tzinfo=UTC),
        cause="",
        provider="",
        maintenance=True,
        deployment=None,
        change=None,
        touches=(("service", "PLEDGER", "down", "", ""), ("service", "PWALLET", "down", "", "")),
    )
    assert isinstance(going_on, Incident)
    assert (going_on.title, going_on.resolved) == ("Maintenance window", None)


@pytest.mark.parametrize(("maintenance", "facts"), [("none", 1), ("ignored", 0)])
def test_a_maintenance_window_that_only_mutes_takes_nothing_away(pager: Account, maintenance: str, facts: int) -> None:
    pager.windows.append(sample("maintenance_window"))
    kept = Kept().read(connector(pager.hub.base_url, maintenance=maintenance))
    assert [fact.touches for fact in kept.facts.values() if isinstance(fact, Incident)] == [()] * facts
    assert ("maintenance_windows" in pager.paths()) is bool(facts)


def test_each_service_is_covered_from_the_first_day_to_now_whether_or_not_it_had_incidents(pager: Account) -> None:
    pager.add("Q1", BEGAN, resolved=BEGAN + HOUR)
    kept = Kept().read(connector(pager.hub.base_url))
    first = datetime(2026, 1, 1, tzinfo=UTC)
    assert kept.covered == [Covered("incident", "service", one, first, NOW) for one in ("PLEDGER", "PWALLET")]
    named = Kept().read(connector(pager.hub.base_url, services=["PWALLET"]))
    assert named.covered == [Covered("incident", "service", "PWALLET", first, NOW)]


def test_pagerdutys_own_count_agrees_with_the_facts_though_some_were_merged_and_some_are_windows(
    pager: Account,
) -> None:
    for hours in range(30, 36):
        pager.add(f"Q{hours}", NOW - hours * HOUR, resolved=NOW - (hours - 1) * HOUR)
    pager.resolve("Q31", NOW - 29 * HOUR, resolve_reason={"incident": {"id": "Q30"}})
    pager.add("QTODAY", NOW - HOUR)
    window = {"start_time": "2026-11-08T01:00:00Z", "end_time": "2026-11-08T02:00:00Z"}
    pager.windows.append(sample("maintenance_window") | window)
    source, kept = connector(pager.hub.base_url), Kept()
    position = kept.position()
    kept.read(source)
    stored = [fact.key for fact in kept.facts.values() if fact.source_id != "incidents/QTODAY"]
    days = {"start": position.since, "end": NOW.date()}
    assert list(source.counts(position)) == [
        Count("incident", "service", one, "count", at_source=Decimal(stored.count(one)), **days)
        for one in ("PLEDGER", "PWALLET")
    ]
    assert stored.count("PWALLET") == 5
    later = kept.position(now=NOW + DAY)
    kept.read(source, now=NOW + DAY)
    assert [(one.start.isoformat(), one.end.isoformat()) for one in source.counts(later)] == [
        ("2026-11-03", "2026-11-10")
    ] * 2


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"services": ["P 1"]}, "option services.0: String should match pattern '^[A-Za-z0-9]+$'."),
        ({"impacts": {"P1": "bad"}}, "option impacts.P1: Input should be 'down', 'partial', 'degraded' or 'none'."),
        (
            {"deployment_pattern": "deploy"},
            "option deployment_pattern: put what is to be found in one pair of parentheses, as in deploy:(\\S+).",
        ),
        (
            {"change_pattern": "(a"},
            "option change_pattern: '(a' is no regular expression: missing ), unterminated subpattern at position 0.",
        ),
    ],
    ids=["service", "impact", "no group", "no pattern"],
)
def test_a_wrong_option_is_named(options: dict[str, Any], says: str) -> None:
    with pytest.raises(StopSource) as told:
        Kept().read(connector("http://127.0.0.1:9", **options))
    assert str(told.value) == f"Source pager: {says}"


def test_windows_that_the_token_may_not_see_do_not_keep_incidents_from_being_read(pager: Account) -> None:
    pager.add("Q1", BEGAN, resolved=BEGAN + HOUR)
    pager.hub.answers["maintenance_windows"] = Answer({"error": {"message": "Access Denied"}}, 403)
    kept = Kept()
    with pytest.raises(StopSource, match="GET /maintenance_windows: 403 Forbidden: the credentials lack a permission"):
        kept.read(connector(pager.hub.base_url))
    assert set(kept.facts) == {("incident", "incidents/Q1")}
