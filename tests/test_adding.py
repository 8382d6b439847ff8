"""A connector and a metric are added by one file and one line each; page, JSON, documents and registers follow."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from data.settings import ROOT, environment

CONNECTOR = '''
"""Days of uptime, declared in the settings."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import ClassVar

from data.facts import Fact, ProbeDay
from data.period import day_start
from pipelines.connectors.base import Connector, Covered, Finding, Options, Page, Position, Record
from pipelines.errors import SkipRecord


class TallyOptions(Options):
    """Seconds down of each day from `first` on."""

    service: str
    first: date
    down: tuple[int, ...]


class Tally(Connector):
    """Tells what its options say."""

    type: ClassVar[str] = "tally"
    title: ClassVar[str] = "Tally"
    fact_kinds: ClassVar[tuple[str, ...]] = ("probe_day",)
    options = TallyOptions

    def fetch(self, position: Position) -> Iterator[Page]:
        said = self.read_options(TallyOptions)
        days = [(said.first + timedelta(days=place), down) for place, down in enumerate(said.down)]
        facts = tuple(self._fact(said.service, day, down) for day, down in days)
        zone = self.settings.zone
        ends = day_start(said.first, zone), day_start(days[-1][0] + timedelta(days=1), zone)
        yield Page("days", facts=facts, covered=(Covered("probe_day", "service", said.service, *ends),))

    def _fact(self, service: str, day: date, down: int) -> ProbeDay:
        return ProbeDay(
            source=self.source.id, source_id=f"{service}/{day}", key_kind="service", key=service, day=day,
            up=Decimal(86_400 - down), down=Decimal(down), unknown=Decimal(0), samples=1440,
        )

    def facts(self, record: Record) -> tuple[Fact, ...]:
        raise SkipRecord("nothing is kept")

    def check(self) -> Iterator[Finding]:
        yield Finding("options", True, "are there")
'''

METRIC = '''
"""Days without a second down."""

from data.facts import ProbeDay
from data.metrics.base import DAY, Better, Denominator, Domain, Evidence, Metric, Row, ScopeDay, Unit


def daily(day: ScopeDay) -> tuple[Row, ...]:
    """Whether the day was whole, over days told of."""
    told = [fact for fact in day.facts.get("probe_day", ()) if isinstance(fact, ProbeDay)]
    whole = all(not fact.down for fact in told)
    return (Row("", DAY * whole, DAY, 1, DAY, DAY),) if told else ()


METRIC = Metric(
    id="whole_days",
    name="Whole days",
    version=1,
    meaning="The share of days on which nothing was down.",
    formula="days without a second down / days told of",
    origin="this test",
    unit=Unit.RATIO,
    better=Better.HIGHER,
    denominator=Denominator.OBSERVED,
    evidence=Evidence.COUNTED,
    domain=Domain.RELIABILITY,
    fact_kinds=("probe_day",),
    connect="Connect a tally.",
    daily=daily,
)
'''

SETTINGS = """
[[scope]]
id = "wallet"
kind = "service"
name = "Wallet"

[[source]]
id = "tally"
type = "tally"
options = { service = "wallet", first = 2026-10-01, down = [DOWN] }

[[measurement]]
id = "rule_hits"
name = "Rule hits"
meaning = "A number of the company's own."
origin = "this test"
domain = "reliability"
"""

PAGE = """
from streamlit.testing.v1 import AppTest


def page() -> None:
    from app.screens.reliability import SCREEN
    import streamlit as st
    st.query_params["period"] = "2026-10"
    SCREEN.draw()


test = AppTest.from_function(page, default_timeout=60)
test.run()
assert not test.exception, test.exception
print(*(one.value for one in test.markdown))
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The code with one connector and one metric more."""
    for name in ("app", "data", "pipelines"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.db*", "demo"))
    shutil.copytree(ROOT / "pipelines" / "demo", tmp_path / "pipelines" / "demo", dirs_exist_ok=True)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "pipelines" / "connectors" / "tally.py").write_text(CONNECTOR)
    _one_line(tmp_path / "pipelines/connectors/__init__.py", "pipelines.connectors.tally", "Tally", "CONNECTORS")
    (tmp_path / "data" / "metrics" / "whole_days.py").write_text(METRIC)
    _one_line(tmp_path / "data/metrics/__init__.py", "data.metrics.whole_days", "METRIC", "METRICS")
    (tmp_path / "plumbline.toml").write_text(SETTINGS.replace("DOWN", ", ".join(["0"] * 24 + ["600"] * 7)))
    return tmp_path


def _one_line(file: Path, module: str, name: str, registry: str) -> None:
    """The line that an engineer adds to the registry, after its import."""
    said = file.read_text()
    head, tail = said.split(f"\n{registry}: ", 1)
    opened = tail.index("(")
    file.write_text(
        f"{head}\nfrom {module} import {name} as _ADDED\n\n{registry}: {tail[: opened + 1]}_ADDED, {tail[opened + 1 :]}"
    )


def _run(folder: Path, *words: str) -> str:
    asked = environment() | {"PLUMBLINE_WAREHOUSE": f"sqlite:///{folder / 'own.db'}", "PYTHONPATH": str(folder)}
    asked.pop("PLUMBLINE_SETTINGS", None)
    command = [sys.executable, *words]
    done = subprocess.run(command, cwd=folder, env=asked, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_one_file_and_one_line_bring_a_connector_and_a_metric_to_page_json_and_registers(copy: Path) -> None:
    assert "ok   tally: options: are there" in _run(copy, "-m", "pipelines", "check")
    _run(copy, "-m", "pipelines", "sync")
    told = json.loads(_run(copy, "-m", "app", "metrics", "--period", "2026-10", "--json"))
    by_id = {one["id"]: one for one in told["metrics"]}
    assert (by_id["whole_days"]["value"], by_id["whole_days"]["denominator"]) == (24 / 31, 31)
    assert by_id["availability"]["denominator"] == 31 * 86_400
    assert "| Whole days | `whole_days` |" in _run(copy, "-m", "data.metrics")
    (copy / "look.py").write_text(PAGE)
    shown = _run(copy, "look.py")
    assert "Whole days" in shown
    assert "77.4" in shown
    assert "Rule hits" in shown


def test_a_new_version_of_a_definition_is_rolled_up_at_the_next_start(copy: Path) -> None:
    _run(copy, "-m", "pipelines", "sync")
    file = copy / "data" / "metrics" / "whole_days.py"
    file.write_text(METRIC.replace("not fact.down", "fact.down < 900").replace("version=1", "version=2"))
    _run(copy, "-m", "pipelines", "init")
    told = json.loads(_run(copy, "-m", "app", "metrics", "--period", "2026-10", "--json"))
    found = next(one for one in told["metrics"] if one["id"] == "whole_days")
    assert (found["definition"]["version"], found["value"]) == (2, 1)
