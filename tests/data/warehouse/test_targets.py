"""Targets that two people set: from a day on, for a scope, logged, and never lost to somebody who was faster."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path
from threading import Barrier

import pytest

from data.access import Actor, NotPermitted, Role, local_actor
from data.benchmarks.load import read_file
from data.period import parse
from data.warehouse.approvals import approve, decline
from data.warehouse.change_log import Change, entries, first_fault
from data.warehouse.engine import reading
from data.warehouse.policy import seed_targets
from data.warehouse.proposals import NotPossible
from data.warehouse.read import targets
from data.warehouse.readings import Reader
from data.warehouse.target_edits import (
    BadTarget,
    ChangedMeanwhile,
    Setting,
    propose_end,
    propose_target,
    revision,
    settings_of,
)
from tests.data.warehouse.test_policy import house
from tests.data.warehouse.world import MARIA, Company

CFO, CHAIR = local_actor("cfo"), Actor("oidc:chair", frozenset({Role.APPROVER}))
NOVEMBER = date(2026, 11, 1)


@pytest.fixture
def seeded(company: Company, tmp_path: Path) -> Company:
    """The company with its house targets of 2026."""
    seed_targets(company.engine, MARIA, [house(tmp_path)])
    return company


def seen(company: Company, metric: str = "availability", scope: str | None = None) -> str:
    with reading(company.engine) as connection:
        return revision(connection, metric, scope)


def uptime(low: str, day: date = NOVEMBER, scope: str | None = None, to: date | None = None) -> Setting:
    return Setting("availability", scope, Decimal(low), None, day, to)


def save(company: Company, new: Setting, actor: Actor = CFO, why: str = "the board asked") -> None:
    number = propose_target(company.engine, company.settings, actor, new, seen(company, new.metric, new.scope), why)
    approve(company.engine, company.settings, CHAIR, number)


def end(
    company: Company, scope: str | None, day: date, actor: Actor = CFO, why: str = "none agreed", opened: str = ""
) -> None:
    looked_at = opened or seen(company, "availability", scope)
    number = propose_end(company.engine, company.settings, actor, ("availability", scope), day, looked_at, why)
    approve(company.engine, company.settings, CHAIR, number)


def rows(company: Company, metric: str = "availability") -> list[tuple[str, str | None, str | None, str, str | None]]:
    with reading(company.engine) as connection:
        found = [one for one in targets(connection) if one.metric == metric]
    return [(one.benchmark, one.scope, str(one.low), str(one.valid_from), one.approved_by) for one in found]


def judged_by(company: Company, scope: str, period: str, metric: str = "availability") -> str | None:
    with reading(company.engine) as connection:
        found = Reader(connection, company.settings).target(metric, scope, parse(period))
    return None if found is None else str(found.low)


def logged(company: Company) -> list[Change]:
    with reading(company.engine) as connection:
        found = entries(connection)
    assert first_fault(found) is None
    return found


def test_a_new_target_holds_from_its_day_on_and_never_judges_a_period_before(seeded: Company) -> None:
    version = seeded.version()
    save(seeded, uptime("0.9995"))
    assert rows(seeded) == [
        ("uptime", None, "0.9999", "2026-01-01", "oidc:chair"),
        ("company-availability", None, "0.9995", "2026-11-01", "oidc:chair"),
    ]
    assert [judged_by(seeded, "wallet", period) for period in ("2026-10", "2026-11", "2027-03", "2025-12")] == [
        "0.9999", "0.9995", "0.9995", None,
    ]  # fmt: skip
    assert judged_by(seeded, "wallet", "2026-Q4") == "0.9999"
    assert seeded.version() == version + 1


def test_the_nearest_scope_upwards_wins(seeded: Company) -> None:
    save(seeded, uptime("0.999", scope="wallet"))
    save(seeded, uptime("0.9990", scope="europe"))
    found = [judged_by(seeded, scope, "2026-11") for scope in ("wallet", "ledger", "kyc")]
    assert found == ["0.999", "0.999", "0.9999"]


def test_a_target_of_the_same_day_is_replaced_in_its_row(seeded: Company) -> None:
    save(seeded, uptime("0.9995", date(2026, 1, 1)))
    assert rows(seeded) == [("uptime", None, "0.9995", "2026-01-01", "oidc:chair")]


def test_a_target_for_a_while_leaves_none_after_it(seeded: Company) -> None:
    save(seeded, uptime("0.9995", to=date(2026, 12, 1)))
    assert [judged_by(seeded, "wallet", period) for period in ("2026-11", "2026-12")] == ["0.9995", None]


def test_a_target_that_ends_gives_way_to_the_scope_above(seeded: Company) -> None:
    save(seeded, uptime("0.999", scope="wallet"))
    end(seeded, "wallet", date(2026, 12, 1))
    assert [judged_by(seeded, "wallet", period) for period in ("2026-11", "2026-12")] == ["0.999", "0.9999"]
    end(seeded, None, date(2027, 1, 1))
    assert [judged_by(seeded, "wallet", period) for period in ("2026-12", "2027-01")] == ["0.9999", None]
    with pytest.raises(BadTarget, match="no target to end"):
        end(seeded, None, date(2027, 1, 1))


def test_what_was_changed_is_logged_with_person_reason_and_both_sides(seeded: Company) -> None:
    save(seeded, uptime("0.9995"), why="a new contract")
    ended, made = logged(seeded)[-2:]
    assert [(one.actor, one.action, one.object, one.why) for one in (ended, made)] == [
        ("oidc:chair", "ended", "target uptime", "a new contract (proposed by local:cfo)"),
        ("oidc:chair", "set", "target company-availability", "a new contract (proposed by local:cfo)"),
    ]
    assert (ended.old["valid_to"], ended.new["valid_to"]) == (None, "2026-11-01")
    assert (made.old, made.new["low"], made.new["owner"], made.new["publisher"]) == (None, "0.9995", "CTO", "Board")
    with reading(seeded.engine) as connection:
        told = settings_of(connection)
    assert [one.action for one in told["uptime", None, date(2026, 1, 1)]] == ["set", "ended"]
    assert [one.actor for one in told["company-availability", None, NOVEMBER]] == ["oidc:chair"]


def test_a_file_that_is_loaded_again_never_takes_back_what_a_person_has_set(seeded: Company, tmp_path: Path) -> None:
    save(seeded, uptime("0.9995"))
    save(seeded, uptime("0.999", scope="wallet"))
    before = rows(seeded)
    seed_targets(seeded.engine, MARIA, [house(tmp_path, low="0.5", year="2026b")])
    assert rows(seeded) == before
    moved = tmp_path / "house.toml"
    moved.write_text(moved.read_text().replace("from = 2026-01-01", "from = 2026-11-05"), encoding="utf-8")
    seed_targets(seeded.engine, MARIA, [read_file(moved)])
    assert rows(seeded) == before


def test_the_loser_of_two_edits_learns_who_was_faster_and_nothing_of_his_is_kept(seeded: Company) -> None:
    opened = seen(seeded)
    save(seeded, uptime("0.9995"), MARIA)
    before, count = rows(seeded), seeded.count("change_log")
    with pytest.raises(ChangedMeanwhile) as raised:
        propose_target(seeded.engine, seeded.settings, CFO, uptime("0.98"), opened, "mine")
    assert str(raised.value) == (
        "oidc:chair changed it on 9 November 2026 at 06:00 UTC, after you opened it: nothing was saved. "
        "Look at it as it is now, then save again."
    )
    with pytest.raises(ChangedMeanwhile):
        end(seeded, None, NOVEMBER, opened=opened)
    assert (rows(seeded), seeded.count("change_log")) == (before, count)


def test_of_approvals_at_the_same_moment_exactly_one_is_kept(seeded: Company) -> None:
    opened, gate = seen(seeded), Barrier(4)
    numbers = [
        propose_target(seeded.engine, seeded.settings, local_actor(f"p{place}"), uptime(f"0.9{place}"), opened, "race")
        for place in range(1, 5)
    ]

    def decide(number: int) -> bool:
        gate.wait()
        try:
            approve(seeded.engine, seeded.settings, CHAIR, number)
        except ChangedMeanwhile:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        kept = list(pool.map(decide, numbers))
    assert sorted(kept) == [False, False, False, True]
    assert rows(seeded)[-1][2:] == (f"0.9{kept.index(True) + 1}", "2026-11-01", "oidc:chair")


def proposed(company: Company, low: str = "0.9995", actor: Actor = CFO) -> int:
    return propose_target(company.engine, company.settings, actor, uptime(low), seen(company), "the board asked")


def test_what_one_person_proposes_holds_for_nobody_yet(seeded: Company) -> None:
    before, version = rows(seeded), seeded.version()
    number = proposed(seeded)
    assert (rows(seeded), seeded.version()) == (before, version)
    last = logged(seeded)[-1]
    assert (last.actor, last.action, last.object) == (
        "local:cfo",
        "proposed",
        f"proposal {number}: target of availability",
    )
    assert (last.new["low"], last.why) == ("0.9995", "the board asked")


@pytest.mark.parametrize("name", ["local:cfo", "cli:cfo", "oidc:cfo"])
def test_nobody_approves_what_they_proposed_however_they_come_in(seeded: Company, name: str) -> None:
    number, before = proposed(seeded), rows(seeded)
    with pytest.raises(NotPermitted, match=f"{name} proposed this, and it needs two people"):
        approve(seeded.engine, seeded.settings, Actor(name, frozenset(Role)), number)
    assert rows(seeded) == before


@pytest.mark.parametrize("role", Role)
def test_only_approvers_and_admins_approve(seeded: Company, role: Role) -> None:
    number, before = proposed(seeded), rows(seeded)
    eve = Actor("oidc:eve", frozenset({role}))
    if role in (Role.APPROVER, Role.ADMIN):
        approve(seeded.engine, seeded.settings, eve, number)
        assert rows(seeded) != before
    else:
        for act in (lambda: approve(seeded.engine, seeded.settings, eve, number),
                    lambda: decline(seeded.engine, seeded.settings, eve, number, "no")):  # fmt: skip
            with pytest.raises(NotPermitted, match="may not approve"):
                act()
        assert rows(seeded) == before


def test_what_was_decided_is_not_decided_again(seeded: Company) -> None:
    number = proposed(seeded)
    approve(seeded.engine, seeded.settings, CHAIR, number, "agreed")
    before, count = rows(seeded), seeded.count("change_log")
    for act in (approve, decline):
        with pytest.raises(NotPossible, match=f"Proposal {number} was approved by oidc:chair: nothing was changed"):
            act(seeded.engine, seeded.settings, MARIA, number, "again")
    with pytest.raises(NotPossible, match="There is no proposal 99"):
        approve(seeded.engine, seeded.settings, CHAIR, 99)
    assert (rows(seeded), seeded.count("change_log")) == (before, count)


def test_a_proposal_that_is_sent_twice_is_kept_once(seeded: Company) -> None:
    number, opened = proposed(seeded), seen(seeded)
    count = seeded.count("change_log")
    for actor in (CFO, MARIA):
        with pytest.raises(NotPossible, match=f"proposed already and waits: it is proposal {number}"):
            propose_target(seeded.engine, seeded.settings, actor, uptime("0.9995"), opened, "again")
    assert (seeded.count("proposal"), seeded.count("change_log")) == (1, count)


def test_a_proposal_is_declined_by_another_and_taken_back_by_its_maker(seeded: Company) -> None:
    before = rows(seeded)
    for actor, word in ((CHAIR, "declined"), (CFO, "withdrawn")):
        number = proposed(seeded)
        with pytest.raises(NotPossible, match="Give a reason"):
            decline(seeded.engine, seeded.settings, actor, number, " ")
        decline(seeded.engine, seeded.settings, actor, number, "too low")
        last = logged(seeded)[-1]
        assert (last.actor, last.action, last.why) == (actor.name, word, "too low")
    assert rows(seeded) == before


def test_what_changed_after_it_was_proposed_is_not_approved(seeded: Company) -> None:
    first, second = proposed(seeded), proposed(seeded, "0.98", MARIA)
    approve(seeded.engine, seeded.settings, CHAIR, first)
    before = rows(seeded)
    with pytest.raises(ChangedMeanwhile, match="after it was proposed: nothing was saved"):
        approve(seeded.engine, seeded.settings, CHAIR, second)
    assert rows(seeded) == before


def test_an_approver_of_one_entity_approves_its_targets_alone(seeded: Company) -> None:
    europe = Actor("oidc:otto", frozenset({Role.APPROVER}), frozenset({"europe"}))
    number = proposed(seeded)
    with pytest.raises(NotPermitted, match="may approve for europe only"):
        approve(seeded.engine, seeded.settings, europe, number)
    own = propose_target(
        seeded.engine, seeded.settings, CFO, uptime("0.99", scope="wallet"), seen(seeded, scope="wallet"), "own"
    )
    approve(seeded.engine, seeded.settings, europe, own)
    assert judged_by(seeded, "wallet", "2026-11") == "0.99"


def test_who_may_not_edit_targets_changes_nothing(seeded: Company) -> None:
    viewer, count = Actor("local:eve", frozenset({Role.VIEWER, Role.ANALYST})), seeded.count("change_log")
    with pytest.raises(NotPermitted, match=r"local:eve \(analyst, viewer\) may not edit targets"):
        save(seeded, uptime("0.5"), viewer)
    with pytest.raises(NotPermitted):
        end(seeded, None, NOVEMBER, viewer)
    assert seeded.count("change_log") == count
    save(seeded, uptime("0.99"), Actor("local:fin", frozenset({Role.FINANCE_EDITOR})))


def of(metric: str, low: str | None, high: str | None, **more: object) -> Callable[[], Setting]:
    edges = (None if low is None else Decimal(low), None if high is None else Decimal(high))
    given = {"scope": None, "valid_from": NOVEMBER} | more
    return lambda: Setting(metric, given["scope"], *edges, given["valid_from"], given.get("valid_to"))  # type: ignore[arg-type]


WRONG = {
    "no edge": (of("availability", None, None), "Give at least one edge"),
    "crossed": (of("integration_share", "0.3", "0.2"), "The least lies above the most"),
    "half a band": (of("integration_share", "0.2", None), "is held against a band: give both edges."),
    "the wrong side up": (of("availability", None, "0.9"), "Uptime is better the higher it is: give the least"),
    "the wrong side down": (of("lead_time", "5", None), "is better the lower it is: give the most"),
    "a share above one": (of("availability", "99.9", None), "Uptime is a share: give an edge of 100 % at most."),
    "a negative time": (of("lead_time", None, "-1"), "is never below 0"),
    "points off the scale": (of("nps", "120", None), "lies between −100 and 100"),
    "money": (of("spend_effective", None, "5"), "Spend is an amount, which has a budget: choose another measure."),
    "what follows": (of("error_budget", None, "1"), "Error budget spent follows from another target"),
    "no such metric": (of("uptimes", "0.9", None), "There is no metric 'uptimes': choose one that exists."),
    "no such scope": (of("availability", "0.9", None, scope="mars"), "There is no scope 'mars': choose one"),
    "too early": (
        of("availability", "0.9", None, valid_from=date(2025, 12, 31)),
        "A target from 2026-01-01 on is there already: start on that day or later",
    ),
    "ends before it starts": (
        of("availability", "0.9", None, valid_to=NOVEMBER),
        "The last day lies before the first: choose a later end, or none.",
    ),
}


@pytest.mark.parametrize(("new", "said"), WRONG.values(), ids=WRONG)
def test_what_cannot_hold_is_refused_in_a_sentence_and_nothing_is_kept(
    seeded: Company, new: Callable[[], Setting], said: str
) -> None:
    before, version = seeded.count("target"), seeded.version()
    with pytest.raises(BadTarget) as raised:
        save(seeded, new())
    assert said in str(raised.value)
    assert (seeded.count("target"), seeded.version()) == (before, version)


@pytest.mark.parametrize("why", ["", "  \n"])
def test_a_reason_is_required(seeded: Company, why: str) -> None:
    with pytest.raises(BadTarget, match="Give a reason, which the log keeps"):
        save(seeded, uptime("0.9"), why=why)
    with pytest.raises(BadTarget, match="Give a reason, which the log keeps"):
        end(seeded, None, NOVEMBER, why=why)


def test_a_score_may_have_a_target_below_zero_and_any_measure_a_band(seeded: Company) -> None:
    save(seeded, of("nps", "-10", None)())
    save(seeded, of("lead_time", "1", "48")())
    assert judged_by(seeded, "group", "2026-11", "nps") == "-10"


def test_a_target_does_not_end_before_it_starts(seeded: Company) -> None:
    with pytest.raises(BadTarget, match="The target starts on 2026-01-01: choose that day or a later one"):
        end(seeded, None, date(2025, 6, 1))
