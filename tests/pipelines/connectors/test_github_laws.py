"""Laws of reading GitHub, on the demo company's repositories: one form, every interruption, every kind of trouble."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from data.clock import fix_clock
from data.facts import Change, Deployment, WorkItem
from data.sample import Story
from data.settings import HttpLimits
from data.warehouse.engine import create_engine_for
from pipelines.connectors.base import Covered
from pipelines.connectors.github import GitHub
from pipelines.connectors.texts import stamp
from pipelines.demo import server
from pipelines.demo.faults import Faults
from pipelines.errors import TryAgain
from pipelines.sync import sync
from tests.data.sample import stories
from tests.pipelines.connectors.github_world import NOW, Kept, connector
from tests.pipelines.state import content

SINCE = date(2026, 5, 1)
LABELS = {"issue_labels": {"feature": "feature", "bug": "bug"}, "in_progress_label": "in progress"}
APIS = pytest.mark.parametrize("api", ["graphql", "rest"])


@pytest.fixture(autouse=True)
def _at_the_demos_door(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("GITHUB_TOKEN", "demo")
    fix_clock(NOW)
    yield
    fix_clock(None)


@pytest.fixture(scope="module")
def told() -> Story:
    """Three years of the demo company, to the end of October 2026."""
    return stories.told()


@pytest.fixture(scope="module")
def demo(told: Story) -> Iterator[str]:
    """Its repositories, served well."""
    with server.serving(told) as url:
        yield f"{url}/github"


def source(base_url: str, api: str = "graphql", **options: Any) -> GitHub:
    """One repository of the demo company."""
    return connector(base_url, **{"repositories": ["larkmoor/wallet"], "api": api, **LABELS, **options})


@pytest.fixture(scope="module")
def undisturbed(demo: str) -> Kept:
    """What a reading without any trouble keeps."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GITHUB_TOKEN", "demo")
        return Kept().read(source(demo), since=SINCE)


def same(one: Kept, other: Kept) -> bool:
    """Whether two warehouses hold the same."""
    names = ("records", "facts", "cursors", "open_items")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def test_the_facts_are_those_of_the_story(told: Story, undisturbed: Kept) -> None:
    wallet = next(one for one in told.repositories if one.name == "wallet")
    begin = datetime(2026, 5, 1, tzinfo=UTC)
    facts = undisturbed.facts.values()
    deployed = {(f.revision, f.environment, f.started, f.finished) for f in facts if isinstance(f, Deployment)}
    assert deployed == {
        (one.revision, one.environment, one.statuses[1].at, one.finished)
        for one in wallet.deployments
        if one.created >= begin
    }
    merged = {f.merge_revision: f for f in facts if isinstance(f, Change) and f.form == "pull_request" and f.merged}
    for pull in wallet.pull_requests:
        if pull.merged is not None and pull.merged >= begin:
            fact = merged[pull.revision]
            reviews = [one.submitted for one in pull.reviews if one.author != pull.author]
            assert fact.first_commit == min(one.authored for one in pull.commits)
            assert fact.first_review == min(reviews, default=None)
            assert (fact.opened, fact.merged) == (pull.opened, pull.merged)
            assert fact.work_items == ((f"larkmoor/wallet/issues/{pull.closes}",) if pull.closes else ())
    assert sum(bool(fact.work_items) for fact in merged.values()) > 2
    items = {f.created: f for f in facts if isinstance(f, WorkItem)}
    for issue in wallet.issues:
        if issue.opened >= begin and issue.labels[0] in ("feature", "bug"):
            fact = items[issue.opened]
            assert (fact.form, fact.started, fact.closed) == (issue.labels[0], issue.started, issue.closed)
            assert fact.cancelled == (issue.reason == "not_planned")


def test_every_deployed_revision_is_a_commit_whose_parents_are_known(undisturbed: Kept) -> None:
    changes = [fact for fact in undisturbed.facts.values() if isinstance(fact, Change) and fact.form == "commit"]
    commits = {fact.merge_revision: fact.parents for fact in changes}
    oldest = min(changes, key=lambda fact: fact.merged or NOW)
    unknown = {parent for parents in commits.values() for parent in parents} - commits.keys()
    assert unknown == set(oldest.parents)


