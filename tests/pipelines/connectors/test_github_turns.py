"""What GitHub does while and between it is read: late ends, jumps, deletions, other labels."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from data.facts import WorkItem
from tests.pipelines.connectors.github_world import (
    NOW,
    REPO,
    Answer,
    Deployments,
    Hub,
    Kept,
    Request,
    connection,
    connector,
    empty_hub,
    outcomes,
    rest,
    sample,
    text,
)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A GitHub with one empty repository."""
    with empty_hub(monkeypatch) as hub:
        yield hub


def test_a_deployment_that_runs_is_asked_for_until_it_ends(hub: Hub) -> None:
    deployments, began = Deployments(hub), NOW - timedelta(days=20)
    deployments.add(1, began, ("in_progress", began))
    kept = Kept().read(rest(hub))
    assert (outcomes(kept), kept.open_items["deployment acme/wallet"]) == ({"1": ("running", None)}, {"1"})

    kept.read(rest(hub), now=NOW + timedelta(days=1))
    assert kept.open_items["deployment acme/wallet"] == {"1"}

    ended = NOW + timedelta(days=1, hours=2)
    deployments.statuses[1].append(("success", ended))
    kept.read(rest(hub), now=NOW + timedelta(days=2))
    assert (outcomes(kept), kept.open_items["deployment acme/wallet"]) == ({"1": ("success", ended)}, set())

    hub.asked.clear()
    kept.read(rest(hub), now=NOW + timedelta(days=3))
    assert hub.paths("/deployments/1") == []


def test_a_deployment_that_never_ends_is_let_go_after_five_weeks(hub: Hub) -> None:
    deployments, began = Deployments(hub), NOW - timedelta(days=20)
    deployments.add(1, began, ("in_progress", began))
    kept = Kept().read(rest(hub))
    kept.read(rest(hub), now=NOW + timedelta(days=16))
    assert kept.open_items["deployment acme/wallet"] == set()
    deployments.add(2, NOW - timedelta(days=40))
    assert Kept().read(rest(hub)).open_items["deployment acme/wallet"] == {"1"}


def test_a_deployment_deleted_while_it_ran_is_told_and_asked_for_no_more(hub: Hub) -> None:
    deployments, began = Deployments(hub), NOW - timedelta(days=20)
    deployments.add(1, began)
    kept = Kept().read(rest(hub))
    deployments.delete(1)
    kept.read(rest(hub), now=NOW + timedelta(days=1))
    assert kept.open_items["deployment acme/wallet"] == set()
    assert kept.notes == ["acme/wallet deployment 1 was deleted before it ended."]


def test_a_deployment_deleted_while_it_is_read_does_not_stop_the_rest(hub: Hub) -> None:
    deployments = Deployments(hub)
    for number in (1, 2, 3):
        deployments.add(number, NOW - timedelta(hours=4 - number), ("success", NOW))
    del hub.answers[f"{REPO}/deployments/2/statuses"]
    kept = Kept().read(rest(hub))
    assert outcomes(kept).keys() == {"1", "3"}
    assert kept.notes == ["acme/wallet deployment 2 was deleted while it was read."]


@pytest.mark.parametrize("days", [6, 8], ids=["within the lookback", "beyond it"])
def test_a_status_that_changes_late_is_found_within_the_lookback(hub: Hub, days: int) -> None:
    deployments, done = Deployments(hub), NOW - timedelta(days=days)
    deployments.add(1, done, ("success", done))
    kept = Kept().read(rest(hub))
    deployments.statuses[1].append(("failure", NOW))
    kept.read(rest(hub), now=NOW)
    assert outcomes(kept) == {"1": ("failure", NOW) if days < 7 else ("success", done)}
    assert outcomes(kept.read(rest(hub), full=True)) == {"1": ("failure", NOW)}


def test_deployments_of_one_second_are_all_read_when_the_reading_stops_among_them(hub: Hub) -> None:
    deployments, done = Deployments(hub), NOW - timedelta(days=9)
    for number in range(1, 61):
        deployments.add(number, done, ("success", done))
    kept = Kept().read(rest(hub), 1)
    assert len(kept.facts) == 25
    assert len(kept.read(rest(hub)).facts) == 60


def test_all_statuses_of_a_deployment_are_read_however_many(hub: Hub) -> None:
    deployments, began = Deployments(hub), NOW - timedelta(hours=9)
    steps = [("in_progress", began + timedelta(minutes=n)) for n in range(230)]
    deployments.add(1, began, *steps, ("success", began + timedelta(hours=8)))
    kept = Kept().read(rest(hub))
    (record,) = kept.records.values()
    assert len(record["statuses"]) == 231

    short = {"pageInfo": {"hasNextPage": True}, "nodes": [{"state": "IN_PROGRESS", "createdAt": text(began)}]}
    node = {"databaseId": 1, "commitOid": f"{1:040x}", "environment": "production", "createdAt": text(began)}
    hub.answers["Deployments"] = connection("deployments", {**node, "statuses": short})
    assert Kept().read(connector(hub.base_url)).records == kept.records


