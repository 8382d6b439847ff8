"""python -m pipelines: bring numbers into the warehouse."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from sqlalchemy import Engine

from data.access import Actor, command_line_actor
from data.benchmarks.load import BadBenchmark
from data.clock import fix_clock
from data.settings import ConfigurationError, Settings, Source, load
from data.warehouse.engine import WarehouseError, create_engine_for
from data.warehouse.migrate import migrate
from data.warehouse.runs import Held
from pipelines.errors import SyncError

if TYPE_CHECKING:
    from pipelines.questions import Given

app = typer.Typer(no_args_is_help=True, add_completion=True, pretty_exceptions_enable=False)

PART, WRONG = 1, 2
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
OneSource = Annotated[str | None, typer.Option("--source", help="Only this source; all of them without.")]
_EXPECTED = (ConfigurationError, WarehouseError, BadBenchmark, Held, SyncError)


@app.command()
def init(  # noqa: PLR0913, PLR0917 - a parameter for each option
    kind: Annotated[str | None, typer.Argument(metavar="[TYPE]", help="Connect a source of this type.")] = None,
    ask: Annotated[bool, typer.Option("--ask", help="Ask which type of source to connect.")] = False,
    name: Annotated[str | None, typer.Option("--id", help="The id of the source; its type without.")] = None,
    base_url: Annotated[str | None, typer.Option(help="The address of its API.")] = None,
    option: Annotated[list[str] | None, typer.Option(help="An option of its type: name=value.")] = None,
    secret: Annotated[list[str] | None, typer.Option(help="A variable of one's own: GITHUB_TOKEN=MY_VARIABLE.")] = None,
    scope: Annotated[str | None, typer.Option(help="The scope its names mean, or `each`: one for each name.")] = None,
    anyway: Annotated[bool, typer.Option("--anyway", help="Write the settings even if a test finds a fault.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make or migrate the warehouse; connect a source of a TYPE; load the demo company where there are no settings."""
    connected: dict[str, Any] = {}
    if kind is not None or ask:
        from pipelines.questions import Given

        given = Given(name, base_url, tuple(option or ()), tuple(secret or ()))
        connected = {"connected": _connect(kind, given, scope, anyway=anyway, as_json=as_json)}
    with _prepared() as (settings, engine, _):
        from pipelines.demo_company import is_loaded, tells_of_people
        from pipelines.schedule import settle

        reports: list[Any] = []
        if settings.mode == "demo" and not is_loaded(engine, settings):
            reports = _run_syncs(settings, engine, settings.source)
            settle(engine, settings)
        elif _of_old_definitions(settings, engine):
            _roll_up(settings, engine)
        if tells_of_people(settings):
            from pipelines.demo_budgets import plan
            from pipelines.demo_cases import decide

            plan(engine, settings)
            decide(engine, settings)
        told = {"schema": 1, "warehouse": "ready", "mode": settings.mode, "sources": reports}
        _say({**told, **connected}, as_json, "")
        _leave(reports)


def _connect(kind: str | None, given: Given, scope: str | None, *, anyway: bool, as_json: bool) -> dict[str, Any]:
    """Add a source to the settings; where the live test finds a fault the command ends without having written."""
    from pipelines import wizard
    from pipelines.connectors import CONNECTORS

    terminal = wizard.terminal()
    with _speaking():
        if kind is None and terminal.ask is None:
            raise ConfigurationError("Nobody can be asked here: name the type, as in `init prometheus`.")
        types = ", ".join(one.type for one in CONNECTORS)
        chosen = kind or wizard.asked(f"Type of source ({types})", None)
        done = wizard.connect(chosen, given, scope, terminal, anyway=anyway)
        terminal.tell(wizard.as_text(done))
        if done.file is None:
            _say({"schema": 1, "connected": wizard.as_json(done)}, as_json, "")
            raise typer.Exit(WRONG)
        return wizard.as_json(done)


