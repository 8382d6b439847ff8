"""Killing a sync at random points and resuming it, for a few points or for many."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from data.settings import environment
from data.warehouse.engine import create_engine_for
from data.warehouse.migrate import migrate
from tests.pipelines.forked import Command
from tests.pipelines.state import Content, content, difference
from tests.servers.demo import CLOCK, DemoSources

SETTINGS = """
mode = "demo"
[company]
name = "Larkmoor"
time_zone = "Europe/Berlin"
[http]
backoff_seconds = 0.05
[[scope]]
id = "group"
kind = "portfolio"
name = "Group"
{scopes}
[[source]]
id = "code"
type = "github"
base_url = "{base_url}/github"
since = 2026-10-15
secrets = {{ GITHUB_TOKEN = "PLUMBLINE_DEMO_TOKEN" }}
options = {{ repositories = ["larkmoor/wallet", "larkmoor/payments-api"], issue_labels = {{ feature = "feature" }} }}
[[source]]
id = "metrics"
type = "prometheus"
base_url = "{base_url}/prometheus"
since = 2026-10-15
[[source.options.availability]]
expression = "probe_success"
label = "service"
[[source]]
id = "billing"
type = "focus"
scope = "group"
since = 2026-10-01
options = {{ path = "{files}/*2026-10*", tag_keys = ["cost_class"], scope_by = ["tag:service"] }}
"""

SCOPE = """
[[scope]]
id = "{id}"
kind = "service"
name = "{id}"
parent = "group"
tier = 1
[[alias]]
source = "code"
kind = "repository"
key = "larkmoor/{id}"
scope = "{id}"
"""

Start = Callable[[str], Command]


@pytest.fixture
def start(tmp_path: Path, demo_sources: DemoSources) -> Start:
    """start(warehouse) -> a sync of the demo's sources into it, as a process of its own."""
    scopes = "".join(SCOPE.format(id=service) for service in ("wallet", "payments-api"))
    file = tmp_path / "settings.toml"
    file.write_text(SETTINGS.format(scopes=scopes, base_url=demo_sources.base_url, files=demo_sources.files))
    more = {"PLUMBLINE_SETTINGS": str(file), "PLUMBLINE_CLOCK": CLOCK, "PLUMBLINE_DEMO_TOKEN": "demo"}

    def run(warehouse: str) -> Command:
        return Command("sync", "--json", env=environment() | more | {"PLUMBLINE_WAREHOUSE": warehouse})

    return run


def migrated(url: str) -> None:
    engine = create_engine_for(url)
    migrate(engine)
    engine.dispose()


def finished(sync: Command) -> int:
    """Wait for a good end; how many lines of progress it told."""
    status, said = sync.ended(seconds=120)
    assert status == 0, said
    return len(said.splitlines())


def killed(sync: Command, after_lines: int, seconds: float) -> bool:
    """Kill it some time after it told so many lines of progress; whether it was still at work."""
    for _ in range(after_lines):
        if not sync.line():
            break
    time.sleep(seconds)
    sync.kill()
    return sync.ended(seconds=30)[0] == -signal.SIGKILL


def whole(warehouse: str) -> Content:
    engine = create_engine_for(warehouse)
    try:
        return content(engine, counters=False)
    finally:
        engine.dispose()


def check_kills(start: Start, fresh: Callable[[], str], points: int, seed: int) -> None:
    """Kill a sync of a fresh warehouse at random points, one kill a warehouse, resume, and compare."""
    undisturbed = fresh()
    lines, expected = finished(start(undisturbed)), whole(undisturbed)
    assert expected["fact_deployment"]
    assert expected["fact_spend"]
    assert expected["daily_metric"]
    chance, hits = random.Random(seed), 0
    for _ in range(points):
        warehouse = fresh()
        hits += killed(start(warehouse), chance.randrange(lines - 6), chance.uniform(0, 0.4))
        finished(start(warehouse))
        assert difference(whole(warehouse), expected) == {}
    assert hits >= points / 2, f"Only {hits} of {points} syncs were still running when they were to be killed."