def test_rest_and_graphql_keep_the_same_records_facts_and_cursors(demo: str, undisturbed: Kept) -> None:
    by_rest = Kept().read(source(demo, "rest"), since=SINCE)
    assert same(by_rest, undisturbed)
    assert by_rest.covered == undisturbed.covered
    kinds = Counter(kind for kind, _ in by_rest.records)
    assert min(kinds[kind] for kind in ("deployment", "pull_request", "commit", "issue")) > 5
    assert all(
        GitHub.keep[kind] and payload.keys() == set(GitHub.keep[kind]) for (kind, _), payload in by_rest.records.items()
    )


def test_a_complete_reading_proves_what_it_covers(undisturbed: Kept) -> None:
    start = datetime(2026, 5, 1, tzinfo=UTC)
    assert undisturbed.covered == [
        Covered(fact, "repository", "larkmoor/wallet", start, NOW) for fact in ("deployment", "change", "work_item")
    ]


@APIS
def test_a_reading_killed_at_any_page_goes_on_where_it_was(demo: str, undisturbed: Kept, api: str) -> None:
    pages = len(undisturbed.pages)
    assert pages > 12
    for killed_after in range(0, pages, 1 if api == "graphql" else 3):  # by REST it takes a call an entry
        kept = Kept().read(source(demo, api), killed_after, since=SINCE)
        before = _seen(kept)
        kept.read(source(demo, api), since=SINCE)
        assert same(kept, undisturbed), f"killed after page {killed_after}"
        # beside the lookback only the entry at which it stopped: another may bear the same second
        old = [one for one in before & _seen(kept) if not _recent(kept, one)]
        assert len(old) <= 1, f"killed after page {killed_after}"


def _seen(kept: Kept) -> set[str]:
    return {record.source_id for page in kept.pages for record in page.records}


def _recent(kept: Kept, source_id: str) -> bool:
    """Whether anything happened to a record within the lookback."""
    payload = next(payload for (_, found), payload in kept.records.items() if found == source_id)
    instants = [value for name, value in payload.items() if name.endswith("_at") and value]
    instants += [one["submitted_at"] for one in payload.get("reviews", ())]
    return max(instants) >= stamp(NOW - timedelta(days=7))


@APIS
def test_a_reading_killed_again_and_again_ends(demo: str, undisturbed: Kept, api: str) -> None:
    kept = Kept()
    for _ in range(30):
        kept.read(source(demo, api), 4, since=SINCE)
        if len(kept.pages) < 4:
            break
    kept.read(source(demo, api), since=SINCE)
    assert same(kept, undisturbed)


@APIS
def test_a_second_reading_asks_for_the_lookback_only_and_changes_nothing(
    demo: str, undisturbed: Kept, api: str
) -> None:
    again = Kept(dict(undisturbed.records), dict(undisturbed.facts), dict(undisturbed.cursors))
    again.read(source(demo, api), since=SINCE)
    assert same(again, undisturbed)
    assert all(_recent(again, source_id) for source_id in _seen(again))


@APIS
def test_a_full_reading_reads_all_again(demo: str, undisturbed: Kept, api: str) -> None:
    again = Kept(dict(undisturbed.records), dict(undisturbed.facts), dict(undisturbed.cursors))
    again.read(source(demo, api), since=SINCE, full=True)
    assert same(again, undisturbed)
    assert {(one.kind, one.source_id) for page in again.pages for one in page.records} == again.records.keys()


def test_an_earlier_first_day_is_read_up_to_what_is_there(demo: str, undisturbed: Kept) -> None:
    kept = Kept().read(source(demo), since=date(2026, 9, 1))
    kept.read(source(demo), since=SINCE)
    assert same(kept, undisturbed)


def test_days_between_two_readings_are_not_lost(told: Story, undisturbed: Kept) -> None:
    kept = Kept()
    with server.serving(stories.told(date(2026, 9, 29))) as url:
        kept.read(source(f"{url}/github"), since=SINCE, now=datetime(2026, 9, 29, 23, tzinfo=UTC))
    with server.serving(told) as url:
        kept.read(source(f"{url}/github"), since=SINCE)
    facts = {key: _unplaced(fact) for key, fact in kept.facts.items()}
    assert facts == {key: _unplaced(fact) for key, fact in undisturbed.facts.items()}
    assert kept.cursors == undisturbed.cursors


