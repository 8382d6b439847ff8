"""python -m pipelines: documented, in plain sentences, with exit codes that mean something."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from data.settings import ROOT, environment
from pipelines.__main__ import app
from tests.servers.child import free_port
from tests.servers.demo import CLOCK, DemoSources

SETTINGS = """
mode = "demo"
[http]
retries = 0
connect_seconds = 2
[[scope]]
id = "wallet"
kind = "service"
name = "Wallet"
[[source]]
id = "metrics"
type = "prometheus"
base_url = "{good}/prometheus"
since = 2026-10-25
[[source.options.availability]]
expression = "probe_success"
label = "service"
[[source]]
id = "code"
type = "github"
base_url = "{other}/github"
since = 2026-10-25
options = {{ repositories = ["larkmoor/wallet"] }}
"""

SECRET = "a-secret-that-must-not-show"
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path, demo_sources: DemoSources) -> Run:
    """run("sync", other=address of the second source) -> the finished command."""

    def command(*arguments: str, other: str | None = None, **more: str) -> subprocess.CompletedProcess[str]:
        file = tmp_path / "settings.toml"
        file.write_text(SETTINGS.format(good=demo_sources.base_url, other=other or demo_sources.base_url))
        env = environment() | {
            "PLUMBLINE_SETTINGS": str(file),
            "PLUMBLINE_CLOCK": CLOCK,
            "PLUMBLINE_WAREHOUSE": f"sqlite:///{tmp_path / 'plumbline.db'}",
            "GITHUB_TOKEN": "demo",
        }
        line = [sys.executable, "-m", "pipelines", *arguments]
        return subprocess.run(line, cwd=ROOT, env=env | more, capture_output=True, text=True, timeout=120, check=False)

    return command


def test_every_command_and_option_is_described() -> None:
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    group = typer.main.get_command(app)
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        heading = next(line for line in text.splitlines() if line.startswith(f"### `python -m pipelines {name}"))
        options = {option for one in command.params for option in one.opts if option.startswith("--")} - {"--help"}
        assert {option for option in options if option not in heading} == set(), name
        assert command.help


def test_a_sync_tells_what_it_did_and_a_second_one_stores_nothing(run: Run) -> None:
    first = run("sync", "--json")
    assert first.returncode == 0, first.stderr
    reports = {one["source"]: one for one in json.loads(first.stdout)["sources"]}
    assert {name: one["outcome"] for name, one in reports.items()} == {"metrics": "done", "code": "done"}
    assert reports["metrics"]["stored"] > 0
    again = run("sync", "--json")
    assert [one["stored"] for one in json.loads(again.stdout)["sources"]] == [0, 0]
    status = json.loads(run("status", "--json").stdout)
    assert [(one["source"], one["late"]) for one in status["sources"]] == [("metrics", False), ("code", False)]
    assert {"source": "code", "fact": "deployment", "kind": "repository", "key": "larkmoor/wallet"}.items() <= next(
        one for one in status["unmapped"] if one["fact"] == "deployment"
    ).items()


def test_one_unreachable_source_ends_the_run_in_part_and_is_named(run: Run) -> None:
    done = run("sync", "--json", other=f"http://127.0.0.1:{free_port()}")
    outcomes = {one["source"]: one["outcome"] for one in json.loads(done.stdout)["sources"]}
    assert (done.returncode, outcomes) == (1, {"metrics": "done", "code": "in part"})
    assert "no connection; check base_url and the network" in done.stderr.replace("\n", " ")


def test_refused_credentials_stop_the_source_without_showing_them(run: Run) -> None:
    done = run("sync", "--source", "code", "--json", GITHUB_TOKEN=SECRET)
    assert done.returncode == 2
    [report] = json.loads(done.stdout)["sources"]
    assert report["outcome"] == "stopped"
    assert "401" in report["message"]
    assert SECRET not in done.stdout + done.stderr


def test_a_missing_secret_is_named(run: Run) -> None:
    done = run("check", "--source", "code", GITHUB_TOKEN="")
    assert done.returncode == 2
    assert "set the environment variable GITHUB_TOKEN" in done.stdout


def test_check_stores_nothing(run: Run, tmp_path: Path) -> None:
    assert run("check", "--source", "code", "--json").returncode == 0
    assert not (tmp_path / "plumbline.db").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("sync", "--source", "nobody"), "No source is called 'nobody'; configured are: metrics, code."),
        (("sync", "--since", "yesterday"), "does not match the formats"),
    ],
)
def test_wrong_use_ends_in_a_sentence_and_exit_code_2(run: Run, arguments: tuple[str, ...], says: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert says in " ".join(done.stderr.replace("│", " ").split())
    assert "Traceback" not in done.stderr


def test_real_settings_are_refused_on_a_demo_warehouse_with_the_command_that_helps(run: Run, tmp_path: Path) -> None:
    assert run("init").returncode == 0
    real = tmp_path / "real.toml"
    real.write_text('[company]\nname = "Real company"\n')
    done = run("sync", PLUMBLINE_SETTINGS=str(real), PLUMBLINE_CLOCK="")
    assert done.returncode == 2
    assert "PLUMBLINE_WAREHOUSE=sqlite:///data/company.db python -m pipelines init" in done.stderr
