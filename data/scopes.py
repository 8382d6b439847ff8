"""The tree of things that numbers are about, as of a day, and the sources' own names for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Scope:
    """A thing that a number is about, valid on days from `valid_from` up to but not including `valid_to`."""

    id: str
    kind: str
    name: str
    parent: str | None = None
    tier: int | None = None
    currency: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    def valid(self, day: date) -> bool:
        """Whether this row of the scope holds on the day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class Alias:
    """A source's own name (`kind`, `key`) for a scope."""

    source: str
    kind: str
    key: str
    scope: str
    valid_from: date | None = None
    valid_to: date | None = None

    def valid(self, day: date | None) -> bool:
        """Whether the name stands for the scope on the day; without a day, whether it does today without end."""
        if day is None:
            return self.valid_to is None
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class Tree:
    """All scopes; one id may have several rows, valid at different times, with different parents."""

    rows: tuple[Scope, ...]
    _by_id: dict[str, list[Scope]] = field(init=False, repr=False, compare=False, default_factory=dict)
    _by_parent: dict[str | None, list[Scope]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for row in self.rows:
            self._by_id.setdefault(row.id, []).append(row)
            self._by_parent.setdefault(row.parent, []).append(row)

    def __contains__(self, scope: str) -> bool:
        return scope in self._by_id

    def get(self, scope: str, day: date | None = None) -> Scope:
        """The scope's row valid on the day, else its latest one. KeyError where the id is unknown."""
        rows = self._by_id[scope]
        if len(rows) == 1:
            return rows[0]
        if day is not None:
            for row in rows:
                if row.valid(day):
                    return row
        return max(rows, key=lambda row: row.valid_from or date.min)

    def children(self, scope: str | None, day: date) -> tuple[Scope, ...]:
        """The scopes right below, as of the day, by id; those at the top for None."""
        return tuple(sorted((r for r in self._by_parent.get(scope, ()) if r.valid(day)), key=lambda row: row.id))

    def roots(self) -> tuple[str, ...]:
        """Ids of the scopes that were ever at the top."""
        return tuple(sorted({row.id for row in self._by_parent.get(None, ())}))

    def path(self, scope: str, day: date) -> tuple[str, ...]:
        """The scope and those above it, nearest first, as of the day."""
        found = [scope]
        while (parent := self.get(found[-1], day).parent) is not None and parent not in found:
            found.append(parent)
        return tuple(found)

    def below(self, scope: str, day: date, kind: str | None = None) -> tuple[Scope, ...]:
        """The scope's row and all below it, as of the day, narrowed to one kind where given."""
        rows = [self.get(scope, day), *self._descendants(scope, day)]
        return tuple(row for row in rows if kind is None or row.kind == kind)

    def _descendants(self, scope: str, day: date) -> Iterator[Scope]:
        for child in self.children(scope, day):
            yield child
            yield from self._descendants(child.id, day)

    def ever_below(self, scope: str) -> frozenset[str]:
        """Ids of the scope and of all that ever lay below it."""
        found: set[str] = set()
        waiting = [scope]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting += [row.id for row in self._by_parent.get(one, ())]
        return frozenset(found)

    def bottom_up(self) -> tuple[str, ...]:
        """All ids, every scope before each of its parents of any day."""
        depth: dict[str, int] = {}

        def measured(scope: str, seen: frozenset[str]) -> int:
            if scope in seen:
                raise ValueError(f"Scope {scope!r} lies below itself: correct its parent.")
            if scope not in depth:
                parents = {row.parent for row in self._by_id.get(scope, ()) if row.parent is not None}
                depth[scope] = max((measured(parent, seen | {scope}) + 1 for parent in parents), default=0)
            return depth[scope]

        return tuple(sorted(self._by_id, key=lambda scope: (-measured(scope, frozenset()), scope)))

    def currency(self, scope: str, day: date, default: str) -> str:
        """The reporting currency: the scope's own, else that of the nearest one above, else the company's."""
        for above in self.path(scope, day):
            if found := self.get(above, day).currency:
                return found
        return default


EVERYWHERE = ""
"""The scope of facts that are about no one scope."""

WHOLE_SOURCE = ("*", "*")
"""Kind and key of the alias that says which scope all of a source is about."""


class Resolver:
    """Finds the scope for a source's own name: a declared alias, else the scope whose id equals the key exactly."""

    def __init__(self, tree: Tree, aliases: Iterable[Alias]) -> None:
        self._tree = tree
        self._aliases: dict[tuple[str, str, str], list[Alias]] = {}
        for alias in aliases:
            self._aliases.setdefault((alias.source, alias.kind, alias.key), []).append(alias)

    def home(self, fact: str, name: tuple[str, str, str], day: date | None) -> str | None:
        """Where a fact of that name (source, kind, key) counts, None where nobody mapped it.

        Spend that nobody mapped counts for its whole source, so that no charge is missing from the total; exchange
        rates count everywhere.
        """
        if fact == "fx_rate":
            return EVERYWHERE
        found = self.scope(*name, day)
        if found is None and fact == "spend":
            return self.scope(name[0], *WHOLE_SOURCE, day)
        return found

    def scope(self, source: str, kind: str, key: str, day: date | None) -> str | None:
        """The scope's id on the day, None where nobody mapped the key."""
        declared = self._aliases.get((source, kind, key))
        if declared is None:
            return key if key in self._tree else None
        for alias in declared:
            if alias.valid(day) and alias.scope in self._tree:
                return alias.scope
        return None

    def over(self, source: str, kind: str, key: str, days: frozenset[date]) -> Mapping[str | None, frozenset[date]]:
        """The scopes that a key means on some days, each with its days."""
        declared = self._aliases.get((source, kind, key), ())
        if all(alias.valid_from is None and alias.valid_to is None for alias in declared):
            return {self.scope(source, kind, key, None): days}
        found: dict[str | None, set[date]] = {}
        for day in days:
            found.setdefault(self.scope(source, kind, key, day), set()).add(day)
        return {scope: frozenset(of) for scope, of in found.items()}
