"""What a person does to the lines of a case: add, remove, spread over the years, give dated amounts, tie inputs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import combinations

from data.finance.budget import BadBudget
from data.finance.budget_edits import number_of
from data.finance.case import MOST_FLOWS, MOST_LINES, BadCase, Case, Flow, Line, Together, year_of
from data.finance.case_file import checked, document
from data.finance.levers.base import Side
from data.finance.uncertain import simulated


def with_new(case: Case, line: Line) -> Case:
    """The case with one more line at its end, under an id that is free. BadCase where there are too many."""
    if len(case.line) >= MOST_LINES:
        raise BadCase(f"A case has at most {MOST_LINES} lines: remove one first.")
    taken = {one.id for one in case.line}
    names = (line.id, *(f"{line.id}-{place}" for place in range(2, len(taken) + 3)))
    free = next(one for one in names if one not in taken)
    return case.model_copy(update={"line": (*case.line, line.model_copy(update={"id": free}))})


def dated(case: Case, side: Side) -> Line:
    """A line of dated amounts to begin with: nothing, on the day that the case starts."""
    return Line(
        id=f"dated-{side.value}",
        name=f"Dated {side.value}",
        side=side,
        flows=(Flow(date=case.start, amount=Decimal(0)),),
    )


def without(case: Case, name: str) -> Case:
    """The case without a line and without what its inputs moved together with."""
    kept = tuple(one for one in case.line if one.id != name)
    groups = tuple(one for one in case.together if not any(of.startswith(f"{name}.") for of in one.of))
    return case.model_copy(update={"line": kept, "together": groups})


def with_line(case: Case, line: Line) -> Case:
    """The case with another content of one of its lines."""
    return case.model_copy(update={"line": tuple(line if one.id == line.id else one for one in case.line)})


def ramp_of(typed: str, years: int) -> tuple[Decimal, ...]:
    """Shares in percent for t0 and each year, as they are typed: "0, 50, 100"; none is no ramp. BadCase."""
    parts = [one.strip().removesuffix("%") for one in typed.replace(";", ",").split(",") if one.strip()]
    if not parts:
        return ()
    if len(parts) != years + 1:
        raise BadCase(f"Give {years + 1} shares, one for the start and one for each year; there are {len(parts)}.")
    shares = tuple(_number(one) / 100 for one in parts)
    for share in shares:
        if not 0 <= share <= 10:
            raise BadCase(f"A share of {ramp_said([share])} % is out of reach: give one between 0 and 1000.")
    return shares


def ramp_said(shares: Sequence[Decimal]) -> str:
    """Shares as `ramp_of` reads them."""
    return ", ".join(f"{(share * 100).normalize():f}" for share in shares)


def flows_of(rows: Sequence[tuple[date | None, str]], case: Case) -> tuple[Flow, ...]:
    """Dated amounts as they stand in a grid; a row without anything is none. BadCase names the row."""
    found: list[Flow] = []
    for place, (day, typed) in enumerate(rows, 1):
        if day is None and not typed.strip():
            continue
        if day is None or not typed.strip():
            raise BadCase(f"Row {place} lacks its {'date' if day is None else 'amount'}.")
        if year_of(case.start, day) > case.years:
            raise BadCase(f"Row {place}: {day} lies after the last year: raise the years, or give an earlier day.")
        amount = _number(typed)
        if abs(amount) > 10**12:
            raise BadCase(f"Row {place}: {typed} is more than a million millions.")
        found.append(Flow(date=day, amount=amount))
    if not found:
        raise BadCase("A line of dated amounts needs one: remove the line instead.")
    if len(found) > MOST_FLOWS:
        raise BadCase(f"A line has at most {MOST_FLOWS} dated amounts; these are {len(found)}.")
    return tuple(found)


def tied(case: Case, pair: tuple[str, str], correlation: Decimal) -> Case:
    """The case with two inputs (`line.input`) moving together, −1 to 1. BadCase where all of them together cannot."""
    if pair[0] == pair[1]:
        raise BadCase("An input moves with itself already: choose two.")
    same = _group(case, pair)
    made = {"name": same.name if same else "", "of": pair, "correlation": correlation}
    said = document(untied(case, pair))
    found = checked(said | {"together": [*said.get("together", ()), made]})
    simulated(found, 1)
    return found


def untied(case: Case, pair: tuple[str, str]) -> Case:
    """The case with two inputs moving by themselves; others of their group go on moving together."""
    groups: list[Together] = []
    for one in case.together:
        if not set(pair) <= set(one.of):
            groups.append(one)
            continue
        rest = (other for other in combinations(one.of, 2) if set(other) != set(pair))
        groups += [one.model_copy(update={"of": other}) for other in rest]
    return case.model_copy(update={"together": tuple(groups)})


def pairs(case: Case) -> tuple[tuple[str, str, Decimal], ...]:
    """Every two inputs that move together, and how much."""
    return tuple((one, other, group.correlation) for group in case.together for one, other in combinations(group.of, 2))


def _group(case: Case, pair: tuple[str, str]) -> Together | None:
    return next((one for one in case.together if set(pair) <= set(one.of)), None)


def _number(typed: str) -> Decimal:
    try:
        return number_of(typed)
    except BadBudget as error:
        raise BadCase(f"{error}") from error
