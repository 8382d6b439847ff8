"""What GitHub refuses, for now or for good, and what is said of it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from pipelines.errors import StopSource, TryAgain
from tests.pipelines.connectors.github_world import (
    NOW,
    ONCE,
    REPO,
    REPOSITORY,
    TOKEN,
    Answer,
    Deployments,
    Hub,
    Kept,
    connection,
    connector,
    empty_hub,
    rest,
    sample,
)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A GitHub with one empty repository."""
    with empty_hub(monkeypatch) as hub:
        yield hub


def test_one_stream_that_fails_for_now_does_not_keep_the_others_from_being_read(hub: Hub) -> None:
    hub.answers["Deployments"] = Answer({"message": "Bad Gateway"}, 502)
    kept = Kept()
    with pytest.raises(TryAgain) as told:
        kept.read(connector(hub.base_url, ONCE))
    assert str(told.value) == (
        "POST /graphql: 502 Bad Gateway: the source is not answering properly; the next run resumes here."
    )
    assert kept.cursors.keys() == {"pull_request acme/wallet", "commit acme/wallet"}


def test_an_outage_is_noticed_soon(hub: Hub) -> None:
    names = [f"acme/{n}" for n in range(9)]
    hub.answers = {"graphql": Answer("", 503), "Deployments": Answer("", 503), "PullRequests": Answer("", 503)}
    with pytest.raises(TryAgain):
        Kept().read(connector(hub.base_url, ONCE, repositories=names))
    assert {one.variables["name"] for one in hub.asked} == {"0", "1"}


LIMITED = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(NOW.timestamp()) + 1800)}


