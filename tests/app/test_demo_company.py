"""One number all the way: what happened in the demo company, as its sources tell it, as JSON and as PDF say it."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from pypdf import PdfReader

from data.period import day_of
from data.sample.company import LEGACY
from data.settings import ROOT, environment, load
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
