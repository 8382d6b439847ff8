"""Runs the configured jobs at their times: each run is a row that one scheduler claims, started as a child process."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from croniter import croniter
from croniter.croniter import CroniterError
from sqlalchemy import Engine, Update, insert, select, update

from data.clock import clock
from data.settings import ROOT, ConfigurationError, Job, Settings, environment
from data.warehouse import schema
from data.warehouse.engine import writing
from data.warehouse.runs import LEASE_LASTS, is_dead, me
from data.warehouse.upsert import insert_new

LOOKS_EVERY_SECONDS = 20


@dataclass(frozen=True)
class Due:
    """The latest time at which a job should have run: its local wall time, which names the run, and the instant."""

    job: Job
    local_time: str
    at: datetime


def due(job: Job, now: datetime, zone: ZoneInfo) -> Due:
    """The job's latest time up to `now`.

    Times are read off the wall clock of the zone: an hour that comes twice when clocks go back names one run, and one
    that is skipped when they go forward is due right after the gap.
    """
    local = now.astimezone(ZoneInfo(job.time_zone) if job.time_zone else zone)
    wall = local.replace(tzinfo=None, microsecond=0)
    try:
        latest: datetime = croniter(job.cron, wall + timedelta(seconds=1)).get_prev(datetime)
    except CroniterError as error:
        raise ConfigurationError(f"Job {job.id}: {job.cron!r} is no cron line such as `30 2 * * *`.") from error
    return Due(job, latest.isoformat(timespec="minutes"), latest.replace(tzinfo=local.tzinfo).astimezone(UTC))


def claim(engine: Engine, run: Due) -> bool:
    """Take the run, unless it is done or somebody alive is at it."""
    table, now = schema.schedule_run, clock()
    same = (table.c.job == run.job.id) & (table.c.local_time == run.local_time)
    mine = {"started": now, "holder": me(), "claimed_until": now + LEASE_LASTS}
    with writing(engine) as connection:
        row = connection.execute(select(table).where(same)).first()
        if row is None:
            key = {"job": run.job.id, "local_time": run.local_time, "due_at": run.at}
            connection.execute(insert(table).values(**key, **mine))
            return True
        if row.finished is not None or (row.claimed_until > now and not is_dead(row.holder)):
            return False
        connection.execute(update(table).where(same).values(**mine))
        return True


def run_due(engine: Engine, settings: Settings) -> list[int]:
    """Start every job that is due and not done, one after the other; their exit codes."""
    codes = []
    for job in settings.job:
        run = due(job, clock(), settings.zone)
        if claim(engine, run):
            codes.append(_run(engine, run))
    return codes


def settle(engine: Engine, settings: Settings) -> None:
    """Count what is due now as done: a first load has just read everything."""
    table, now = schema.schedule_run, clock()
    with writing(engine) as connection:
        for job in settings.job:
            run = due(job, now, settings.zone)
            done = {"started": now, "finished": now, "exit_code": 0, "holder": me(), "claimed_until": now}
            row = {"job": job.id, "local_time": run.local_time, "due_at": run.at} | done
            insert_new(connection, table, [row])


def serve(engine: Engine, settings: Settings) -> None:
    """Look for due jobs until interrupted."""
    while True:
        run_due(engine, settings)
        time.sleep(LOOKS_EVERY_SECONDS)


def _run(engine: Engine, run: Due) -> int:
    command = [sys.executable, "-m", "pipelines", *run.job.command]
    child = subprocess.Popen(command, cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL)
    code = _ended(engine, run, child)
    with writing(engine) as connection:
        connection.execute(_this(run).values(finished=clock(), exit_code=code))
    return code


def _ended(engine: Engine, run: Due, child: subprocess.Popen[bytes]) -> int:
    """The exit code, once there is one; the claim is prolonged meanwhile."""
    while True:
        try:
            return child.wait(timeout=LEASE_LASTS.total_seconds() / 3)
        except subprocess.TimeoutExpired:
            with writing(engine) as connection:
                connection.execute(_this(run).values(claimed_until=clock() + LEASE_LASTS))


def _this(run: Due) -> Update:
    table = schema.schedule_run
    return update(table).where(table.c.job == run.job.id, table.c.local_time == run.local_time)
