"""What was spent of a budget is what the pages of spend tell; what a driver counts is what metrics count."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from data.access import Actor, NotPermitted
from data.finance.budget import Scenario
from data.finance.budget_lines import spread
from data.finance.forecast import UNBUDGETED, spent
from data.warehouse.budget_actuals import counted, season
from data.warehouse.budget_actuals import spent as read_spent
from data.warehouse.engine import reading
from data.warehouse.readings import Reader
from tests.app.world import World
from tests.data.finance.budgets import BASE, CALLS
from tests.data.warehouse.budget_world import VIEWER

PLAN = replace(BASE, drivers=(replace(CALLS, metric="integration_error_rate", per=Decimal(1000)),))


@pytest.fixture
def reader(world: World, inside: Callable[[World], None]) -> Iterator[Reader]:
    inside(world)
    engine = world.engine()
    with reading(engine) as connection:
        yield Reader(connection, world.settings)
    engine.dispose()


def test_actuals_of_a_month_are_the_charges_of_that_month(reader: Reader) -> None:
    done = read_spent(reader, VIEWER, PLAN)
    # October: 31 days of 1,000 EUR and 200 EUR, and 100 USD at 0.90, all a tenth dearer
    assert done.closed == 10
    assert [done.months(name)[9] for name in ("cloud", "hub", "calls")] == [34100, 6820, 3069]
    assert UNBUDGETED not in done.known
    assert spent(done)[9] == 43989
    assert done.months("audit")[9] is None


def test_charges_that_no_line_takes_are_told_apart(reader: Reader) -> None:
    bare: Scenario = replace(PLAN, lines=tuple(line for line in PLAN.lines if line.id != "hub"))
    done = read_spent(reader, VIEWER, bare)
    assert done.months(UNBUDGETED)[9] == 6820
    assert spent(done)[9] == 43989


def test_last_years_season_is_what_the_vendor_charged_each_month(reader: Reader) -> None:
    found = season(reader, VIEWER, PLAN, PLAN.line("cloud"))
    assert found is not None
    assert found[9:] == (34100, 30000, 31000)
    assert sum(spread(Decimal("1000.00"), found)) == 1000
    assert season(reader, VIEWER, PLAN, PLAN.line("audit")) is None
    assert season(reader, VIEWER, replace(PLAN, fiscal_year=2027), PLAN.line("cloud")) is None


def test_a_driver_is_counted_in_its_units(reader: Reader) -> None:
    found = counted(reader, VIEWER, PLAN)
    assert found["calls"][9] == 2 * 10_000 * 31 / Decimal(1000)
    assert counted(reader, VIEWER, BASE) == {}


def test_actuals_are_for_those_who_may_read_the_scope(reader: Reader) -> None:
    for act in (read_spent, counted):
        with pytest.raises(NotPermitted):
            act(reader, Actor("web:x", frozenset()), PLAN)
