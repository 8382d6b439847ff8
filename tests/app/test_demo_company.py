"""One number all the way: what happened in the demo company, as its sources tell it, as JSON and as PDF say it."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from pypdf import PdfReader

from data.period import day_of
from data.sample.company import LEGACY
from data.settings import ROOT, environment, load
from data.warehouse.cases import all_cases
from data.warehouse.change_log import Change, entries, first_fault
from data.warehouse.engine import create_engine_for, reading
from data.warehouse.ledger import Entry
from data.warehouse.ledger import entries as ledger
from pipelines.demo_budgets import APPROVER
from tests.servers.demo import DemoSources, DemoWarehouse


def command(warehouse: DemoWarehouse, *arguments: str) -> str:
    line = [sys.executable, "-m", "app", *arguments]
    env = environment() | warehouse.environment
    done = subprocess.run(line, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_deployments_of_october_are_those_that_happened(
    demo_warehouse: DemoWarehouse, demo_sources: DemoSources
) -> None:
    zone = load(environ=demo_warehouse.environment).zone
    happened = sum(
        one.environment in ("production", "prod") and one.outcome == "success" and one.finished is not None
        and day_of(one.finished, zone).strftime("%Y-%m") == "2026-10"
        for repository in demo_sources.story.repositories
        if repository.name != LEGACY.repository
        for one in repository.deployments
    )  # fmt: skip
    told = json.loads(command(demo_warehouse, "metrics", "--period", "2026-10", "--json"))
    found = {one["id"]: one for one in told["metrics"]}
    assert found["deployment_frequency"]["numerator"] == happened
    assert found["deployment_frequency"]["denominator"] == 31
    assert abs(found["deployment_frequency"]["value"] - happened / 31) < 1e-9
    assert datetime.fromisoformat(told["as_of"]) == datetime(2026, 11, 9, 6, tzinfo=UTC)


def test_the_board_has_something_to_say_and_the_pack_says_the_same(
    demo_warehouse: DemoWarehouse, tmp_path: Path
) -> None:
    told = json.loads(command(demo_warehouse, "metrics", "--period", "2026-10", "--json"))
    found = {one["id"]: one for one in told["metrics"]}
    verdicts = {
        name: found[name]["verdict"] for name in ("availability", "integration_error_rate", "integration_share")
    }
    assert verdicts == {"availability": "missed", "integration_error_rate": "met", "integration_share": "met"}
    command(demo_warehouse, "board-pack", "--period", "2026-10", "--out", str(tmp_path))
    [file] = tmp_path.glob("*.pdf")
    assert file.name == "plumbline-2026-10-unreleased.pdf"
    pages = [page.extract_text() for page in PdfReader(file).pages]
    parts = found["availability"]["parts"]
    assert f"{parts['met']} of {parts['of']} tier-1 services hold" in " ".join(pages).replace("\u202f", " ")
    assert f"{Decimal(str(found['integration_error_rate']['value'])) * 100:.2f}" in pages[0]
    assert all("Demo data" in page for page in pages)


def test_the_demo_decided_two_cases_and_left_one_review_to_be_made(demo_warehouse: DemoWarehouse) -> None:
    engine = create_engine_for(load(environ=demo_warehouse.environment).warehouse.url)
    with reading(engine) as connection:
        kept, due = all_cases(connection), ledger(connection, APPROVER)
    engine.dispose()
    assert [(one.case.name, one.status.value, one.submitted_by, one.approved_by) for one in kept] == [
        ("One gateway for all partners", "approved", "demo:k-nowak", "demo:a-lindqvist"),
        ("Releases behind switches", "draft", None, None),
    ]
    measured = {name for one in kept for line in one.case.line for name, each in line.values.items() if each.measured}
    assert measured == {
        "deployments_before", "fail_rate_before", "recovery_hours_before", "features_before", "revenue",
    }  # fmt: skip
    assert [(one.due.day.isoformat(), one.due.line, one.review is not None) for one in due] == [
        ("2026-02-01", "bugs", True), ("2026-02-01", "stability", True),
        ("2026-05-01", "bugs", True), ("2026-05-01", "stability", True),
        ("2026-11-01", "bugs", True), ("2026-11-01", "stability", False),
    ]  # fmt: skip
    assert all(told_of(one) for one in due if one.review)


def told_of(one: Entry) -> bool:
    """Whether its measure was read, from the months before it."""
    made = one.review
    return made is not None and made.value is not None and made.realised_amount is not None and made.sources != ""


def test_a_second_init_adds_nothing(demo_warehouse: DemoWarehouse, tmp_path: Path) -> None:
    first = demo_warehouse.environment["PLUMBLINE_WAREHOUSE"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(first)) as source, closing(sqlite3.connect(tmp_path / "again.db")) as copy:
        source.backup(copy)  # others read and write it: the file alone is not all of it
    again = demo_warehouse.environment | {"PLUMBLINE_WAREHOUSE": f"sqlite:///{tmp_path / 'again.db'}"}
    env = environment() | again | {"PLUMBLINE_DEMO_TOKEN": "demo"}
    line = [sys.executable, "-m", "pipelines", "init"]
    before = log(again)
    done = subprocess.run(line, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert before
    assert log(again) == before


def log(of: dict[str, str]) -> tuple[Change, ...]:
    """Everything that people and commands ever did in a warehouse."""
    engine = create_engine_for(load(environ=of).warehouse.url)
    with reading(engine) as connection:
        found = entries(connection)
    engine.dispose()
    assert first_fault(found) is None
    return tuple(found)