@pytest.mark.parametrize(
    ("answer", "minutes"),
    [
        (Answer({"message": "You have exceeded a secondary rate limit."}, 403), 1),
        (Answer({"message": "API rate limit exceeded"}, 403, LIMITED), 30),
        (Answer({"message": "API rate limit exceeded"}, 429, {"Retry-After": "600"}), 10),
        (Answer({"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}, 200, LIMITED), 30),
    ],
    ids=["in words", "by its reset", "by Retry-After", "GraphQL with status 200"],
)
def test_a_limit_ends_the_run_in_part_and_says_until_when(hub: Hub, answer: Answer, minutes: int) -> None:
    hub.answers["Deployments"] = answer
    with pytest.raises(TryAgain) as told:
        Kept().read(connector(hub.base_url, ONCE))
    assert told.value.at == NOW + timedelta(minutes=minutes)
    assert str(told.value).endswith(f"the rate limit is used up until {told.value.at:%H:%M} UTC.")
    assert [one.body.get("operationName") for one in hub.asked] == ["Deployments"]


def test_a_text_that_speaks_of_limits_is_none(hub: Hub) -> None:
    node = sample("graphql_deployment") | {"description": "RATE_LIMITED clients, secondary rate limit"}
    hub.answers["Deployments"] = connection("deployments", node)
    assert len(Kept().read(connector(hub.base_url)).facts) == 1


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (
            Answer({"message": "Bad credentials"}, 401),
            "POST /graphql: 401 Unauthorized: the credentials were refused; renew the secret that this source names.",
        ),
        (
            Answer({"message": "Resource not accessible"}, 403),
            "POST /graphql: 403 Forbidden: the credentials lack a permission; see what `check` asks for.",
        ),
        (
            Answer({"data": {"repository": None}, "errors": [{"type": "NOT_FOUND", "message": "No 'acme/wallet'."}]}),
            "GraphQL Deployments: No 'acme/wallet', or the token may not see it.",
        ),
        (
            Answer({"data": {"repository": None}}),
            "GraphQL Deployments: acme/wallet is not there, or the token may not see it.",
        ),
        (
            Answer({"errors": [{"type": "FORBIDDEN", "message": "Resource not accessible by personal access token"}]}),
            "GraphQL Deployments: Resource not accessible by personal access token; see what `check` asks for.",
        ),
        (
            Answer({"errors": [{"message": "Field 'statuses' doesn't exist"}]}),
            "GraphQL Deployments: Field 'statuses' doesn't exist; set api = 'rest' if this GitHub knows no such query.",
        ),
        (
            Answer("<html>sign in</html>", headers={"Content-Type": "text/html"}),
            "POST /graphql answered text/html, not JSON: check that base_url is the API's.",
        ),
        (Answer([]), "GraphQL Deployments answers no object: check that base_url is the API's."),
    ],
    ids=["401", "403", "not found", "nothing", "forbidden", "unknown field", "a web page", "a list"],
)  # fmt: skip
def test_a_refusal_is_one_plain_sentence(hub: Hub, answer: Answer, says: str) -> None:
    hub.answers["Deployments"] = answer
    with pytest.raises(StopSource) as told:
        Kept().read(connector(hub.base_url, ONCE))
    assert str(told.value) == says


def test_what_one_repository_refuses_does_not_keep_the_others_from_being_read(hub: Hub) -> None:
    kept = Kept()
    with pytest.raises(StopSource) as told:
        kept.read(rest(hub, repositories=["acme/secret", REPOSITORY]))
    assert str(told.value) == (
        "GET /repos/acme/secret/deployments: 404 Not Found: "
        "nothing is there; check the names in the options, and that the credentials may see it. "
        "GET /repos/acme/secret/pulls: 404 Not Found: "
        "nothing is there; check the names in the options, and that the credentials may see it."
    )
    assert {proof.key for proof in kept.covered} == {REPOSITORY}


def test_the_token_is_in_the_header_and_nowhere_else(hub: Hub, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    deployments = Deployments(hub)
    deployments.add(1, NOW - timedelta(hours=1), ("success", NOW))
    told: list[str] = []
    for status in (200, 401, 403, 404, 422, 500):
        hub.answers[f"{REPO}/pulls"] = Answer([] if status == 200 else {"message": TOKEN}, status)
        kept, github = Kept(), rest(hub, ONCE)
        try:
            kept.read(github)
        except (StopSource, TryAgain) as error:
            told += [str(error), repr(error), repr(error.__cause__)]
        told += [repr(kept.pages), repr(github), repr(github.source), *map(repr, github.check())]
    assert {one.headers["Authorization"] for one in hub.asked} == {f"Bearer {TOKEN}"}
    assert not [text for text in [*told, caplog.text] if TOKEN in text]


def test_without_a_token_nothing_is_asked(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_TOKEN")
    with pytest.raises(StopSource) as told:
        Kept().read(connector(hub.base_url))
    assert str(told.value) == (
        "Source github: set the environment variable GITHUB_TOKEN to "
        "a token that may read deployments, pull requests, contents and issues."
    )
    assert hub.asked == []


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"repositories": []}, "option repositories: name at least one, as in acme/wallet."),
        ({"repositories": ["wallet"]}, "option repositories: 'wallet' is none: write owner/name, as in acme/wallet."),
        ({"repositories": ["a/b", "A/B"]}, "option repositories: one is listed twice: name each once."),
        ({"issue_labels": {"bug": "defect"}}, "option issue_labels.bug: Input should be 'feature', 'bug' or 'other'."),
        (
            {"in_progress_label": "doing"},
            "option in_progress_label: it needs issue_labels: name the labels of planned work.",
        ),
        (
            {"in_progress_label": "doing", "issue_labels": {"bug": "bug"}, "projects": [{"owner": "a", "number": 1}]},
            "option in_progress_label: projects tell when work started: leave it out.",
        ),
        ({"enviroments": ["prod"]}, "option enviroments: Extra inputs are not permitted."),
    ],
    ids=["none", "no owner", "twice", "unknown form", "label without labels", "two starts", "misspelt"],
)  # fmt: skip
def test_a_wrong_option_is_named(options: dict[str, Any], says: str) -> None:
    with pytest.raises(StopSource) as told:
        Kept().read(connector("http://127.0.0.1:9", **options))
    assert str(told.value) == f"Source github: {says}"
