"""Work items from projects."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from data.facts import WorkItem
from pipelines.connectors.base import Covered
from pipelines.errors import StopSource
from tests.pipelines.connectors.github_world import (
    NOW,
    REPOSITORY,
    Answer,
    Hub,
    Kept,
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
PLANNED = {"projects": [BOARD], "issue_labels": {"feature": "feature", "bug": "bug"}}


def test_a_projects_statuses_tell_when_work_started_and_ended(hub: Hub) -> None:
    hub.answers["ProjectItems"] = Answer(sample("graphql_project_items"))
    kept = Kept().read(connector(hub.base_url, **PLANNED))
    assert kept.covered[-1] == Covered("work_item", "repository", REPOSITORY, datetime(2026, 1, 1, tzinfo=UTC), NOW)
    told = {
        fact.source_id.rpartition("/")[2]: (fact.form, fact.started, fact.closed, fact.cancelled)
        for fact in kept.facts.values()
        if isinstance(fact, WorkItem)
    }
    at = lambda month, day, hour, minute=0, second=0: datetime(2026, month, day, hour, minute, second, tzinfo=UTC)  # noqa: E731
    assert told == {
        "301": ("feature", at(9, 10, 9, 30), at(10, 20, 12, 0, 2), False),
        "302": ("feature", at(10, 1, 9), None, False),
        "303": ("bug", at(9, 12, 10), at(10, 5, 16), True),
    }


def test_an_issue_in_two_projects_counts_in_the_first(hub: Hub) -> None:
    hub.answers["ProjectItems"] = Answer(sample("graphql_project_items"))
    again = {**BOARD, "number": 9}
    both = Kept().read(connector(hub.base_url, **{**PLANNED, "projects": [BOARD, again]}))
    once = Kept().read(connector(hub.base_url, **PLANNED))
    assert (both.records, both.facts.keys()) == (once.records, once.facts.keys())


def test_work_items_are_complete_when_all_projects_are_read(hub: Hub) -> None:
    hub.answers["ProjectItems"] = lambda request: (
        Answer(sample("graphql_project_items")) if request.variables["number"] == 4 else Answer({"data": {}})
    )
    kept = Kept()
    with pytest.raises(StopSource) as told:
        kept.read(connector(hub.base_url, **{**PLANNED, "projects": [BOARD, {**BOARD, "number": 9}]}))
    assert str(told.value) == "GraphQL ProjectItems: acme/9 is not there, or the token may not see it."
    assert {proof.fact for proof in kept.covered} == {"deployment", "change"}


def test_a_start_that_github_forgets_is_remembered(hub: Hub) -> None:
    answer = sample("graphql_project_items")
    hub.answers["ProjectItems"] = lambda _: Answer(answer)
    kept = Kept().read(connector(hub.base_url, **PLANNED))
    assert kept.cursors["project acme/4"]["seen"] == {
        "acme/wallet/issues/302": [["In progress", "2026-10-01T09:00:00Z"]]
    }
    item = answer["data"]["repositoryOwner"]["projectV2"]["items"]["nodes"][1]
    item["fieldValueByName"] = {"name": "Done", "updatedAt": "2026-11-02T15:00:00Z"}
    for _ in range(2):
        kept.read(connector(hub.base_url, **PLANNED))
        fact = kept.facts["work_item", "acme/wallet/issues/302"]
        assert isinstance(fact, WorkItem)
        assert (fact.started, fact.closed) == (
            datetime(2026, 10, 1, 9, tzinfo=UTC), datetime(2026, 11, 2, 15, tzinfo=UTC),
        )  # fmt: skip


def test_a_long_history_of_statuses_is_read_to_its_end(hub: Hub) -> None:
    answer = sample("graphql_project_items")
    nodes = answer["data"]["repositoryOwner"]["projectV2"]["items"]["nodes"]
    timeline = nodes[0]["content"]["timelineItems"]
    hub.answers["StatusChanges"] = Answer(
        {"data": {"repository": {"issue": {"timelineItems": {**timeline, "pageInfo": {"hasNextPage": False}}}}}}
    )
    hub.answers["ProjectItems"] = lambda _: Answer(answer)
    whole = Kept().read(connector(hub.base_url, **PLANNED)).records
    nodes[0]["content"]["timelineItems"] = {"pageInfo": {"hasNextPage": True}, "nodes": timeline["nodes"][:1]}
    assert Kept().read(connector(hub.base_url, **PLANNED)).records == whole
