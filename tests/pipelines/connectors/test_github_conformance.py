"""GitHub's own description of its API, served by a mock: every request is accepted, and the answers become facts."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from data.facts import Change, Deployment, WorkItem
from pipelines.connectors.github import GitHub
from pipelines.errors import StopSource
from tests.pipelines.connectors.github_world import Answer, Hub, Kept, connector, sample, serving

pytestmark = pytest.mark.real

REPOSITORY = "octocat/Hello-World"
SINCE = date(2011, 1, 1)  # the description's examples are of 2011 and 2012
OPTIONS: dict[str, Any] = {
    "repositories": [REPOSITORY],
    "api": "rest",
    "issue_labels": {"bug": "bug"},
    "in_progress_label": "label",
}


@pytest.fixture
def mock(prism: Callable[[Path], str], inputs: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The base address of the mock."""
    monkeypatch.setenv("GITHUB_TOKEN", "any")
    return prism(inputs / "vendor_openapi" / "github-rest.json")


def reading(base_url: str) -> tuple[GitHub, list[requests.Response]]:
    """A source, and every answer it gets."""
    github, answers = connector(base_url, **OPTIONS), []

    def first_page(response: requests.Response, *_args: object, **_kwargs: object) -> None:
        answers.append(response)
        response.headers.pop("Link", None)  # the mock has the same next page for ever

    github.rest.http.session.hooks["response"].append(first_page)
    return github, answers


def before_the_mock(mock: str) -> Hub:
    """The mock, with recorded answers for the reviews that its description lacks."""
    hub = Hub()

    def passed_on(method: str, path: str, query: dict[str, str], headers: dict[str, str]) -> Answer:
        kept = {name: headers[name] for name in ("Accept", "Authorization", "X-GitHub-Api-Version", "User-Agent")}
        found = requests.request(method, f"{mock}{path}", params=query, headers=kept, timeout=10)
        return Answer(found.text, found.status_code, {"Content-Type": found.headers["Content-Type"]})

    hub.answers[f"repos/{REPOSITORY}/pulls/1347/reviews"] = Answer(sample("reviews"))
    for part in ("deployments", "deployments/1", "deployments/1/statuses", "pulls", "pulls/1347/commits", "commits",
                 "issues", "issues/1347/events"):  # fmt: skip
        hub.answers[f"repos/{REPOSITORY}/{part}"] = lambda asked: passed_on(
            asked.method, asked.path, dict(asked.query), dict(asked.headers)
        )
    return hub


def test_every_request_is_accepted_and_the_answers_become_facts(mock: str) -> None:
    with serving(before_the_mock(mock)) as hub:
        github, answers = reading(hub.base_url)
        kept = Kept().read(github, since=SINCE)
    assert {answer.status_code for answer in answers} == {200}
    assert not [answer.text for answer in answers if "sl-violations" in answer.headers]
    facts = {fact.source_id: fact for fact in kept.facts.values()}
    deployment = facts[f"{REPOSITORY}/deployments/1"]
    assert isinstance(deployment, Deployment)
    instant = datetime(2012, 7, 20, 1, 19, 13, tzinfo=UTC)
    assert (deployment.environment, deployment.outcome, deployment.finished) == ("production", "success", instant)
    assert deployment.revision == "a84d88e7554fc1fa21bcbc4efae3c782a70d2b9d"
    commit = facts[f"{REPOSITORY}/commit/6dcb09b5b57875f334f61aebed695e2e4193db5e"]
    assert isinstance(commit, Change)
    assert (commit.form, commit.merged) == ("commit", datetime(2011, 4, 14, 16, 0, 49, tzinfo=UTC))
    pull = kept.records["pull_request", f"{REPOSITORY}/pull/1347"]
    assert [one["sha"] for one in pull["commits"]] == [commit.merge_revision]
    assert len(pull["reviews"]) == 4


def test_an_issue_of_the_description_is_a_work_item(mock: str) -> None:
    github, _ = reading(mock)
    issue = github.rest.http.get(f"repos/{REPOSITORY}/issues", {"state": "all"}).json()[0]
    del issue["pull_request"]  # the example is both
    with serving(before_the_mock(mock)) as hub:
        hub.answers[f"repos/{REPOSITORY}/issues"] = Answer([issue])
        kept = Kept().read(reading(hub.base_url)[0], since=SINCE)
    fact = kept.facts["work_item", f"{REPOSITORY}/issues/1347"]
    assert isinstance(fact, WorkItem)
    assert (fact.form, fact.created, fact.closed) == ("bug", datetime(2011, 4, 22, 13, 33, 48, tzinfo=UTC), None)


def test_a_comparison_of_the_description_is_commits(mock: str) -> None:
    with serving(before_the_mock(mock)) as hub:
        compared = requests.get(f"{mock}/repos/{REPOSITORY}/compare/old...new", timeout=10)
        assert compared.status_code == 200
        new = "6dcb09b5b57875f334f61aebed695e2e4193db5e"
        hub.answers[f"repos/{REPOSITORY}/compare/old...{new}"] = Answer(compared.json())
        kept = Kept(cursors={f"commit {REPOSITORY}": {
            "from": "2011-01-01T00:00:00Z", "until": "2012-01-01T00:00:00Z", "head": "old",
        }})  # fmt: skip
        kept.read(reading(hub.base_url)[0], since=SINCE)
    assert hub.paths(f"old...{new}")
    assert kept.cursors[f"commit {REPOSITORY}"]["head"] == new
    assert ("change", f"{REPOSITORY}/commit/{new}") in kept.facts


def test_the_mocks_links_to_the_real_host_are_not_followed(mock: str) -> None:
    github = connector(mock, **OPTIONS)
    with pytest.raises(StopSource) as told:
        Kept().read(github, since=SINCE)
    assert str(told.value) == (
        f"GET /repos/{REPOSITORY}/deployments/1/statuses answers the same page again and again: "
        "check base_url and what lies between."
    )


def test_check_asks_only_for_what_the_description_has(mock: str) -> None:
    found = {one.subject: one for one in connector(mock, **{**OPTIONS, "default_branch": "main"}).check()}
    assert json.dumps({subject: one.good for subject, one in found.items()}, indent=1) == json.dumps(
        dict.fromkeys(
            [
                "token",
                REPOSITORY,
                *(f"{REPOSITORY} {part}" for part in ("deployments", "pull requests", "commits", "issues")),
                *(f"{REPOSITORY} {part}" for part in ("environments", "branch main", "label bug")),
            ],
            True,
        ),
        indent=1,
    )
