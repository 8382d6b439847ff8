"""Every page as Streamlit runs it: on an empty, a full and a partly broken warehouse; and the form that maps a name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from sqlalchemy import event, select
from streamlit.testing.v1 import AppTest

from app import load
from app.commands import company
from app.screens import SCREENS
from data.metrics import metric_named
from data.period import parse
from data.warehouse import schema
from data.warehouse.engine import reading, writing
from data.warehouse.migrate import migrate
from data.warehouse.readings import Reader
from data.warehouse.write import bump_version
from tests.app.world import World, build, write_settings

Enter = Callable[[World], None]
PATHS = [screen.path for screen in SCREENS]


@pytest.fixture(autouse=True)
def _no_caches() -> None:
    st.cache_data.clear()
    st.cache_resource.clear()


def page(path: str) -> None:
    """What AppTest runs: one screen."""
    from app.screens import SCREENS

    next(screen for screen in SCREENS if screen.path == path).draw()


def opened(path: str, query: dict[str, str] | None = None) -> AppTest:
    at = AppTest.from_function(page, kwargs={"path": path}, default_timeout=60)
    for name, value in (query or {}).items():
        at.query_params[name] = value
    return at.run()


def text(at: AppTest) -> str:
    """All that stands on the page."""
    bodies = [block.proto.body for block in at.get("html")] + [block.value for block in at.markdown]
    return " ".join(bodies).replace("\u202f", " ").replace("\u00a0", " ").replace("&#58;", ":").replace("&#95;", "_")


@pytest.mark.parametrize("path", PATHS)
def test_a_page_opens_on_a_full_warehouse(world: World, inside: Enter, path: str) -> None:
    inside(world)
    at = opened(path)
    assert not at.exception
    assert "Demo data" in text(at)


@pytest.mark.parametrize("path", PATHS)
def test_a_page_of_a_warehouse_without_numbers_says_what_to_run(empty_world: World, inside: Enter, path: str) -> None:
    engine = empty_world.engine()
    migrate(engine)
    engine.dispose()
    inside(empty_world)
    at = opened(path)
    assert not at.exception
    assert "holds no numbers yet" in text(at)
    assert "python -m pipelines sync" in text(at)


@pytest.mark.parametrize("path", PATHS)
def test_a_page_shows_what_is_still_valid(tmp_path: Path, inside: Enter, path: str) -> None:
    broken = World(f"sqlite:///{tmp_path / 'broken.db'}", write_settings(tmp_path))
    build(broken, {"probe_day", "fx_rate", "change"})
    inside(broken)
    at = opened(path)
    assert not at.exception
    said = {
        "": "No source is connected",
        "reliability": "Exchange orders",
        "spend": "exchange rate",
        "delivery": "Wallet",
        "feedback": "Instant payouts",
        "compliance": "Security audit",
        "roi": "Delivery improvement",
        "budget": "There is no budget scenario yet",
        "approvals": "Nothing waits for a second person.",
        "audit": "benchmark file",
    }
    assert said.get(path, "prometheus") in text(at)


def test_the_entry_names_what_to_run_where_there_are_no_tables(empty_world: World, inside: Enter) -> None:
    inside(empty_world)
    at = AppTest.from_file(str(Path(__file__).parent.parent.parent / "app" / "main.py"), default_timeout=60).run()
    assert not at.exception
    assert "python -m pipelines init" in text(at)


def test_wrong_settings_are_one_sentence(world: World, inside: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    inside(world)
    monkeypatch.setenv("PLUMBLINE_SETTINGS", "/nowhere/plumbline.toml")
    at = AppTest.from_file(str(Path(__file__).parent.parent.parent / "app" / "main.py"), default_timeout=60).run()
    assert not at.exception
    assert "does not exist" in text(at)


def test_the_selects_follow_the_address_and_the_address_the_selects(world: World, inside: Enter) -> None:
    inside(world)
    at = opened("", {"period": "2026-09", "scope": "wallet", "compare": "year"})
    chosen = {box.label: box.value for box in at.selectbox}
    assert chosen == {"Kind of period": "month", "Period": "2026-09", "Compared with": "year", "Scope": "wallet"}
    at.selectbox(key="filter-scope").select("ledger").run()
    assert not at.exception
    assert dict(at.query_params) == {"period": "2026-09", "scope": "ledger", "compare": "year"}
    at.selectbox(key="filter-kind").select("quarter").run()
    assert at.query_params["period"] == "2026-Q3"


def test_a_wrong_address_ends_in_a_notice_and_the_default(world: World, inside: Enter) -> None:
    inside(world)
    at = opened("", {"period": "<b>never</b>"})
    assert not at.exception
    assert "is not a period" in text(at)
    assert "<b>never" not in text(at)
    assert "in October 2026" in text(at)


def test_a_name_that_is_mapped_counts_at_once_and_is_logged(world: World, inside: Enter) -> None:
    inside(world)
    before = _deployments(world, "admin")
    at = opened("health")
    at.selectbox[-1].select("admin")
    at.text_input[0].input("the old batch jobs moved to the back office")
    next(button for button in at.button if button.label == "Save").click().run()
    assert not at.exception
    assert "legacy stands for admin now" in text(at)
    assert "Every name that a source uses stands for a scope" in text(at)
    assert _deployments(world, "admin") == before + 1
    engine = world.engine()
    with reading(engine) as connection:
        log = schema.change_log
        last = connection.execute(select(log).order_by(log.c.seq.desc()).limit(1)).one()
    engine.dispose()
    assert last.actor.startswith("local:")
    assert (last.action, last.new, last.why) == ("mapped", "admin", "the old batch jobs moved to the back office")


def test_a_mapping_without_scope_or_reason_is_not_saved(world: World, inside: Enter) -> None:
    inside(world)
    at = opened("health")
    next(button for button in at.button if button.label == "Save").click().run()
    assert "Nothing was saved" in text(at)
    assert _deployments(world, "admin") == 2


def test_a_page_that_was_drawn_asks_the_warehouse_only_for_its_state(world: World, inside: Enter) -> None:
    inside(world)
    at = opened("")
    asked: list[str] = []
    engine = load.engine(world.url)
    event.listen(engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    at.run()
    tables = [table for statement in asked for table in schema.metadata.tables if f"FROM {table}" in statement]
    assert set(tables) == {"data_version", "warehouse_info"}
    with writing(engine) as connection:
        bump_version(connection, "something new")
    asked.clear()
    at.run()
    assert any("daily_metric" in statement for statement in asked)


def _deployments(world: World, scope: str) -> int:
    engine = world.engine()
    with reading(engine) as connection:
        reader = Reader(connection, world.settings)
        found = reader.reading(metric_named("deployment_frequency"), scope, parse("2026-10"))
    engine.dispose()
    return int(found.value.numerator or 0)


def test_what_people_do_on_a_page_or_by_a_command_outlives_a_loss_of_power(world: World, inside: Enter) -> None:
    inside(world)
    with company() as (_, of_commands, _):
        for engine in (load.engine(world.url), of_commands):
            with reading(engine) as connection:
                assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
