"""python -m app budget: scenarios listed, shown, checked and compared, and taken to a workbook and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer

from app.commands import PARTLY, WRONG, Refused, company, told
from data.warehouse.engine import reading

budget = typer.Typer(no_args_is_help=True, help="Budget scenarios: list, show, check, compare, to a workbook and back.")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON after docs/cli.md instead of text.")]
Which = Annotated[str, typer.Argument(help="A scenario's id, or its series for the newest version.", metavar="S")]
ACTUALS = "actuals"


@budget.command("list")
def list_(as_json: AsJson = False) -> None:
    """Every scenario that you may read, the latest year and version first."""
    from app.content import budget_contract, budget_printed
    from data.warehouse.budget_rows import scenarios

    with company() as (settings, engine, actor):
        with reading(engine) as connection:
            heads = scenarios(connection, settings, actor)
        print(told(budget_contract.scenarios(heads)) if as_json else budget_printed.scenarios(heads))


@budget.command()
def show(name: Which, as_json: AsJson = False) -> None:
    """A scenario with its lines and totals."""
    from app.content import budget_contract, budget_printed
    from data.warehouse.budget_rows import stored

    with company() as (settings, engine, actor):
        with reading(engine) as connection:
            found = stored(connection, settings, actor, name)
        print(told(budget_contract.scenario(found)) if as_json else budget_printed.scenario(found))


@budget.command()
def check(name: Which, as_json: AsJson = False) -> None:
    """Every rule with what it found and the numbers behind it; exit code 1 where one blocks approval."""
    from app.content import budget_contract, budget_printed
    from data.finance import rules
    from data.warehouse.budget_rows import around, stored

    with company() as (settings, engine, actor):
        with reading(engine) as connection:
            found = stored(connection, settings, actor, name)
            findings = rules.check(found.scenario, around(connection, settings, actor, found))
        if as_json:
            print(told(budget_contract.findings(found.head.id, findings)))
        else:
            print(budget_printed.findings(found, findings))
        if any(one.blocks for one in findings):
            raise typer.Exit(PARTLY)


@budget.command()
def compare(
    left: Annotated[str, typer.Argument(help="A scenario's id or series.", metavar="A")],
    right: Annotated[str, typer.Argument(help=f"Another one's, or `{ACTUALS}`.", metavar="B")],
    as_json: AsJson = False,
) -> None:
    """How B differs from A, line by line and month by month, and why; B may be `actuals`."""
    from app.content import budget_contract, budget_printed
    from data.finance.compare import compare as compared
    from data.finance.compare import compare_with_actuals
    from data.warehouse.budget_actuals import counted, spent
    from data.warehouse.budget_rows import stored
    from data.warehouse.readings import Reader

    with company() as (settings, engine, actor):
        with reading(engine) as connection:
            one = stored(connection, settings, actor, left).scenario
            if right == ACTUALS:
                reader = Reader(connection, settings)
                done = spent(reader, actor, one)
                found = compare_with_actuals(one, done, counted(reader, actor, one))
            else:
                found = compared(one, stored(connection, settings, actor, right).scenario)
        labels = [period.label for period in one.periods]
        print(told(budget_contract.comparison(found, labels)) if as_json else budget_printed.comparison(found))


@budget.command()
def export(
    name: Which,
    file: Annotated[Path, typer.Argument(help="The workbook to write.", metavar="F.xlsx")],
    as_json: AsJson = False,
) -> None:
    """Write a scenario as a workbook after docs/budget.md, to be changed there and imported."""
    from app.budget_workbook import Exported, write
    from data.warehouse.budget_rows import stored

    with company() as (settings, engine, actor):
        with reading(engine) as connection:
            found = stored(connection, settings, actor, name)
        content = write(Exported(found.scenario, found.revisions))
        try:
            file.write_bytes(content)
        except OSError as error:
            raise Refused(f"The workbook cannot be written to {file}: {error.strerror}.") from error
        said: dict[str, Any] = {"schema": 1, "scenario": found.head.id, "file": str(file), "bytes": len(content)}
        print(told(said) if as_json else f"Written: {file}")


@budget.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A workbook that `export` wrote.", metavar="F.xlsx")],
    why: Annotated[str, typer.Option("--why", help="The reason, which the log keeps.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would change and change nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take a workbook's changes into its scenario, all of them or none; errors are told by cell."""
    from app.budget_import import read, scenario_of
    from app.content import budget_contract, budget_printed
    from data.warehouse.budget_rows import stored
    from data.warehouse.budgets import Saving, save

    with company() as (settings, engine, actor):
        content = _bytes(file)
        with reading(engine) as connection:
            found = stored(connection, settings, actor, scenario_of(content))
        preview = read(content, found.scenario, found.revisions)
        taken = bool(preview.changes) and not preview.errors and not dry_run
        if taken:
            reason = why or f"imported from {file.name}"
            save(engine, settings, actor, Saving(found.head.id, uuid4().hex, preview.changes, preview.seen, reason))
        said = told(budget_contract.imported(preview, taken)) if as_json else budget_printed.imported(preview, taken)
        print(said)
        if preview.errors:
            raise typer.Exit(WRONG)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Refused(f"The workbook {file} cannot be read: {error.strerror}.") from error
