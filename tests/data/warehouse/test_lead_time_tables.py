"""Lead time and its stages on tables that others published with the expected answer."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from data.facts import Change, Deployment
from data.metrics.lead_time import stages
from data.settings import MetricRules
from data.warehouse.links import contained

PULL_REQUESTS = ("pr0", "pr1", "pr2", "pr3", "pr4", "pr5")


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "lead_time" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def instant(text: str) -> datetime | None:
    """`2023-4-10 6:51:47` and `2023-04-10T06:51:47.000+00:00`, both of UTC."""
    if not text:
        return None
    day, clock = text.replace("T", " ").split("+")[0].split(".")[0].split(" ")
    return datetime(*(int(part) for part in (*day.split("-"), *clock.split(":"))), tzinfo=UTC)  # type: ignore[misc, arg-type]


def deployments(folder: Path) -> list[Deployment]:
    """Those of the scopes that belong to the first project."""
    mapped = [row for row in rows(folder, "project_mapping.csv") if row["project_name"] == "project1"]
    inside = {row["row_id"] for row in mapped if row["table"] == "cicd_scopes"}
    return [
        Deployment(
            source="ci",
            source_id=row["id"],
            key_kind="repository",
            key=row["repo_url"],
            environment=row["environment"],
            outcome=row["result"].lower(),
            started=instant(row["started_date"]) or datetime.min.replace(tzinfo=UTC),
            finished=instant(row["finished_date"]),
            revision=row["commit_sha"],
        )
        for row in rows(folder, "cicd_deployment_commits.csv")
        if row["cicd_scope_id"] in inside
    ]


def parents(folder: Path) -> dict[str, tuple[str, ...]]:
    """old <- each commit of the difference <- new; a deployed commit without differences has no parent."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows(folder, "cicd_deployment_commits.csv"):
        found[row["commit_sha"]] |= set()
    for row in rows(folder, "commits_diffs.csv"):
        found[row["new_commit_sha"]].add(row["commit_sha"])
        found[row["commit_sha"]] |= {row["old_commit_sha"]} - {""}
    return {revision: tuple(sorted(above)) for revision, above in found.items()}


def changes(folder: Path) -> list[Change]:
    """The pull requests, and the deployed commits of the main branch."""
    above = parents(folder)
    first: dict[str, datetime] = {}
    for row in rows(folder, "pull_request_commits.csv"):
        authored = instant(row["commit_authored_date"])
        assert authored is not None
        first[row["pull_request_id"]] = min(authored, first.get(row["pull_request_id"], authored))
    authors = {row["id"]: row["author_id"] for row in rows(folder, "pull_requests.csv")}
    reviewed: dict[str, datetime] = {}
    for row in rows(folder, "pull_request_comments.csv"):
        request, said = row["pull_request_id"], instant(row["created_date"])
        if said is not None and row["account_id"] != authors[request]:
            reviewed[request] = min(said, reviewed.get(request, said))
    requests = [
        Change(
            source="git",
            source_id=row["id"],
            key_kind="repository",
            key=row["base_repo_id"],
            form="pull_request",
            first_commit=first.get(row["id"]),
            opened=instant(row["created_date"]),
            first_review=reviewed.get(row["id"]),
            merged=instant(row["merged_date"]),
            merge_revision=row["merge_commit_sha"],
            parents=above.get(row["merge_commit_sha"], ()),
        )
        for row in rows(folder, "pull_requests.csv")
    ]
    own = {one.merge_revision for one in requests}
    return requests + list(commits({sha: found for sha, found in above.items() if sha not in own}))


def commits(above: dict[str, tuple[str, ...]]) -> Iterable[Change]:
    for sha, found in above.items():
        yield Change(
            source="git",
            source_id=sha,
            key_kind="repository",
            key="main",
            form="commit",
            first_commit=None,
            opened=None,
            first_review=None,
            merged=datetime(2023, 4, 1, tzinfo=UTC),
            merge_revision=sha,
            parents=found,
        )


def minutes(span: timedelta | None) -> str:
    return "" if span is None else str(math.ceil(span / timedelta(minutes=1)))


@pytest.mark.real
def test_all_24_stages_equal_the_published_ones(inputs: Path) -> None:
    releases, known = deployments(inputs), changes(inputs)
    links = contained(releases, known, MetricRules())
    finished = {one.source_id: one.finished for one in releases}
    brought = {link.end[1]: link for link in links}
    found = {}
    for one in known:
        if one.source_id in PULL_REQUESTS:
            link = brought.get(one.source_id)
            told = stages(one, finished[link.start[1]] if link else None)
            found[one.source_id] = [minutes(span) for span in (told.coding, told.pickup, told.review, told.deploy)]
    stage_columns = ("pr_coding_time", "pr_pickup_time", "pr_review_time", "pr_deploy_time")
    published = rows(inputs, "project_pr_metrics.csv")
    assert found == {row["id"]: [row[name] for name in stage_columns] for row in published}
    assert sum(len(values) for values in found.values()) == 24
    assert [brought[one].start[1] for one in ("pr1", "pr2", "pr3")] == ["5", "5", "6"]
    assert {brought[one].method for one in ("pr1", "pr2", "pr3")} == {"ancestry"}
    assert not {"pr0", "pr4", "pr5", "pr6"} & brought.keys()
