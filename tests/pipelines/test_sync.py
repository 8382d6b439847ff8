"""The runner keeps every page whole, resumes where it stopped and never wipes what is good."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from data.access import command_line_actor
from data.clock import fix_clock
from data.facts import Spend
from data.settings import Settings
from data.warehouse import read_sources, schema
from data.warehouse.catalog import apply_settings
from data.warehouse.engine import create_engine_for, reading
from data.warehouse.rollup import rollup
from data.warehouse.runs import Held, lease
from pipelines import sync as runner
from pipelines.connectors.base import Page, Record, Rejected, Replacement
from pipelines.errors import StopSource, TryAgain
from tests.pipelines.scripted import NOW, Scripted, covered, settings_in
from tests.pipelines.state import content


def record(source_id: str, finished: str | None = "2026-10-05T10:00:00+00:00") -> Record:
    return Record("deployment", source_id, {"finished": finished} if finished else {})


def page(*records: Record, cursor: int, **more: Any) -> Page:
    return Page("deployments", records, cursor={"page": cursor}, **more)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


@pytest.fixture
def engine(migrated_warehouse_url: str, settings: Settings) -> Iterator[Engine]:
    fix_clock(NOW)
    made = create_engine_for(migrated_warehouse_url)
    apply_settings(made, settings, command_line_actor("test"))
    yield made
    made.dispose()
    fix_clock(None)


@pytest.fixture
def run(engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., runner.SyncReport]:
    monkeypatch.setattr(runner, "connector_of", lambda _kind: Scripted)

    def play(*script: Page | Exception, **options: Any) -> runner.SyncReport:
        Scripted.script = script
        return runner.sync(engine, settings, settings.source[0], **options)

    return play


def stored(engine: Engine) -> list[str]:
    table = schema.FACT_TABLES["deployment"]
    with reading(engine) as connection:
        return list(connection.execute(select(table.c.source_id).order_by(table.c.source_id)).scalars())


def test_a_page_is_kept_with_its_cursor_when_the_next_one_fails(run: Any, engine: Engine) -> None:
    report = run(page(record("1"), record("2"), cursor=1), TryAgain("GET /x: 429: later.", NOW))
    assert (report.outcome, report.message, report.resumes_at) == ("in part", "GET /x: 429: later.", NOW)
    assert (report.fetched, report.stored) == (2, 2)
    assert stored(engine) == ["1", "2"]
    run(page(record("3"), cursor=2))
    assert Scripted.seen is not None
    assert Scripted.seen.cursors == {"deployments": {"page": 1}}
    assert stored(engine) == ["1", "2", "3"]


def test_a_refused_source_stops_and_keeps_what_it_had(run: Any, engine: Engine) -> None:
    run(page(record("1"), cursor=1))
    report = run(StopSource("GET /x: 401: renew the secret."))
    assert (report.outcome, report.message) == ("stopped", "GET /x: 401: renew the secret.")
    assert stored(engine) == ["1"]


def test_a_defect_in_a_connector_is_recorded_as_broken_off_and_not_hidden(run: Any, engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError):
        run(page(record("1"), cursor=1), ZeroDivisionError())
    with reading(engine) as connection:
        assert [state.last_outcome for state in read_sources.source_states(connection)] == ["broken off"]
    assert stored(engine) == ["1"]


def test_running_the_same_again_changes_nothing(run: Any, engine: Engine, settings: Settings) -> None:
    script = page(record("1"), record("2", None), cursor=1, covered=(covered(),))
    run(script)
    rollup(engine, settings)
    before = content(engine)
    run(script)
    rollup(engine, settings)
    assert content(engine) == before


def test_a_malformed_record_is_set_aside_with_its_reason_and_taken_back_when_it_is_whole(
    run: Any, engine: Engine
) -> None:
    report = run(page(record("1"), record("2", None), cursor=1, rejected=(Rejected("row", "a.csv:7", "No amount."),)))
    assert report.skipped == {"The deployment has no end.": 1, "No amount.": 1}
    with reading(engine) as connection:
        aside = [(row.kind, row.place, row.reason) for row in read_sources.rejected_records(connection)]
    assert sorted(aside) == [("deployment", "2", "The deployment has no end."), ("row", "a.csv:7", "No amount.")]
    run(page(record("2"), cursor=2))
    with reading(engine) as connection:
        assert [row.place for row in read_sources.rejected_records(connection)] == ["a.csv:7"]
    assert stored(engine) == ["1", "2"]


def test_a_changed_record_gets_a_new_version_and_an_unchanged_one_does_not(run: Any, engine: Engine) -> None:
    run(page(record("1"), cursor=1))
    run(page(record("1"), cursor=2))
    run(page(record("1", "2026-10-06T10:00:00+00:00"), cursor=3))
    table = schema.raw_record
    with reading(engine) as connection:
        rows = connection.execute(select(table.c.version, table.c.times_seen).order_by(table.c.version)).all()
    assert [tuple(row) for row in rows] == [(1, 2), (2, 1)]


def test_a_second_sync_of_a_source_is_told_who_holds_it(run: Any, engine: Engine) -> None:
    with lease(engine, "code"), pytest.raises(Held, match=r"code is being worked on by pid \d+ on .* since 2026-11-09"):
        run(page(record("1"), cursor=1))
    assert stored(engine) == []


def test_things_in_progress_stay_on_the_list_until_they_end(run: Any) -> None:
    run(page(record("1"), cursor=1, opened=("1", "2")))
    run(page(record("1"), cursor=2, ended=("1",)))
    run()
    assert Scripted.seen is not None
    assert Scripted.seen.open_items == {"deployments": ("2",)}


def test_days_without_a_deployment_count_as_zero_only_once_a_reading_completed(
    run: Any, engine: Engine, settings: Settings
) -> None:
    run(page(record("1"), cursor=1), TryAgain("later"))
    rollup(engine, settings)
    assert frequency(engine) == {}
    run(page(cursor=2, covered=(covered(),)))
    rollup(engine, settings)
    days = frequency(engine)
    assert (len(days), sum(days.values())) == (39, 1_000_000)
    assert days[date(2026, 10, 5)] == 1_000_000


def frequency(engine: Engine) -> dict[date, int]:
    table = schema.daily_metric
    query = select(table.c.day, table.c.numerator)
    with reading(engine) as connection:
        rows = connection.execute(query.where(table.c.metric == "deployment_frequency", table.c.scope == "group"))
        return dict(rows.all())


def charge(source_id: str, billed: str) -> Spend:
    dimensions = dict.fromkeys(
        ("account", "sub_account", "provider", "service", "category", "subcategory", "charge_category", "charge_class",
         "invoice", "commitment", "commitment_status"), "",
    )  # fmt: skip
    return Spend(
        source="code", source_id=source_id, key_kind="repository", key="acme/wallet", day=date(2026, 10, 5),
        billing_period=date(2026, 10, 1), currency="EUR", tags=(), billed=Decimal(billed), effective=Decimal(billed),
        **dimensions,
    )  # fmt: skip


def test_a_billing_period_is_replaced_whole(run: Any, engine: Engine, settings: Settings) -> None:
    whole = (Replacement("spend", "billing_period", date(2026, 10, 1)),)
    run(Page("billing", facts=(charge("a", "10"), charge("b", "5.5")), replaces=whole))
    run(Page("billing", facts=(charge("b", "6"), charge("c", "1")), replaces=whole))
    rollup(engine, settings)
    table = schema.FACT_TABLES["spend"]
    with reading(engine) as connection:
        rows = connection.execute(select(table.c.source_id, table.c.billed).order_by(table.c.source_id)).all()
        daily = schema.daily_metric
        total = select(daily.c.numerator).where(daily.c.metric == "spend_billed", daily.c.scope == "group")
        assert connection.execute(total.where(daily.c.variant == "EUR")).scalar_one() == 7_000_000
    assert [tuple(row) for row in rows] == [("b", Decimal(6)), ("c", Decimal(1))]
