"""What moved between two business cases, piece by piece, and how the moves of two people are put together.

A piece is an input with its range and origin, another field of a line, or a field of the case. A line that not every
side has, or that is of another kind on one of them, is one piece as a whole.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from data.finance.case import Case
from data.finance.case_file import checked

Place = tuple[str, ...]
"""Where a piece is: `("years",)`, `("line", id, "values", input)`, `("line", id, field)` or `("line", id)`."""

ORDER: Place = ("order",)
"""The piece that is the order of the lines."""


@dataclass(frozen=True)
class Move:
    """A piece before and after; None where there is none."""

    place: Place
    before: Any
    after: Any


@dataclass(frozen=True)
class Clash:
    """A piece that two people changed differently: as both began, and what each made of it."""

    place: Place
    base: Any
    mine: Any
    theirs: Any


def moves(before: Case, after: Case) -> tuple[Move, ...]:
    """Every piece that differs, in the order of the case."""
    both = _said(before), _said(after)
    whole = _whole(*both)
    old, new = (_pieces(one, whole) for one in both)
    found = [Move(at, old.get(at), new.get(at)) for at in {**old, **new} if old.get(at) != new.get(at)]
    orders = tuple(_common(one, both) for one in both)
    return (*found, *((Move(ORDER, *orders),) if orders[0] != orders[1] else ()))


def clashes(base: Case, mine: Case, theirs: Case) -> tuple[Clash, ...]:
    """The pieces that both changed, and not to the same."""
    three = _said(base), _said(mine), _said(theirs)
    whole = _whole(*three)
    old, own, other = (_pieces(one, whole) for one in three)
    return tuple(
        Clash(at, old.get(at), own.get(at), other.get(at))
        for at in {**old, **own, **other}
        if own.get(at) != old.get(at) != other.get(at) != own.get(at)
    )


def merged(base: Case, mine: Case, theirs: Case, theirs_hold: Collection[Place] = ()) -> Case:
    """Theirs with all that I changed; pieces in `theirs_hold` stay theirs. BadCase where it makes no case together."""
    three = _said(base), _said(mine), _said(theirs)
    whole = _whole(*three)
    old, own, made = (_pieces(one, whole) for one in three)
    for at in {**old, **own}:
        if own.get(at) == old.get(at) or at in theirs_hold:
            continue
        if at in own:
            made[at] = own[at]
        else:
            made.pop(at, None)
    orders = [_ids(one) for one in three]
    moved = _common(three[0], three[:2]) != _common(three[1], three[:2])
    placed = orders[2] == orders[0] and not set(orders[1]) <= set(orders[0])
    first, second = (orders[1], orders[2]) if moved or placed else (orders[2], orders[1])
    return checked(_document(made, (*first, *second)))


def _said(case: Case) -> dict[str, Any]:
    """The case as plain values, numbers as numbers: 0.1 and 0.10 are the same."""
    return case.model_dump(by_alias=True, exclude_defaults=True)


def _lines(said: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in said.get("line", ())}


def _ids(said: Mapping[str, Any]) -> list[str]:
    return list(_lines(said))


def _common(said: Mapping[str, Any], among: Sequence[Mapping[str, Any]]) -> list[str]:
    """The ids of lines that all have, in the order of one of them."""
    return [name for name in _ids(said) if all(name in _lines(one) for one in among)]


def _whole(*sides: Mapping[str, Any]) -> frozenset[str]:
    """The lines that are looked at as a whole."""
    kinds = [{name: (one.get("lever"), one.get("side")) for name, one in _lines(said).items()} for said in sides]
    every = {name for one in kinds for name in one}
    return frozenset(name for name in every if len({one.get(name) for one in kinds}) > 1)


def _pieces(said: Mapping[str, Any], whole: Collection[str]) -> dict[Place, Any]:
    found: dict[Place, Any] = {(name,): one for name, one in said.items() if name != "line"}
    for name, line in _lines(said).items():
        if name in whole:
            found["line", name] = line
            continue
        found |= {("line", name, field): one for field, one in line.items() if field != "values"}
        found |= {("line", name, "values", field): one for field, one in line.get("values", {}).items()}
    return found


def _document(pieces: Mapping[Place, Any], order: Sequence[str]) -> dict[str, Any]:
    """The case that pieces make, its lines in an order."""
    made: dict[str, Any] = {at[0]: one for at, one in pieces.items() if len(at) == 1}
    lines: dict[str, dict[str, Any]] = {}
    for at, one in pieces.items():
        match at:
            case (_, name):
                lines[name] = one
            case (_, name, field):
                lines.setdefault(name, {})[field] = one
            case (_, name, _, field):
                lines.setdefault(name, {}).setdefault("values", {})[field] = one
    known = dict.fromkeys(name for name in order if name in lines)
    return made | {"schema": 1, "line": [lines[name] for name in known]}
