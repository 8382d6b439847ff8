"""The demo company's sources, served once for all tests of a worker; its story ends on 2026-10-31."""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from data.clock import fix_clock
from data.sample import Story
from data.settings import ROOT, SAMPLE, environment, load
from data.warehouse.engine import create_engine_for
from pipelines.demo import serving, write_billing, write_registers
from pipelines.demo_budgets import plan
from pipelines.demo_cases import decide
from tests.data.sample import stories

CLOCK = "2026-11-09T06:00:00+00:00"


@dataclass(frozen=True)
class DemoSources:
    """Where they answer, where the invoices lie, and what happened."""

    base_url: str
    files: Path
    story: Story


@pytest.fixture(scope="session")
def demo_sources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoSources]:
    told = stories.told()
    files = tmp_path_factory.mktemp("billing")
    write_billing(told, files)
    with serving(told) as base_url:
        yield DemoSources(base_url, files, told)


@dataclass(frozen=True)
class DemoWarehouse:
    """The demo company, loaded from its sources by the commands; its clock stands at CLOCK, so October is closed."""

    environment: dict[str, str]


@pytest.fixture(scope="session")
def demo_warehouse(tmp_path_factory: pytest.TempPathFactory, demo_sources: DemoSources) -> DemoWarehouse:
    """Loaded once for all workers: thirteen months, so that a year before and twelve periods are there."""
    run = tmp_path_factory.getbasetemp()
    folder = (run.parent if "PYTEST_XDIST_WORKER" in os.environ else run) / "demo-warehouse"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = DemoWarehouse({
            "PLUMBLINE_WAREHOUSE": f"sqlite:///{folder / 'plumbline.db'}",
            "PLUMBLINE_SETTINGS": str(folder / "settings.toml"),
            "PLUMBLINE_CLOCK": CLOCK,
        })  # fmt: skip
        if not (folder / "loaded").exists():
            _write_settings(folder, demo_sources)
            command = [sys.executable, "-m", "pipelines", "sync"]
            more = found.environment | {"PLUMBLINE_DEMO_TOKEN": "demo"}
            done = subprocess.run(
                command, cwd=ROOT, env=environment() | more, capture_output=True, text=True, timeout=600, check=False
            )
            assert done.returncode == 0, done.stderr
            _plan(found)
            (folder / "loaded").touch()
    return found


def _plan(made: DemoWarehouse) -> None:
    """The company's budgets and business cases, as `init` stores them."""
    settings = load(environ=made.environment)
    fix_clock(settings.clock)
    engine = create_engine_for(settings.warehouse.url)
    plan(engine, settings)
    decide(engine, settings)
    engine.dispose()
    fix_clock(None)


def _write_settings(folder: Path, sources: DemoSources) -> None:
    """The shipped settings of the demo, with the addresses of this worker's sources and a later first day."""
    text = SAMPLE.read_text(encoding="utf-8").replace("{demo}", sources.base_url)
    text = text.replace("{files}/billing", str(sources.files)).replace("{files}", str(folder))
    (folder / "settings.toml").write_text(
        re.sub(r'^type = "\w+"$', r"\g<0>\nsince = 2025-10-01", text, flags=re.MULTILINE)
    )
    write_registers(sources.story, folder)
