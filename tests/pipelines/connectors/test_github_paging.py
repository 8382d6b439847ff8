"""Pages of GitHub: links, repetitions, and answers that take too long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from pipelines.errors import StopSource
from tests.pipelines.connectors.github_world import (
    NOW,
    ONCE,
    REPO,
    Answer,
    Deployments,
    Hub,
    Kept,
    Request,
    connection,
    connector,
    empty_hub,
    rest,
    text,
)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A GitHub with one empty repository."""
    with empty_hub(monkeypatch) as hub:
        yield hub


def test_a_link_to_elsewhere_is_followed_here_and_the_token_with_it(hub: Hub) -> None:
    deployments = Deployments(hub)
    for number in range(1, 251):
        deployments.add(number, NOW - timedelta(minutes=300 - number), ("success", NOW))
    kept = Kept().read(rest(hub))
    assert len(kept.facts) == 250
    listed = [one for one in hub.asked if one.path == f"/{REPO}/deployments"]
    assert [one.query.get("page") for one in listed] == [None, "2", "3"]
    assert {one.headers["Host"] for one in hub.asked} == {hub.base_url.removeprefix("http://")}


def test_a_cursor_in_a_link_is_handed_on(hub: Hub) -> None:
    first = Answer(
        [], headers={"Link": '<https://api.github.com/repositories/9/issues?after=Y3Vyc29y&page=2>; rel="next"'}
    )
    hub.answers[f"{REPO}/issues"] = lambda request: Answer([]) if "after" in request.query else first
    Kept().read(rest(hub, issue_labels={"bug": "bug"}))
    asked = [one.query for one in hub.asked if one.path == f"/{REPO}/issues"]
    assert [(one.get("after"), one.get("page"), one["state"], one["per_page"]) for one in asked[:2]] == [
        (None, None, "all", "100"),
        ("Y3Vyc29y", "2", "all", "100"),
    ]


def test_a_page_that_repeats_itself_ends_in_one_sentence(hub: Hub) -> None:
    again = {"Link": '<https://api.github.com/resource?page=2>; rel="next"'}
    found = {"id": 1, "environment": "production", "created_at": text(NOW)}
    hub.answers[f"{REPO}/deployments"] = Answer([found], headers=again)
    hub.answers[f"{REPO}/deployments/1/statuses"] = Answer([])
    with pytest.raises(StopSource) as told:
        Kept().read(rest(hub))
    assert str(told.value) == (
        "GET /repos/acme/wallet/deployments answers the same page again and again: "
        "check base_url and what lies between."
    )
    assert len(hub.paths(f"{REPO}/deployments")) == 2


def test_a_graphql_page_that_repeats_itself_ends_in_one_sentence(hub: Hub) -> None:
    hub.answers["Deployments"] = connection("deployments", after="x")
    with pytest.raises(StopSource) as told:
        Kept().read(connector(hub.base_url))
    assert str(told.value) == 'GraphQL Deployments answers the same page again and again: set api = "rest".'
    assert len(hub.asked) == 2


def test_graphql_that_takes_too_long_is_asked_for_less(hub: Hub) -> None:
    def slow(request: Request) -> Answer:
        if request.variables["first"] > 12:
            return Answer({"message": "We couldn't respond to your request in time."}, 502)
        return connection("deployments")

    hub.answers["Deployments"] = slow
    Kept().read(connector(hub.base_url, ONCE))
    sizes = [one.variables["first"] for one in hub.asked if one.body.get("operationName") == "Deployments"]
    assert sizes == [50, 25, 12]


def test_what_is_asked_names_the_version_of_the_api_and_who_asks(hub: Hub) -> None:
    Kept().read(connector(hub.base_url))
    for one in hub.asked:
        assert one.headers["X-GitHub-Api-Version"] == "2022-11-28"
        assert one.headers["User-Agent"] == "plumbline"
        assert one.headers["Accept"].startswith("application/vnd.github+json")


def test_enterprise_answers_graphql_beside_its_rest_api(hub: Hub) -> None:
    hub.answers = {**hub.answers, f"api/v3/{REPO}/commits": Answer([])}
    Kept().read(connector(f"{hub.base_url}/api/v3"))
    assert {one.path for one in hub.asked} == {"/api/graphql", f"/api/v3/{REPO}/commits"}
