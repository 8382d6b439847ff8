"""Business cases as files and documents: the shipped ones to start from, those of a company, and what is stored."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from data.finance.case import BadCase, Case

FOLDER = Path(__file__).parent / "templates"
DEFAULT = "delivery-roi"


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
    """The case in a TOML text; what its template says holds where the text says nothing. BadCase."""
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
    return checked(said, name)


def checked(said: dict[str, Any], name: str = "case") -> Case:
    """The case that a document holds. BadCase."""
    try:
        return Case.model_validate(said)
    except ValidationError as error:
        raise BadCase(_first_fault(error, said, name)) from error


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


def _first_fault(error: ValidationError, said: dict[str, Any], name: str) -> str:
    fault = error.errors()[0]
    steps: list[str] = []
    for part in fault["loc"]:
        if steps == ["line"] and isinstance(part, int):
            steps = [f"line {said['line'][part].get('id', part + 1)}"]
        elif part != "schema_version":
            steps.append(str(part))
    where = ".".join(steps)
    message = fault["msg"].removeprefix("Value error, ").rstrip(".")
    return f"{name}: {where}: {message}." if where else f"{name}: {message}."