@app.command()
def check(source: OneSource = None, as_json: AsJson = False) -> None:
    """Tell for each source whether address, credentials, permissions and names are right; stores nothing."""
    from pipelines.checking import check_source

    with _speaking(), _demo(_settings()) as settings:
        findings = [found for one in _chosen(settings, source) for found in check_source(settings, one)]
        lines = [
            f"{'ok  ' if one['good'] else 'FIX '} {one['source']}: {one['subject']}: {one['says']}" for one in findings
        ]
        _say(
            {"schema": 1, "findings": findings},
            as_json,
            "\n".join(lines) or "No source is configured: add a [[source]].",
        )
        if any(not one["good"] for one in findings):
            raise typer.Exit(WRONG)


@app.command()
def sync(
    source: OneSource = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day to ask for.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Ask for everything again, not from the cursors on.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read the sources from where the last run stopped, then roll up."""
    with _prepared() as (settings, engine, _):
        day = since.date() if since else None
        reports = _run_syncs(settings, engine, _chosen(settings, source), since=day, full=full)
        if as_json:
            _say({"schema": 1, "sources": reports}, as_json, "")
        _leave(reports)


@app.command()
def rollup(as_json: AsJson = False) -> None:
    """Bring the daily numbers up to date with the stored facts."""
    with _prepared() as (settings, engine, _):
        done = _roll_up(settings, engine)
        _say(
            {"schema": 1, **done},
            as_json,
            f"{done['rows']:,} daily rows changed, {done['restated']:,} of closed periods.",
        )


@app.command()
def status(as_json: AsJson = False) -> None:
    """How each source stands: last success, runs, open items, what was set aside, what differs, what nobody mapped."""
    from pipelines.checking import status_of

    with _speaking():
        settings = _settings()
        found = status_of(create_engine_for(settings.warehouse.url), settings)
        lines = [
            f"{one['source']}: last success {one['last_success'] or 'never'}{', LATE' if one['late'] else ''}, "
            f"{one['open_items']} open, {one['rejected']} set aside, {one['gone']} gone at the source"
            for one in found["sources"]
        ]
        lines += [
            f"differs: {one['source']} {one['measure']} {one['fact']} {one['key']} from {one['start']}: "
            f"{one['at_source']} at the source, {one['stored']} here"
            for one in found["reconciliation"]
            if Decimal(one["gap"])
        ]
        lines += [f"unmapped: {one['source']} {one['kind']} {one['key']} ({one['count']})" for one in found["unmapped"]]
        _say(
            {"schema": 1, **found},
            as_json,
            "\n".join(lines) or "No source has run yet: run `python -m pipelines sync`.",
        )


@app.command()
def rebuild(
    source: OneSource = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would change.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make facts and numbers anew from what is stored, after a mapping, classification or definition changed."""
    from pipelines import rebuilding
    from pipelines.progress import watching

    with (
        _prepared(take_settings=False) as (settings, engine, actor),
        _demo(settings) as served,
        watching("rebuild") as w,
    ):
        sources = _chosen(served, source)
        done, rebuilt = rebuilding.rebuild_all(engine, served, actor, sources, dry_run=dry_run, tell=w.say)
    text = "" if as_json else rebuilding.as_text(done, rebuilt, dry_run=dry_run)
    _say(rebuilding.as_json(done, rebuilt, dry_run=dry_run), as_json, text)


@app.command()
def forget(
    person: Annotated[str, typer.Argument(metavar="ID", help="The person's id as the source knows it.")],
    source: OneSource = None,
    why: Annotated[str, typer.Option(help="The reason, for the log of changes.")] = "asked to be forgotten",
    as_json: AsJson = False,
) -> None:
    """Take a person out of the answers: raw records and comments go, the scores stay without a name."""
    from data.warehouse.retention import forget as take_out
    from pipelines.people import pseudonym

    with _prepared() as (settings, engine, actor):
        _chosen(settings, source)
        done = take_out(engine, settings.zone, actor, pseudonym(settings, person), source, why)
        if done is None:
            raise ConfigurationError("Nothing is stored of a person of that id: check the id and PLUMBLINE_SALT.")
        text = (
            f"{done.answers} answers stay without name and comment, {done.superseded} given anew later are removed. "
            f"Deleted: {done.records} raw records, {done.rejected} records set aside."
        )
        _say({"schema": 1, **asdict(done)}, as_json, text)


@app.command()
def retention(as_json: AsJson = False) -> None:
    """Remove what is older than the settings keep it; facts, numbers and the log of changes stay."""
    from pipelines.forgetting import retain

    with _prepared() as (settings, engine, actor):
        done = retain(engine, settings, actor)
        text = (
            f"Removed: {done.records} raw records, {done.comments} comments, {done.rejected} records set aside, "
            f"{done.runs} runs."
        )
        _say({"schema": 1, **asdict(done)}, as_json, text)


@app.command()
def schedule(
    once: Annotated[
        bool, typer.Option("--once", help="Start what is due, wait for it and leave; for an outer cron.")
    ] = False,
) -> None:
    """Run the configured jobs at their times."""
    from pipelines.schedule import run_due, serve

    with _prepared() as (settings, engine, _):
        if once:
            raise typer.Exit(PART if any(run_due(engine, settings)) else 0)
        serve(engine, settings)


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 for a free one.")] = 8599,
    end: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day of the story.")] = None,
    files: Annotated[Path | None, typer.Option(help="Folder for its invoices and registers.")] = None,
) -> None:
    """Serve the demo company's sources on loopback, as the real ones would answer."""
    from pipelines.demo_company import last_day, serve_sources

    with _speaking():
        settings = _settings()
        serve_sources(end.date() if end else last_day(settings), port, files)


