"""The demo's survey tool answers as Zigpoll does: a raw key, bare lists, responses behind a cursor, counters."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from data.sample.feedback import SURVEYS, feedback
from pipelines.demo import Faults, serving
from pipelines.demo.zigpoll import ACCOUNT, number, written
from tests.data.sample.stories import told

KEY = {"Authorization": "demo"}
RETAIL = number("poll", "nps-retail")


@pytest.fixture(scope="module")
def zigpoll() -> Iterator[str]:
    with serving(told()) as base_url:
        yield f"{base_url}/zigpoll"


def asked(address: str, **params: Any) -> Any:
    answer = requests.get(address, params=params, headers=KEY, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer.json()


def responses(zigpoll: str, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for _ in range(400):
        page = asked(f"{zigpoll}/responses", **params)
        found += page["data"]
        if not page["hasNextPage"]:
            return found
        params["startCursor"] = page["endCursor"]
    raise AssertionError("more than 400 pages")


def test_a_key_reads_one_account_with_a_poll_for_each_survey(zigpoll: str) -> None:
    assert asked(f"{zigpoll}/me")["accounts"] == [one["_id"] for one in asked(f"{zigpoll}/accounts")] == [ACCOUNT]
    polls = asked(f"{zigpoll}/polls", accountId=ACCOUNT)
    assert {one["_id"]: one["title"] for one in polls} == {number("poll", one.id): one.title for one in SURVEYS}
    assert asked(f"{zigpoll}/poll", pollId=RETAIL) in polls


def test_a_poll_asks_for_a_score_and_then_for_the_reason(zigpoll: str) -> None:
    score, why = asked(f"{zigpoll}/slides", pollId=RETAIL)
    assert (score["type"], [one["title"] for one in score["answers"]]) == ("nps", [str(n) for n in range(11)])
    assert (why["type"], why["answers"], "<b>" in why["title"]) == ("long-answer", [], True)
    assert len(asked(f"{zigpoll}/slides", accountId=ACCOUNT)) == 2 * len(SURVEYS)


def test_pages_hold_every_response_once_from_the_oldest_on(zigpoll: str) -> None:
    found = responses(zigpoll, pollId=RETAIL, limit=83)
    given = [one for one in feedback(told())[1] if one.survey == "nps-retail"]
    assert [one["createdAt"] for one in found] == sorted(one["createdAt"] for one in found)
    assert len({one["_id"] for one in found}) == len(found)
    scores = sorted((one["createdAt"], one["response"]) for one in found if one["valueType"] == "vote")
    assert scores == sorted((written(one.at), str(one.score)) for one in given)
    texts = sorted(one["response"] for one in found if one["valueType"] == "dynamic-response")
    assert texts == sorted(one.comment for one in given if one.comment)


def test_a_page_holds_fifty_unless_more_are_asked_for_and_a_thousand_at_most(zigpoll: str) -> None:
    lengths = [len(asked(f"{zigpoll}/responses", accountId=ACCOUNT, **more)["data"]) for more in ({}, {"limit": 5000})]
    assert lengths == [50, 1000]


def test_responses_can_be_asked_for_by_time(zigpoll: str) -> None:
    begin, end = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 20, tzinfo=UTC)
    span = {"createdAfter": int(begin.timestamp() * 1000), "createdBefore": int(end.timestamp() * 1000)}
    found = responses(zigpoll, pollId=RETAIL, **span)
    assert 100 < len(found) < 400
    assert all(written(begin) <= one["createdAt"] < written(end) for one in found)


def test_counters_of_a_poll_sum_up_its_waves(zigpoll: str) -> None:
    waves = [one for one in feedback(told())[0] if one.survey == "nps-retail"]
    poll = asked(f"{zigpoll}/poll", pollId=RETAIL)
    sums = tuple(sum(getattr(one, name) for one in waves) for name in ("shown", "opened", "responded", "completed"))
    counters = ("presentationCount", "openCount", "responseCount", "completeCount")
    assert tuple(poll[name] for name in counters) == sums
    assert 0.05 < poll["responseCount"] / poll["presentationCount"] < 0.15


def test_a_customer_has_the_same_id_each_time(zigpoll: str) -> None:
    found = responses(zigpoll, pollId=number("poll", "nps-business"), limit=1000)
    votes = [one["participantId"] for one in found if one["valueType"] == "vote"]
    assert len(set(votes)) < len(votes)


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        ("responses", {}, 400),
        ("responses", {"pollId": RETAIL, "startCursor": "nowhere"}, 400),
        ("slides", {}, 400),
        ("poll", {"pollId": "nowhere"}, 404),
        ("polls", {"accountId": "nowhere"}, 404),
    ],
)
def test_what_is_not_there_or_not_named_is_refused(
    zigpoll: str, path: str, params: dict[str, str], status: int
) -> None:
    assert requests.get(f"{zigpoll}/{path}", params=params, headers=KEY, timeout=10).status_code == status


def test_a_wrong_key_is_called_unprocessable(zigpoll: str) -> None:
    answer = requests.get(f"{zigpoll}/me", headers={"Authorization": "wrong"}, timeout=10)
    assert answer.status_code == 422


def test_who_asks_too_often_is_told_when_to_come_back() -> None:
    with serving(told(), Faults(rate_limit_after=1)) as base_url:
        answers = [requests.get(f"{base_url}/zigpoll/me", headers=KEY, timeout=10) for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 429, 200, 429]
    assert answers[1].headers["Retry-After"] == "1"
