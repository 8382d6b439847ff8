"""python -m app audit: the change log listed, exported and checked, online or on an export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.commands import PARTLY, Refused, company, speaking_plainly, told
from data.warehouse.audit import Anchor, Checked, anchor_in, check, exported, imported, log
from data.warehouse.change_log import Change
from data.warehouse.engine import reading

audit = typer.Typer(no_args_is_help=True, help="The change log: who changed what, when, from what to what, and why.")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON after docs/cli.md instead of text.")]


@audit.command("list")
def list_(as_json: AsJson = False) -> None:
    """Every change that a person made, oldest first; --json is the export that `verify` reads offline."""
    rows = _rows(None)
    if as_json:
        print(told(exported(rows)))
        return
    for row in rows:
        why = f": {row.why}" if row.why else ""
        print(f"{row.seq:>6}  {row.at:%Y-%m-%d %H:%M:%S} UTC  {row.actor}  {row.action} {row.object}{why}")


@audit.command()
def verify(
    export: Annotated[Path | None, typer.Argument(help="An export to check instead of the warehouse.")] = None,
    anchor: Annotated[
        list[Path] | None, typer.Option("--anchor", help="A board pack to hold the log against; may be repeated.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Find altered, missing, reordered and, against a pack, cut-off entries; exit code 1 where there is one."""
    with speaking_plainly():
        anchors = [_anchor(path) for path in anchor or []]
    found = check(_rows(export), anchors)
    said = {"count": found.anchor.count, "head": found.anchor.head, "anchors": found.against, "fault": found.fault}
    print(told({"schema": 1, "whole": found.fault is None, **said}) if as_json else _sentence(found))
    if found.fault is not None:
        raise typer.Exit(PARTLY)


def _sentence(found: Checked) -> str:
    if found.fault is not None:
        return found.fault
    if not found.against:
        against = " Whether entries were cut off at its end, a pack tells: --anchor PACK.pdf."
    else:
        against = f" It holds against {found.against} pack{'s' * (found.against > 1)}."
    return f"The log is whole: {found.anchor.count} entries, the last with hash {found.anchor.head}.{against}"


def _rows(export: Path | None) -> list[Change]:
    if export is None:
        with company() as (_, engine, actor), reading(engine) as connection:
            return log(connection, actor)
    with speaking_plainly():
        try:
            return imported(export.read_text(encoding="utf-8"), export.name)
        except (OSError, UnicodeDecodeError) as error:
            raise Refused(
                f"The export {export} cannot be read: give the file that `audit list --json` wrote."
            ) from error


def _anchor(path: Path) -> Anchor:
    try:
        return anchor_in(path.read_bytes(), path.name)
    except OSError as error:
        raise Refused(f"The pack {path} cannot be read: {error.strerror}.") from error
