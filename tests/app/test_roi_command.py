"""python -m app roi: the JSON contract, the worked example of the documents, today's numbers, refusals."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.__main__ import app
from app.content.sections.case_words import figures
from data.finance.case_file import FOLDER, read
from data.finance.levers import LEVERS
from data.finance.measures import MEASURES
from data.finance.roi import valuation
from tests.app.world import World

Enter = Callable[[World], None]

DOCUMENT = (Path(__file__).parent.parent.parent / "docs" / "roi.md").read_text(encoding="utf-8")


def run(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["roi", *arguments])
    return done.exit_code, done.stdout.replace("\u202f", " "), done.stderr


def answer(*arguments: str) -> dict[str, Any]:
    code, out, err = run(*arguments, "--json")
    assert (code, err) == (0, "")
    found: dict[str, Any] = json.loads(out)
    return found


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The worked example of docs/roi.md."""
    (text,) = re.findall(r"```toml\n(.*?)```", DOCUMENT, flags=re.DOTALL)
    path = tmp_path / "gateway.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_published_case_is_told_in_json() -> None:
    told = answer(str(FOLDER / "delivery-roi.toml"))
    assert told["schema"] == 1
    assert (told["npv"], f"{told['roi_pct']:.2f}", f"{told['payback_years']:.3f}") == (3_281_000, "39.22", "0.718")
    assert (told["pv_costs"], told["pv_benefits"], told["irr_found"]) == (8_365_000, 11_646_000, "one")
    assert {one["id"]: one["total"] for one in told["lines"]} == {
        "headcount": 11_000_000, "features": 990_000, "downtime": -344_000, "licences": 165_000,
        "infrastructure": 100_000, "training": 4_800_000, "j-curve": 3_300_000,
    }  # fmt: skip
    assert told["flows"][0] == {"day": "2026-01-01", "benefits": 0, "costs": 8_365_000, "net": -8_365_000}
    assert told["monte_carlo"]["draws"] == 100_000
    assert told["monte_carlo"]["note"].startswith("The ranges are drawn independently")
    assert told["tornado"][0]["input"] == "headcount.time_saved"


def test_every_field_of_the_answer_is_described_and_every_described_field_is_there(example: Path) -> None:
    part = DOCUMENT.split("With `--json`")[1].split("## A worked example")[0]
    rows = [line.split("|")[1:3] for line in part.splitlines() if line.startswith("| `")]
    described = {name for names, _ in rows for name in re.findall(r"`(\w+)`", names)}
    told = answer(str(example))
    assert described == {*told, "moved"}
    inside = {name for names, text in rows for name in re.findall(r"`(\w+)`", names + text)}
    deeper = [told["monte_carlo"], *told["lines"], *told["flows"], *told["tornado"]]
    assert {name for one in deeper for name in one} <= inside
    assert set(told["as_stated"]) == set(told["risk_adjusted"]) <= inside


def test_the_worked_example_says_what_the_document_says_of_it(example: Path) -> None:
    table = DOCUMENT.split("says of it:")[1]
    said = dict(re.findall(r"^\| ([A-Z][^|]+) \| ([^|]+) \|$", table, flags=re.MULTILINE))
    told = valuation(read(example.read_text(encoding="utf-8")))
    assert said == {name: words.replace("\u202f", " ") for name, words in figures(told)}
    code, out, _ = run(str(example))
    assert code == 0
    assert all(words in out for words in said.values())


def test_every_lever_input_and_measure_is_described() -> None:
    for lever in LEVERS:
        inputs = ", ".join(f"`{one.id}`" for one in lever.parameters)
        assert f"| `{lever.id}` ({inputs}) | {lever.side.value} | {lever.formula} | {lever.guard} |" in DOCUMENT
    for measure in MEASURES:
        of = f"metric `{measure.metric}`" if measure.metric else f"facts of kind `{measure.fact}`"
        assert f"| `{measure.id}` | {of} | {measure.take.value} |" in DOCUMENT


def test_todays_numbers_move_the_case_and_the_parts_add_up(example: Path, world: World, inside: Enter) -> None:
    inside(world)
    before = answer(str(example))
    told = answer(str(example), "--today", "--period", "2026-10")
    found = told["moved"]
    assert found["npv_before"] == before["npv"]
    assert found["npv_after"] == told["npv"] != before["npv"]
    assert [one["input"] for one in found["inputs"]] == ["stability.deployments_before", "stability.fail_rate_before"]
    assert sum(one["npv"] for one in found["inputs"]) == pytest.approx(told["npv"] - before["npv"], abs=0.001)
    assert found["inputs"][1]["after"] == pytest.approx(1 / 7, abs=1e-6)
    assert found["inputs"][0]["after"] == pytest.approx(7 / 31 * 365, abs=1e-4)
    code, out, _ = run(str(example), "--today", "--period", "2026-10")
    assert code == 0
    assert "Today's numbers move the net present value by" in out


@pytest.mark.parametrize(
    ("text", "said"),
    [("schema = 1", "name: Field required"), ("schema = 1\nname = 3", "name: Input should be a valid string")],
)
def test_a_file_that_is_no_case_ends_in_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "case.toml"
    path.write_text(text, encoding="utf-8")
    code, out, err = run(str(path))
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.strip().splitlines()) == 1


def test_without_a_warehouse_today_is_refused_and_the_rest_works(
    example: Path, empty_world: World, inside: Enter
) -> None:
    inside(empty_world)
    assert run(str(example))[0] == 0
    code, _, err = run(str(example), "--today")
    assert code == 2
    assert "python -m pipelines init" in err


def test_a_period_that_is_none_is_refused(example: Path, world: World, inside: Enter) -> None:
    inside(world)
    code, _, err = run(str(example), "--today", "--period", "soon")
    assert code == 2
    assert "'soon'" in err
