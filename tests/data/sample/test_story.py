"""The story is the same each time, only grows with its end, and agrees with itself."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from data.sample import Repository, Story, seen, story
from data.sample.chance import unix
from data.sample.company import INTEGRATIONS, SERVICES
from data.sample.deployments import PRODUCTION_NAMES
from data.sample.incidents import disjoint
from data.sample.records import Deployment, Outage
from tests.data.sample.stories import END, told

PRODUCTION = {"production", *PRODUCTION_NAMES.values()}
LATER = [date(2026, 11, 1), date(2026, 12, 18), date(2027, 3, 1)]


def production(repository: Repository) -> list[Deployment]:
    return [deployment for deployment in repository.deployments if deployment.environment in PRODUCTION]


def minutes_down(told: Story, month: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for window in told.outages:
        if window.down and f"{window.start:%Y-%m}" == month:
            found[window.subject] += int((window.end - window.start).total_seconds()) // 60
    return found


def test_the_same_seed_and_end_tell_the_same_story() -> None:
    assert story(END).digest() == told().digest()


def test_another_seed_tells_another_story() -> None:
    assert story(END, seed=7).digest() != told().digest()


def test_a_story_has_three_years_from_midnight_to_midnight_of_the_company() -> None:
    found = told()
    assert (found.start, found.end) == (date(2023, 11, 1), END)
    assert found.since == datetime(2023, 10, 31, 23, tzinfo=UTC)
    assert found.until == datetime(2026, 10, 31, 23, tzinfo=UTC)


def test_a_story_that_ends_on_28_february_begins_where_a_leap_year_would_have_its_day_more() -> None:
    assert story(date(2027, 2, 28)).start == date(2024, 3, 1)


@pytest.mark.parametrize("end", LATER, ids=str)
def test_a_later_end_changes_nothing_that_had_happened(end: date) -> None:
    now, later = told(), told(end)
    for before, after in zip(now.repositories, later.repositories, strict=True):
        since = later.since + timedelta(days=62)  # what a story holds of the time before its start depends on its start
        assert [d for d in before.deployments if d.created >= later.since] == list(
            seen.deployments(after.deployments, now.until)
        )
        for kind, look in (("pull_requests", seen.pull_requests), ("issues", seen.issues)):
            assert [x for x in getattr(before, kind) if x.opened >= since] == [
                x for x in look(getattr(after, kind), now.until) if x.opened >= since
            ]
        assert [c for c in before.commits if c.committed >= since] == [
            c for c in seen.commits(after.commits, now.until) if c.committed >= since
        ]
    assert [i for i in now.incidents if i.started >= later.since] == list(seen.incidents(later.incidents, now.until))
    assert list(seen.outages(now.outages, later.since, now.until)) == list(
        seen.outages(later.outages, later.since, now.until)
    )


@pytest.mark.parametrize("end", LATER, ids=str)
def test_a_later_end_leaves_every_counter_where_it_was(end: date) -> None:
    now, later = told(), told(end)
    instants = np.random.default_rng(1).integers(unix(later.since), unix(now.until), 400)
    for before, after in ((now.requests, later.requests), (now.calls, later.calls)):
        for subject, traffic in before.items():
            for code in traffic.codes:
                assert np.array_equal(traffic.counter(code, instants), after[subject].counter(code, instants))


def test_volumes_are_those_of_a_mid_size_company() -> None:
    found = told()
    releases = sum(len(production(repository)) for repository in found.repositories)
    pulls = sum(len(repository.pull_requests) for repository in found.repositories)
    issues = sum(len(repository.issues) for repository in found.repositories)
    assert 8_500 < releases < 10_000
    assert 5_500 < pulls < 7_000
    assert 1_100 < issues < 1_700
    assert (len(SERVICES), len(INTEGRATIONS), sum(service.tier == 1 for service in SERVICES)) == (26, 10, 13)


def test_a_rollback_brings_back_what_ran_before_the_deployment_that_it_undoes() -> None:
    undone = 0
    for repository in told().repositories:
        by_id = {deployment.id: deployment for deployment in repository.deployments}
        for deployment in repository.deployments:
            if deployment.rolls_back not in by_id:
                continue
            failed, undone = by_id[deployment.rolls_back], undone + 1
            assert failed.finished is not None
            assert failed.finished < deployment.created
            assert deployment.revision != failed.revision
            held = [d for d in production(repository) if d.outcome == "success" and d.finished < failed.created]
            assert not held or held[-1].revision == deployment.revision
    assert undone > 500


def test_a_deployment_that_broke_is_followed_by_a_rollback() -> None:
    for repository in told().repositories:
        rolled_back = {deployment.rolls_back for deployment in repository.deployments}
        broken = {d.id for d in production(repository) if d.outcome == "failure"}
        assert broken <= rolled_back


def test_what_was_rolled_back_does_not_come_back() -> None:
    for repository in told().repositories:
        releases = production(repository)
        undone = {d.id: d for d in releases if d.id in {other.rolls_back for other in releases}}
        for failed in undone.values():
            assert failed.revision not in {d.revision for d in releases if d.created > failed.created}


def test_some_rollbacks_are_told_by_their_older_revision_alone() -> None:
    tasks = Counter(d.task for r in told().repositories for d in r.deployments if d.rolls_back is not None)
    assert 0.1 < tasks["deploy"] / tasks.total() < 0.3


def test_every_pull_request_was_merged_before_any_deployment_of_it() -> None:
    for repository in told().repositories:
        merged = {pull.revision: pull.merged for pull in repository.pull_requests if pull.merged}
        for deployment in repository.deployments:
            if deployment.revision in merged:
                assert merged[deployment.revision] < deployment.created


def test_every_deployed_revision_is_on_the_default_branch() -> None:
    for repository in told().repositories:
        known = {commit.revision for commit in repository.commits}
        late = [d for d in repository.deployments if d.created > told().since + timedelta(days=40) and d.revision]
        assert {deployment.revision for deployment in late} <= known


def test_the_default_branch_is_one_line_of_commits() -> None:
    for repository in told().repositories:
        commits = repository.commits
        assert [c.parent for c in commits[1:]] == [c.revision for c in commits[:-1]]
        assert [c.committed for c in commits] == sorted(c.committed for c in commits)


def test_a_pull_request_goes_from_first_commit_over_review_to_merge() -> None:
    for repository in told().repositories:
        for pull in repository.pull_requests:
            if pull.merged is None:
                continue
            assert 1 <= len(pull.commits) <= 4
            assert pull.commits[0].authored < pull.opened < pull.merged
            assert all(pull.opened <= review.submitted <= pull.merged for review in pull.reviews)


def test_what_is_open_at_the_end_has_no_end_yet() -> None:
    found = told()
    pulls = [pull for r in found.repositories for pull in r.pull_requests if pull.closed is None]
    issues = [issue for r in found.repositories for issue in r.issues if issue.closed is None]
    assert {(pull.merged, pull.revision) for pull in pulls} == {(None, None)}
    assert {issue.reason for issue in issues} == {None}
    moments = [at for pull in pulls for at in (pull.opened, *(c.committed for c in pull.commits))]
    assert max(moments) < found.until


def test_numbers_are_unique_within_a_repository() -> None:
    for repository in told().repositories:
        numbers = [item.number for item in (*repository.pull_requests, *repository.issues)]
        assert len(set(numbers)) == len(numbers)


def test_what_a_pull_request_closes_was_started_before_its_first_commit() -> None:
    closing: Counter[str] = Counter()
    for repository in told().repositories:
        issues = {issue.number: issue for issue in repository.issues}
        for pull in repository.pull_requests:
            if pull.closes in issues:
                issue = issues[pull.closes]
                closing[issue.labels[0]] += 1
                assert issue.opened < issue.started < pull.commits[0].authored
                assert issue.closed is None or (pull.merged is not None and pull.merged < issue.closed)
    assert closing.keys() == {"feature", "bug"}
    assert closing["feature"] > 400
    assert 40 < closing["bug"] < 120


def test_where_two_windows_of_a_service_meet_the_later_one_gives_way() -> None:
    def window(subject: str, start: int, end: int) -> Outage:
        at = [datetime(2026, 5, 4, 12, minute, tzinfo=UTC) for minute in (start, end)]
        return Outage(subject, at[0], at[1], 0.5, True, None)

    found = disjoint([window("fx", 20, 30), window("fx", 5, 25), window("fx", 6, 9), window("risk", 6, 9)])
    assert found == (window("fx", 5, 25), window("fx", 25, 30), window("risk", 6, 9))


def test_windows_of_one_service_do_not_overlap() -> None:
    before: dict[str, Outage] = {}
    for window in told().outages:
        assert window.start < window.end
        assert window.subject not in before or before[window.subject].end <= window.start
        before[window.subject] = window


def test_while_a_service_is_down_its_requests_fail() -> None:
    found, looked_at = told(), 0
    for window in found.outages:
        if not window.down:
            continue
        traffic, edges = found.requests[window.subject], np.array([unix(window.start), unix(window.end) - 1])
        if window.start.day != window.end.day or edges[1] - edges[0] < 300:
            continue
        failed, passed = (int(np.diff(traffic.counter(code, edges))[0]) for code in ("500", "200"))
        assert abs(failed / (failed + passed) - window.failing) < 0.05
        looked_at += 1
    assert looked_at > 100


def test_while_a_provider_is_out_the_calls_to_it_fail() -> None:
    found, looked_at = told(), 0
    for incident in found.incidents:
        for subject in incident.integrations:
            windows = [w for w in found.outages if w.subject == subject and w.incident == incident.id]
            for window in windows:
                edges = np.array([unix(window.start), unix(window.end) - 1])
                if window.start.day != window.end.day:
                    continue
                failed, passed = (int(np.diff(found.calls[subject].counter(c, edges))[0]) for c in ("error", "ok"))
                assert failed > passed
                looked_at += 1
    assert looked_at > 50


def test_every_incident_of_a_change_names_a_deployment_that_was_rolled_back() -> None:
    found = told()
    undone = {d.rolls_back for repository in found.repositories for d in repository.deployments}
    named = {i.deployment for i in found.incidents if i.deployment is not None and i.resolved is not None}
    assert len(named) > 200
    assert named <= undone


def test_moments_of_an_incident_are_in_order() -> None:
    for incident in told().incidents:
        moments = [incident.started, incident.detected, incident.acknowledged, incident.mitigated, incident.resolved]
        known = [moment for moment in moments if moment is not None]
        assert known == sorted(known)


def test_the_first_quarter_of_2026_is_the_worst_of_all() -> None:
    found = told()
    shares: dict[str, float] = {}
    months = {f"{d.created:%Y-%m}" for r in found.repositories for d in r.deployments}
    for month in months:
        releases = [d for r in found.repositories for d in production(r) if f"{d.created:%Y-%m}" == month]
        shares[month] = sum(d.rolls_back is not None for d in releases) / len(releases)
    assert sorted(shares, key=lambda month: shares[month])[-3:] == sorted(
        ["2026-01", "2026-02", "2026-03"], key=lambda month: shares[month]
    )


def test_calls_to_providers_fail_half_as_often_after_the_upgrade() -> None:
    def share(month_end: datetime) -> float:
        at = np.array([unix(month_end) - 1])
        failed, passed = (sum(int(t.counter(code, at)[0]) for t in told().calls.values()) for code in ("error", "ok"))
        return failed / (failed + passed)

    assert 0.013 < share(datetime(2026, 5, 1, tzinfo=UTC)) < 0.015
    assert 0.006 < share(datetime(2026, 10, 1, tzinfo=UTC)) < 0.008


def test_october_2026_is_worth_a_board_meeting() -> None:
    down = minutes_down(told(), "2026-10")
    availability = 1 - down.total() / (len(SERVICES) * 31 * 24 * 60)
    tier_one = [service.id for service in SERVICES if service.tier == 1]
    assert 0.9995 < availability < 0.9999
    assert sum(down[service] == 0 for service in tier_one) == 10
    assert down.most_common(2) == [("exchange-connector", 131), ("card-issuing", 50)]


def test_the_story_has_the_flaws_that_real_records_have() -> None:
    found = told()
    lost = [d for r in found.repositories for d in r.deployments if d.revision is None]
    running = [d.repository for r in found.repositories for d in r.deployments if d.outcome is None]
    assert [d.repository for d in lost] == ["fx"]
    assert running == ["custody"]
    assert [end - start for start, end in found.gaps] == [timedelta(hours=3)]
    assert {r.name for r in found.repositories} - {service.repository for service in SERVICES} == {"legacy-batch"}


def test_few_deployments_are_made_in_the_freeze() -> None:
    frozen = [d for r in told().repositories for d in production(r) if (d.created.month, d.created.day) >= (12, 12)]
    assert 0 < len([d for d in frozen if d.created.year == 2025]) < 30


def test_counters_never_fall_but_where_a_month_begins() -> None:
    found = told()
    steps = np.arange(unix(datetime(2026, 2, 9, tzinfo=UTC)), unix(datetime(2026, 3, 3, tzinfo=UTC)), 60)
    for traffic in (*found.requests.values(), *found.calls.values()):
        for code in traffic.codes:
            falls = steps[1:][np.diff(traffic.counter(code, steps)) < 0]
            assert set(falls) <= {unix(datetime(2026, 3, 1, tzinfo=UTC))}
