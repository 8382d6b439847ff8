"""Tags and merges of real repositories become releases, their commits changes."""

from __future__ import annotations

import os
import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from data.facts import Change, Deployment
from pipelines.connectors._git import program
from pipelines.connectors.base import Covered, Finding, Record
from pipelines.errors import SkipRecord, StopSource, TryAgain
from tests.pipelines.connectors.git_world import Repository, connector, repository
from tests.pipelines.connectors.github_world import NOW, Kept

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SINCE = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def wallet(tmp_path: Path) -> Repository:
    """Three tags, one of them of a candidate, and a branch that was merged before the last."""
    made = repository(tmp_path / "wallet")
    made.commit("a", NOW - 20 * DAY)
    made.tag("v1.0", NOW - 19 * DAY)
    made.branch("feature")
    made.commit("b", NOW - 10 * DAY, authored=NOW - 12 * DAY)
    made.commit("c", NOW - 9 * DAY)
    made.git("checkout", "-q", "main")
    made.commit("d", NOW - 8 * DAY)
    made.merge("feature", NOW - 7 * DAY)
    made.tag("v1.1-rc1")
    made.tag("v1.1", NOW - 6 * DAY)
    return made


def releases(kept: Kept) -> list[Deployment]:
    return sorted((one for one in kept.facts.values() if isinstance(one, Deployment)), key=lambda one: one.started)


def changes(kept: Kept) -> list[Change]:
    found = [one for one in kept.facts.values() if isinstance(one, Change)]
    return sorted(found, key=lambda one: str(one.merged))


def test_a_tag_is_a_release_at_the_time_it_was_set(wallet: Repository) -> None:
    kept = Kept().read(connector(wallet.path, tag_pattern="v*", tag_except=["*-rc*"], environment="live"))
    assert releases(kept) == [
        Deployment(
            source="clone", source_id=f"wallet/tag/{name}", key_kind="repository", key="wallet", environment="live",
            outcome="success", started=at, finished=at, revision=wallet.git("rev-parse", f"{name}^{{commit}}"),
        )
        for name, at in (("v1.0", NOW - 19 * DAY), ("v1.1", NOW - 6 * DAY))
    ]  # fmt: skip


def test_a_lightweight_tag_is_as_old_as_its_commit(wallet: Repository) -> None:
    kept = Kept().read(connector(wallet.path, tag_pattern="*-rc*"))
    assert [(one.source_id, one.finished) for one in releases(kept)] == [("wallet/tag/v1.1-rc1", NOW - 7 * DAY)]


def test_commits_are_changes_with_their_parents_and_a_merge_brings_its_branch(wallet: Repository) -> None:
    kept = Kept().read(connector(wallet.path, repository="acme/wallet"))
    found = changes(kept)
    assert [(one.form, one.first_commit, one.merged) for one in found] == [
        ("commit", NOW - 20 * DAY, NOW - 20 * DAY),
        ("commit", NOW - 12 * DAY, NOW - 10 * DAY),
        ("commit", NOW - 9 * DAY, NOW - 9 * DAY),
        ("commit", NOW - 8 * DAY, NOW - 8 * DAY),
        ("pull_request", NOW - 12 * DAY, NOW - 7 * DAY),
    ]
    merge = found[-1]
    assert merge.parents == tuple(wallet.git("log", "-1", "--format=%P", "main").split())
    assert set(merge.revisions) == {found[1].merge_revision, found[2].merge_revision}
    assert (merge.key, merge.source_id) == ("acme/wallet", f"acme/wallet/commit/{merge.merge_revision}")
    assert found[0].parents == ()


def test_a_merge_is_a_release_where_merges_are(wallet: Repository) -> None:
    kept = Kept().read(connector(wallet.path, releases="merges"))
    head = wallet.git("rev-parse", "main")
    assert [(one.source_id, one.revision, one.finished) for one in releases(kept)] == [
        (f"wallet/merge/{head}", head, NOW - 7 * DAY)
    ]


def test_a_merge_into_a_branch_that_is_merged_later_is_no_release(wallet: Repository) -> None:
    wallet.branch("side")
    wallet.branch("inner")
    wallet.commit("x", NOW - 3 * DAY)
    wallet.merge("inner", NOW - 3 * DAY + HOUR, into="side")
    kept = Kept().read(connector(wallet.path, releases="merges", branch="main"))
    assert len(releases(kept)) == 1
    wallet.merge("side", NOW - 2 * DAY)
    kept.read(connector(wallet.path, releases="merges", branch="main"))
    assert [one.finished for one in releases(kept)] == [NOW - 7 * DAY, NOW - 2 * DAY]
    (merge,) = [one for one in changes(kept) if one.merged == NOW - 2 * DAY]
    assert len(merge.revisions) == 2


