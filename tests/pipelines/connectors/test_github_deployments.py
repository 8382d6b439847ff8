"""What GitHub's deployments mean, record by record, and what is set aside."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from data.facts import Deployment
from pipelines.connectors._github.changes import (
    commit_record,
    pull_request_record,
)
from pipelines.connectors._github.deployments import (
    deployment_from_graphql,
    deployment_record,
    is_running,
    status_from_graphql,
)
from pipelines.connectors._github.issues import issue_record
from pipelines.connectors.base import Record
from pipelines.connectors.github import GitHub, web_base
from pipelines.connectors.texts import when
from pipelines.errors import SkipRecord
from tests.pipelines.connectors.github_world import REPOSITORY, connector, sample

RELEASED = "5f1d0c8e7a6b4f3d2c1b0a9f8e7d6c5b4a392817"
BEFORE = "0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b"
RUN = "https://github.com/acme/wallet/actions/runs/18001/job/52001"


def at(text: str) -> datetime:
    """An instant of October 2026, as `26 10:15:50`."""
    return datetime.strptime(f"2026-10-{text}", "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)


@pytest.fixture
def github() -> GitHub:
    """A source that maps two labels and one project's statuses."""
    return connector("https://api.github.com", issue_labels={"feature": "feature", "BUG": "bug"})


def deployed(*states: tuple[str, str], **changed: Any) -> Record:
    """A deployment with statuses of these states at these instants."""
    statuses = [{"state": state, "created_at": f"2026-10-26T{time}Z", "log_url": None} for state, time in states]
    found = {"id": 7, "sha": RELEASED, "environment": "production", "created_at": "2026-10-26T10:00:00Z", **changed}
    return deployment_record(REPOSITORY, found, statuses)


def test_a_deployment_is_kept_without_its_people_its_payload_and_its_text() -> None:
    record = deployment_record(REPOSITORY, sample("deployment"), sample("deployment_statuses"))
    assert record == Record(
        "deployment",
        "acme/wallet/deployments/2987654321",
        {
            "repository": "acme/wallet",
            "id": 2987654321,
            "sha": RELEASED,
            "environment": "production",
            "task": "deploy",
            "rollback": None,
            "rework": None,
            "created_at": "2026-10-26T10:15:50Z",
            "statuses": [
                {"state": "queued", "created_at": "2026-10-26T10:15:50Z", "log_url": RUN},
                {"state": "in_progress", "created_at": "2026-10-26T10:16:10Z", "log_url": RUN},
                {"state": "success", "created_at": "2026-10-26T10:27:40Z", "log_url": RUN},
                {"state": "inactive", "created_at": "2026-10-27T08:00:02Z", "log_url": None},
            ],
        },
    )


def test_graphql_and_rest_give_one_record_of_a_deployment() -> None:
    node = sample("graphql_deployment")
    by_rest = deployment_record(REPOSITORY, sample("deployment"), sample("deployment_statuses"))
    statuses = [status_from_graphql(one) for one in node["statuses"]["nodes"]]
    by_graphql = deployment_record(REPOSITORY, deployment_from_graphql(node), statuses)
    assert json.dumps(by_graphql.payload) == json.dumps(by_rest.payload)


def test_a_superseded_deployment_stays_the_success_it_was(github: GitHub) -> None:
    record = deployment_record(REPOSITORY, sample("deployment"), sample("deployment_statuses"))
    assert github.facts(record) == (
        Deployment(
            source="github",
            source_id="acme/wallet/deployments/2987654321",
            key_kind="repository",
            key="acme/wallet",
            url=RUN,
            environment="production",
            outcome="success",
            started=at("26 10:16:10"),
            finished=at("26 10:27:40"),
            revision=RELEASED,
        ),
    )


@pytest.mark.parametrize(
    ("states", "outcome", "finished", "running"),
    [
        ((), "running", None, True),
        ((("queued", "10:00:00"), ("waiting", "10:00:05")), "running", None, True),
        ((("success", "10:05:00"), ("failure", "11:00:00")), "failure", "26 11:00:00", False),
        ((("failure", "10:05:00"), ("success", "11:00:00")), "success", "26 11:00:00", False),
        ((("error", "10:05:00"), ("inactive", "11:00:00")), "failure", "26 10:05:00", False),
        ((("pending", "10:05:00"), ("inactive", "11:00:00")), "failure", "26 11:00:00", False),
        ((("success", "10:05:00"), ("in_progress", "11:00:00")), "success", "26 10:05:00", True),
        ((("success", "10:05:00"), ("in_progress", "10:05:00")), "success", "26 10:05:00", False),
        ((("success", "10:05:00"), ("success", "12:00:00")), "success", "26 12:00:00", False),
    ],
    ids=[
        "no status yet", "waiting", "failed after all", "repeated and well", "failed, then taken away",
        "taken away before it succeeded", "running again", "both within a second", "reported twice",
    ],
)  # fmt: skip
def test_the_latest_end_decides(
    github: GitHub, states: tuple[tuple[str, str], ...], outcome: str, finished: str | None, running: bool
) -> None:
    record = deployed(*states)
    (fact,) = github.facts(record)
    assert isinstance(fact, Deployment)
    assert (fact.outcome, fact.finished, is_running(record)) == (outcome, finished and at(finished), running)


