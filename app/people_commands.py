"""python -m app proposals | pack | correct: what needs two people, at the command line."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import typer

from app.commands import Refused, company, known_person, told, writing_into
from data.metrics import metric_in
from data.metrics.base import Metric
from data.period import parse
from data.settings import Settings
from data.warehouse.approvals import approve, decline, waiting_for
from data.warehouse.corrections import Wanted, counted, needs, plain, propose_correction, propose_lifting
from data.warehouse.engine import reading
from data.warehouse.proposals import Proposal
from data.warehouse.readings import Reader

proposals = typer.Typer(no_args_is_help=True, help="What one person proposed and another approves or declines.")
pack = typer.Typer(no_args_is_help=True, help="Board packs that wait for their release.")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON after docs/cli.md instead of a sentence.")]
Number = Annotated[int, typer.Argument(help="The number of the proposal, as `proposals list` tells it.")]


@proposals.command("list")
def list_(as_json: AsJson = False) -> None:
    """What waits for a second person, the oldest first."""
    from app.content.proposed import CALLED, proposed

    with company() as (settings, engine, actor), reading(engine) as connection:
        found = waiting_for(connection, settings, actor)
    if as_json:
        print(told({"schema": 1, "proposals": [_entry(one) for one in found]}))
        return
    for one in found:
        what = f"{CALLED[one.kind]}: {one.object}"
        print(f"{one.id:>4}  {what}: {proposed(one.content)}  (by {one.proposed_by}: {one.why})")
    if not found:
        print("Nothing waits for a second person.")


@proposals.command("approve")
def approve_(
    number: Number, said: Annotated[str, typer.Option("--why", help="What you say to it, for the log.")] = ""
) -> None:
    """Let a proposal of another person take effect."""
    with company() as (settings, engine, actor):
        known_person(settings, actor)
        found = approve(engine, settings, actor, number, said)
    print(f"Approved: {found.object}.")


@proposals.command("decline")
def decline_(
    number: Number, why: Annotated[str, typer.Option("--why", help="The reason, which the log keeps.")]
) -> None:
    """End a proposal without effect; your own is taken back."""
    with company() as (settings, engine, actor):
        found = decline(engine, settings, actor, number, why)
    print(f"Declined: {found.object}.")


@pack.command("release")
def release_(
    number: Number,
    out: Annotated[Path, typer.Option("--out", help="The folder to write the final pack into.")],
    why: Annotated[str, typer.Option("--why", help="What you say to it, for the log.")] = "",
    as_json: AsJson = False,
) -> None:
    """Write a pack that another person prepared as final, and log its hash."""
    from app.releasing import release

    with company() as (settings, engine, actor), writing_into(out):
        path = release(engine, settings, actor, number, out, why)
    print(told({"schema": 1, "file": str(path), "bytes": path.stat().st_size}) if as_json else f"Released: {path}")


def correct(
    metric: Annotated[str | None, typer.Argument(help="The metric's id.")] = None,
    scope: Annotated[str | None, typer.Option("--scope", help="The scope's id.")] = None,
    period: Annotated[str | None, typer.Option("--period", help="A day such as 2026-10-14, or a period.")] = None,
    to: Annotated[
        str | None, typer.Option("--to", help="What it should be: NUMERATOR/DENOMINATOR, or one number.")
    ] = None,
    why: Annotated[str, typer.Option("--why", help="The reason, which the log keeps.")] = "",
    end: Annotated[int | None, typer.Option("--end", help="Propose that this correction no longer holds.")] = None,
    as_json: AsJson = False,
) -> None:
    """Propose a corrected number, or, without --to, tell what is counted; another person approves it."""
    with company() as (settings, engine, actor):
        if end is not None:
            number = propose_lifting(engine, settings, actor, end, why)
        else:
            known, new = _wanted(settings, metric, scope, period, to)
            with reading(engine) as connection:
                now = counted(Reader(connection, settings), known, new.scope, new.period)
            if to is None:
                said = {name: plain(getattr(now, name)) for name in needs(known)}
                plainly = ", ".join(f"{name} {one}" for name, one in said.items())
                print(told({"schema": 1, "counted": said}) if as_json else f"Counted: {plainly}.")
                return
            number = propose_correction(engine, settings, actor, new, now.seen, why)
    how = f"another system user approves it with `python -m app proposals approve {number}`"
    print(
        told({"schema": 1, "proposal": number})
        if as_json
        else f"Proposal {number} waits: {how}, or a person in the app."
    )


def _wanted(
    settings: Settings, name: str | None, scope: str | None, period: str | None, to: str | None
) -> tuple[Metric, Wanted]:
    if name is None or scope is None or period is None:
        raise Refused("Say which number: a metric, --scope and --period.")
    try:
        metric = metric_in(settings, name)
    except KeyError as error:
        raise Refused(f"There is no metric {name!r}: choose one that exists.") from error
    fields = needs(metric)
    try:
        given = [Decimal(one) for one in to.split("/")] if to is not None else []
    except InvalidOperation as error:
        raise Refused("Write numbers plainly, for example --to 86340/86400 or --to 12.5.") from error
    if to is not None and len(given) != len(fields):
        raise Refused(
            f"{metric.name} is corrected by its {' and '.join(fields)}: write --to {'/'.join(fields).upper()}."
        )
    numbers = dict(zip(fields, given, strict=False))
    return metric, Wanted(name, scope, parse(period, settings.company.fiscal_year_start_month), **numbers)


def _entry(one: Proposal) -> dict[str, object]:
    return {
        "id": one.id,
        "kind": one.kind.value,
        "object": one.object,
        "scope": one.scope,
        "content": dict(one.content),
        "proposed_by": one.proposed_by,
        "proposed_at": one.proposed_at.isoformat(),
        "why": one.why,
    }