def test_the_next_reading_brings_what_is_new_and_no_commit_twice(wallet: Repository) -> None:
    source = connector(wallet.path)
    kept = Kept().read(source)
    before = set(kept.facts)
    wallet.commit("e", NOW - DAY)
    wallet.tag("v1.2", NOW - HOUR)
    kept.read(source)
    fresh = {known for page in kept.pages for known in ((one.kind, one.source_id) for one in page.records)}
    assert {known for known in fresh if known[0] == "commit"} == {
        ("commit", f"wallet/commit/{wallet.git('rev-parse', 'HEAD')}")
    }
    assert len(kept.facts) == len(before) + 2


def test_rewritten_history_is_read_on_from_what_is_still_known(wallet: Repository) -> None:
    source = connector(wallet.path)
    kept = Kept().read(source)
    wallet.git("reset", "-q", "--hard", "v1.0")
    wallet.git("tag", "-d", "v1.1", "v1.1-rc1")
    wallet.git("branch", "-D", "feature")
    wallet.git("reflog", "expire", "--expire=now", "--all")
    wallet.git("gc", "-q", "--prune=now")
    wallet.commit("new", NOW - DAY)
    kept.read(source)
    assert NOW - DAY in {one.merged for one in changes(kept)}


def test_days_before_since_are_left_out_and_an_earlier_since_reads_them(wallet: Repository) -> None:
    source = connector(wallet.path)
    kept = Kept().read(source, since=date(2026, 10, 31))
    assert [one.merged for one in changes(kept)] == [NOW - 9 * DAY, NOW - 8 * DAY, NOW - 7 * DAY]
    kept.read(source, since=date(2026, 1, 1))
    assert len(changes(kept)) == 5


def test_releases_of_another_branch_count_with_the_commits_they_stand_on(wallet: Repository) -> None:
    wallet.git("checkout", "-q", "-b", "hotfix", "v1.0")
    fix = wallet.commit("fix", NOW - 2 * DAY)
    wallet.tag("v1.0.1", NOW - 2 * DAY)
    wallet.git("checkout", "-q", "main")
    kept = Kept().read(connector(wallet.path))
    assert releases(kept)[-1].revision == fix
    assert fix in {one.merge_revision for one in changes(kept)}


def test_a_repository_of_its_own_is_covered_up_to_now_and_a_clone_up_to_its_last_fetch(
    wallet: Repository, tmp_path: Path
) -> None:
    kept = Kept().read(connector(wallet.path))
    assert kept.covered == [
        Covered("deployment", "repository", "wallet", SINCE, NOW),
        Covered("change", "repository", "wallet", SINCE, NOW),
    ]
    copy = wallet.clone(tmp_path / "copy")
    never = Kept().read(connector(copy.path))
    assert {one.end for one in never.covered} == {NOW - 7 * DAY}
    assert never.notes == ["copy was last fetched 2026-11-02: days after that are not counted."]
    wallet.commit("e", NOW - 4 * DAY)
    copy.git("fetch", "-q")
    then = (NOW - 3 * DAY).timestamp()
    os.utime(copy.path / ".git" / "FETCH_HEAD", (then, then))
    fetched = Kept().read(connector(copy.path))
    assert {one.end for one in fetched.covered} == {NOW - 3 * DAY}
    assert NOW - 4 * DAY in {one.merged for one in changes(fetched)}


def test_a_shallow_clone_says_what_it_lacks_and_covers_only_what_it_has(wallet: Repository, tmp_path: Path) -> None:
    copy = wallet.clone(tmp_path / "copy", "--depth=2")
    kept = Kept().read(connector(copy.path))
    assert kept.notes[0] == "copy is a shallow clone: older commits are missing. Run `git fetch --unshallow` in it."
    assert {(one.start, one.end) for one in kept.covered} == {(NOW - 8 * DAY, NOW - 7 * DAY)}


