"""python -m app budget: what it lists, shows, checks, compares, exports and imports, as JSON after docs/cli.md."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from app.__main__ import app
from data.finance.budget import costs
from data.settings import ROOT
from data.warehouse.budgets import create
from tests.app.world import World, held_clock
from tests.data.finance.budgets import BASE, upside
from tests.data.warehouse.budget_world import EDITOR

Enter = Callable[[World], None]


@pytest.fixture
def planned(world: World, inside: Enter) -> World:
    """The company with a base and an upside."""
    engine = world.engine()
    with held_clock(world.settings.clock):
        for one in (BASE, upside()):
            create(engine, world.settings, EDITOR, one, "the plan")
    engine.dispose()
    inside(world)
    return world


def run(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["budget", *arguments])
    return done.exit_code, done.stdout, done.stderr


def told(*arguments: str, code: int = 0) -> dict[str, Any]:
    found, out, err = run(*arguments, "--json")
    assert (found, err) == (code, "")
    said: dict[str, Any] = json.loads(out)
    assert said["schema"] == 1
    return said


def test_scenarios_are_listed(planned: World) -> None:
    found = told("list")["scenarios"]
    assert [(one["id"], one["kind"], one["fiscal_year"], one["status"]) for one in found] == [
        ("fy2026-base-1", "base", "FY2026", "draft"), ("fy2026-upside-1", "upside", "FY2026", "draft"),
    ]  # fmt: skip
    assert found[0]["made"]["by"] == "web:erin"
    assert "FY2026 upside" in run("list")[1]


def test_a_scenario_is_shown_with_exact_amounts_that_add_up(planned: World) -> None:
    found = told("show", "fy2026-base")
    assert found["totals"]["cost"]["year"] == format(costs(BASE).total.normalize(), "f")
    assert sum(Decimal(one["converted"]) for one in found["lines"] if one["side"] == "cost") == costs(BASE).total
    assert found["months"][0] == "2026-01"
    assert found["rates"] == {"USD": "0.9"}
    assert "Integration hub" in run("show", "fy2026-base")[1]


def test_a_check_tells_each_rule_and_leaves_with_one_where_it_blocks(planned: World, tmp_path: Path) -> None:
    found = told("check", "fy2026-base")
    assert (found["blocked"], [one["rule"] for one in found["findings"]]) == (False, [f"BR-{at}" for at in range(1, 9)])
    share = {one["name"]: one["value"] for one in found["findings"][0]["numbers"]}
    assert Decimal(share["technology budget (all costs)"]) == costs(BASE).total
    file = tmp_path / "f.xlsx"
    told("export", "fy2026-base", str(file))
    book = load_workbook(file)
    row = next(row for row in book["Budget"].iter_rows() if row[0].value == "legacy")
    row[18].value = 51
    book.save(file)
    assert told("import", str(file), "--why", "test")["taken"] is True
    assert told("check", "fy2026-base", code=1)["blocked"] is True
    code, out, _ = run("check", "fy2026-base")
    assert code == 1
    assert "BR-5 Sums and currencies: fails (blocks approval)" in out


def test_two_scenarios_are_compared_and_one_with_actuals(planned: World) -> None:
    found = told("compare", "fy2026-base", "fy2026-upside")
    assert found["totals"]["cost"]["difference"] == "-840"
    assert found["totals"]["cost"]["word"] == "favourable"
    cloud = next(one for one in found["lines"] if one["id"] == "cloud")
    assert (cloud["left"], cloud["right"], cloud["share"]) == ("8400", "7560", "-0.1")
    assert len(found["months"]) == 12
    spent = told("compare", "fy2026-base", "actuals")
    # 31 days of 200 EUR, a tenth dearer, in October; nobody bills the audits
    october = spent["months"][9]["cost"]
    assert spent["months"][9]["month"] == "2026-10"
    assert Decimal(october["right"]) == Decimal(43989)
    assert "audit" in spent["unknown"]
    parts = [Decimal(one["difference"]) for one in spent["lines"]]
    assert sum(parts) == Decimal(spent["totals"]["cost"]["difference"])
    assert "Nobody bills these" in run("compare", "fy2026-base", "actuals")[1]


def test_export_then_import_changes_nothing_and_a_dry_run_takes_nothing(planned: World, tmp_path: Path) -> None:
    file = tmp_path / "f.xlsx"
    assert told("export", "fy2026-base", str(file))["scenario"] == "fy2026-base-1"
    assert told("import", str(file)) == {
        "schema": 1, "scenario": "fy2026-base-1", "taken": False, "changes": [], "errors": [], "notes": [],
    }  # fmt: skip
    book = load_workbook(file)
    row = next(row for row in book["Budget"].iter_rows() if row[0].value == "cloud")
    row[18].value = 701.5
    book.save(file)
    change = {"row": "cloud", "field": "m01", "old": "700", "new": "701.5", "cell": "Budget!S3"}
    assert told("import", str(file), "--dry-run")["changes"] == [change]
    assert told("show", "fy2026-base")["lines"][1]["months"][0] == "700"
    assert told("import", str(file))["taken"] is True
    assert told("show", "fy2026-base")["lines"][1]["months"][0] == "701.5"
    assert told("import", str(file))["changes"] == []


def test_errors_of_a_workbook_are_told_by_cell_and_nothing_is_taken(planned: World, tmp_path: Path) -> None:
    file = tmp_path / "f.xlsx"
    told("export", "fy2026-base", str(file))
    book = load_workbook(file)
    row = next(row for row in book["Budget"].iter_rows() if row[0].value == "cloud")
    row[18].value, row[19].value = "many", 5
    book.save(file)
    found = told("import", str(file), code=2)
    assert found["taken"] is False
    assert [(one["sheet"], one["cell"]) for one in found["errors"]] == [("Budget", "S3")]
    code, out, _ = run("import", str(file))
    assert (code, "Budget!S3: 'many' is no number" in out) == (2, True)
    assert told("show", "fy2026-base")["lines"][1]["months"][1] == "700"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "none"), "There is no scenario 'none'"),
        (("import", "nowhere.xlsx"), "cannot be read"),
        (("export", "fy2026-base", "/nowhere/f.xlsx"), "cannot be written"),
        (("compare", "fy2026-base", "none"), "There is no scenario"),
    ],
)
def test_what_cannot_be_is_one_sentence_on_stderr(planned: World, arguments: tuple[str, ...], said: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out, said in err, len(err.splitlines())) == (2, "", True, 1)


def test_the_worked_example_of_the_document_is_what_the_workbook_holds() -> None:
    """docs/budget.md shows the first rows of an export, column by column."""
    from app.budget_workbook import Exported, write

    text = (ROOT / "docs" / "budget.md").read_text(encoding="utf-8")
    shown = re.findall(r"^\| `([A-Z]+)` \| ([^|]+?) \| ([^|]+?) \| ([^|]+?) \|$", text, flags=re.MULTILINE)
    assert len(shown) == 32
    book = load_workbook(io.BytesIO(write(Exported(BASE, {line.id: 1 for line in BASE.lines}))))
    sheet = book["Budget"]
    for column, head, hub, calls in shown:
        held = [sheet[f"{column}{row}"].value for row in (1, 2, 4)]
        assert [str(one if one is not None else "–").replace("`", "") for one in held] == [
            head, hub.strip("`"), calls.strip("`"),
        ], column  # fmt: skip
