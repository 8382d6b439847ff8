"""Which scopes the names of a new source stand for: those called so exactly, else new ones, else none for now."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from data.settings import Settings
from pipelines.connectors.base import Name

EACH = "each"
"""Instead of the id of a scope: one for each name that has none."""

_NO_NAME = Settings.model_fields["company"].default.name
_LISTED = 10


@dataclass
class Mapped:
    """Scopes and aliases to be added, the scope of the source as a whole, and names that stand for no scope yet."""

    scopes: list[dict[str, Any]] = field(default_factory=list)
    aliases: list[dict[str, Any]] = field(default_factory=list)
    whole: str | None = None
    unmapped: list[str] = field(default_factory=list)


def mapped(
    settings: Settings, source: str, names: Sequence[Name], wish: str | None, confirm: Callable[[str], bool] | None
) -> Mapped:
    """Names to scopes; `wish` is EACH or the scope that all others mean, and is asked for where somebody can answer.

    A source that names nothing beforehand is about one scope as a whole: the one wished, else the one at the top.
    """
    made = Mapped()
    root = _root(settings, made)
    if not names:
        made.whole = root if wish in (None, EACH) else _scope(settings, made, str(wish), str(wish), root)
        return made
    others = []
    for one in names:
        scope = _called_so(settings, one)
        if scope is None:
            others.append(one)
        else:
            _alias(made, source, one, scope)
    if others and wish is None and confirm is not None and confirm(_question(others)):
        wish = EACH
    for one in others:
        if wish is None:
            made.unmapped.append(one.title)
        else:
            wanted, title = (_slug(one.title), one.title) if wish == EACH else (wish, wish)
            _alias(made, source, one, _scope(settings, made, wanted, title, root))
    return made


def _root(settings: Settings, made: Mapped) -> str | None:
    """The one scope at the top; made where there is no scope at all, None where there are several."""
    if not settings.scope:
        name = settings.company.name if settings.company.name != _NO_NAME else "Company"
        made.scopes.append({"id": "company", "kind": "portfolio", "name": name})
        return "company"
    tops = {scope.id for scope in settings.scope if scope.parent is None}
    return tops.pop() if len(tops) == 1 else None


def _called_so(settings: Settings, one: Name) -> str | None:
    ids = {scope.id for scope in settings.scope}
    by_name = {scope.name: scope.id for scope in settings.scope}
    return next((name for name in (one.key, one.title) if name in ids), by_name.get(one.title))


def _question(others: Sequence[Name]) -> str:
    listed = ", ".join(one.title for one in others[:_LISTED]) + (", …" if len(others) > _LISTED else "")
    return f"No scope is called so yet: {listed}. Make one for each of them?"


def _scope(settings: Settings, made: Mapped, wanted: str, name: str, root: str | None) -> str:
    """The scope of that id, made below the top where there is none."""
    there = {scope.id for scope in settings.scope} | {one["id"] for one in made.scopes}
    if wanted not in there:
        made.scopes.append({"id": wanted, "kind": "service", "name": name, "parent": root})
    return wanted


def _alias(made: Mapped, source: str, one: Name, scope: str) -> None:
    """A key that is the id of a scope needs none."""
    if one.key != scope:
        made.aliases.append({"source": source, "kind": one.kind, "key": one.key, "scope": scope})


def _slug(name: str) -> str:
    """A name as the id of a scope."""
    return re.sub(r"[^a-z0-9._-]+", "-", name.casefold()).strip("-._")[:80] or "unnamed"
