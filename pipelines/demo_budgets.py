"""The demo company's budgets, planned, approved and discussed by its people through the functions for all people."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import Engine

from data.access import Actor, Role
from data.clock import today
from data.finance.budget import Scenario
from data.period import Kind, containing
from data.sample.budgets import scenarios
from data.settings import Settings
from data.warehouse import budget_rows, budget_states
from data.warehouse.budgets import comment, create
from data.warehouse.engine import reading

PLANNER = Actor("demo:k-nowak", frozenset({Role.FINANCE_EDITOR}))
OWNER = Actor("demo:b-okafor", frozenset({Role.FINANCE_EDITOR}))
APPROVER = Actor("demo:a-lindqvist", frozenset({Role.APPROVER}))


def plan(engine: Engine, settings: Settings) -> bool:
    """Store base (locked), upside (a draft) and downside (handed in) of this fiscal year, unless a budget is there."""
    with reading(engine) as connection:
        if budget_rows.scenarios(connection, settings, PLANNER):
            return False
    start = settings.company.fiscal_year_start_month
    year = int(containing(today(settings.zone), Kind.FISCAL_YEAR, start).label.removeprefix("FY"))
    base, upside, downside = scenarios(year, start)
    made = (base, upside, downside)
    names = [create(engine, settings, PLANNER, one, one.reason or "the plan of the year") for one in made]
    _approved(engine, settings, names[0])
    _handed_in(engine, settings, names[2])
    _discussed(engine, settings, names, base)
    return True


def _saves(engine: Engine, settings: Settings, name: str) -> int:
    with reading(engine) as connection:
        return budget_rows.stored(connection, settings, PLANNER, name).head.saves


def _handed_in(engine: Engine, settings: Settings, name: str) -> None:
    budget_states.submit(engine, settings, PLANNER, name, _saves(engine, settings, name), "for the spring review")


def _approved(engine: Engine, settings: Settings, name: str) -> None:
    budget_states.submit(engine, settings, PLANNER, name, _saves(engine, settings, name), "as agreed in December")
    saves = _saves(engine, settings, name)
    budget_states.approve(engine, settings, APPROVER, name, saves, "within the frame that the board set")
    budget_states.lock(engine, settings, APPROVER, name, _saves(engine, settings, name), "the baseline of the year")


def _discussed(engine: Engine, settings: Settings, names: list[str], base: Scenario) -> None:
    line = base.line("nimbra-virtual-machines").id
    comment(engine, settings, OWNER, names[1], line, "Reservations until March are signed; the rest is traffic.")
    comment(engine, settings, APPROVER, names[2], "", "Please show what a late partner costs by itself.")
    for actor, what, amount, why in (
        (OWNER, "Passkeys for merchants", "18000.00", "a fortnight with two partners"),
        (PLANNER, "Settlement on a second chain", "60000.00", "a pilot with one bank"),
    ):
        budget_states.ask(engine, settings, actor, names[0], (what, Decimal(amount)), why)
