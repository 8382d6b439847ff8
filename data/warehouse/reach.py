"""How far an actor may see: the scopes that their entities are, and all below them."""

from __future__ import annotations

from datetime import timedelta

from data.access import Actor, Permission
from data.period import Period
from data.warehouse.readings import Reader


def may_read(reader: Reader, actor: Actor, scope: str, period: Period | None = None) -> None:
    """Refuse a scope that lies, or on any end of the period lay, outside the actor's entities. NotPermitted."""
    if scope not in reader.tree:
        actor.require(Permission.READ)
        return
    days = [reader.today] if period is None else [period.start, period.end - timedelta(days=1)]
    for day in days:
        actor.require(Permission.READ, reader.tree.path(scope, day))


def reader_for(reader: Reader, actor: Actor) -> Reader:
    """The reader without what the actor may not see: targets of other scopes, and values of those above."""
    if actor.entities is not None:
        seen = {one for entity in actor.entities if entity in reader.tree for one in reader.tree.ever_below(entity)}
        above = {
            one for entity in actor.entities if entity in reader.tree for one in reader.tree.path(entity, reader.today)
        }
        reader.within = frozenset(seen)
        reader.targets = tuple(one for one in reader.targets if one.scope is None or one.scope in seen | above)
    return reader


def roots_for(reader: Reader, actor: Actor) -> tuple[str, ...]:
    """Where the tree starts for the actor: at its top, or at their entities."""
    if actor.entities is None:
        return reader.tree.roots()
    known = sorted(one for one in actor.entities if one in reader.tree)
    inside = {one for one in known if not actor.entities.isdisjoint(reader.tree.path(one, reader.today)[1:])}
    return tuple(one for one in known if one not in inside)


def home_for(reader: Reader, actor: Actor) -> str | None:
    """The scope that the actor starts at."""
    roots = roots_for(reader, actor)
    return reader.home if actor.entities is None else (roots[0] if roots else None)
