"""The demo company's sources for a command: served by a child process on loopback, reached as real ones are."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from data.clock import today
from data.settings import ROOT, ConfigurationError, Settings, environment, lend_secret
from data.warehouse import schema
from data.warehouse.engine import reading

FILES = ROOT / "data" / "demo"
"""Where the demo's invoices and registers lie, as those of a company would."""

_USUAL_PORT = 8790
"""Addresses of records hold the port: the same one, so that a later reading finds the same records."""
_HERE = "{demo}"
_READY = "The demo company's sources answer at "


def last_day(settings: Settings) -> date:
    """The story ends yesterday."""
    return today(settings.zone) - timedelta(days=1)


def is_loaded(engine: Engine, settings: Settings) -> bool:
    """Whether every source of the demo was read to its end once."""
    run = schema.sync_run
    with reading(engine) as connection:
        done = set(connection.execute(select(run.c.source).distinct().where(run.c.outcome == "done")).scalars())
    return {source.id for source in settings.source} <= done


def tells_of_people(settings: Settings) -> bool:
    """Whether it is the demo's own company, whose people have budgets and business cases."""
    from data.sample.company import PORTFOLIO

    return settings.mode == "demo" and any(scope.id == PORTFOLIO for scope in settings.scope)


def needs_serving(settings: Settings) -> bool:
    """Whether the settings name the demo's own server, whose address is known only once it runs."""
    return settings.mode == "demo" and any(_HERE in (source.base_url or "") for source in settings.source)


@contextmanager
def serving(settings: Settings) -> Iterator[Settings]:
    """The settings with the addresses of the demo's sources, which answer for as long as the block runs."""
    lend_secret("PLUMBLINE_DEMO_TOKEN", "demo")
    end = str(last_day(settings))
    command = [sys.executable, "-m", "pipelines", "demo", "--port", "0", "--end", end, "--files", str(FILES)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=environment(), stdin=pipe, stdout=pipe, text=True) as child:
        try:
            yield settings.model_copy(update={"source": tuple(_filled(settings, _address(child)))})
        finally:
            child.terminate()


def serve_sources(end: date, port: int, files: Path | None) -> None:
    """Write the files of the story up to and including `end`, then answer on `port` until stopped.

    On port 0 it takes the usual or a free one, and answers until the parent leaves, whose pipe is the standard input.
    """
    from data.sample import SEED, story
    from pipelines import demo

    if port != 0:
        demo.serve(end, SEED, port)
        return
    told = story(end)
    if files is not None:
        demo.write_billing(told, files / "billing")
        demo.write_registers(told, files)
    with demo.serving(told, wish=_USUAL_PORT) as base_url:
        sys.stdout.write(f"{_READY}{base_url}\n")
        sys.stdout.flush()
        sys.stdin.read()


def _address(child: subprocess.Popen[str]) -> str:
    assert child.stdout is not None
    for line in child.stdout:
        if line.startswith(_READY):
            return line.removeprefix(_READY).strip()
    raise ConfigurationError("The demo company's sources did not start: run `python -m pipelines demo` to see why.")


def _filled(settings: Settings, base_url: str) -> Iterator[Any]:
    from data.sample.seasons import three_years_before

    first = three_years_before(last_day(settings) + timedelta(days=1))
    for source in settings.source:
        address = source.base_url.replace(_HERE, base_url) if source.base_url else None
        options = {
            name: value.replace("{files}", str(FILES)) if isinstance(value, str) else value
            for name, value in source.options.items()
        }
        yield source.model_copy(update={"base_url": address, "options": options, "since": first})
