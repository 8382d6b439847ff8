"""Business cases as files and documents: the shipped ones to start from, those of a company, and what is stored."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from data.finance.case import BadCase, Case

FOLDER = Path(__file__).parent / "templates"
DEFAULT = "delivery-roi"


class BadFile(BadCase):
    """A file that holds no case. `faults` are all that is wrong, each with its row in the file where that is known."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__(faults[0])
        self.faults = faults


def templates() -> tuple[str, ...]:
    """The names of the cases that one can start from, the default one first."""
    names = sorted(path.stem for path in FOLDER.glob("*.toml"))
    return tuple(sorted(names, key=lambda name: (name != DEFAULT, name)))


def template(name: str = DEFAULT) -> Case:
    """A shipped case to start from. BadCase."""
    path = FOLDER / f"{name}.toml"
    if name not in templates():
        raise BadCase(f"There is no template {name!r}; there are: {', '.join(templates())}.")
    return read(path.read_text(encoding="utf-8"), path.name)


def load(path: Path) -> Case:
    """The case in a file. BadCase."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise BadCase(f"{path} cannot be read: {why}.") from error
    return read(text, str(path))


def read(text: str, name: str = "case") -> Case:
    """The case in a TOML text; what its template says holds where the text says nothing. BadFile, BadCase."""
    try:
        said = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise BadCase(f"{name} is not valid TOML: {error}.") from error
    if "schema" not in said:
        raise BadCase(f"{name}: write `schema = 1` at its top.")
    base = said.get("template")
    if base is not None:
        path = FOLDER / f"{base}.toml"
        if base not in templates():
            raise BadCase(f"{name}: there is no template {base!r}; there are: {', '.join(templates())}.")
        said = _over(tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal), said)
    try:
        return Case.model_validate(said)
    except ValidationError as error:
        raise BadFile(_faults(error, said, name, text)) from error


def checked(said: dict[str, Any], name: str = "case") -> Case:
    """The case that a document holds. BadCase."""
    try:
        return Case.model_validate(said)
    except ValidationError as error:
        raise BadCase(_faults(error, said, name)[0]) from error


def document(case: Case) -> dict[str, Any]:
    """The case as plain JSON values, amounts as text: what is stored; `checked` reads it again."""
    return case.model_dump(mode="json", by_alias=True, exclude_defaults=True) | {"schema": 1}


def _over(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """The template with what the file says over it: lines of the same id are merged value by value."""
    lines = {one["id"]: one for one in base.get("line", [])}
    for one in own.get("line", []):
        old = lines.get(one.get("id"), {})
        values = old.get("values", {}) | one.get("values", {})
        lines[one.get("id")] = old | one | ({"values": values} if values else {})
    return base | own | {"line": list(lines.values())}


def _faults(error: ValidationError, said: dict[str, Any], name: str, text: str = "") -> tuple[str, ...]:
    """Each fault in a sentence: where it is, by line and field and by the row of the text, and what is wrong."""
    found = []
    for fault in error.errors():
        loc = tuple(part for part in fault["loc"] if part != "schema_version")
        steps: list[str] = []
        for part in loc:
            if steps == ["line"] and isinstance(part, int):
                steps = [f"line {_id_of(said, part)}"]
            else:
                steps.append(str(part))
        row = _row(text, said, loc)
        where = ".".join(steps)
        message = fault["msg"].removeprefix("Value error, ").rstrip(".")
        told = f"{name}: {where}: {message}." if where else f"{name}: {message}."
        found.append(f"{told} It is in row {row}." if row else told)
    return tuple(dict.fromkeys(found))


def _id_of(said: dict[str, Any], at: int) -> Any:
    line = said["line"][at]
    return line.get("id", at + 1) if isinstance(line, dict) else at + 1


def _row(text: str, said: dict[str, Any], loc: tuple[int | str, ...]) -> int | None:
    """The row of a text that a place is told in, counted from 1; the table's head where its field is not found."""
    rows = text.splitlines()
    first, last = 0, next((at for at, one in enumerate(rows) if one.lstrip().startswith("[")), len(rows))
    head = None
    if len(loc) > 1 and loc[0] in ("line", "together") and isinstance(loc[1], int):
        tables = [at for at, one in enumerate(rows) if one.strip() == f"[[{loc[0]}]]"]
        ends = [*tables[1:], len(rows)][: len(tables)]
        own = f'id = "{_id_of(said, loc[1])}"' if loc[0] == "line" else None
        spans = [
            (at, end) for at, end in zip(tables, ends, strict=True) if not own or own in map(str.strip, rows[at:end])
        ]
        place = 0 if own else loc[1]
        if place >= len(spans):
            return None
        first, last = spans[place]
        head, loc = first + 1, loc[2:]
    field = next((str(part) for part in loc if part != "values"), None)
    if field is None:
        return head
    pattern = re.compile(rf"\s*{re.escape(field)}\s*=")
    return next((at + 1 for at in range(first, last) if pattern.match(rows[at])), head)
