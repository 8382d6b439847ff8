"""`check` names the missing step of a PagerDuty source, and what its services are called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pipelines.connectors.base import Finding
from pipelines.errors import StopSource
from tests.pipelines.connectors.github_world import Answer
from tests.pipelines.connectors.pagerduty_world import TOKEN, Account, account, connector

DENIED = Answer({"error": {"message": "Access Denied", "code": 2010}}, 403)


@pytest.fixture
def pager(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """An account without incidents."""
    with account(monkeypatch) as made:
        yield made


def found(pager: Account, **options: Any) -> dict[str, tuple[bool, str]]:
    return {one.subject: (one.good, one.says) for one in connector(pager.hub.base_url, **options).check()}


def test_all_is_well_and_the_services_are_told_by_name(pager: Account) -> None:
    assert list(connector(pager.hub.base_url, impacts={"P1": "down", "low": "none"}).check()) == [
        Finding("token", True, "accepted; the account knows urgencies"),
        Finding("incidents", True, "may be read"),
        Finding("times of acknowledgement", True, "may be read"),
        Finding("maintenance windows", True, "may be read"),
        Finding("services", True, "PLEDGER is Ledger, PWALLET is Wallet"),
        Finding("priorities", True, "P1, P2; where an incident has none, its urgency counts"),
    ]
    assert {one.headers["Authorization"] for one in pager.hub.asked} == {f"Token token={TOKEN}"}


def test_a_wrong_token_is_named_with_its_variable_and_nothing_else_is_tried(pager: Account) -> None:
    pager.hub.answers["abilities"] = Answer("", 401)
    assert found(pager) == {"token": (False, "PagerDuty refuses the token: renew it and set it in PAGERDUTY_TOKEN.")}


def test_each_missing_permission_is_named(pager: Account) -> None:
    pager.hub.answers |= dict.fromkeys(
        ("abilities", "incidents", "log_entries", "maintenance_windows", "services"), DENIED
    )
    assert found(pager) == {
        "token": (True, "accepted; it may not tell the account's abilities"),
        "incidents": (False, "give the token 'Incidents: read (incidents.read)'."),
        "times of acknowledgement": (False, "give the token 'Incidents: read (incidents.read)'."),
        "maintenance windows": (False, "give the token 'Services: read (services.read)'."),
        "services": (False, "give the token 'Services: read'."),
        "priorities": (True, "P1, P2; where an incident has none, its urgency counts"),
    }


def test_names_that_are_not_there_are_found(pager: Account) -> None:
    service = {"id": "PWALLET", "name": "Wallet"}
    pager.hub.answers["services/PWALLET"] = Answer({"service": service})
    said = found(pager, services=["PWALLET", "PGONE"], impacts={"P0": "down"})
    assert said["service PWALLET"] == (True, "is Wallet")
    assert said["service PGONE"] == (
        False,
        "is hidden or not there: correct `services` in the options, or let the token see it.",
    )
    assert said["impact of P0"] == (False, "is no priority of this account: correct `impacts`.")


def test_an_account_without_urgencies_or_priorities_is_told_as_such(pager: Account) -> None:
    pager.hub.answers["abilities"] = Answer({"abilities": []})
    pager.hub.answers["priorities"] = Answer({"error": {"message": "Payment Required"}}, 402)
    said = found(pager)
    assert said["token"] == (True, "accepted; the account knows no urgencies: every incident counts as high")
    assert said["priorities"] == (
        True,
        "are switched off, or hidden from the token: severity and impact follow the urgency",
    )


def test_without_a_token_nothing_is_asked(pager: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PAGERDUTY_TOKEN")
    with pytest.raises(StopSource) as told:
        list(connector(pager.hub.base_url).check())
    assert str(told.value) == (
        "Source pager: set the environment variable PAGERDUTY_TOKEN to "
        "a read-only API key that may read incidents and services."
    )
    assert pager.hub.asked == []
