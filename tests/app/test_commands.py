"""python -m app: the JSON contract and its description, the table, the refusals."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.__main__ import app
from data.metrics import METRICS
from data.metrics.base import REASONS
from tests.app.world import World

ROOT = Path(__file__).parent.parent.parent
Enter = Callable[[World], None]


def run(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, list(arguments))
    return done.exit_code, done.stdout, done.stderr


def answer(*arguments: str) -> dict[str, Any]:
    code, out, err = run("metrics", "--json", *arguments)
    assert (code, err) == (0, "")
    found: dict[str, Any] = json.loads(out)
    return found


def documented() -> dict[str, str]:
    """The fields of docs/cli.md with their types."""
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    types = "integer|number|boolean|string|list|object|day|instant"
    return dict(re.findall(rf"^\| `([a-z_.\[\]]+)` \| ((?:{types})(?: or null)?) \|", text, flags=re.MULTILINE))


def fields(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every field of the answer by its path; what lies in `statistics` is named by the metric."""
    for name, inside in value.items():
        here = f"{path}.{name}" if path else name
        yield here, inside
        if isinstance(inside, dict) and name != "statistics":
            yield from fields(inside, here)
        if isinstance(inside, list) and inside and isinstance(inside[0], dict):
            for one in inside:
                yield from fields(one, f"{here}[]")


def fits(value: Any, kind: str) -> bool:
    """Whether a value is of the documented type."""
    if value is None:
        return kind.endswith("or null")
    instant = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d"
    match kind.removesuffix(" or null"):
        case "integer":
            return type(value) is int
        case "number":
            return type(value) in (int, float)
        case "boolean":
            return isinstance(value, bool)
        case "string":
            return isinstance(value, str)
        case "list":
            return isinstance(value, list)
        case "object":
            return isinstance(value, dict)
        case "day":
            return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value))
        case "instant":
            return bool(re.fullmatch(instant, value))
    return False


@pytest.mark.parametrize("scope", ["group", "wallet", "exchange", "bank"])
def test_the_answer_and_its_description_say_the_same(world: World, inside: Enter, scope: str) -> None:
    inside(world)
    described = documented()
    there = list(fields(answer("--period", "2026-10", "--scope", scope)))
    assert {path for path, _ in there} <= described.keys()
    wrong = [(path, value, described[path]) for path, value in there if not fits(value, described[path])]
    assert wrong == []
    if scope == "group":
        assert described.keys() - {path for path, _ in there} == set()


def test_every_reason_is_described() -> None:
    lines = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8").splitlines()
    assert [reason for reason, said in REASONS.items() if f"| `{reason}` | {said} |" not in lines] == []


def test_an_answer_has_every_metric_and_its_evidence(world: World, inside: Enter) -> None:
    inside(world)
    found = answer("--period", "2026-10")
    assert [one["id"] for one in found["metrics"]] == [metric.id for metric in METRICS]
    uptime = found["metrics"][0]
    down = 30 * 60 + 12 * 60
    known = 3 * (31 * 86_400 + 3600)  # the clocks went back on the 25th
    assert (uptime["numerator"], uptime["denominator"]) == (known - down, known)
    assert uptime["value"] == pytest.approx(1 - down / known, abs=1e-15)
    assert uptime["parts"] == {
        "met": 1,
        "of": 2,
        "worst": {"scope": "wallet", "value": pytest.approx(1 - 720 * 3 / known), "corrected": None},
    }
    assert (uptime["verdict"], uptime["benchmark"]["low"], uptime["fresh_at"]) == (
        "missed", 0.9999, "2026-11-09T04:01:35+00:00",
    )  # fmt: skip


def test_missing_is_null_with_a_reason(world: World, inside: Enter) -> None:
    inside(world)
    found = {one["id"]: one for one in answer("--period", "2026-10", "--scope", "exchange")["metrics"]}
    told = ("value", "reason", "verdict")
    assert [found["availability"][name] for name in told] == [None, "no_source", "not_configured"]
    assert found["integration_error_rate"]["value"] == 0.015


def test_without_json_it_is_a_table_for_people(world: World, inside: Enter) -> None:
    inside(world)
    code, out, _ = run("metrics", "--period", "2026-10")
    lines = out.replace("\u202f", " ").replace("\u00a0", " ").splitlines()
    assert (code, lines[0]) == (0, "Testmoor Group · October 2026 · data as of 9 Nov 2026, 07:00 CET · version 4")
    assert re.split(r" {2,}", lines[3])[:4] == ["Uptime", "99.97 %", "missed", "≥ 99.99 %"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--period", "2026-13"), "'2026-13' is not a period"),
        (("--period", "2026-10", "--scope", "nobody"), "There is no scope 'nobody': give group or one below it."),
        (("--period", "2026-10", "--as-of", "yesterday"), "'yesterday' is not an instant"),
        (("--period", "2026-10", "--as-of", "2026-11-09T06:00"), "'2026-11-09T06:00' has no zone"),
        (("--period", "2026-11", "--as-of", "2026-11-09T06:00Z"), "2026-11 counts as closed from 2026-12-07"),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_code_2(
    world: World, inside: Enter, arguments: tuple[str, ...], said: str
) -> None:
    inside(world)
    code, out, err = run("metrics", *arguments)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert err.startswith(said)


def test_a_warehouse_without_tables_says_what_to_run(empty_world: World, inside: Enter) -> None:
    inside(empty_world)
    code, _, err = run("metrics", "--period", "2026-10")
    assert (code, err) == (
        2, "The warehouse has no tables of this version yet: run `python -m pipelines init`.\n",
    )  # fmt: skip


def test_the_commands_start_without_streamlit() -> None:
    code = "import sys, app.__main__, app.board_pack; sys.exit('streamlit' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
