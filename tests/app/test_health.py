"""Data health says how each source stands: its runs, what differs from the source's own count, what is gone there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert

from app.content.blocks import Table, walk
from app.content.sections import section_named
from app.content.sections.base import Comparison, Context
from data.clock import fix_clock
from data.facts import Deployment
from data.period import parse
from data.warehouse import schema
from data.warehouse.engine import reading, writing
from data.warehouse.raw import mark_gone
from data.warehouse.readings import Reader
from data.warehouse.reconcile import reconcile
from data.warehouse.write import store_records
from pipelines.checking import status_of
from tests.app.world import NOW, World, all_facts


def count(fact: str, key_kind: str, key: str, measure: str, at_source: str) -> dict[str, Any]:
    about = {"fact": fact, "key_kind": key_kind, "key": key, "measure": measure, "at_source": Decimal(at_source)}
    return about | {"start": date(2026, 10, 1), "end": date(2026, 11, 1)}


@pytest.fixture
def counted(world: World) -> Iterator[World]:
    """The company after its sources were counted; 60 more runs of one of them; one record gone."""
    engine = world.engine()
    fix_clock(NOW)
    with writing(engine) as connection:
        stored = [
            count("deployment", "repository", "wallet", "count production", "99"),
            count("deployment", "repository", "ledger", "count", "0"),
        ]
        reconcile(connection, "github", stored, world.settings.zone)
        bills = [
            count("spend", "invoice", "I-1", "billed EUR", "0.004"),
            count("spend", "", "", "billed USD", "3100.1"),
        ]
        reconcile(connection, "billing", bills, world.settings.zone)
        store_records(connection, "github", "deployment", {"1": {"id": 1}, "2": {"id": 2}})
        mark_gone(connection, "github", "deployment", ["2"])
        for n in range(60):
            started = NOW - timedelta(minutes=60 - n)
            run = {"source": "github", "started": started, "finished": started + timedelta(seconds=9), "message": ""}
            connection.execute(insert(schema.sync_run).values(**run, outcome="done", fetched=n, stored=0, skipped=0))
    yield world
    engine.dispose()
    fix_clock(None)


def rows(world: World, name: str) -> list[list[str]]:
    engine = world.engine()
    with reading(engine) as connection:
        context = Context(Reader(connection, world.settings), "group", parse("2026-10"), Comparison.PREVIOUS, NOW)
        section = section_named(name).build(context)
    engine.dispose()
    [table] = [block for block in walk(section.blocks) if isinstance(block, Table)]
    return [[cell.text.replace("\u202f", " ").replace("\u00a0", " ") for cell in row.cells] for row in table.rows]


def test_what_differs_from_the_sources_own_count_is_told_in_words(counted: World) -> None:
    october = [one for one in all_facts() if isinstance(one, Deployment) and f"{one.started:%Y-%m}" == "2026-10"]
    wallet, ledger = (sum(one.key == name for one in october) for name in ("wallet", "ledger"))
    assert ledger > 0
    found = rows(counted, "health.reconciliation")
    assert [row[:6] for row in found] == [
        ["billing", "charges without an invoice", "October 2026", "$3,100.10", "$3,410.00", "$309.90 more here"],
        ["billing", "invoice I-1", "October 2026", "€0.00", "€0.00", "none"],
        ["github", "deployments of ledger", "October 2026", "0", f"{ledger}", f"{ledger} more here"],
        [
            *("github", "deployments of wallet in production", "October 2026", "99", f"{wallet}"),
            f"{99 - wallet} more at the source",
        ],
    ]
    assert {row[6] for row in found} == {"9 Nov 2026, 07:00 CET"}


def test_without_any_count_the_page_says_when_there_will_be_one(world: World) -> None:
    assert rows(world, "health.reconciliation") == []


def test_the_last_fifty_runs_of_each_source_are_listed_newest_first(counted: World) -> None:
    found = rows(counted, "health.runs")
    assert {name: [row[0] for row in found].count(name) for name in ("github", "prometheus", "billing")} == {
        "github": 50, "prometheus": 1, "billing": 2,
    }  # fmt: skip
    assert found[0][2:6] == ["9 s", "done", "59", "0"]


def test_what_is_gone_at_a_source_is_counted(counted: World) -> None:
    assert [(row[0], row[7]) for row in rows(counted, "health.sources")] == [
        ("github", "1"), ("prometheus", "0"), ("billing", "0"), ("polls", "0"), ("registers", "0"),
    ]  # fmt: skip


def test_the_status_of_a_source_tells_its_runs_its_promise_and_what_is_gone(counted: World) -> None:
    engine = counted.engine()
    status = status_of(engine, counted.settings)
    engine.dispose()
    github = next(one for one in status["sources"] if one["source"] == "github")
    assert (github["gone"], github["fresh_within_hours"], github["late"], len(github["runs"])) == (1, 26, False, 50)
    started = (NOW - timedelta(minutes=1)).isoformat()
    assert github["runs"][0] == {
        "started": started, "outcome": "done", "seconds": 9.0, "fetched": 59, "stored": 0, "skipped": 0,
        "message": None,
    }  # fmt: skip
    assert status["reconciliation"][0] == {
        "source": "billing", "fact": "spend", "key_kind": "", "key": "", "measure": "billed USD", "start": "2026-10-01",
        "end": "2026-11-01", "at_source": "3100.1", "stored": "3410", "gap": "-309.9", "checked_at": NOW.isoformat(),
    }  # fmt: skip
