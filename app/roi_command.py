"""python -m app roi: a business case from a file, worked out; with --today on the numbers of the warehouse."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import Refused, company, speaking_plainly, told

if TYPE_CHECKING:
    from data.finance.case import Case


def roi(
    case: Annotated[Path, typer.Argument(help="The case as TOML, after docs/roi.md.", metavar="CASE.toml")],
    today: Annotated[
        bool, typer.Option("--today", help="Read measured inputs again from the warehouse, and tell what moved.")
    ] = False,
    period: Annotated[
        str | None, typer.Option("--period", help="With --today: the period to read; the last closed quarter without.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON after docs/roi.md.")] = False,
) -> None:
    """Net present value, return, payback and draws of a business case."""
    from app.content import roi_contract, roi_printed
    from data.finance.case_file import load
    from data.finance.moved import moved

    with speaking_plainly():
        said = load(case)
        now = _today(said, period) if today else said
        found = moved(said, now)
        if as_json:
            more = {"moved": roi_contract.moves(said, now, found)} if today else {}
            out = told(roi_contract.document(now) | more)
        else:
            out = roi_printed.told(now) + (f"\n\n{roi_printed.moved(now, found)}" if today else "")
    print(out)  # noqa: T201  a command prints


def _today(said: Case, period: str | None) -> Case:
    """The case on what the warehouse holds now, as far as the person may read it."""
    from data.period import Kind, last_closed, parse
    from data.warehouse.engine import reading
    from data.warehouse.measured import Measurer, measured_again
    from data.warehouse.reach import may_read, reader_for
    from data.warehouse.readings import Reader

    with company() as (settings, engine, actor):
        first = settings.company.fiscal_year_start_month
        with reading(engine) as connection:
            reader = Reader(connection, settings)
            if reader.version is None or reader.home is None:
                raise Refused("The warehouse holds no numbers: run `python -m pipelines sync`, or leave out --today.")
            instant, scope = reader.version.committed_at, said.scope or reader.home
            shown = parse(period, first) if period else last_closed(instant, Kind.QUARTER, settings.zone, first)
            may_read(reader, actor, scope, shown)
            return measured_again(Measurer(reader_for(reader, actor), said.currency), said, scope, shown)[0]
