"""What a source says of its limits is heeded, and an answer that ends too early is told from a wrong address."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest

from data.clock import fix_clock
from data.settings import HttpLimits
from pipelines.errors import StopSource, TryAgain
from pipelines.http import Http, json_of
from tests.pipelines.connectors.github_world import Answer, Hub, serving

NOW = datetime(2026, 11, 9, 6, tzinfo=UTC)
IN_HALF_AN_HOUR = str(int((NOW + timedelta(minutes=30)).timestamp()))


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A source at a fixed time."""
    fix_clock(NOW)
    with serving(Hub()) as hub:
        yield hub
    fix_clock(None)


def http(hub: Hub, **limits: float) -> Http:
    return Http(hub.base_url, HttpLimits(**{"retries": 2, "backoff_seconds": 0, **limits}))


@pytest.mark.parametrize(
    ("status", "headers", "minutes"),
    [
        (429, {"Retry-After": "600"}, 10),
        (429, {"ratelimit-reset": "300", "ratelimit-remaining": "0"}, 5),
        (429, {"X-RateLimit-Reset": IN_HALF_AN_HOUR}, 30),
        (429, {}, 1),
        (420, {}, 1),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": IN_HALF_AN_HOUR}, 30),
    ],
    ids=["Retry-After", "ratelimit-reset", "X-RateLimit-Reset", "429 alone", "420 alone", "403 that counts"],
)
def test_a_limit_longer_than_one_waits_is_told_with_its_end(
    hub: Hub, status: int, headers: dict[str, str], minutes: int
) -> None:
    hub.answers["things"] = Answer({}, status, headers)
    with pytest.raises(TryAgain) as told:
        http(hub, longest_wait_seconds=0.5).get("things")
    assert told.value.at == NOW + timedelta(minutes=minutes)
    assert len(hub.asked) == 1


def test_a_permission_is_no_limit_whatever_is_counted_beside_it(hub: Hub) -> None:
    hub.answers["things"] = Answer({}, 403, {"ratelimit-reset": "300", "ratelimit-remaining": "900"})
    with pytest.raises(StopSource, match="403 Forbidden: the credentials lack a permission"):
        http(hub).get("things")


@pytest.mark.parametrize("status", [420, 429])
def test_a_short_limit_is_waited_for_by_the_second_that_the_source_says(hub: Hub, status: int) -> None:
    answers = iter([Answer({}, status, {"ratelimit-reset": "1"}), Answer([1])])
    hub.answers["things"] = lambda _: next(answers)
    began = monotonic()
    assert json_of(http(hub, longest_wait_seconds=2).get("things")) == [1]
    assert monotonic() - began >= 1


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        (Answer('[{"id": "ab'), TryAgain, "GET /things: the answer broke off; the next run resumes here."),
        (
            Answer("<html>sign in</html>", headers={"Content-Type": "text/html"}),
            StopSource,
            "GET /things answered text/html, not JSON: check that base_url is the API's.",
        ),
        (
            Answer("sign in"),
            StopSource,
            "GET /things answered application/json, not JSON: check that base_url is the API's.",
        ),
    ],
    ids=["cut off", "a web page", "words"],
)
def test_what_is_no_json_is_told_apart(hub: Hub, answer: Answer, error: type[Exception], says: str) -> None:
    hub.answers["things"] = answer
    with pytest.raises(error) as told:
        json_of(http(hub).get("things"))
    assert str(told.value) == says
