"""The approved budget and the business cases in force, as the board pack tells them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.content.blocks import Bars, Notice, Section, Table
from app.content.budget_landing import landing
from app.content.sections import section_named
from app.content.sections.base import Comparison, Context
from data.finance.forecast import forecast, run_rate
from data.period import parse
from data.warehouse import budget_actuals, budget_states
from data.warehouse.budget_rows import stored
from data.warehouse.budgets import create
from data.warehouse.engine import reading
from data.warehouse.readings import Reader
from tests.app.test_roi_page import approved as approve_case
from tests.app.world import NOW, World, held_clock
from tests.data.finance.budgets import BASE
from tests.data.warehouse.budget_world import APPROVER, EDITOR, VIEWER

Told = Callable[..., Section]


@pytest.fixture
def told(world: World, inside: Callable[[World], None]) -> Told:
    """told(section, period, scope) -> the section as the warehouse is now."""
    inside(world)

    def build(name: str, period: str = "2026-10", scope: str = BASE.scope) -> Section:
        engine = world.engine()
        with reading(engine) as connection:
            context = Context(Reader(connection, world.settings), scope, parse(period), Comparison("previous"), NOW)
            made = section_named(name).build(context)
        engine.dispose()
        return made

    return build


def plan(world: World, *, approve: bool) -> None:
    engine = world.engine()
    with held_clock(NOW):
        create(engine, world.settings, EDITOR, BASE, "the plan")
        budget_states.submit(engine, world.settings, EDITOR, "fy2026-base-1", 1, "ready")
        if approve:
            budget_states.approve(engine, world.settings, APPROVER, "fy2026-base-1", 2, "in the frame")
    engine.dispose()


def test_a_budget_that_nobody_approved_is_told_as_missing(world: World, told: Told) -> None:
    plan(world, approve=False)
    (notice,) = told("budget.in_force").blocks
    assert isinstance(notice, Notice)
    assert (notice.kind, notice.sentence) == (
        "missing", "No budget of Testmoor Group is approved for the year of October 2026.",
    )  # fmt: skip
    assert told("budget.lands").blocks == ()


def test_the_approved_budget_lands_where_its_own_page_says(world: World, told: Told) -> None:
    plan(world, approve=True)
    assert "version 1 is approved" in str(told("budget.in_force").blocks[0])
    engine = world.engine()
    with reading(engine) as connection:
        of = stored(connection, world.settings, VIEWER, "fy2026-base-1").scenario
        done = budget_actuals.spent(Reader(connection, world.settings), VIEWER, of)
    engine.dispose()
    assert done.closed == 10
    assert told("budget.lands") == landing(of, forecast(of, done), done, run_rate(done))


def test_an_earlier_period_is_told_by_what_was_spent_until_then(world: World, told: Told) -> None:
    plan(world, approve=True)
    figure = next(block for block in told("budget.lands", "2026-06").blocks if isinstance(block, Bars))
    assert figure.subtitle == "Costs per month: the plan beside 6 months of actuals and the forecast"
    assert told("budget.lands", "2025-12").blocks == ()
    assert told("budget.lands", scope="admin").blocks == ()


def test_a_case_in_force_is_told_with_what_it_is_worth_and_who_approved_it(world: World, told: Told) -> None:
    (table,) = told("roi.in_force").blocks
    assert isinstance(table, Table)
    assert table.rows == ()
    approve_case(world)
    (table,) = told("roi.in_force").blocks
    assert isinstance(table, Table)
    # 80,000 a year for two years at 10 %: 72,727.27 + 66,115.70, less 100,000
    amounts = ("€100 k", "€139 k", "€38.8 k", "38.8 %", "15.0 months", "no range given")
    said = [cell.text.replace("\u202f", " ").replace("\u00a0", " ") for cell in table.rows[0].cells]
    assert said == ["Gateway v1", "as stated", *amounts, "oidc:ben, 9 Nov 2026"]
