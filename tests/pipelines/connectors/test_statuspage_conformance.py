"""Statuspage's own description of its management API, served by a mock: every request is accepted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from data.clock import fix_clock
from data.facts import Incident, ProbeDay
from pipelines.connectors.statuspage import Statuspage
from pipelines.errors import StopSource
from tests.pipelines.connectors.github_world import Kept
from tests.pipelines.connectors.statuspage_world import connector

pytestmark = pytest.mark.real

NOW = datetime(2020, 2, 16, 6, tzinfo=UTC)  # the description's example of uptime ends on 15 February 2020
PAGE = "j1nvlvyv7w27"


@pytest.fixture
def mock(prism: Callable[[Path], str], inputs: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The base address of the mock, at the time of its examples."""
    monkeypatch.setenv("STATUSPAGE_API_KEY", "any")
    fix_clock(NOW)
    yield prism(inputs / "vendor_openapi" / "statuspage-manage.json")
    fix_clock(None)


def listening(source: Statuspage) -> list[requests.Response]:
    """Every answer that the source gets; the one component of the mock is said to be no group."""
    answers: list[requests.Response] = []

    def note(response: requests.Response, *_args: object, **_kwargs: object) -> None:
        response._content = response.content.replace(b'"group":true', b'"group":false')
        answers.append(response)

    source.page.http.session.hooks["response"].append(note)
    return answers


def _of_the_days_asked_for(response: requests.Response, *_args: object, **_kwargs: object) -> None:
    asked = dict(parse_qsl(urlsplit(response.url).query))
    if "start" in asked:
        body = response.json() | {"range_start": asked["start"], "range_end": asked["end"]}
        response._content = json.dumps(body).encode()


def refused(answers: list[requests.Response]) -> list[str]:
    """What the description does not allow in a request."""
    found = [one for answer in answers for one in json.loads(answer.headers.get("sl-violations", "[]"))]
    return [one["message"] for one in found if one["location"][0] == "request"]


def test_every_request_is_accepted_and_the_answers_become_records(mock: str) -> None:
    source = connector(mock, page=PAGE, uptime=False)
    answers, kept = listening(source), Kept(open_items={"incidents": {"p0000000old1"}})
    pages = list(source.fetch(kept.position(since=date(2013, 1, 1), now=NOW)))
    assert {answer.status_code for answer in answers} == {200}
    assert refused(answers) == []
    assert {answer.request.path_url.partition("?")[0] for answer in answers} == {
        f"/pages/{PAGE}", f"/pages/{PAGE}/components", f"/pages/{PAGE}/incidents",
        f"/pages/{PAGE}/incidents/p0000000old1",
    }  # fmt: skip
    records = [record for page in pages for record in page.records]
    assert {record.source_id for record in records} == {"incidents/p31zjtct2jer"}
    assert pages[-1].covered


def test_an_incident_of_the_description_is_a_fact(mock: str) -> None:
    kept = Kept().read(connector(mock, page=PAGE, uptime=False), since=date(2013, 1, 1), now=NOW)
    (fact,) = kept.facts.values()
    assert isinstance(fact, Incident)
    assert (fact.title, fact.key_kind, fact.key) == ("Data Layer Migration", "component", "string")
    # the example is scheduled and realtime at once: what is scheduled is a maintenance
    assert (fact.maintenance, fact.started) == (True, datetime(2013, 5, 7, 3, tzinfo=UTC))
    assert (fact.resolved, kept.open_items["incidents"]) == (None, {"p31zjtct2jer"})


def test_days_of_uptime_are_asked_for_as_described_and_told_in_seconds(mock: str) -> None:
    source = connector(mock, page=PAGE)
    answers, kept = listening(source), Kept()
    with pytest.raises(StopSource, match="/uptime does not answer as Statuspage does"):
        kept.read(source, since=date(2020, 2, 12), now=NOW)  # the mock tells of 15 January on, whatever was asked
    source.page.http.session.hooks["response"].append(_of_the_days_asked_for)
    kept.read(source, since=date(2020, 2, 12), now=NOW)
    asked = [answer for answer in answers if "/uptime" in answer.request.path_url]
    assert {answer.status_code for answer in asked} == {200}
    assert refused(asked) == []
    facts = [fact for fact in kept.facts.values() if isinstance(fact, ProbeDay)]
    assert [(fact.day.isoformat(), int(fact.up), int(fact.down)) for fact in facts] == [
        (f"2020-02-{day}", 0, 86_400) for day in (12, 13, 14, 15)
    ]


def test_check_asks_only_for_what_the_description_has(mock: str) -> None:
    source = connector(mock, page=PAGE)
    answers = listening(source)
    source.page.http.session.hooks["response"].append(_of_the_days_asked_for)
    found = {one.subject: one.good for one in source.check()}
    assert found == dict.fromkeys(["page", "components", "incidents", "uptime"], True)
    assert {answer.status_code for answer in answers} == {200}
    assert refused(answers) == []
