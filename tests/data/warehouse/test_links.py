"""Which deployment brought which change, and which was rolled back."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.facts import Change, Deployment
from data.settings import MetricRules
from data.warehouse.links import contained, failures
from tests.data.happenings import at, change, commit, deployment

RULES = MetricRules()


def brought(deployments: Sequence[Deployment], changes: Sequence[Change]) -> dict[str, tuple[str, str, float]]:
    """Change -> (deployment, method, confidence)."""
    return {
        link.end[1]: (link.start[1], link.method, link.confidence) for link in contained(deployments, changes, RULES)
    }


def undone(*deployments: Deployment) -> dict[str, tuple[str, str]]:
    """Failed deployment -> (the rollback, how we know)."""
    return {link.start[1]: (link.end[1], link.method) for link in failures(deployments, RULES)}


def days(*numbers: int) -> list[datetime]:
    return [at(f"{number:02d} 12:00") for number in numbers]


ONE, TWO, THREE, FOUR, FIVE = days(1, 2, 3, 4, 5)
BASE = commit("base", ONE)
FIRST = deployment("first", ONE, "base")
SURE = ("ancestry", 1.0)


def test_a_squash_merge_is_brought_as_its_pull_request_and_once() -> None:
    squashed = commit("squash", TWO, "base")
    request = change("pr", TWO, "squash", revisions=("branch-1", "branch-2"))
    expected = {"pr": ("second", *SURE)}
    assert brought([FIRST, deployment("second", THREE, "squash")], [BASE, squashed, request]) == expected
    assert brought([FIRST, deployment("second", THREE, "squash")], [request, BASE, squashed]) == expected


def test_a_merge_commit_brings_its_pull_request_and_not_the_commits_inside() -> None:
    inside = [commit("branch-1", ONE, "base"), commit("branch-2", TWO, "branch-1")]
    merged = commit("merge", THREE, "base", "branch-2")
    request = change("pr", THREE, "merge", revisions=("branch-1", "branch-2"))
    found = brought([FIRST, deployment("second", FOUR, "merge")], [BASE, *inside, merged, request])
    assert found == {"pr": ("second", *SURE)}


def test_a_merge_commit_without_a_pull_request_brings_the_commits_behind_it() -> None:
    branch, merged = commit("branch", TWO, "base"), commit("merge", THREE, "base", "branch")
    found = brought([FIRST, deployment("second", FOUR, "merge")], [BASE, branch, merged])
    assert found == {"commit/branch": ("second", *SURE)}


def test_direct_commits_are_changes_of_their_own_and_belong_to_the_first_deployment_that_descends_from_them() -> None:
    history = [BASE, commit("a", TWO, "base"), commit("b", THREE, "a"), commit("c", FOUR, "b")]
    second, third = deployment("second", THREE, "b"), deployment("third", FIVE, "c")
    assert brought([third, second, FIRST], history) == {
        "commit/a": ("second", *SURE),
        "commit/b": ("second", *SURE),
        "commit/c": ("third", *SURE),
    }


def test_what_came_before_the_first_known_deployment_is_in_none() -> None:
    assert brought([FIRST], [BASE, change("pr", ONE, "base")]) == {}


def test_a_change_merged_after_a_deployment_is_not_in_it_though_the_time_would_fit() -> None:
    branch = commit("not deployed", TWO, "base")
    assert brought([FIRST, deployment("second", THREE, "base")], [BASE, branch]) == {}


def test_deployments_that_failed_or_went_elsewhere_bring_nothing() -> None:
    history = [BASE, commit("a", TWO, "base")]
    second = deployment("second", THREE, "a", outcome="failure")
    third = deployment("third", FOUR, "a", environment="staging")
    fourth = deployment("fourth", FIVE, "a", environment="PROD")
    assert brought([FIRST, second, third, fourth], history) == {"commit/a": ("fourth", *SURE)}


def test_an_unknown_revision_brings_what_was_merged_since_the_deployment_before_with_less_confidence() -> None:
    history = [BASE, commit("a", TWO, "base"), change("pr", THREE, None), commit("c", FIVE, "a")]
    second = deployment("second", FOUR, "v1.2.3")
    guess = ("second", "merge time", 0.6)
    assert brought([FIRST, second], history) == {"commit/a": guess, "pr": guess}


def test_a_pull_request_whose_commit_nobody_reported_is_no_known_history() -> None:
    requests = [change("pr1", TWO, "squash-1"), change("pr2", THREE, "squash-2")]
    guess = ("second", "merge time", 0.6)
    assert brought([FIRST, deployment("second", FOUR, "squash-2")], requests) == {"pr1": guess, "pr2": guess}


def test_a_tool_that_deploys_under_its_own_name_is_linked_through_the_revisions() -> None:
    history = [BASE, commit("a", TWO, "base"), change("pr", TWO, "a")]
    first, second = (deployment(name, when, sha, source="argo", key="wallet-app")
                     for name, when, sha in (("d1", ONE, "base"), ("d2", THREE, "a")))  # fmt: skip
    assert brought([first, second], history) == {"pr": ("d2", *SURE)}
    unknown = deployment("d2", THREE, "image-7", source="argo", key="wallet-app")
    assert brought([first, unknown], history) == {"pr": ("d2", "merge time", 0.6)}


def test_of_two_chains_that_bring_a_change_the_first_counts() -> None:
    history = [BASE, commit("a", TWO, "base")]
    eu = [deployment("eu1", ONE, "base", key="eu"), deployment("eu2", FOUR, "a", key="eu")]
    us = [deployment("us1", ONE, "base", key="us"), deployment("us2", THREE, "a", key="us")]
    assert brought([*eu, *us], history) == {"commit/a": ("us2", *SURE)}


def test_a_rollback_to_an_older_revision_marks_the_deployment_before_it() -> None:
    a, b, back = deployment("1", ONE, "a"), deployment("2", TWO, "b"), deployment("3", THREE, "a")
    assert undone(a, b, back) == {"2": ("3", "older revision redeployed")}
    assert brought([a, b, back], [commit("a", ONE), commit("b", TWO, "a")]) == {"commit/b": ("2", *SURE)}


def test_the_same_revision_again_is_no_rollback() -> None:
    assert undone(deployment("1", ONE, "a"), deployment("2", TWO, "a")) == {}
    assert undone(deployment("1", ONE, "a"), deployment("2", TWO, "b"), deployment("3", THREE, "b")) == {}


def test_a_rollback_after_a_repeated_deployment_marks_the_repetition() -> None:
    releases = [
        deployment(str(n), when, sha) for n, (when, sha) in enumerate(zip(days(1, 2, 3, 4), "abba", strict=True))
    ]
    assert undone(*releases) == {"2": ("3", "older revision redeployed")}


def test_rolling_forward_again_after_a_rollback_marks_nothing_more() -> None:
    releases = [
        deployment(str(n), when, sha) for n, (when, sha) in enumerate(zip(days(1, 2, 3, 4), "abab", strict=True))
    ]
    assert undone(*releases) == {"1": ("2", "older revision redeployed")}


def test_a_declared_rollback_is_believed_and_a_denied_one_too() -> None:
    a, b = deployment("1", ONE, "a"), deployment("2", TWO, "b")
    assert undone(a, b, deployment("3", THREE, "c", rollback=True)) == {"2": ("3", "declared")}
    assert undone(a, b, deployment("3", THREE, "a", rollback=False)) == {}
    assert undone(a, b, deployment("3", THREE, None, rollback=True)) == {"2": ("3", "declared")}
    nameless = [deployment("1", ONE), deployment("2", TWO, rollback=True)]
    assert undone(*nameless) == {"1": ("2", "declared")}


def test_a_first_deployment_and_one_without_a_revision_are_no_rollbacks() -> None:
    assert undone(deployment("1", ONE, "a"), deployment("2", TWO)) == {}
    assert undone(deployment("1", ONE, "a", rollback=True)) == {}


def test_repositories_do_not_undo_each_other() -> None:
    other = deployment("2", TWO, "b", key="ledger")
    assert undone(deployment("1", ONE, "a"), other, deployment("3", THREE, "a")) == {}


@pytest.mark.parametrize("outcome", ["failure", "running"])
def test_what_never_reached_production_was_not_rolled_back(outcome: str) -> None:
    attempt = deployment("2", TWO, "b", outcome=outcome)
    assert undone(deployment("1", ONE, "a"), attempt, deployment("3", THREE, "a")) == {}


def test_a_rollback_of_a_roll_out_that_failed_undoes_nothing_that_reached_production() -> None:
    before, kept = deployment("1", ONE, "a"), deployment("2", TWO, "b")
    broken = deployment("3", THREE, "c", outcome="failure")
    assert undone(before, kept, broken, deployment("4", FOUR, "b", rollback=True)) == {}


def company(seed: int) -> tuple[list[Deployment], list[Change]]:
    """Two months of a repository: squashes, merges, direct commits, unknown images, rollbacks."""
    chance, changes, releases = random.Random(seed), list[Change]([BASE]), [FIRST]
    tip, deployed = "base", ["base"]
    for number in range(1, 25):
        when = at(f"{1 + number // 2:02d} {12 + number % 2 * 6:02d}:30")
        kind = chance.choice(["squash", "merge", "direct", "deploy", "unknown", "rollback"])
        if kind in ("squash", "merge", "direct"):
            inside = f"branch-{number}"
            parents = (tip, inside) if kind == "merge" else (tip,)
            if kind == "merge":
                changes.append(commit(inside, when, tip))
            tip = f"sha-{number}"
            changes.append(commit(tip, when, *parents))
            if kind != "direct":
                changes.append(change(f"pr-{number}", when, tip, revisions=(inside,)))
        else:
            revision = {"deploy": tip, "unknown": f"image-{number}", "rollback": chance.choice(deployed)}[kind]
            deployed.append(revision)
            releases.append(deployment(f"d-{number}", when, revision))
    return releases, changes


@settings(max_examples=60)
@given(st.integers(0, 2**32))
def test_the_order_in_which_facts_arrive_does_not_matter_and_each_change_is_brought_once(seed: int) -> None:
    releases, changes = company(seed)
    chance = random.Random(seed + 1)
    mixed = chance.sample(releases, len(releases)), chance.sample(changes, len(changes))
    links = contained(releases, changes, RULES)
    assert links == contained(*mixed, RULES)
    assert sorted(failures(releases, RULES), key=str) == sorted(failures(mixed[0], RULES), key=str)
    assert len({link.end for link in links}) == len(links)
    finished = {one.source_id: one.finished or one.started for one in releases}
    merged = {one.source_id: one.merged for one in changes}
    assert all(finished[link.start[1]] >= (merged[link.end[1]] or ONE) for link in links)
