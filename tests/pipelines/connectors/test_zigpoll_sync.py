"""Zigpoll through the runner into a real warehouse: what went wrong once is told, and made good by the next run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from data.warehouse import schema
from tests.pipelines.connectors.company_world import Company, company
from tests.pipelines.connectors.github_world import Answer, Request
from tests.pipelines.connectors.zigpoll_world import CHECKOUT, NOW, ONBOARDING, World, zigpoll

SOURCE = """
[[source]]
id = "polls"
type = "zigpoll"
base_url = "{base_url}"
since = 2026-09-01
[source.options]
feature_from = "metadata.feature"
[[alias]]
source = "polls"
kind = "feature"
key = "instant-transfer"
scope = "wallet"
[[alias]]
source = "polls"
kind = "poll"
key = "{poll}"
scope = "wallet"
"""


@dataclass
class Feedback:
    """The world and the company that reads it."""

    world: World
    company: Company

    def answers(self) -> list[tuple[Any, ...]]:
        found = self.company.facts("response", "source_id", "scope", "form", "score", "comment")
        return [(known[-1], scope, form, int(score), comment) for known, scope, form, score, comment in found]


@pytest.fixture
def feedback(migrated_warehouse_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Feedback]:
    """On each database."""
    with zigpoll(monkeypatch) as world:
        source = SOURCE.format(base_url=world.hub.base_url, poll=CHECKOUT)
        made = company(migrated_warehouse_url, tmp_path, source)
        yield Feedback(world, made)
        made.engine.dispose()


ASIDE = (
    "slide",
    "6600000000000000000000a3",
    (
        "The question 'How did you hear about us?' is left out: its answers are no scale: "
        "say what they measure under options.slide, or form = none."
    ),
)
TWO = [("1", "wallet", "nps", 9, "Quick & clear. Reach me at [e-mail]"), ("4", "wallet", "nps", 3, None)]


def test_scores_counters_and_what_was_set_aside_are_in_the_warehouse(feedback: Feedback) -> None:
    report = feedback.company.sync()
    assert (report.outcome, report.skipped) == ("done", {ASIDE[2]: 1})
    assert feedback.answers() == TWO
    assert feedback.company.aside() == [ASIDE]
    assert feedback.company.facts("survey_count", "survey", "scope", "shown", "completed") == [
        (CHECKOUT, "wallet", 4000, 590),
        (ONBOARDING, None, 9, 0),
    ]
    keys = {(kind, key) for kind, key in feedback.company.rows(schema.covered, "key_kind", "key")}
    assert keys == {("", ""), ("poll", CHECKOUT), ("poll", ONBOARDING)}
    feedback.company.rollup()
    again = feedback.company.sync()
    assert (again.outcome, again.stored) == ("done", 0)


def test_a_question_that_becomes_a_scale_is_no_longer_set_aside(feedback: Feedback) -> None:
    feedback.company.sync()
    feedback.world.slides[2]["answers"] = [{"title": str(number)} for number in range(1, 6)]
    feedback.company.sync()
    assert feedback.company.aside() == [
        ("response", "670000000000000000000003", "The answer is none of those that the question offers.")
    ]


def _limited(_: Request) -> Answer:
    return Answer({"error": "Too many requests"}, 429, {"Retry-After": "600"})


def _looping(asked: Request) -> Answer:
    return Answer("", 302, {"Location": f"{asked.path}?again=1"})


def _same_page(_: Request) -> Answer:
    return Answer({"data": [], "hasNextPage": True, "endCursor": "always-the-same"})


_FAULTS: dict[str, tuple[Callable[[Request], Answer], str, str]] = {
    "a rate limit": (
        _limited,
        "in part",
        "GET /responses: 429 Too Many Requests: the rate limit is used up until 06:10 UTC.",
    ),
    "an outage": (
        lambda _: Answer("", 503),
        "in part",
        "GET /responses: 503 Service Unavailable: the source is not answering properly; the next run resumes here.",
    ),
    "a web page": (
        lambda _: Answer("<html>sign in</html>", headers={"Content-Type": "text/html"}),
        "stopped",
        "GET /responses answered text/html, not JSON: check that base_url is the API's.",
    ),
    "a body cut short": (
        lambda _: Answer({"data": [], "hasNextPage": False}, short_by=9),
        "in part",
        "GET /responses: the answer broke off (ChunkedEncodingError); the next run resumes here.",
    ),
    "JSON cut short": (
        lambda _: Answer('{"data": [{"_id": "6'),
        "in part",
        "GET /responses: the answer broke off; the next run resumes here.",
    ),
    "a silence": (
        lambda _: Answer({"data": []}, pause=1.5),
        "in part",
        "GET /responses: no answer within the time limit; the next run resumes here.",
    ),
    "a loop of redirects": (
        _looping,
        "stopped",
        "GET /responses: the source redirects in a circle: correct base_url.",
    ),
    "another host": (
        lambda _: Answer("", 302, {"Location": "http://127.0.0.1:9/responses"}),
        "stopped",
        "GET /responses redirects to another address (http://127.0.0.1:9): correct base_url.",
    ),
    "the same page for ever": (
        _same_page,
        "in part",
        "GET /responses: the same page came twice; the next run begins here again.",
    ),
    "no page": (
        lambda _: Answer([]),
        "stopped",
        "GET /responses answers no page of responses: check that base_url is the API's.",
    ),
    "no list": (
        lambda _: Answer({"data": ["x"]}),
        "stopped",
        "GET /responses answers no list of responses: check that base_url is the API's.",
    ),
}


@pytest.mark.parametrize("fault", list(_FAULTS))
def test_a_fault_is_one_sentence_good_data_stay_and_the_next_run_recovers(feedback: Feedback, fault: str) -> None:
    answer, outcome, says = _FAULTS[fault]
    assert feedback.company.sync().outcome == "done"
    feedback.world.add("670000000000000000000005", NOW - timedelta(days=1), "10")
    feedback.world.hub.answers["responses"] = answer
    report = feedback.company.sync()
    assert (report.outcome, report.message) == (outcome, says)
    assert feedback.answers() == TWO
    feedback.world.hub.answers["responses"] = feedback.world.told
    assert feedback.company.sync().outcome == "done"
    assert feedback.answers() == [*TWO, ("5", "wallet", "nps", 10, None)]


def test_empty_pages_between_full_ones_are_walked_over(feedback: Feedback) -> None:
    def told(asked: Request) -> Answer:
        if "startCursor" not in asked.query:
            return Answer({"data": [], "hasNextPage": True, "endCursor": "0"})
        return feedback.world.told(asked)

    feedback.world.hub.answers["responses"] = told
    assert feedback.company.sync().outcome == "done"
    assert feedback.answers() == TWO


def test_a_wrong_key_and_a_poll_that_is_gone_are_told(feedback: Feedback) -> None:
    hub = feedback.world.hub
    accounts = hub.answers["accounts"]
    hub.answers["accounts"] = Answer({"error": "Invalid key"}, 422)
    report = feedback.company.sync()
    assert (report.outcome, report.message) == (
        "stopped",
        "GET /accounts: 422: Zigpoll refuses the key: renew ZIGPOLL_KEY, or set authorization to bearer.",
    )
    hub.answers["accounts"] = accounts
    slides = hub.answers["slides"]

    def one_gone(asked: Request) -> Answer:
        assert callable(slides)
        return Answer("", 404) if asked.query["pollId"] == CHECKOUT else slides(asked)

    hub.answers["slides"] = one_gone
    report = feedback.company.sync()
    assert report.outcome == "stopped"
    assert report.message.startswith("GET /slides: 404 Not Found: nothing is there")
    assert [row[0] for row in feedback.company.facts("survey_count", "survey")] == [ONBOARDING]
