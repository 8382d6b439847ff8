"""Business cases from draft to approval: by two people, held against what was looked at, logged, and then unchanged."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from data.access import Actor, NotPermitted, Role
from data.finance.case import Assumption, BadCase, Case, Flow, Line, Promise
from data.finance.case_file import document
from data.finance.levers.base import Side
from data.warehouse.cases import (
    ChangedMeanwhile,
    Kept,
    Status,
    approve,
    copy,
    create,
    differences,
    give_back,
    kept_case,
    kept_cases,
    revise,
    save,
    submit,
)
from data.warehouse.change_log import Change, entries, first_fault
from data.warehouse.engine import reading
from tests.data.warehouse.world import Company

ANNA = Actor("oidc:anna", frozenset({Role.FINANCE_EDITOR}))
BEN = Actor("oidc:ben", frozenset({Role.APPROVER}))
EVA = Actor("oidc:eva", frozenset({Role.VIEWER}))
BOTH = Actor("oidc:anna", frozenset({Role.ADMIN}))


def case(name: str = "Gateway", scope: str | None = "europe", reduction: str = "0.4") -> Case:
    bugs = Line(
        id="bugs", lever="integration_bugs",
        values={"bugs": 200, "reduction": Assumption(value=reduction, low="0.1", high="0.5"), "cost_of_one": 1_500},
        promise=Promise(measure="integration_error_rate", scope="bank", baseline="0.02", planned="0.01"),
    )  # fmt: skip
    build = Line(id="build", lever="build", values={"cost": 100_000})
    given = {"name": name, "owner": "Anna", "currency": "EUR", "start": date(2026, 7, 1), "years": 2}
    return Case(**given, discount_rate="0.1", scope=scope, line=(bugs, build))


def log(engine: Engine) -> list[Change]:
    with reading(engine) as connection:
        found = entries(connection)
    assert first_fault(found) is None
    return [one for one in found if one.object.startswith("business case")]


def seen(engine: Engine, name: str = "gateway", version: int = 1) -> Kept:
    with reading(engine) as connection:
        return kept_case(connection, EVA, name, version)


def test_a_case_goes_from_draft_to_approval_by_two_people_and_each_step_is_logged(company: Company) -> None:
    engine = company.engine
    draft = create(engine, ANNA, case(), "an idea")
    assert (draft.id, draft.version, draft.status, draft.revision) == ("gateway", 1, Status.DRAFT, 1)
    changed = save(engine, ANNA, draft, case(reduction="0.3"), "the pilot said less")
    handed_in = submit(engine, ANNA, changed, "for the board of November")
    approved = approve(engine, BEN, handed_in, "agreed")
    assert (approved.status, approved.submitted_by, approved.approved_by) == (Status.APPROVED, "oidc:anna", "oidc:ben")
    assert approved.case == case(reduction="0.3")
    assert seen(engine) == approved
    told = [(one.actor, one.action, one.object, one.old, one.new, one.why) for one in log(engine)]
    assert told == [
        ("oidc:anna", "created", "business case gateway v1", None, log(engine)[0].new, "an idea"),
        ("oidc:anna", "changed", "business case gateway v1", {"line.bugs.values.reduction.value": "0.4"},
         {"line.bugs.values.reduction.value": "0.3"}, "the pilot said less"),
        ("oidc:anna", "submitted", "business case gateway v1", "draft", "submitted", "for the board of November"),
        ("oidc:ben", "approved", "business case gateway v1", "submitted", "approved", "agreed"),
    ]  # fmt: skip


@pytest.mark.parametrize("actor", [BOTH, replace(BOTH, name="cli:anna")], ids=["same name", "same person elsewhere"])
def test_who_submitted_a_case_cannot_approve_it(company: Company, actor: Actor) -> None:
    handed_in = submit(company.engine, ANNA, create(company.engine, ANNA, case(), "why"), "why")
    with pytest.raises(NotPermitted, match="somebody else has to approve"):
        approve(company.engine, actor, handed_in, "I like it")
    assert seen(company.engine).status is Status.SUBMITTED


def test_an_approved_version_is_never_changed_and_the_next_one_is_drafted_from_it(company: Company) -> None:
    engine = company.engine
    approved = approve(engine, BEN, submit(engine, ANNA, create(engine, ANNA, case(), "w"), "w"), "w")
    for act in (
        lambda: save(engine, ANNA, approved, case(reduction="0.2"), "w"),
        lambda: submit(engine, ANNA, approved, "w"),
        lambda: give_back(engine, BEN, approved, "w"),
        lambda: approve(engine, BEN, approved, "w"),
    ):
        with pytest.raises(BadCase, match="This version is approved"):
            act()
    assert seen(engine) == approved
    second = revise(engine, ANNA, "gateway", 1, "new prices")
    assert (second.id, second.version, second.based_on, second.case) == ("gateway", 2, "gateway v1", approved.case)


def test_a_submitted_version_comes_back_with_a_comment(company: Company) -> None:
    engine = company.engine
    handed_in = submit(engine, ANNA, create(engine, ANNA, case(), "w"), "w")
    back = give_back(engine, BEN, handed_in, "the range of the reduction is too kind")
    assert (back.status, back.submitted_by) == (Status.DRAFT, None)
    assert log(engine)[-1].why == "the range of the reduction is too kind"


def test_what_was_changed_meanwhile_is_never_overwritten(company: Company) -> None:
    engine = company.engine
    draft = create(engine, ANNA, case(), "w")
    save(engine, ANNA, draft, case(reduction="0.3"), "first")
    with pytest.raises(ChangedMeanwhile, match="oidc:anna changed it after you opened it"):
        save(engine, BOTH, draft, case(reduction="0.2"), "second")
    with pytest.raises(ChangedMeanwhile):
        submit(engine, ANNA, draft, "w")
    assert seen(engine).case == case(reduction="0.3")
    assert [one.why for one in log(engine)] == ["w", "first"]


def test_of_many_saves_at_once_one_is_kept_and_logged(company: Company) -> None:
    engine = company.engine
    draft = create(engine, ANNA, case(), "w")

    def attempt(place: int) -> str:
        try:
            return save(engine, ANNA, draft, case(reduction=f"0.2{place}"), f"try {place}").case.name
        except ChangedMeanwhile:
            return "refused"

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(attempt, range(8)))
    assert sorted(done) == ["Gateway"] + ["refused"] * 7
    last = log(engine)[-1]
    assert seen(engine).case.named("bugs").assumption("reduction").value == Decimal(f"0.2{last.why[-1]}")
    assert (seen(engine).revision, len(log(engine))) == (2, 2)


def test_a_copy_says_the_same_under_another_name(company: Company) -> None:
    engine = company.engine
    create(engine, ANNA, case(), "w")
    made = copy(engine, ANNA, "gateway", 1, "Gateway für Zürich", "another market")
    assert (made.id, made.based_on) == ("gateway-fur-zurich", "gateway v1")
    assert made.case == case("Gateway für Zürich")
    assert create(engine, ANNA, case(), "again").id == "gateway-2"


def test_what_is_missing_for_approval_is_named(company: Company) -> None:
    engine = company.engine
    lines = (
        Line(id="grant", side=Side.BENEFIT, flows=(Flow(date=date(2027, 1, 1), amount=5),)),
        Line(id="a", lever="retention", promise=Promise(measure="nps", scope="group")),
        Line(id="b", lever="time_to_market", promise=Promise(measure="features_per_year", scope="group")),
        Line(
            id="c",
            lever="earlier_launch",
            promise=Promise(measure="feature_cycle_time", scope="group", baseline=9, planned=5),
        ),
    )
    draft = create(engine, ANNA, case().model_copy(update={"line": lines}), "w")
    with pytest.raises(BadCase) as caught:
        submit(engine, ANNA, draft, "w")
    assert f"{caught.value}" == (
        "Time to market and Earlier launch count the same money: take one of them out. "
        "grant is promised on no measure: name one that reviews can read. "
        "Retention: say the value of nps before, and the one that is planned."
    )


@pytest.mark.parametrize(
    ("actor", "act"),
    [
        (EVA, lambda engine, _kept: create(engine, EVA, case("Mine"), "w")),
        (EVA, lambda engine, kept: save(engine, EVA, kept, case(reduction="0.2"), "w")),
        (EVA, lambda engine, kept: submit(engine, EVA, kept, "w")),
        (BEN, lambda engine, kept: save(engine, BEN, kept, case(reduction="0.2"), "w")),
        (EVA, lambda engine, _kept: revise(engine, EVA, "gateway", 1, "w")),
        (EVA, lambda engine, _kept: copy(engine, EVA, "gateway", 1, "Mine", "w")),
    ],
)
def test_who_may_not_edit_changes_nothing(company: Company, actor: Actor, act: object) -> None:
    kept = create(company.engine, ANNA, case(), "w")
    with pytest.raises(NotPermitted, match="may not edit business cases"):
        act(company.engine, kept)  # type: ignore[operator]
    assert len(log(company.engine)) == 1


def test_an_editor_cannot_approve_and_an_approver_of_another_entity_neither(company: Company) -> None:
    engine = company.engine
    handed_in = submit(engine, ANNA, create(engine, ANNA, case(), "w"), "w")
    with pytest.raises(NotPermitted, match="may not approve"):
        approve(engine, replace(ANNA, name="oidc:carl"), handed_in, "w")
    with pytest.raises(NotPermitted, match="for america only"):
        approve(engine, replace(BEN, entities=frozenset({"america"})), handed_in, "w")
    assert approve(engine, replace(BEN, entities=frozenset({"group"})), handed_in, "w").status is Status.APPROVED


def test_cases_of_other_entities_are_not_read(company: Company) -> None:
    engine = company.engine
    create(engine, ANNA, case(), "w")
    create(engine, ANNA, case("Whole company", None), "w")
    american = replace(EVA, entities=frozenset({"america"}))
    with reading(engine) as connection:
        assert [one.id for one in kept_cases(connection, EVA)] == ["gateway", "whole-company"]
        assert kept_cases(connection, american) == ()
        with pytest.raises(NotPermitted):
            kept_case(connection, american, "gateway", 1)
    with pytest.raises(NotPermitted, match="for america only"):
        create(engine, replace(ANNA, entities=frozenset({"america"})), case(), "w")
    kept = seen(engine)
    moved = case(scope="america")
    with pytest.raises(NotPermitted):
        save(engine, replace(ANNA, entities=frozenset({"europe"})), kept, moved, "w")


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda engine, kept: save(engine, ANNA, kept, kept.case, "w"), "Nothing was changed"),
        (lambda engine, kept: save(engine, ANNA, kept, case(reduction="0.2"), "  "), "Give a reason"),
        (lambda engine, _kept: create(engine, ANNA, case(scope="nowhere"), "w"), "There is no scope 'nowhere'"),
        (lambda engine, _kept: revise(engine, ANNA, "nothing", 1, "w"), "There is no business case 'nothing'"),
        (lambda engine, kept: approve(engine, BEN, kept, "w"), "This version is draft, not submitted"),
    ],
)
def test_what_cannot_be_done_says_why_and_leaves_no_trace(company: Company, act: object, said: str) -> None:
    kept = create(company.engine, ANNA, case(), "w")
    version = company.version()
    with pytest.raises(BadCase, match=said):
        act(company.engine, kept)  # type: ignore[operator]
    assert (seen(company.engine), len(log(company.engine)), company.version()) == (kept, 1, version)


def test_differences_are_told_by_their_place() -> None:
    old, new = differences(document(case()), document(case(reduction="0.2").model_copy(update={"years": 3})))
    assert old == {"line.bugs.values.reduction.value": "0.4", "years": 2}
    assert new == {"line.bugs.values.reduction.value": "0.2", "years": 3}
