"""python -m app: numbers and board packs from the command line; starts without Streamlit."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from app.audit_commands import audit
from app.budget_commands import budget
from app.commands import WRONG, Refused, company, writing_into
from app.people_commands import correct, pack, proposals
from app.roi_command import roi
from data.benchmarks.load import BadBenchmark
from data.clock import fix_clock
from data.period import BadPeriod, Period, parse
from data.settings import ConfigurationError, Settings, load
from data.warehouse.engine import WarehouseError, create_engine_for, reading
from data.warehouse.readings import Reader

app = typer.Typer(no_args_is_help=True, add_completion=True, pretty_exceptions_enable=False)
app.command()(roi)
app.add_typer(audit, name="audit")
app.add_typer(proposals, name="proposals")
app.add_typer(pack, name="pack")
app.command()(correct)
app.add_typer(budget, name="budget")

Of = Annotated[
    str, typer.Option("--period", help="2026-10, 2026-Q4, 2026, FY2026, 2026-W46 or 2026-10-01..2026-11-01.")
]
About = Annotated[str | None, typer.Option("--scope", help="A scope's id; the widest one without.")]


@app.command()
def metrics(
    period: Of,
    scope: About = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="A closed period as it stood at an instant.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON after docs/cli.md instead of a table.")] = False,
) -> None:
    """Every metric of a scope and period: value, verdict, evidence."""
    from app.content.contract import document
    from data.warehouse.readings import all_readings

    with _reader(period, as_of) as (reader, shown):
        name = _scope(reader, scope)
        readings = all_readings(reader, name, shown)
        if as_json:
            print(json.dumps(document(reader, shown, readings), ensure_ascii=False, indent=1, allow_nan=False))
        else:
            from app.content.printed import table

            print(table(reader, shown, readings))


@app.command("board-pack")
def board_pack(
    period: Of,
    out: Annotated[Path, typer.Option("--out", help="The folder to write into.")],
    state: Annotated[
        str | None, typer.Option("--state", help="flash or final; final where the period is closed.")
    ] = None,
    scope: About = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a sentence.")] = False,
) -> None:
    """Write the board pack of a period as PDF; that of a closed period waits for its release by another person."""
    from app.board_pack import state_named
    from app.releasing import Asked, prepare

    with company() as (settings, engine, actor):
        shown = parse(period, settings.company.fiscal_year_start_month)
        with writing_into(out):
            made = prepare(engine, settings, actor, Asked(shown, out, state_named(state), scope))
    size = made.path.stat().st_size
    said = {"schema": 1, "file": str(made.path), "bytes": size, "state": made.state, "proposal": made.proposal}
    waits = f"; another person releases it with `python -m app pack release {made.proposal} --out DIR`"
    print(json.dumps(said) if as_json else f"Written: {made.path}{waits if made.proposal else ''}")


@contextmanager
def _reader(period: str, as_of: str | None = None) -> Iterator[tuple[Reader, Period]]:
    """The state and the period to read; expected errors end the command with one sentence on stderr."""
    try:
        settings = load()
        fix_clock(settings.clock)
        shown, instant = parse(period, settings.company.fiscal_year_start_month), _instant(as_of)
        _as_of_fits(instant, shown, settings)
        with reading(create_engine_for(settings.warehouse.url)) as connection:
            reader = Reader(connection, settings, instant)
            if reader.version is None:
                raise Refused("The warehouse holds no numbers of that time: run `python -m pipelines sync`.")
            yield reader, shown
    except (ConfigurationError, WarehouseError, BadBenchmark, BadPeriod, Refused) as error:
        print(f"{error}", file=sys.stderr)
        raise typer.Exit(WRONG) from error


def _scope(reader: Reader, name: str | None) -> str:
    chosen = name or reader.home
    if chosen is None:
        raise Refused(
            "No scope is declared: add [[scope]] entries to plumbline.toml and run `python -m pipelines sync`."
        )
    if chosen not in reader.tree:
        raise Refused(f"There is no scope {chosen!r}: give {reader.home} or one below it.")
    return chosen


def _instant(said: str | None) -> datetime | None:
    if said is None:
        return None
    try:
        instant = datetime.fromisoformat(said)
    except ValueError as error:
        raise Refused(f"{said!r} is not an instant: write 2026-11-09T06:00Z.") from error
    if instant.tzinfo is None:
        raise Refused(f"{said!r} has no zone: add one, for example Z for UTC.")
    return instant


def _as_of_fits(as_of: datetime | None, period: Period, settings: Settings) -> None:
    """Only a closed period can be told as it stood: an open one keeps no record of its changes."""
    closes = period.closes_at(settings.zone)
    if as_of is not None and as_of < closes:
        raise Refused(
            f"{period.label} counts as closed from {closes.isoformat()} on, and what changed before is not kept: "
            "give a later --as-of or none."
        )


if __name__ == "__main__":
    app()
