"""Each rule says what it found, how much that weighs, and the numbers behind it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from data.finance.budget import CostClass, Kind, Scenario, costs, fingerprint
from data.finance.budget_lines import filled, without
from data.finance.rules import Around, Finding, Policy, Severity, State, check
from tests.data.finance.budgets import AUDIT, BASE, CALLS, CLOUD, HUB, PILOT, POOL, months, upside


def found(rule: str, scenario: Scenario = BASE, around: Around | None = None) -> Finding:
    return next(one for one in check(scenario, around) if one.rule == rule)


def numbers(finding: Finding) -> dict[str, Decimal | int | None]:
    return {one.name: one.value for one in finding.numbers}


def hub_at(share: str) -> Scenario:
    """All costs 10,000,000 a year, of them so much integration."""
    whole, part = Decimal(10000000), Decimal(10000000) * Decimal(share)
    lines = (
        filled(replace(HUB, months=months("0")), 0, 0, part),
        filled(replace(CLOUD, months=months("0")), 0, 0, whole - part),
    )
    return replace(BASE, lines=lines)


def test_the_small_budget_holds_every_rule() -> None:
    states = {one.rule: one.state for one in check(BASE, Around(siblings=(upside(),)))}
    assert states == {f"BR-{at}": State.HOLDS for at in range(1, 8)} | {"BR-8": State.NOT_ASKED}


def test_severities_are_those_of_the_policy() -> None:
    blocking = {one.rule for one in check(BASE) if one.severity is Severity.BLOCK}
    assert blocking == {"BR-2", "BR-5", "BR-8"}


@pytest.mark.parametrize(
    ("share", "state"),
    [("0.1499999", State.FAILS), ("0.15", State.HOLDS), ("0.25", State.HOLDS), ("0.2500001", State.FAILS)],
)
def test_the_edges_of_the_band_belong_to_it(share: str, state: State) -> None:
    finding = found("BR-1", hub_at(share))
    assert finding.state is state
    assert numbers(finding)["technology budget (all costs)"] == 10_000_000
    assert (numbers(finding)["lower edge"], numbers(finding)["upper edge"]) == (1_500_000, 2_500_000)
    assert numbers(finding)["share"] == Decimal(share)


def test_the_share_shows_its_denominator_and_what_is_unclassified() -> None:
    open_line = replace(
        CLOUD, id="open", name="Sundry", vendor="Nobody", cost_class=CostClass.BY_RULES, months=months("40.00")
    )
    scenario = replace(BASE, lines=(*BASE.lines, open_line))
    finding = found("BR-1", scenario)
    shown, technology = numbers(finding), costs(scenario).total
    assert (shown["unclassified"], shown["technology budget (all costs)"]) == (480, technology)
    assert shown["share with all of the unclassified"] == (Decimal(2400) + 480) / technology
    assert finding.state is State.HOLDS
    assert found("BR-7", scenario).lines == ("open",)


def test_too_much_unclassified_keeps_the_share_from_being_judged() -> None:
    scenario = BASE.with_line(replace(CLOUD, vendor="Nobody", name="Sundry", cost_class=CostClass.BY_RULES))
    assert found("BR-7", scenario).state is State.FAILS
    assert found("BR-1", scenario).state is State.CANNOT_TELL


def test_the_rules_of_spend_class_a_line_that_nobody_did() -> None:
    scenario = BASE.with_line(replace(HUB, cost_class=CostClass.BY_RULES, vendor="Workato"))
    assert numbers(found("BR-1", scenario))["integration and middleware"] == 2400


def test_the_band_is_the_companys() -> None:
    assert (
        found("BR-1", BASE, Around(policy=Policy(share_low=Decimal("0.30"), share_high=Decimal(1)))).state
        is State.FAILS
    )


def test_a_quarter_without_audit_blocks_and_is_named() -> None:
    finding = found("BR-2", BASE.with_line(filled(AUDIT, 3, 5, Decimal(0))))
    assert finding.blocks
    assert finding.sentence == "There is nothing planned for audit and compliance in Q2: plan an amount."
    assert numbers(finding) == {"Q1": 90, "Q2": 0, "Q3": 90, "Q4": 90}
    assert found("BR-2", without(BASE, "audit")).sentence.startswith("There is no line for audit and compliance in Q1")


def test_a_mandatory_line_without_an_amount_blocks() -> None:
    finding = found("BR-2", BASE.with_line(replace(HUB, months=months("0"))))
    assert finding.blocks
    assert finding.sentence == "Mandatory lines without an amount: Integration hub."


def test_legacy_and_emerging_need_money_or_a_reason() -> None:
    bare = BASE.with_line(replace(PILOT, months=months("0")))
    assert found("BR-3", bare).state is State.FAILS
    assert found("BR-3", bare).severity is Severity.WARN
    said = BASE.with_line(replace(PILOT, months=months("0"), note="paused until the law is clear"))
    assert found("BR-3", said).state is State.HOLDS
    assert "paused until the law is clear" in found("BR-3", said).sentence


@pytest.mark.parametrize(
    ("scenario", "said"),
    [
        (without(BASE, "pool"), "There is no experiment pool"),
        (replace(BASE, pool_limit=None), "no limit"),
        (replace(BASE, pool_limit=Decimal(121)), "more than the whole pool"),
        (BASE.with_line(replace(POOL, vendor="Nimbra")), "not kept apart"),
    ],
)
def test_the_pool_stands_apart_with_a_limit(scenario: Scenario, said: str) -> None:
    assert said in found("BR-4", scenario).sentence
    assert found("BR-4", scenario).state is State.FAILS


def test_months_that_miss_the_agreed_amount_block_and_both_are_told() -> None:
    finding = found("BR-5", BASE.with_line(filled(BASE.line("legacy"), 0, 0, Decimal("50.01"))))
    assert finding.blocks
    assert "the months of Ledger renewal add up to 600.01, agreed are 600.00" in finding.sentence
    assert numbers(finding)["by how much, in the lines' own currencies"] == Decimal("0.01")


def test_a_currency_without_a_rate_and_a_line_off_its_driver_block() -> None:
    assert "USD has no budget rate" in found("BR-5", replace(BASE, rates=())).sentence
    moved = replace(BASE, drivers=(replace(CALLS, months=months("1")),))
    assert "Partner calls is not what its driver gives" in found("BR-5", moved).sentence
    assert found("BR-5", replace(BASE, drivers=())).blocks


def test_siblings_out_of_order_are_told() -> None:
    worse = replace(BASE, id="down", kind=Kind.DOWNSIDE)
    assert found("BR-6", BASE, Around(siblings=(upside(), worse))).state is State.HOLDS
    richer = replace(upside(), kind=Kind.DOWNSIDE)
    finding = found("BR-6", BASE, Around(siblings=(richer,)))
    assert finding.state is State.FAILS
    assert finding.sentence.startswith("The benefits and costs of downside, base and upside")
    assert found("BR-6").state is State.NOT_ASKED


def test_an_approved_version_is_held_against_what_was_approved() -> None:
    same = Around(approved=True, approved_hash=fingerprint(BASE))
    assert found("BR-8", BASE, same).state is State.HOLDS
    assert found("BR-8", BASE.with_line(filled(CLOUD, 0, 0, Decimal(1))), same).blocks


def test_a_new_version_of_an_approved_one_needs_a_reason() -> None:
    second = replace(BASE, id="fy2026-base-2", version=2, parent=BASE.id)
    assert found("BR-8", second, Around(parent_approved=True)).blocks
    assert found("BR-8", replace(second, reason="new prices"), Around(parent_approved=True)).state is State.HOLDS
