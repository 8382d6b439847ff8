"""The demo misbehaves to order, so that a connector can be seen to cope."""

from __future__ import annotations

import pytest
import requests

from pipelines.demo import Faults, serving
from tests.data.sample.stories import told
from tests.pipelines.demo_server import asking


def statuses(faults: Faults, count: int) -> list[int]:
    with serving(told(), faults) as base_url, asking() as session:
        return [session.get(f"{base_url}/github/rate_limit", timeout=10).status_code for _ in range(count)]


def test_without_faults_every_answer_is_good() -> None:
    assert statuses(Faults(), 5) == [200] * 5


def test_each_third_answer_is_a_bad_gateway() -> None:
    assert statuses(Faults(fail_every=3), 6) == [200, 200, 502, 200, 200, 502]


def test_after_two_requests_one_is_refused_with_403_and_429_in_turn() -> None:
    assert statuses(Faults(rate_limit_after=2), 6) == [200, 200, 403, 200, 200, 429]


def test_a_refusal_says_when_to_come_back() -> None:
    with serving(told(), Faults(rate_limit_after=1)) as base_url, asking() as session:
        found = [session.get(f"{base_url}/github/rate_limit", timeout=10).headers for _ in range(2)]
    assert (found[1]["Retry-After"], found[1]["X-RateLimit-Remaining"]) == ("1", "0")
    assert "Retry-After" not in found[0]


def test_the_connection_breaks_once_in_the_middle_of_an_answer() -> None:
    with serving(told(), Faults(drop_connection_after=1)) as base_url, asking() as session:
        address = f"{base_url}/github/rate_limit"
        assert session.get(address, timeout=10).status_code == 200
        with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
            session.get(address, timeout=10)
        assert session.get(address, timeout=10).status_code == 200


def test_a_slow_source_takes_its_time() -> None:
    with serving(told(), Faults(slow=0.3)) as base_url, asking() as session, pytest.raises(requests.ReadTimeout):
        session.get(f"{base_url}/github/rate_limit", timeout=0.1)