def _settings() -> Settings:
    settings = load()
    fix_clock(settings.clock)
    return settings


@contextmanager
def _speaking() -> Iterator[None]:
    """Expected errors end the command with one sentence on stderr."""
    try:
        yield
    except _EXPECTED as error:
        print(f"{error}", file=sys.stderr)
        raise typer.Exit(WRONG) from error


@contextmanager
def _demo(settings: Settings) -> Iterator[Settings]:
    """The settings with the addresses of the demo's sources, which run for as long as the block does."""
    from pipelines.demo_company import needs_serving, serving

    if not needs_serving(settings):
        yield settings
        return

    with serving(settings) as served:
        yield served


@contextmanager
def _prepared(*, take_settings: bool = True) -> Iterator[tuple[Settings, Engine, Actor]]:
    """Settings, a warehouse of this version that has taken them unless it is to do so later, and who acts."""
    from data.warehouse.catalog import apply_settings
    from data.warehouse.policy import claim_mode, seed_targets

    with _speaking():
        settings = _settings()
        actor = command_line_actor(getpass.getuser())
        engine = create_engine_for(settings.warehouse.url)
        migrate(engine)
        claim_mode(engine, settings)
        if take_settings:
            apply_settings(engine, settings, actor)
        seed_targets(engine, actor)
        yield settings, engine, actor


def _chosen(settings: Settings, name: str | None) -> Sequence[Source]:
    return settings.source if name is None else (settings.source_named(name),)


def _run_syncs(settings: Settings, engine: Engine, sources: Sequence[Source], **options: Any) -> list[dict[str, Any]]:
    from pipelines.progress import as_json, console, remarks, report_table, watching_all
    from pipelines.sync_all import sync_all

    with _demo(settings) as served, watching_all() as watcher:
        here = [served.source_named(source.id) for source in sources]
        reports = sync_all(engine, served, here, watcher, **options)
    _roll_up(settings, engine)
    console.print(report_table(reports))
    for line in (line for report in reports for line in remarks(report)):
        console.print(line, markup=False, highlight=False)
    return [as_json(report) for report in reports]


def _of_old_definitions(settings: Settings, engine: Engine) -> bool:
    from data.warehouse.definitions import outdated
    from data.warehouse.engine import reading

    with reading(engine) as connection:
        return outdated(connection, settings)


def _roll_up(settings: Settings, engine: Engine) -> dict[str, Any]:
    from data.warehouse.rollup import rollup as roll_up
    from pipelines.progress import watching

    with watching("numbers") as watch:
        done = roll_up(engine, settings, watch.say)
    return {"rows": done.rows, "restated": done.restated, "data_version": done.data_version}


def _leave(reports: Sequence[dict[str, Any]]) -> None:
    outcomes = {report["outcome"] for report in reports}
    if outcomes and outcomes <= {"stopped"}:
        raise typer.Exit(WRONG)
    if outcomes - {"done"}:
        raise typer.Exit(PART)


def _say(found: dict[str, Any], as_json: bool, text: str) -> None:
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
    elif text:
        print(text)


if __name__ == "__main__":
    app()
