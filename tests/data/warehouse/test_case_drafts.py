"""What somebody moved in a case is kept as it is moved, one row a person and case, until it is saved or let go."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import Engine, func, select

from data.access import Actor, NotPermitted, Role
from data.finance.case import BadCase, Case
from data.finance.case_file import template
from data.warehouse.case_drafts import Draft, draft, keep, let_go, rebase, shipped
from data.warehouse.cases import (
    ChangedMeanwhile,
    Kept,
    Page,
    approve,
    copy,
    create,
    kept_case,
    revise,
    save,
    submit,
)
from data.warehouse.engine import reading
from data.warehouse.read import data_version
from data.warehouse.tables_cases import case_draft
from tests.data.warehouse.test_cases import ANNA, BEN, EVA, case
from tests.data.warehouse.world import NOW, Company

CARL = Actor("oidc:carl", frozenset({Role.FINANCE_EDITOR}))
HERE = ("gateway", 1)
MOVED = case(reduction="0.3")


def unsaved(engine: Engine, actor: Actor = ANNA, place: tuple[str, int] = HERE) -> Draft | None:
    with reading(engine) as connection:
        return draft(connection, actor, place)


def rows(engine: Engine) -> int:
    with reading(engine) as connection:
        return connection.execute(select(func.count()).select_from(case_draft)).scalar_one()


def kept(engine: Engine, place: tuple[str, int] = HERE) -> Kept:
    with reading(engine) as connection:
        return kept_case(connection, ANNA, *place)


def dearer(of: Case, cost: str) -> Case:
    build = of.named("build")
    values = {"cost": build.assumption("cost").model_copy(update={"value": Decimal(cost)})}
    return of.model_copy(update={"line": (of.line[0], build.model_copy(update={"values": values}))})


@pytest.fixture
def engine(company: Company) -> Engine:
    create(company.engine, ANNA, case(), "an idea")
    return company.engine


def test_moves_are_one_persons_and_are_found_again_however_they_come_in(engine: Engine) -> None:
    with reading(engine) as connection:
        version = data_version(connection)
    assert keep(engine, ANNA, HERE, case(), (case(), MOVED)) == Draft(case(), MOVED, NOW)
    assert unsaved(engine, Actor("web:anna", ANNA.roles)) == Draft(case(), MOVED, NOW)
    assert unsaved(engine, CARL) is None
    assert kept(engine).case == case()
    with reading(engine) as connection:
        assert data_version(connection) == version  # nobody else's page is drawn anew


def test_moves_of_two_windows_are_put_together_and_what_moves_back_is_let_go(engine: Engine) -> None:
    keep(engine, ANNA, HERE, case(), (case(), MOVED))
    keep(engine, ANNA, HERE, case(), (case(), dearer(case(), "90000")))
    assert unsaved(engine) == Draft(case(), dearer(MOVED, "90000"), NOW)
    keep(engine, ANNA, HERE, case(), (MOVED, case()))
    assert unsaved(engine) == Draft(case(), dearer(case(), "90000"), NOW)
    assert keep(engine, ANNA, HERE, case(), (dearer(case(), "90000"), case())) is None
    assert rows(engine) == 0


def test_saving_takes_what_it_saves_and_leaves_what_another_window_moved(engine: Engine) -> None:
    keep(engine, ANNA, HERE, case(), (case(), MOVED))
    save(engine, ANNA, kept(engine), MOVED, "the pilot")
    assert rows(engine) == 0
    keep(engine, ANNA, HERE, MOVED, (MOVED, dearer(MOVED, "90000")))
    keep(engine, ANNA, HERE, MOVED, (MOVED, case(reduction="0.2")))
    save(engine, ANNA, kept(engine), dearer(MOVED, "90000"), "an offer")
    left = dearer(case(reduction="0.2"), "90000")
    assert unsaved(engine) == Draft(dearer(MOVED, "90000"), left, NOW)


def test_a_save_that_is_refused_leaves_the_moves(engine: Engine) -> None:
    seen = kept(engine)
    keep(engine, ANNA, HERE, case(), (case(), MOVED))
    keep(engine, CARL, HERE, case(), (case(), dearer(case(), "90000")))
    save(engine, CARL, seen, dearer(case(), "90000"), "an offer")
    with pytest.raises(ChangedMeanwhile, match="oidc:carl changed it after you opened it"):
        save(engine, ANNA, seen, MOVED, "the pilot")
    with pytest.raises(BadCase, match="Give a reason"):
        save(engine, ANNA, kept(engine), MOVED, " ")
    assert unsaved(engine) == Draft(case(), MOVED, NOW)
    assert kept(engine).case == dearer(case(), "90000")


def test_after_a_conflict_the_moves_stand_on_what_somebody_saved(engine: Engine) -> None:
    keep(engine, ANNA, HERE, case(), (case(), MOVED))
    theirs = dearer(case(), "90000")
    save(engine, CARL, kept(engine), theirs, "an offer")
    both = dearer(MOVED, "90000")
    assert rebase(engine, ANNA, HERE, theirs, both) == Draft(theirs, both, NOW)
    save(engine, ANNA, kept(engine), both, "the pilot")
    assert (rows(engine), kept(engine).case) == (0, both)
    assert rebase(engine, ANNA, HERE, both, both) is None


def test_moves_of_an_approved_version_go_along_to_the_next_one(engine: Engine) -> None:
    approve(engine, BEN, submit(engine, ANNA, kept(engine), "w"), "w")
    keep(engine, ANNA, HERE, case(), (case(), MOVED))
    made = revise(engine, ANNA, *HERE, "new prices")
    assert unsaved(engine) is None
    assert unsaved(engine, place=("gateway", 2)) == Draft(case(), MOVED, NOW)
    save(engine, ANNA, made, MOVED, "the pilot")
    assert rows(engine) == 0


def test_a_case_of_ones_own_takes_the_moves_of_the_page_that_it_was_made_on(engine: Engine) -> None:
    place, start = shipped("delivery-roi"), template()
    moved = start.model_copy(update={"discount_rate": Decimal("0.12")})
    assert keep(engine, ANNA, place, start, (start, moved)) == Draft(start, moved, NOW)
    own = moved.model_copy(update={"owner": "Anna", "scope": "group"})
    create(engine, ANNA, own, "our own", page=Page(place, start, moved))
    assert rows(engine) == 0
    named = case().model_copy(update={"name": "Gateway two"})
    keep(engine, ANNA, HERE, case(), (case(), named))
    copy(engine, ANNA, *HERE, "Gateway two", "to try")
    assert rows(engine) == 0


def test_who_lets_go_lets_go_of_their_own(engine: Engine) -> None:
    for actor in (ANNA, CARL):
        keep(engine, actor, HERE, case(), (case(), MOVED))
    let_go(engine, ANNA, HERE)
    assert (unsaved(engine), unsaved(engine, CARL)) == (None, Draft(case(), MOVED, NOW))


def test_nothing_is_kept_for_who_may_not_edit(engine: Engine) -> None:
    abroad = Actor("oidc:amy", frozenset({Role.FINANCE_EDITOR}), frozenset({"america"}))
    for actor in (EVA, BEN, abroad):
        for act in (
            lambda who: keep(engine, who, HERE, case(), (case(), MOVED)),
            lambda who: rebase(engine, who, HERE, case(), MOVED),
            lambda who: let_go(engine, who, HERE),
            lambda who: unsaved(engine, who),
        ):
            with pytest.raises(NotPermitted):
                act(actor)
    start = template()
    moved = start.model_copy(update={"discount_rate": Decimal("0.12")})
    with pytest.raises(NotPermitted):
        keep(engine, EVA, shipped("delivery-roi"), start, (start, moved))
    assert keep(engine, abroad, shipped("delivery-roi"), start, (start, moved)) is not None
    assert rows(engine) == 1