def test_nested_lists_of_a_pull_request_are_ended_by_rest(hub: Hub) -> None:
    node = sample("graphql_pull_request")
    for name, nested in (("commits", "pull_request_commits"), ("reviews", "reviews")):
        hub.answers[f"{REPO}/pulls/208/{name}"] = hub.listing(lambda nested=nested: sample(nested))
    hub.answers[f"{REPO}/pulls/208"] = Answer(sample("pull_request"))
    hub.answers["PullRequests"] = connection("pullRequests", node)
    whole = Kept().read(connector(hub.base_url)).records
    assert hub.paths("/commits") == [f"/{REPO}/commits"]
    for name in ("commits", "reviews", "closingIssuesReferences"):
        cut = {"pageInfo": {"hasNextPage": True}, "nodes": node[name]["nodes"][:1]}
        hub.answers["PullRequests"] = connection("pullRequests", {**node, name: cut})
        assert Kept().read(connector(hub.base_url)).records == whole
    assert hub.paths("/208/reviews") == [f"/{REPO}/pulls/208/reviews"]
    assert hub.paths("/208") == [f"/{REPO}/pulls/208"]


def test_more_commits_than_github_lists_are_told_of(hub: Hub) -> None:
    pull = {"number": 5, "created_at": "2026-11-01T08:00:00Z", "updated_at": "2026-11-01T08:00:00Z"}
    hub.answers[f"{REPO}/pulls"] = Answer([pull])
    hub.answers[f"{REPO}/pulls/5/reviews"] = Answer([])
    hub.answers[f"{REPO}/pulls/5/commits"] = hub.listing(lambda: [{"sha": f"{n:040x}"} for n in range(250)])
    assert Kept().read(rest(hub)).notes == [
        "acme/wallet pull request 5: GitHub lists 250 commits at most, so its first one may be earlier than stored."
    ]


def test_entries_without_a_number_are_set_aside(hub: Hub) -> None:
    nameless = {"created_at": "2026-11-01T08:00:00Z", "updated_at": "2026-11-01T08:00:00Z", "labels": ["bug"]}
    for name in ("deployments", "pulls", "issues"):
        hub.answers[f"{REPO}/{name}"] = Answer([nameless])
    kept = Kept().read(rest(hub, issue_labels={"bug": "bug"}))
    assert [(one.kind, one.where, one.reason) for one in kept.rejected] == [
        (
            "deployment",
            "acme/wallet deployment ?",
            'A deployment of acme/wallet came without its number: set api = "rest" for this source.',
        ),
        ("pull_request", "acme/wallet pull request ?", "A pull request of acme/wallet came without its number."),
        ("issue", "acme/wallet issue ?", "An issue of acme/wallet came without its number."),
    ]


def test_a_pull_request_that_moves_while_we_page_is_not_lost(hub: Hub) -> None:
    updated = {number: NOW - timedelta(days=1, minutes=number) for number in range(1, 151)}

    def pulls() -> list[dict[str, Any]]:
        order = sorted(updated, key=lambda number: updated[number], reverse=True)
        return [{"number": n, "created_at": "2026-10-01T08:00:00Z", "updated_at": text(updated[n])} for n in order]

    listed = hub.listing(pulls)

    def moving(request: Request) -> Answer:
        answer = listed(request)
        updated[140] = NOW + timedelta(minutes=1)  # from the second page, to the top, after the first was read
        return answer

    hub.answers[f"{REPO}/pulls"] = moving
    for number in updated:
        hub.answers[f"{REPO}/pulls/{number}/commits"] = hub.answers[f"{REPO}/pulls/{number}/reviews"] = Answer([])
    kept = Kept().read(rest(hub))
    assert {record["number"] for record in kept.records.values()} == set(range(1, 151))


def test_a_pull_request_that_is_given_up_is_no_work_in_progress_any_more(hub: Hub) -> None:
    pull = {"number": 5, "created_at": "2026-11-01T08:00:00Z", "updated_at": "2026-11-01T08:00:00Z"}
    hub.answers[f"{REPO}/pulls"] = lambda _: Answer([pull])
    hub.answers[f"{REPO}/pulls/5/commits"] = hub.answers[f"{REPO}/pulls/5/reviews"] = Answer([])
    kept = Kept().read(rest(hub))
    assert kept.facts.keys() == {("change", "acme/wallet/pull/5")}
    pull.update(closed_at="2026-11-08T08:00:00Z", updated_at="2026-11-08T08:00:00Z")
    kept.read(rest(hub))
    assert kept.facts == {}
    assert kept.records["pull_request", "acme/wallet/pull/5"]["closed_at"] == "2026-11-08T08:00:00Z"


def test_an_issue_that_loses_its_label_is_no_planned_work_any_more(hub: Hub) -> None:
    issue = {**sample("issue"), "closed_at": None, "updated_at": "2026-11-08T08:00:00Z"}
    hub.answers[f"{REPO}/issues"] = lambda _: Answer([issue, {**issue, "number": 191, "pull_request": {}}])
    hub.answers[f"{REPO}/issues/190/events"] = Answer(sample("issue_events"))
    options = {"issue_labels": {"feature": "feature"}, "in_progress_label": "in progress"}
    kept = Kept().read(rest(hub, **options))
    assert (kept.records.keys(), kept.notes) == ({("issue", "acme/wallet/issues/190")}, [])
    (fact,) = kept.facts.values()
    assert isinstance(fact, WorkItem)
    assert (fact.started, fact.closed) == (datetime(2026, 10, 12, 9, tzinfo=UTC), None)
    issue["labels"] = []
    assert kept.read(rest(hub, **options)).facts == {}


def test_other_options_are_another_reading(hub: Hub) -> None:
    deployments, done = Deployments(hub), NOW - timedelta(days=30)
    deployments.add(1, done, ("success", done))
    kept = Kept().read(rest(hub, environments=["prod"]))
    assert kept.facts == {}
    assert outcomes(kept.read(rest(hub, environments=["production", "prod"]))) == {"1": ("success", done)}
