"""The demo company's plans keep its own rules, add up, and are the same each time."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.clock import fix_clock
from data.finance.budget import VIEWS, costs, view
from data.finance.rules import Around, State, check
from data.sample.budgets import scenarios
from data.settings import SAMPLE, load
from data.warehouse import budget_rows, budget_states
from data.warehouse.engine import create_engine_for, reading
from data.warehouse.migrate import migrate
from pipelines.demo_budgets import PLANNER, plan
from tests.data.warehouse.world import NOW


@pytest.mark.parametrize("start", [1, 4])
def test_base_upside_and_downside_keep_every_rule(start: int) -> None:
    made = scenarios(2026, start)
    assert made == scenarios(2026, start)
    for one in made:
        found = check(one, Around(siblings=tuple(other for other in made if other is not one)))
        assert {finding.rule: finding.state for finding in found if finding.state is not State.HOLDS} == {
            "BR-8": State.NOT_ASKED
        }
        assert len({view(one, by).months for by in VIEWS}) == 1
    base, upside, downside = map(costs, made)
    assert upside.total < base.total < downside.total


def test_the_demo_plans_once_through_the_functions_of_all_people(tmp_path: Path) -> None:
    settings, engine = load(SAMPLE, {}), create_engine_for(f"sqlite:///{tmp_path / 'plumbline.db'}")
    migrate(engine)
    fix_clock(NOW)
    assert plan(engine, settings) is True
    assert plan(engine, settings) is False
    with reading(engine) as connection:
        heads = budget_rows.scenarios(connection, settings, PLANNER)
        asked = budget_states.experiments(connection, settings, PLANNER, "fy2026-base-1")
    fix_clock(None)
    engine.dispose()
    assert {one.id: one.status for one in heads} == {
        "fy2026-base-1": "locked", "fy2026-downside-1": "submitted", "fy2026-upside-1": "draft",
    }  # fmt: skip
    assert [one.status for one in asked] == ["approved by itself", "waiting"]
