"""What `check` says of a GitHub source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.pipelines.connectors.github_world import (
    ONCE,
    REPO,
    REPOSITORY,
    Answer,
    Hub,
    connector,
    empty_hub,
    sample,
)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A GitHub with one empty repository."""
    with empty_hub(monkeypatch) as hub:
        yield hub


BOARD = {"owner": "acme", "number": 4, "cancelled": ["Dropped"]}


def test_check_names_each_missing_step(hub: Hub) -> None:
    hub.answers |= {
        "rate_limit": Answer({"resources": {"core": {"limit": 5000, "remaining": 4980}}}),
        REPO: Answer({}),
        f"{REPO}/pulls": Answer({}, 403),
        f"{REPO}/deployments": Answer([{"environment": "prod"}, {"environment": "staging"}]),
        f"{REPO}/commits": lambda request: Answer([], 404 if request.query.get("sha") == "trunk" else 409),
        f"{REPO}/issues": lambda request: Answer([{"number": 1}] if request.query.get("labels") != "bug" else []),
        "ProjectItems": Answer(sample("graphql_project_items")),
    }
    options: dict[str, Any] = {
        "repositories": [REPOSITORY, "acme/gone"],
        "environments": ["production"],
        "default_branch": "trunk",
        "issue_labels": {"feature": "feature", "bug": "bug"},
    }
    found = [(one.subject, one.good, one.says) for one in connector(hub.base_url, ONCE, **options).check()]
    assert found == [
        ("token", True, "accepted; left this hour: 4,980 of 5,000 REST calls"),
        ("acme/wallet", True, "is there"),
        ("acme/wallet deployments", True, "may be read"),
        ("acme/wallet pull requests", False, "give the token 'Pull requests: read' on acme/wallet."),
        ("acme/wallet commits", True, "none yet: the repository is empty"),
        ("acme/wallet issues", True, "may be read"),
        (
            "acme/wallet environment production",
            False,
            "not among the latest 2 deployments (prod, staging): correct `environments`.",
        ),
        ("acme/wallet branch trunk", False, "is not there: correct `default_branch`, or leave it out."),
        ("acme/wallet label feature", True, "is in use"),
        ("acme/wallet label bug", False, "no issue carries it: correct the label in the options, or label an issue."),
        ("acme/gone", False, "is hidden or not there: correct the name, or give the token access to it."),
        ("GraphQL", True, "answers"),
    ]  # fmt: skip
    board = {**BOARD, "done": ["Finished"]}
    last = list(connector(hub.base_url, ONCE, projects=[board]).check())[-1]
    assert (last.subject, last.good, last.says) == (
        "project acme/4", False,
        "has no status Finished; there are Todo, In progress, Done, Dropped: correct the options.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "subject", "says"),
    [
        (Answer({}, 401), "token", "GitHub refuses the token: renew it and set it in GITHUB_TOKEN."),
        (
            Answer("<html>", headers={"Content-Type": "text/html"}),
            "address",
            "GET /rate_limit answered text/html, not JSON: check that base_url is the API's.",
        ),
        (
            Answer({}, 503),
            "address",
            (
                "GET /rate_limit: 503 Service Unavailable: "
                "the source is not answering properly; the next run resumes here."
            ),
        ),
    ],
    ids=["refused", "a web page", "an outage"],
)
def test_check_stops_at_a_wrong_address_or_token(hub: Hub, answer: Answer, subject: str, says: str) -> None:
    hub.answers["rate_limit"] = answer
    (only,) = connector(hub.base_url, ONCE).check()
    assert (only.subject, only.good, only.says) == (subject, False, says)
