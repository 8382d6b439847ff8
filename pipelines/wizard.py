"""Connects a source: asks what it needs, tests it live, maps the names it tells of, and writes the settings file."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from data.settings import ConfigurationError, environment, own_file
from pipelines.checking import check_source
from pipelines.connectors import connector_of
from pipelines.connectors.base import Name
from pipelines.errors import SyncError
from pipelines.naming import Mapped, mapped
from pipelines.questions import Answers, Ask, Given, answers
from pipelines.settings_file import Entry, extended, put, settings_of

_OWN_WAREHOUSE = "sqlite:///data/company.db"
_FRESH = '# The settings of one company: docs/settings.md tells all that there are.\n\n[warehouse]\nurl = "{url}"\n'


@dataclass(frozen=True)
class Terminal:
    """How to speak with a person; nobody can be asked without `ask` and `confirm`."""

    tell: Callable[[str], None]
    ask: Ask | None = None
    confirm: Callable[[str], bool] | None = None


def terminal() -> Terminal:
    """The person who started the command, where there is one."""

    def tell(line: str) -> None:
        typer.echo(line, err=True)

    if not sys.stdin.isatty():
        return Terminal(tell)
    return Terminal(tell, asked, lambda question: typer.confirm(question, err=True))


def asked(question: str, default: str | None) -> str:
    """What a person answers; a default that is empty may be left so."""
    return str(typer.prompt(question, default=default, err=True, show_default=bool(default)))


@dataclass(frozen=True)
class Connected:
    """What was found, and where it was written; `file` is None where nothing was."""

    source: str
    file: Path | None
    backup: Path | None
    findings: tuple[Mapping[str, Any], ...]
    mapped: Mapped

    @property
    def next(self) -> str:
        """The command that comes next."""
        return f"python -m pipelines sync --source {self.source}"


def connect(kind: str, given: Given, scope: str | None, terminal: Terminal, *, anyway: bool) -> Connected:
    """Add a source of a type to the company's settings. ConfigurationError, StopSource.

    Nothing is written where the live test finds a fault, unless it is to be written anyway.
    """
    path, connector = own_file(), connector_of(kind)
    before = path.read_text(encoding="utf-8") if path.exists() else _fresh()
    told = answers(connector, given, terminal.ask)
    if path.exists() and told.id in [source.id for source in settings_of(before, path).source]:
        raise ConfigurationError(f"There is a source {told.id!r} already: give this one another id with --id.")
    settings = settings_of(extended(before, _entries(told, Mapped())), path)
    source = settings.source_named(told.id)
    findings = tuple(check_source(settings, source))
    for one in findings:
        terminal.tell(f"{'ok  ' if one['good'] else 'FIX '} {one['subject']}: {one['says']}")
    if any(not one["good"] for one in findings) and not anyway:
        question = "Something has to be mended. Write it to the settings all the same?"
        if terminal.confirm is None or not terminal.confirm(question):
            return Connected(told.id, None, None, findings, Mapped())
    try:
        names: list[Name] = list(connector(source, settings).names())
    except SyncError:
        names = []  # the findings said it already
    found = mapped(settings, told.id, names, scope, terminal.confirm)
    text = extended(before, _entries(told, found))
    settings_of(text, path)
    return Connected(told.id, path, put(path, text), findings, found)


def _fresh() -> str:
    """A first file; its warehouse is not the one in which the demo company may be."""
    return "" if environment().get("PLUMBLINE_WAREHOUSE") else _FRESH.format(url=_OWN_WAREHOUSE)


def _entries(told: Answers, found: Mapped) -> list[Entry]:
    source: dict[str, Any] = {"id": told.id, "type": told.type, "base_url": told.base_url, "scope": found.whole}
    source |= {"secrets": told.secrets, "options": told.options}
    scopes = [("scope", one) for one in found.scopes]
    return [*scopes, ("source", source), *(("alias", one) for one in found.aliases)]


def as_json(done: Connected) -> dict[str, Any]:
    """The answer of the command."""
    return {
        "source": done.source,
        "file": str(done.file) if done.file else None,
        "backup": str(done.backup) if done.backup else None,
        "findings": list(done.findings),
        "scopes": [one["id"] for one in done.mapped.scopes],
        "aliases": done.mapped.aliases,
        "unmapped": done.mapped.unmapped,
        "next": done.next,
    }


def as_text(done: Connected) -> str:
    """The same for people."""
    if done.file is None:
        return "Nothing was written: mend it and run again, or write it all the same with --anyway."
    lines = [f"Source {done.source} is in {done.file}."]
    if done.backup:
        lines.append(f"The file as it was: {done.backup}.")
    if done.mapped.scopes:
        lines.append(f"New scopes: {', '.join(one['id'] for one in done.mapped.scopes)}.")
    if done.mapped.unmapped:
        waiting = ", ".join(done.mapped.unmapped)
        lines.append(f"Names that stand for no scope yet, to be mapped on Data health: {waiting}.")
    return "\n".join([*lines, f"Next: {done.next}"])
