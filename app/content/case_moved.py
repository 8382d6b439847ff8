"""What moved in a business case, told piece by piece: what it was, what it is, and where two people differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from app.content import format as text
from app.content.blocks import Column, Table
from app.content.sections import case_words as words
from app.content.sections.base import row
from data.finance.case import Assumption, Case, Line, View
from data.finance.case_moves import Clash, Move, Place

_SHOWN = 100
_NOTHING = "nothing"
_FIELDS: Mapping[str, str] = {
    "name": "Name", "owner": "Owner", "currency": "Currency", "start": "Start", "years": "Years",
    "discount_rate": "Discount rate", "finance_rate": "Finance rate", "reinvest_rate": "Reinvestment rate",
    "scope": "Scope", "template": "Template", "summary": "Summary", "limits": "Limits", "view": "Uncertainty told by",
    "seed": "Seed", "draws": "Draws", "together": "What moves together", "order": "Order of the lines",
}  # fmt: skip
_OF_LINES: Mapping[str, str] = {
    "name": "name", "flows": "dated amounts", "when": "when it falls due", "ramp": "share of each year", "risk": "risk",
    "owner": "owner", "promise": "promise",
}  # fmt: skip
_RATES = frozenset({"discount_rate", "finance_rate", "reinvest_rate", "risk"})


def moved(moves: Sequence[Move]) -> str:
    """How much moved: "3 inputs", "2 changes" where not all are inputs."""
    inputs = all(one.place[2:3] == ("values",) for one in moves)
    return text.plural(len(moves), "input" if inputs else "change")


def table(name: str, moves: Sequence[Move], before: Case, after: Case) -> Table:
    """Each piece that moved, as it is now and as it would be."""
    columns = (Column("What"), Column("Now", "right"), Column("After", "right"))
    rows = tuple(row(named(one.place, after, before), *_said(one, after, before)) for one in moves[:_SHOWN])
    return Table(name, "", columns, rows, total_rows=len(moves), empty="Nothing changes.")


def of_clash(one: Clash, mine: Case, theirs: Case) -> tuple[str, str, str]:
    """A piece as both began, as mine and as theirs."""
    base, own, other = _values(one.place, (one.base, one.mine, one.theirs), (mine, theirs))
    return base, own, other


def _said(one: Move, after: Case, before: Case) -> tuple[str, str]:
    old, new = _values(one.place, (one.before, one.after), (after, before))
    return old, new


def named(place: Place, *cases: Case) -> str:
    """A piece as a person calls it, by the names in the first case that has it."""
    if place[0] != "line":
        return _FIELDS.get(place[0], place[0])
    case, line = _line(place[1], cases)
    if len(place) == 2 or line is None or case is None:
        return line.title if line else place[1]
    if place[2] == "values":
        return words.input_name(case, f"{line.id}.{place[3]}")
    return f"{line.title}: {_OF_LINES.get(place[2], place[2])}"


def _line(name: str, cases: Sequence[Case]) -> tuple[Case | None, Line | None]:
    return next(((case, line) for case in cases for line in case.line if line.id == name), (None, None))


def _values(place: Place, given: Sequence[Any], cases: Sequence[Case]) -> list[str]:
    """Values of one piece in words; of inputs only what differs, the value always."""
    if place[0] == "line" and len(place) == 2:
        return ["no such line" if one is None else _whole(one, cases[0].currency) for one in given]
    if place[0] == "line" and place[2] == "values":
        return _inputs(place, given, cases)
    return [_field(place[-1], one, cases[0]) for one in given]


def _whole(line: Mapping[str, Any], currency: str) -> str:
    """A line that came, went or is of another kind."""
    made = Line.model_validate(line)
    kind = made.kind.name if made.kind else f"dated amounts, {made.stands.value}"
    return text.joined(kind, "" if made.kind else _flows(line["flows"], currency))


def _inputs(place: Place, given: Sequence[Any], cases: Sequence[Case]) -> list[str]:
    case, line = _line(place[1], cases)
    kind = line.kind if line else None
    parameter = kind.parameter(place[3]) if kind else None
    currency = case.currency if case else ""
    default = line.model_copy(update={"values": {}}).assumption(place[3]) if line else Assumption(value=Decimal(0))
    read = [default if one is None else Assumption.model_validate(one) for one in given]
    told = [
        (
            words.range_of(one, parameter, currency) or "no range",
            _origin(one),
            one.owner and f"owner {one.owner}",
            text.day(one.date) if one.date else "",
        )
        for one in read
    ]
    differ = [at for at in range(4) if len({one[at] for one in told}) > 1]
    return [
        text.joined(words.value(one.value, parameter, currency), *(parts[at] for at in differ))
        for one, parts in zip(read, told, strict=True)
    ]


def _origin(given: Assumption) -> str:
    """Where a number comes from; that somebody moved it shows in the number."""
    return words.origin(given) if given.measured else given.source.removesuffix(words.BY_HAND).removesuffix("; ")


def _field(name: str, value: Any, case: Case) -> str:
    """A field of the case or of a line."""
    match value:
        case None | "" | ():
            return {"risk": text.percent(0), "view": words.VIEWS[View.AS_STATED]}.get(name, _NOTHING)
        case View():
            return words.VIEWS[value]
        case date():
            return text.day(value)
        case Decimal():
            return text.percent(value, digits=1) if name in _RATES else text.plain(value, 4)
        case _:
            return _list(name, value, case)


def _list(name: str, value: Any, case: Case) -> str:
    match name:
        case "flows":
            return _flows(value, case.currency)
        case "ramp":
            return ", ".join(text.percent(one) for one in value)
        case "together":
            return "; ".join(_together(one, case) for one in value)
        case "promise":
            return text.joined(value["measure"], value["scope"])
        case "order":
            return ", ".join(named(("line", one), case) for one in value)
        case "limits":
            return " ".join(value)
        case _:
            return f"{value}"


def _flows(flows: Sequence[Mapping[str, Any]], currency: str) -> str:
    if len(flows) > 3:
        total = sum((one["amount"] for one in flows), Decimal(0))
        return f"{text.plural(len(flows), 'amount')}, {words.money(total, currency)}"
    return ", ".join(f"{text.day(one['date'])}: {words.money(one['amount'], currency)}" for one in flows)


def _together(one: Mapping[str, Any], case: Case) -> str:
    known = {f"{line.id}.{name}" for line in case.line for name, _, _ in line.parameters()}
    names = (words.input_name(case, name) if name in known else name for name in one["of"])
    return f"{', '.join(names)} {text.plain(one['correlation'], 2)}"
