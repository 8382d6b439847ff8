"""What every command of `python -m app` does alike: who acts, and errors as one sentence on stderr."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer
from sqlalchemy import Engine

from data.access import Actor, NotPermitted, command_line_actor
from data.benchmarks.load import BadBenchmark
from data.clock import fix_clock
from data.period import BadPeriod
from data.settings import ConfigurationError, Settings, load
from data.sign_in import person_at_command_line
from data.warehouse.engine import WarehouseError, create_engine_for

PARTLY, WRONG = 1, 2
EXPECTED = (ConfigurationError, WarehouseError, BadBenchmark, BadPeriod, NotPermitted)


class Refused(ConfigurationError):
    """What was asked for cannot be done; the message says why and what to do."""


@contextmanager
def company() -> Iterator[tuple[Settings, Engine, Actor]]:
    """The settings, the warehouse and who acts; expected errors end the command with one sentence on stderr."""
    with speaking_plainly():
        settings = load()
        fix_clock(settings.clock)
        engine = create_engine_for(settings.warehouse.url, for_people=True)
        try:
            yield settings, engine, acting(settings)
        finally:
            engine.dispose()


@contextmanager
def speaking_plainly() -> Iterator[None]:
    """Expected errors of a block as one sentence on stderr and exit code 2."""
    try:
        yield
    except EXPECTED as error:
        print(f"{error}", file=sys.stderr)
        raise typer.Exit(WRONG) from error


@contextmanager
def writing_into(folder: Path) -> Iterator[None]:
    """Say in a sentence that a file could not be written. Refused."""
    try:
        yield
    except NotPermitted:
        raise  # it is an OSError too
    except OSError as error:
        raise Refused(f"The pack cannot be written to {folder}: {error.strerror}.") from error


def acting(settings: Settings) -> Actor:
    """The person at the command line."""
    return command_line_actor(person_at_command_line(settings.sign_in, getpass.getuser()))


def known_person(settings: Settings, actor: Actor) -> None:
    """Refuse to decide as a system user whom sign-in does not name: one person could be two. Refused."""
    if settings.sign_in is None or actor.person in {one.name.strip().casefold() for one in settings.sign_in.person}:
        return
    raise Refused(
        f"Sign-in is configured and does not say who {actor.person} is: add system_user = {actor.person!r} to your "
        "[[sign_in.person]], or decide in the app."
    )


def told(document: dict[str, Any]) -> str:
    """A document as the JSON that is printed."""
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)
