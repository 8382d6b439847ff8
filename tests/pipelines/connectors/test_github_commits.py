"""The commits of a branch that grows, is pushed to late, and is rewritten."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from data.facts import Change
from pipelines.connectors.base import Covered
from tests.pipelines.connectors.github_world import (
    NOW,
    REPO,
    REPOSITORY,
    Answer,
    Hub,
    Kept,
    Request,
    empty_hub,
    rest,
    text,
)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A GitHub with one empty repository."""
    with empty_hub(monkeypatch) as hub:
        yield hub


class History:
    """A default branch that grows; put behind a hub's REST API with GitHub's comparison of two heads."""

    def __init__(self, hub: Hub, compares: bool = True) -> None:
        self.commits: list[tuple[str, datetime]] = []  # oldest first
        hub.answers[f"{REPO}/commits"] = self._listed
        self._hub, self._compares = hub, compares

    def push(self, sha: str, committed: datetime) -> None:
        """A commit, on top of the last, made at any time."""
        self.commits.append((sha, committed))
        if self._compares:
            for n, (base, _) in enumerate(self.commits[:-1]):
                self._hub.answers[f"{REPO}/compare/{base}...{sha}"] = self._compared(n + 1, len(self.commits))

    def _found(self, n: int) -> dict[str, Any]:
        sha, committed = self.commits[n]
        parents = [{"sha": self.commits[n - 1][0]}] if n else []
        return {
            "sha": sha,
            "commit": {"author": {"date": text(committed)}, "committer": {"date": text(committed)}},
            "parents": parents,
        }

    def _listed(self, request: Request) -> Answer:
        since = request.query.get("since", "")
        shas = [sha for sha, _ in self.commits]
        top = shas.index(request.query["sha"]) if "sha" in request.query else len(shas) - 1
        found = [self._found(n) for n in range(top, -1, -1) if text(self.commits[n][1]) >= since]
        return self._hub.listing(lambda: found)(request)

    def _compared(self, start: int, end: int) -> Callable[[Request], Answer]:
        def compare(request: Request) -> Answer:
            page = self._hub.listing(lambda: [self._found(n) for n in range(start, end)])(request)
            return Answer({"total_commits": end - start, "commits": page.body}, headers=page.headers)

        return compare


def shas(kept: Kept) -> set[str | None]:
    """The commits that are kept."""
    return {fact.merge_revision for fact in kept.facts.values() if isinstance(fact, Change)}


def test_a_commit_made_long_before_it_was_pushed_is_found(hub: Hub) -> None:
    history = History(hub)
    history.push("a", NOW - timedelta(days=30))
    history.push("b", NOW - timedelta(days=2))
    kept = Kept().read(rest(hub))
    history.push("made in spring", NOW - timedelta(days=200))
    history.push("c", NOW)
    kept.read(rest(hub), now=NOW + timedelta(days=1))
    assert shas(kept) == {"a", "b", "made in spring", "c"}
    assert kept.cursors["commit acme/wallet"]["head"] == "c"


def test_a_rewritten_history_is_read_by_date(hub: Hub) -> None:
    history = History(hub, compares=False)
    history.push("a", NOW - timedelta(days=30))
    history.push("b", NOW - timedelta(days=2))
    kept = Kept().read(rest(hub))
    history.commits.pop()
    history.push("b again", NOW - timedelta(days=2))
    kept.read(rest(hub), now=NOW + timedelta(days=1))
    assert shas(kept) == {"a", "b", "b again"}


def test_a_comparison_that_is_cut_short_is_not_believed(hub: Hub) -> None:
    history = History(hub)
    for n in range(3):
        history.push(f"{n}", NOW - timedelta(days=3 - n))
    kept = Kept().read(rest(hub))
    history.push("3", NOW)
    history.push("4", NOW)
    cut = hub.answers[f"{REPO}/compare/2...4"](Request("GET", "", {"per_page": "1"}, {}, {})).body
    hub.answers[f"{REPO}/compare/2...4"] = Answer(cut)
    assert shas(kept.read(rest(hub), now=NOW + timedelta(days=1))) == {"0", "1", "2", "3", "4"}


def test_commits_are_paged_from_a_fixed_head_while_the_branch_grows(hub: Hub) -> None:
    history = History(hub)
    for n in range(250):
        history.push(f"{n}", NOW - timedelta(minutes=300 - n))
    kept = Kept().read(rest(hub), 4)  # two empty listings, two pages of commits
    assert kept.cursors["commit acme/wallet"]["unfinished"]["next"]["page"] == "3"
    history.push("new", NOW)
    hub.asked.clear()
    kept.read(rest(hub))
    assert shas(kept) == {*(f"{n}" for n in range(250)), "new"}
    assert [one.query["page"] for one in hub.asked if one.query.get("sha") == "249"] == ["3"]


def test_an_empty_repository_is_complete(hub: Hub) -> None:
    hub.answers[f"{REPO}/commits"] = Answer({"message": "Git Repository is empty."}, 409)
    kept = Kept().read(rest(hub))
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert kept.covered == [Covered(fact, "repository", REPOSITORY, start, NOW) for fact in ("deployment", "change")]
    assert kept.cursors["commit acme/wallet"] == {
        "from": "2026-01-01T00:00:00Z", "until": "2026-11-09T06:00:00Z", "head": None,
    }  # fmt: skip
