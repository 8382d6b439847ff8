"""PagerDuty's own description of its API, served by a mock: every request is accepted, the answers become facts."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import requests

from data.clock import fix_clock
from data.facts import Incident
from pipelines.connectors.pagerduty import PagerDuty
from pipelines.errors import StopSource
from tests.pipelines.connectors.github_world import Kept
from tests.pipelines.connectors.pagerduty_world import connector

pytestmark = pytest.mark.real

SINCE, THEN = date(2015, 10, 1), datetime(2015, 10, 20, tzinfo=UTC)  # the description's example is of 6 October 2015


@pytest.fixture
def mock(prism: Callable[[Path], str], inputs: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The base address of the mock."""
    monkeypatch.setenv("PAGERDUTY_TOKEN", "any")
    return prism(inputs / "vendor_openapi" / "pagerduty-rest.json")


def listening(source: PagerDuty, *, ends: bool) -> list[requests.Response]:
    """Every answer that the source gets; `ends`: the mock's lists are said to end, which by themselves never do."""
    answers: list[requests.Response] = []

    def note(response: requests.Response, *_args: object, **_kwargs: object) -> None:
        if ends:
            response._content = response.content.replace(b'"more":true', b'"more":false')
        answers.append(response)

    source.http.session.hooks["response"].append(note)
    return answers


def refused(answers: list[requests.Response]) -> list[str]:
    """What the description does not allow in a request; its own examples break its own rules for answers."""
    found = [one for answer in answers for one in json.loads(answer.headers.get("sl-violations", "[]"))]
    return [one["message"] for one in found if one["location"][0] == "request"]


def test_every_request_is_accepted_and_the_answers_become_facts(mock: str) -> None:
    source = connector(mock)
    answers = listening(source, ends=True)
    kept = Kept().read(source, since=SINCE, now=THEN)
    assert {answer.status_code for answer in answers} == {200}
    assert refused(answers) == []
    assert {answer.request.path_url.partition("?")[0] for answer in answers} == {
        "/incidents", "/incidents/PT4KHLK/log_entries", "/services", "/maintenance_windows",
    }  # fmt: skip
    fact = kept.facts["incident", "incidents/PT4KHLK"]
    assert isinstance(fact, Incident)
    assert (fact.key, fact.severity, fact.title) == ("PIJ90N7", "P2", "The server is on fire.")
    assert fact.started == datetime(2015, 10, 6, 21, 30, 42, tzinfo=UTC)
    assert fact.resolved == datetime(2015, 10, 6, 21, 38, 23, tzinfo=UTC)
    assert [one.key for one in kept.covered] == ["PIJ90N7"]


def test_open_incidents_logs_and_counts_are_asked_for_as_described(mock: str) -> None:
    source = connector(mock, services=["PIJ90N7"], maintenance="ignored")
    answers = listening(source, ends=True)
    kept = Kept(open_items={"incidents": {"POLD"}})
    position = kept.position(since=SINCE, now=THEN)
    kept.read(source, since=SINCE, now=THEN)
    assert list(source.counts(position)) == []  # the mock's totals are empty
    assert {answer.status_code for answer in answers} == {200}
    assert refused(answers) == []
    assert {answer.request.path_url.partition("?")[0] for answer in answers} >= {
        "/incidents/POLD", "/incidents/PT4KHLK/log_entries",
    }  # fmt: skip


def test_the_account_log_is_asked_for_as_described(mock: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.connectors._pagerduty.rest._FEW", 0)
    source = connector(mock, maintenance="ignored")
    answers = listening(source, ends=True)
    Kept().read(source, since=SINCE, now=THEN)
    logs = [answer for answer in answers if answer.request.path_url.startswith("/log_entries")]
    assert [answer.status_code for answer in logs] == [200]
    assert refused(logs) == []


def test_a_list_that_says_more_for_ever_is_survived_and_its_first_page_kept(mock: str) -> None:
    source, kept = connector(mock, maintenance="ignored"), Kept()
    answers = listening(source, ends=False)
    with pytest.raises(StopSource) as told:
        kept.read(source, since=SINCE, now=THEN)
    assert str(told.value) == (
        "GET /incidents answers the same page again and again: check base_url and what lies between."
    )
    assert set(kept.facts) == {("incident", "incidents/PT4KHLK")}
    assert [answer.request.path_url.partition("?")[0] for answer in answers] == [
        "/incidents", "/incidents/PT4KHLK/log_entries", "/incidents",
    ]  # fmt: skip


def test_check_asks_only_for_what_the_description_has(mock: str) -> None:
    fix_clock(THEN)
    source = connector(mock, services=["PIJ90N7"], impacts={"P1": "down"})
    answers = listening(source, ends=True)
    assert {one.subject: one.good for one in source.check()} == dict.fromkeys(
        ["token", "incidents", "times of acknowledgement", "maintenance windows", "service PIJ90N7", "priorities"], True
    )
    assert refused(answers) == []
    fix_clock(None)
