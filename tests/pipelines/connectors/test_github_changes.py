"""What GitHub's pull requests, commits and issues mean, record by record."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from data.facts import Change, WorkItem
from pipelines.connectors._github.changes import (
    commit_from_graphql,
    commit_record,
    pull_request_from_graphql,
    pull_request_record,
    review_from_graphql,
)
from pipelines.connectors._github.closing import listed, named
from pipelines.connectors._github.issues import issue_record, labelled
from pipelines.connectors.base import Record
from pipelines.connectors.github import GitHub
from tests.pipelines.connectors.github_world import REPOSITORY, connector, sample

RELEASED = "5f1d0c8e7a6b4f3d2c1b0a9f8e7d6c5b4a392817"
BEFORE = "0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b"


def at(text: str) -> datetime:
    """An instant of October 2026, as `26 10:15:50`."""
    return datetime.strptime(f"2026-10-{text}", "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)


@pytest.fixture
def github() -> GitHub:
    """A source that maps two labels and one project's statuses."""
    return connector("https://api.github.com", issue_labels={"feature": "feature", "BUG": "bug"})


def test_a_pull_request_is_kept_without_names_and_words() -> None:
    record = pull_request_record(REPOSITORY, sample("pull_request"), sample("pull_request_commits"), sample("reviews"))
    assert record == Record(
        "pull_request",
        "acme/wallet/pull/208",
        {
            "repository": "acme/wallet",
            "number": 208,
            "html_url": "https://github.com/acme/wallet/pull/208",
            "created_at": "2026-10-23T14:02:11Z",
            "closed_at": "2026-10-26T09:31:05Z",
            "merged_at": "2026-10-26T09:31:05Z",
            "merge_commit_sha": RELEASED,
            "commits": [
                {"sha": "2" * 40, "authored_at": "2026-10-23T09:10:00Z"},
                {"sha": "1" * 40, "authored_at": "2026-10-23T13:58:41Z"},
            ],
            "reviews": [
                {"submitted_at": "2026-10-23T14:02:40Z", "by_author": False, "by_bot": True},
                {"submitted_at": "2026-10-23T15:10:00Z", "by_author": True, "by_bot": False},
                {"submitted_at": "2026-10-24T08:20:30Z", "by_author": False, "by_bot": False},
                {"submitted_at": "2026-10-26T09:12:00Z", "by_author": False, "by_bot": False},
            ],
            "work_items": ["acme/ledger/issues/7", "acme/wallet/issues/190"],
        },
    )


def test_graphql_and_rest_give_one_record_of_a_pull_request() -> None:
    node = sample("graphql_pull_request")
    by_rest = pull_request_record(REPOSITORY, sample("pull_request"), sample("pull_request_commits"), sample("reviews"))
    by_graphql = pull_request_record(
        REPOSITORY,
        pull_request_from_graphql(node),
        [commit_from_graphql(one) for one in node["commits"]["nodes"]],
        [review_from_graphql(one) for one in node["reviews"]["nodes"]],
        listed(REPOSITORY, node["closingIssuesReferences"]["nodes"]),
    )
    assert json.dumps(by_graphql.payload) == json.dumps(by_rest.payload)


def test_the_first_review_is_by_another_person(github: GitHub) -> None:
    record = pull_request_record(REPOSITORY, sample("pull_request"), sample("pull_request_commits"), sample("reviews"))
    assert github.facts(record) == (
        Change(
            source="github",
            source_id="acme/wallet/pull/208",
            key_kind="repository",
            key="acme/wallet",
            url="https://github.com/acme/wallet/pull/208",
            form="pull_request",
            first_commit=at("23 09:10:00"),
            opened=at("23 14:02:11"),
            first_review=at("24 08:20:30"),
            merged=at("26 09:31:05"),
            merge_revision=RELEASED,
            revisions=("2" * 40, "1" * 40),
            work_items=("acme/ledger/issues/7", "acme/wallet/issues/190"),
        ),
    )


@pytest.mark.parametrize(
    ("body", "numbers"),
    [
        ("Closes #12", [12]),
        ("closes: #12\r\nFIXED GH-13, Resolves\n#14", [12, 13, 14]),
        ("Fixes #12, #13 and closes #12", [12]),
        ("Fixes https://github.com/acme/wallet/issues/12 and https://elsewhere.example/acme/wallet/issues/13", [12]),
        ("Closes https://elsewhere.example/acme/wallet/issues/12", []),
        ("See #12. Unfixes #13, prefix-fixes #14, fixes#15, closes #16th", []),
        ("<!-- closes #12 --> `fixes #13` ``a ` resolves #14``", []),
        ("~~~ text\ncloses #12\n~~~\ncloses #13\n```\ncloses #14", [13]),
        (None, []),
        ("closes #" + "1" * 5000, []),
    ],
    ids=["one", "each keyword", "one keyword, one issue", "address", "another site", "no keyword", "unheeded", "fences",
         "no description", "no number"],
)  # fmt: skip
def test_a_description_names_what_it_closes_as_github_reads_it(body: str | None, numbers: list[int]) -> None:
    found = {**sample("pull_request"), "body": body}
    assert named(REPOSITORY, found) == [f"acme/wallet/issues/{number}" for number in numbers]


def test_a_pull_request_to_another_branch_closes_nothing() -> None:
    found = sample("pull_request")
    assert named(REPOSITORY, {**found, "base": {**found["base"], "ref": "release"}}) == []
    assert named(REPOSITORY, {**found, "base": {"ref": "release"}}) == named(REPOSITORY, found)