def _unplaced(fact: Any) -> Any:
    """A fact without its address: each server has a port of its own."""
    return {name: value for name, value in vars(fact).items() if name != "url"}


@APIS
def test_refusals_and_failures_in_between_cost_time_and_nothing_else(told: Story, undisturbed: Kept, api: str) -> None:
    with server.serving(told, Faults(rate_limit_after=150 if api == "rest" else 20, fail_every=7)) as url:
        kept = Kept().read(source(f"{url}/github", api), since=SINCE)
    assert {key: _unplaced(fact) for key, fact in kept.facts.items()} == {
        key: _unplaced(fact) for key, fact in undisturbed.facts.items()
    }
    assert kept.cursors == undisturbed.cursors


@APIS
@pytest.mark.parametrize("after", [1, 6, 13])
def test_a_reading_whose_connection_breaks_is_resumed(told: Story, undisturbed: Kept, api: str, after: int) -> None:
    kept = Kept()
    with server.serving(told, Faults(drop_connection_after=after)) as url:
        github = source(f"{url}/github", api)
        try:
            kept.read(github, since=SINCE)
        except TryAgain:
            kept.read(github, since=SINCE)
    assert {key: _unplaced(fact) for key, fact in kept.facts.items()} == {
        key: _unplaced(fact) for key, fact in undisturbed.facts.items()
    }
    assert kept.cursors == undisturbed.cursors


def test_a_pause_that_is_too_long_ends_the_run_in_part_with_its_time(told: Story) -> None:
    impatient = HttpLimits(backoff_seconds=0.01, longest_wait_seconds=0.5)
    kept = Kept()
    with server.serving(told, Faults(rate_limit_after=4)) as url:
        github = connector(f"{url}/github", impatient, repositories=["larkmoor/wallet"], **LABELS)
        with pytest.raises(TryAgain) as told_so:
            kept.read(github, since=SINCE)
    assert told_so.value.at == NOW + timedelta(seconds=1)
    assert "the rate limit is used up until 06:00 UTC." in str(told_so.value)
    assert len(kept.records) > 25


def test_items_of_a_project_are_the_same_work_as_the_labelled_issues(demo: str, undisturbed: Kept) -> None:
    board = {"owner": "larkmoor", "number": 1, "cancelled": ["Cancelled"]}
    github = connector(demo, repositories=["larkmoor/wallet"], issue_labels={"feature": "feature"}, projects=[board])
    by_project = Kept().read(github, since=SINCE)
    features = {
        key: fact for key, fact in undisturbed.facts.items() if isinstance(fact, WorkItem) and fact.form == "feature"
    }
    assert features.items() <= by_project.facts.items()


def test_check_of_a_source_that_is_right_says_so(demo: str) -> None:
    board = {"owner": "larkmoor", "number": 1}
    found = list(source(demo, environments=["production"], default_branch="main").check())
    name = "larkmoor/wallet"
    assert [(one.subject, one.good, one.says) for one in found[1:]] == [
        (name, True, "is there"),
        (f"{name} deployments", True, "may be read"),
        (f"{name} pull requests", True, "may be read"),
        (f"{name} commits", True, "may be read"),
        (f"{name} issues", True, "may be read"),
        (f"{name} environment production", True, "has deployments"),
        (f"{name} branch main", True, "is there"),
        (f"{name} label feature", True, "is in use"),
        (f"{name} label bug", True, "is in use"),
        ("GraphQL", True, "answers"),
    ]
    assert (found[0].subject, found[0].good) == ("token", True)
    assert "of 60,000 REST calls" in found[0].says
    project = list(connector(demo, repositories=[name], projects=[board]).check())[-1]
    assert (project.subject, project.good) == ("project larkmoor/1", True)


@pytest.fixture
def engine(migrated_warehouse_url: str) -> Iterator[Engine]:
    """A warehouse with its tables."""
    engine = create_engine_for(migrated_warehouse_url)
    yield engine
    engine.dispose()


def test_a_second_sync_leaves_the_warehouse_as_it_was(demo: str, engine: Engine) -> None:
    github = source(demo)
    first = sync(engine, github.settings, github.source, since=SINCE)
    assert (first.outcome, first.message, first.skipped) == ("done", "", {})
    before = content(engine)
    second = sync(engine, github.settings, github.source, since=SINCE)
    assert (second.outcome, second.stored) == ("done", 0)
    assert content(engine) == before
