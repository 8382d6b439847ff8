"""A newcomer's first source: an empty warehouse, `init`, `sync`, and the numbers that are there then."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import app.__main__
import pipelines.__main__
from data.clock import fix_clock
from tests.servers.prometheus import PrometheusServer

Command = Callable[..., Any]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """command(program, "init", …) -> its JSON, on the last day of the history; real companies cannot hold the clock."""
    monkeypatch.setenv("PLUMBLINE_SETTINGS", str(tmp_path / "plumbline.toml"))
    monkeypatch.setenv("PLUMBLINE_WAREHOUSE", f"sqlite:///{tmp_path / 'company.db'}")
    for program in (app.__main__, pipelines.__main__):
        monkeypatch.setattr(program, "fix_clock", lambda _instant: None)
    fix_clock(datetime(2025, 12, 30, 12, tzinfo=UTC))

    def run(program: Any, *arguments: str) -> Any:
        done = CliRunner().invoke(program.app, [*arguments, "--json"])
        assert done.exit_code == 0, done.stderr
        return json.loads(done.stdout)

    yield run
    fix_clock(None)


@pytest.mark.real
def test_a_newcomer_sees_availability_after_init_and_sync_and_what_is_not_configured(
    command: Command, prometheus_server: PrometheusServer
) -> None:
    probes = ("--option", "availability.expression=probe_success", "--option", "availability.label=service")
    address = ("--base-url", prometheus_server.base_url, "--scope", "each")
    told = command(pipelines.__main__, "init", "prometheus", *address, *probes)
    services = sorted(prometheus_server.expected["services"])
    assert told["mode"] == "real"
    assert told["connected"]["scopes"] == ["company", *(name.lower().replace(" ", "-") for name in services)]
    assert [one["key"] for one in told["connected"]["aliases"]] == services
    [report] = command(pipelines.__main__, "sync", "--source", "prometheus")["sources"]
    assert report["outcome"] == "done"
    november = numbers(command, "2025-11")
    availability = november["availability"]
    assert availability["scope"] == "company"
    assert 0.9 < availability["value"] < 1
    assert availability["coverage"] > 0.99
    fed = {name for name, one in november.items() if one["reason"] != "no_source"}
    assert "availability" in fed
    assert fed <= {"availability", "error_budget", "burn_rate"}, "what the same probes tell"
    # the targets are those of 2026
    verdicts = {name: one["verdict"] for name, one in numbers(command, "2026-01").items() if one["benchmark"]}
    assert verdicts.pop("availability") == "no_data"
    assert {name for name, verdict in verdicts.items() if verdict != "not_configured"} <= fed
    assert "not_configured" in verdicts.values()


def numbers(command: Command, period: str) -> dict[str, Any]:
    told = command(app.__main__, "metrics", "--period", period)
    return {one["id"]: one for one in told["metrics"]}
