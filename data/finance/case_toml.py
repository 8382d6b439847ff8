"""A business case written as CASE.toml, which `case_file.read` reads again as the same case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from data.finance.case import Case
from data.finance.case_file import read
from data.finance.uncertain import simulated


def toml(case: Case) -> str:
    """The whole case as the text of a file: what a template says is written out, so none is needed to read it."""
    said = case.model_dump(by_alias=True, exclude_defaults=True)
    said.pop("template", None)
    lines, groups = said.pop("line", ()), said.pop("together", ())
    parts = ["\n".join(_fields({"schema": 1} | said))]
    parts += [_line(one) for one in lines]
    parts += ["\n".join(("[[together]]", *_fields(one))) for one in groups]
    return "\n\n".join(parts) + "\n"


def brought(text: str, name: str, here: Case) -> Case:
    """The case that a file brings back for the one that it was taken from. BadFile, BadCase.

    `toml` writes no template; so the one of the case stays. Inputs that cannot move together are refused.
    """
    found = read(text, name)
    simulated(found, 1)
    return found if found.template else found.model_copy(update={"template": here.template})


def _line(line: Mapping[str, Any]) -> str:
    values = line.get("values", {})
    rows = ["[[line]]", *_fields({name: one for name, one in line.items() if name != "values"})]
    if values:
        rows += ["[line.values]", *_fields(values)]
    return "\n".join(rows)


def _fields(said: Mapping[str, Any]) -> Iterable[str]:
    return (f"{name} = {_value(one)}" for name, one in said.items())


def _value(value: Any) -> str:
    match value:
        case str():
            return _text(f"{value}")
        case datetime():
            return _text(value.isoformat())
        case date():
            return value.isoformat()
        case int():
            return f"{value}"
        case Decimal():
            return f"{value:f}"
        case Mapping():
            return f"{{ {', '.join(_fields(value))} }}"
        case _:
            return f"[{', '.join(_value(one) for one in value)}]"


def _text(value: str) -> str:
    """A basic string: what cannot stand in one is escaped."""
    return '"' + "".join(_character(one) for one in value) + '"'


def _character(one: str) -> str:
    if one in '"\\':
        return f"\\{one}"
    return one if ord(one) >= 32 and ord(one) != 127 else f"\\u{ord(one):04x}"