def test_without_a_log_a_deployment_leads_to_the_repositorys_deployments(github: GitHub) -> None:
    (fact,) = github.facts(deployed(("success", "10:05:00")))
    assert (fact.url, fact.started) == ("https://github.com/acme/wallet/deployments", at("26 10:00:00"))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("changed", "rollback"),
    [
        ({"task": "deploy"}, None),
        ({"task": "rollback"}, True),
        ({"task": "deploy:rollback"}, True),
        ({"task": "rollbacks-report"}, None),
        ({"payload": {"rollback": True}}, True),
        ({"payload": {"rollback": False}}, None),
        ({"payload": {"rollback": "no"}}, None),
        ({"payload": '{"rollback": true}'}, True),
        ({"payload": json.dumps(json.dumps({"rollback": True}))}, True),
        ({"payload": "not json"}, None),
        ({"payload": "[1]"}, None),
        ({"description": "Rollback to 1.4.2"}, True),
        ({"description": "rolling back: fees were wrong"}, True),
        ({"description": "Rollback button on the fees page"}, None),
        ({"description": "Repair the rollback"}, None),
    ],
    ids=str,
)
def test_a_rollback_is_one_that_says_so(changed: dict[str, Any], rollback: bool | None) -> None:
    assert deployed(**changed).payload["rollback"] is rollback


def test_rework_is_declared_in_the_payload(github: GitHub) -> None:
    (fact,) = github.facts(deployed(("success", "10:05:00"), payload={"rework": True}))
    assert isinstance(fact, Deployment)
    assert fact.rework is True


def test_a_success_without_a_revision_is_a_deployment(github: GitHub) -> None:
    (fact,) = github.facts(deployed(("success", "10:05:00"), sha=""))
    assert isinstance(fact, Deployment)
    assert (fact.outcome, fact.revision) == ("success", None)


def test_a_log_address_is_kept_without_what_may_be_secret() -> None:
    status = {
        "state": "success", "created_at": "2026-10-26T10:05:00Z",
        "log_url": "https://ada:secret@ci.acme.example:8443/run/7?token=secret#secret",
    }  # fmt: skip
    record = deployment_record(REPOSITORY, {"id": 7}, [status, {**status, "log_url": "javascript:alert(1)"}])
    assert [one["log_url"] for one in record.payload["statuses"]] == [None, "https://ci.acme.example:8443/run/7"]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (deployed(created_at=None), "The deployment has no created_at: GitHub must tell when it was made."),
        (deployed(created_at="soon"), "The deployment has no created_at: GitHub must tell when it was made."),
        (deployed(environment=None), "The deployment names no environment: have the pipeline give one."),
        (
            pull_request_record(REPOSITORY, {"number": 1}, [], []),
            "The pull request has no created_at: GitHub must tell when it was opened.",
        ),
        (
            commit_record(REPOSITORY, {"sha": "a"}),
            "The commit has no committer date: GitHub must tell when it was made.",
        ),
        (
            issue_record(REPOSITORY, {"number": 1}, []),
            "The issue has no created_at: GitHub must tell when it was opened.",
        ),
        (Record("gist", "1", {}), "GitHub has no records of kind 'gist'."),
    ],
    ids=["no instant", "no instant either", "no environment", "pull request", "commit", "issue", "unknown"],
)
def test_a_malformed_record_is_set_aside_with_its_reason(github: GitHub, record: Record, reason: str) -> None:
    with pytest.raises(SkipRecord) as told:
        github.facts(record)
    assert str(told.value) == reason


def test_a_deployment_without_its_number_is_not_kept() -> None:
    with pytest.raises(SkipRecord) as told:
        deployment_record(REPOSITORY, deployment_from_graphql({**sample("graphql_deployment"), "databaseId": None}), [])
    assert str(told.value) == 'A deployment of acme/wallet came without its number: set api = "rest" for this source.'


@pytest.mark.parametrize(
    ("base_url", "web"),
    [
        ("https://api.github.com", "https://github.com"),
        ("https://api.github.com/", "https://github.com"),
        ("https://github.acme.example/api/v3", "https://github.acme.example"),
        ("http://127.0.0.1:8790/github", "http://127.0.0.1:8790/github"),
    ],
)
def test_pages_are_where_people_look(base_url: str, web: str) -> None:
    assert web_base(base_url) == web


@pytest.mark.real
@pytest.mark.parametrize("event", ["deployment", "deployment_status"])
def test_a_deployment_as_github_sends_it_to_others_is_one_here_too(inputs: Path, github: GitHub, event: str) -> None:
    body = json.loads((inputs / "webhooks" / "github" / f"{event}.json").read_text(encoding="utf-8"))
    found = body["deployment"]
    statuses = [body["deployment_status"]] if "deployment_status" in body else []
    (fact,) = github.facts(deployment_record(body["repository"]["full_name"], found, statuses))
    assert isinstance(fact, Deployment)
    assert (fact.key, fact.revision, fact.environment) == (
        body["repository"]["full_name"], found["sha"], found["environment"],
    )  # fmt: skip
    assert fact.outcome == "running"
    assert fact.started == when(statuses[0]["created_at"] if statuses else found["created_at"])