def test_a_tag_of_no_commit_and_a_wrong_clock_are_set_aside(wallet: Repository) -> None:
    wallet.git("tag", "tree", "HEAD^{tree}")
    tree, parent = wallet.git("rev-parse", "HEAD^{tree}", "HEAD").split()
    ann = "Ann <ann@example.com> 4133980800 +0000"
    text = f"tree {tree}\nparent {parent}\nauthor {ann}\ncommitter {ann}\n\nfrom 2101\n"
    far = wallet.write("commit", text)
    wallet.git("reset", "-q", "--hard", far)
    kept = Kept().read(connector(wallet.path))
    assert {one.where.partition("/")[2][:8]: one.reason for one in kept.rejected} == {
        "tag/tree": "The tag stands for no commit: tag the commit itself.",
        f"commit/{far[0]}": ("Its time lies outside 1970 to 2099: the clock that made it was wrong."),
    }


def test_an_empty_repository_has_no_release_and_is_covered(tmp_path: Path) -> None:
    made = repository(tmp_path / "empty")
    kept = Kept().read(connector(made.path))
    assert (kept.facts, len(kept.covered)) == ({}, 2)
    assert list(connector(made.path).check()) == [
        Finding("branch", False, "main of empty has no commit."),
        Finding("tags", False, "0 tags are releases: tag a release, or correct tag_pattern."),
    ]


def test_check_tells_branch_releases_and_freshness(wallet: Repository, tmp_path: Path) -> None:
    assert list(connector(wallet.path).check()) == [
        Finding("branch", True, "main of wallet is there."),
        Finding("tags", True, "3 tags are releases; the latest is v1.1."),
    ]
    bare = wallet.clone(tmp_path / "wallet.git", "--mirror")
    assert list(connector(bare.path, releases="merges").check()) == [
        Finding("branch", True, "main of wallet is there."),
        Finding("merges", True, "1 merges into main are releases."),
        Finding(
            "freshness", False, "The clone was never fetched since it was cloned; fetch it before each sync."
        ),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("place", "options", "says"),
    [
        ("nothing", {}, "no folder is at {path}: correct the option path."),
        ("plain", {}, "{path} is no clone of a git repository: correct path."),
        ("wallet/folder", {}, "{path} is the folder folder/ of a clone: name the clone's own folder."),
        ("wallet", {"branch": "release"}, "there is no branch 'release'; there are: feature, main."),
    ],
)
def test_a_path_or_branch_that_is_none_is_told(
    wallet: Repository, tmp_path: Path, place: str, options: dict[str, Any], says: str
) -> None:
    (tmp_path / "plain").mkdir()
    (wallet.path / "folder").mkdir()
    with pytest.raises(StopSource) as told:
        Kept().read(connector(tmp_path / place, **options))
    assert str(told.value) == "Source clone: " + says.format(path=tmp_path / place)


def test_a_clone_of_another_user_is_told_with_the_command_that_permits_it(
    wallet: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # git's own switch for testing what it does with the folder of another user
    monkeypatch.setitem(program._FIXED, "GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    monkeypatch.setitem(program._FIXED, "GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    with pytest.raises(StopSource) as told:
        Kept().read(connector(wallet.path))
    assert str(told.value) == (
        f"Source clone: git refuses {wallet.path}, which belongs to another user: run "
        f"`git config --global --add safe.directory {wallet.path}` as the user who runs the sync."
    )


def test_a_program_that_is_missing_or_too_slow_is_told(
    wallet: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    with pytest.raises(StopSource, match="Source clone: the program git is not installed: install it"):
        Kept().read(connector(wallet.path))
    slow = programs / "git"
    slow.write_text("#!/bin/sh\nexec /bin/sleep 5\n")
    slow.chmod(slow.stat().st_mode | stat.S_IXUSR)
    with pytest.raises(TryAgain, match=r"git rev-parse took more than 0\.2 seconds: raise the option seconds"):
        Kept().read(connector(wallet.path, seconds=0.2))


def test_reading_leaves_the_clone_as_it_is(wallet: Repository) -> None:
    def state() -> dict[str, tuple[int, int]]:
        files = (one for one in wallet.path.rglob("*") if one.is_file())
        return {str(one): (one.stat().st_size, one.stat().st_mtime_ns) for one in files}

    before = state()
    Kept().read(connector(wallet.path))
    list(connector(wallet.path, releases="merges").check())
    assert state() == before


def test_no_name_or_address_of_anybody_is_kept(wallet: Repository) -> None:
    kept = Kept().read(connector(wallet.path))
    assert "Ann" not in repr(kept)
    for (kind, _), payload in kept.records.items():
        assert set(payload) == set(connector(wallet.path).keep[kind])
    with pytest.raises(SkipRecord, match="no records of kind"):
        connector(wallet.path).facts(Record("branch", "1", {}))