def test_work_items_of_a_repository_that_is_read_bear_the_name_of_the_options() -> None:
    github = connector("https://api.github.com", repositories=["acme/wallet", "Acme/Ledger"])
    record = pull_request_record(REPOSITORY, sample("pull_request"), [], [])
    (fact,) = github.facts(record)
    assert isinstance(fact, Change)
    assert fact.work_items == ("Acme/Ledger/issues/7", "acme/wallet/issues/190")


def test_records_of_an_earlier_version_name_no_work_items(github: GitHub) -> None:
    record = pull_request_record(REPOSITORY, sample("pull_request"), [], [])
    before = {name: value for name, value in record.payload.items() if name != "work_items"}
    (fact,) = github.facts(Record(record.kind, record.source_id, before))
    assert isinstance(fact, Change)
    assert fact.work_items == ()


def test_an_open_pull_request_is_work_in_progress_without_a_merge_revision(github: GitHub) -> None:
    found = {**sample("pull_request"), "merged_at": None, "closed_at": None, "merge_commit_sha": "of a trial merge"}
    (fact,) = github.facts(pull_request_record(REPOSITORY, found, [], []))
    assert isinstance(fact, Change)
    assert (fact.merged, fact.merge_revision, fact.first_commit, fact.first_review) == (None, None, None, None)


def test_a_pull_request_that_was_given_up_is_no_change(github: GitHub) -> None:
    found = {**sample("pull_request"), "merged_at": None}
    assert github.facts(pull_request_record(REPOSITORY, found, [], [])) == ()


def test_a_review_by_a_deleted_account_counts_unless_the_author_is_deleted_too() -> None:
    ghost = [{"user": None, "submitted_at": "2026-10-24T08:00:00Z"}]
    told = [
        pull_request_record(REPOSITORY, {"number": 1, "user": author}, [], ghost).payload["reviews"][0]["by_author"]
        for author in ({"login": "ada"}, None)
    ]
    assert told == [False, True]


def test_a_commit_is_a_change_of_its_own_with_its_parents(github: GitHub) -> None:
    assert github.facts(commit_record(REPOSITORY, sample("commit"))) == (
        Change(
            source="github",
            source_id=f"acme/wallet/commit/{RELEASED}",
            key_kind="repository",
            key="acme/wallet",
            url=f"https://github.com/acme/wallet/commit/{RELEASED}",
            form="commit",
            first_commit=at("25 18:00:00"),
            opened=None,
            first_review=None,
            merged=at("26 09:31:05"),
            merge_revision=RELEASED,
            parents=(BEFORE,),
        ),
    )


def test_work_starts_when_it_is_first_labelled_in_progress() -> None:
    github = connector("https://api.github.com", issue_labels={"feature": "feature"}, in_progress_label="In progress")
    record = issue_record(REPOSITORY, sample("issue"), labelled(sample("issue_events"), "In progress"))
    assert record.payload == {
        "repository": "acme/wallet",
        "number": 190,
        "html_url": "https://github.com/acme/wallet/issues/190",
        "created_at": "2026-09-30T07:00:00Z",
        "closed_at": "2026-10-26T10:30:00Z",
        "state_reason": "completed",
        "labels": ["Feature", "in progress"],
        "moments": [
            {"status": "in progress", "at": "2026-10-12T09:00:00Z"},
            {"status": "in progress", "at": "2026-10-15T09:00:00Z"},
        ],
    }
    assert github.facts(record) == (
        WorkItem(
            source="github",
            source_id="acme/wallet/issues/190",
            key_kind="repository",
            key="acme/wallet",
            url="https://github.com/acme/wallet/issues/190",
            form="feature",
            created=datetime(2026, 9, 30, 7, tzinfo=UTC),
            started=at("12 09:00:00"),
            in_production=None,
            closed=at("26 10:30:00"),
            cancelled=False,
        ),
    )


@pytest.mark.parametrize(
    ("reason", "closed", "cancelled"),
    [
        ("not_planned", "2026-10-26T10:30:00Z", True),
        ("duplicate", "2026-10-26T10:30:00Z", True),
        ("completed", "2026-10-26T10:30:00Z", False),
        (None, "2026-10-26T10:30:00Z", False),
        ("reopened", None, False),
    ],
)
def test_what_is_not_planned_is_cancelled(
    github: GitHub, reason: str | None, closed: str | None, cancelled: bool
) -> None:
    (fact,) = github.facts(
        issue_record(REPOSITORY, {**sample("issue"), "closed_at": closed, "state_reason": reason}, [])
    )
    assert isinstance(fact, WorkItem)
    assert (fact.cancelled, fact.closed is None) == (cancelled, closed is None)


@pytest.mark.parametrize(
    ("labels", "forms"),
    [(["bug", "feature"], ["feature"]), (["Bug"], ["bug"]), (["question"], []), ([{"name": "bug"}], ["bug"])],
    ids=["the first configured wins", "case does not matter", "none of them", "as an object"],
)
def test_labels_give_the_form_of_a_work_item(github: GitHub, labels: list[Any], forms: list[str]) -> None:
    facts = github.facts(issue_record(REPOSITORY, {**sample("issue"), "labels": labels}, []))
    assert [fact.form for fact in facts if isinstance(fact, WorkItem)] == forms


@pytest.mark.real
def test_a_pull_request_as_github_sends_it_to_others_is_one_here_too(inputs: Path, github: GitHub) -> None:
    found = json.loads((inputs / "webhooks" / "github" / "pull_request.json").read_text(encoding="utf-8"))
    pull = found["pull_request"]
    (fact,) = github.facts(pull_request_record(found["repository"]["full_name"], pull, [], []))
    assert isinstance(fact, Change)
    assert (fact.url, fact.merged) == (pull["html_url"], None)
