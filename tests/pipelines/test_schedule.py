"""Jobs run once at each of their times, whoever looks, also when clocks change or a scheduler dies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, select, update

from data.clock import fix_clock
from data.settings import ConfigurationError, Job, Settings, load
from data.warehouse import schema
from data.warehouse.engine import create_engine_for, reading, writing
from pipelines.schedule import claim, due, run_due

BERLIN = ZoneInfo("Europe/Berlin")
NIGHTLY = Job(id="nightly", cron="30 2 * * *", command=("status",))


@pytest.fixture
def engine(migrated_warehouse_url: str) -> Iterator[Engine]:
    made = create_engine_for(migrated_warehouse_url)
    yield made
    made.dispose()
    fix_clock(None)


def berlin(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold).astimezone(UTC)


def test_a_job_is_due_at_its_latest_time_in_the_zone_of_the_company() -> None:
    run = due(NIGHTLY, berlin("2026-11-09 02:31"), BERLIN)
    assert (run.local_time, run.at) == ("2026-11-09T02:30", datetime(2026, 11, 9, 1, 30, tzinfo=UTC))
    assert due(NIGHTLY, berlin("2026-11-09 02:29"), BERLIN).local_time == "2026-11-08T02:30"
    assert due(NIGHTLY, berlin("2026-11-09 02:30"), BERLIN).local_time == "2026-11-09T02:30"


def test_a_job_may_have_a_zone_of_its_own() -> None:
    tokyo = NIGHTLY.model_copy(update={"time_zone": "Asia/Tokyo"})
    run = due(tokyo, datetime(2026, 11, 8, 18, tzinfo=UTC), BERLIN)
    assert (run.local_time, run.at) == ("2026-11-09T02:30", datetime(2026, 11, 8, 17, 30, tzinfo=UTC))


def test_an_hour_that_comes_twice_runs_a_job_once(engine: Engine) -> None:
    claimed = []
    for instant in (berlin("2026-10-25 02:31", fold=0), berlin("2026-10-25 02:31", fold=1)):
        fix_clock(instant)
        claimed.append(claim(engine, due(NIGHTLY, instant, BERLIN)))
        finish(engine)
    assert claimed == [True, False]


def test_an_hour_that_is_skipped_is_due_right_after_the_gap() -> None:
    assert due(NIGHTLY, berlin("2026-03-29 01:59"), BERLIN).local_time == "2026-03-28T02:30"
    assert due(NIGHTLY, berlin("2026-03-29 03:00"), BERLIN).local_time == "2026-03-29T02:30"


def finish(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(update(schema.schedule_run).values(finished=datetime(2026, 11, 9, tzinfo=UTC), exit_code=0))


def test_a_run_is_claimed_by_one_and_taken_over_only_when_that_one_is_gone(engine: Engine) -> None:
    now = berlin("2026-11-09 02:31")
    fix_clock(now)
    run = due(NIGHTLY, now, BERLIN)
    assert claim(engine, run) is True
    assert claim(engine, run) is False
    with writing(engine) as connection:
        connection.execute(update(schema.schedule_run).values(holder="pid 1 on another-host"))
    assert claim(engine, run) is False
    fix_clock(now + timedelta(minutes=11))
    assert claim(engine, run) is True
    finish(engine)
    assert claim(engine, run) is False


def test_due_jobs_run_as_child_processes_and_leave_their_exit_code(
    engine: Engine, migrated_warehouse_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "plumbline.toml"
    jobs = {"good": '["status"]', "wrong": '["sync", "--source", "nobody"]'}
    lines = [f'[[job]]\nid = "{name}"\ncron = "0 * * * *"\ncommand = {command}' for name, command in jobs.items()]
    file.write_text("\n".join(lines))
    monkeypatch.setenv("PLUMBLINE_SETTINGS", str(file))
    monkeypatch.setenv("PLUMBLINE_WAREHOUSE", migrated_warehouse_url)
    settings: Settings = load()
    assert run_due(engine, settings) == [0, 2]
    assert run_due(engine, settings) == []
    table = schema.schedule_run
    with reading(engine) as connection:
        rows = connection.execute(select(table.c.job, table.c.exit_code).order_by(table.c.job)).all()
    assert [tuple(row) for row in rows] == [("good", 0), ("wrong", 2)]


def test_a_cron_line_that_is_none_is_told_in_a_sentence() -> None:
    with pytest.raises(ConfigurationError, match="Job nightly: 'at night' is no cron line"):
        due(NIGHTLY.model_copy(update={"cron": "at night"}), berlin("2026-11-09 02:31"), BERLIN)
