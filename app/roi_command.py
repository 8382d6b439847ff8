"""python -m app roi: a business case from a file, worked out; with --today on the numbers of the warehouse."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from data.finance.case import Case

WRONG = 2


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
    from data.finance.case import BadCase
    from data.finance.case_file import load as load_case

    try:
        _tell(load_case(case), period if today else None, today=today, as_json=as_json)
    except BadCase as error:
        print(f"{error}", file=sys.stderr)  # noqa: T201  a command prints
        raise typer.Exit(WRONG) from error


def _tell(said: Case, period: str | None, *, today: bool, as_json: bool) -> None:
    from app.content import roi_contract, roi_printed
    from data.finance.moved import moved

    now = _today(said, period) if today else said
    found = moved(said, now) if today else ()
    if as_json:
        document = roi_contract.document(now)
        if today:
            document["moved"] = roi_contract.moves(said, now, found)
        out = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)
    else:
        out = roi_printed.told(now) + (f"\n\n{roi_printed.moved(now, found)}" if today else "")
    print(out)  # noqa: T201  a command prints


def _today(said: Case, period: str | None) -> Case:
    """The case on what the warehouse holds now; a failure ends the command with one sentence."""
    from data.clock import fix_clock
    from data.finance.case import BadCase
    from data.period import BadPeriod, Kind, last_closed, parse
    from data.settings import ConfigurationError
    from data.settings import load as load_settings
    from data.warehouse.engine import WarehouseError, create_engine_for, reading
    from data.warehouse.measured import Measurer, measured_again
    from data.warehouse.readings import Reader

    try:
        settings = load_settings()
        fix_clock(settings.clock)
        first = settings.company.fiscal_year_start_month
        with reading(create_engine_for(settings.warehouse.url)) as connection:
            reader = Reader(connection, settings)
            if reader.version is None or reader.home is None:
                raise BadCase("The warehouse holds no numbers: run `python -m pipelines sync`, or leave out --today.")
            instant = reader.version.committed_at
            shown = parse(period, first) if period else last_closed(instant, Kind.QUARTER, settings.zone, first)
            return measured_again(Measurer(reader, said.currency), said, said.scope or reader.home, shown)[0]
    except (ConfigurationError, WarehouseError, BadPeriod) as error:
        raise BadCase(f"{error}") from error
