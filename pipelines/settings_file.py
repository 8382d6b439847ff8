"""Entries added to a company's settings file: what is there stays as it is written, and the new file is there whole."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from data.settings import ConfigurationError, Settings, load

Entry = tuple[str, Mapping[str, Any]]
"""The name of a list in the settings (`source`, `scope`, `alias`) and the fields of one more element."""

_TRIED = ".plumbline-"
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def extended(text: str, entries: Sequence[Entry]) -> str:
    """The text with entries behind it; ConfigurationError where the file is written in a way that takes none."""
    parts = [text.rstrip("\n")] if text.strip() else []
    parts += [_written(name, fields) for name, fields in entries]
    made = "\n\n".join(parts) + "\n"
    try:
        tomllib.loads(made)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(
            f"The settings file cannot be added to ({error}): write its lists as [[source]], [[scope]] and [[alias]]."
        ) from error
    return made


def settings_of(text: str, beside: Path) -> Settings:
    """The settings that a file of this text in the same folder would give. ConfigurationError."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=beside.parent, prefix=_TRIED, suffix=".toml") as tried:
        tried.write(text)
        tried.flush()
        try:
            return load(Path(tried.name))
        except ConfigurationError as error:
            raise ConfigurationError(str(error).replace(tried.name, str(beside))) from error


def put(path: Path, text: str) -> Path | None:
    """Put the text in place of a file at once; what was there before stays beside it, and its path is given."""
    before = path.with_name(f"{path.name}.bak") if path.exists() else None
    if before is not None:
        shutil.copy2(path, before)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=_TRIED, suffix=".toml")
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    if before is not None:
        shutil.copymode(path, name)
    Path(name).replace(path)
    return before


def _written(name: str, fields: Mapping[str, Any]) -> str:
    """One element of a list of tables; tables within it that are not empty stand below it."""
    plain = {key: value for key, value in fields.items() if not isinstance(value, Mapping) and value is not None}
    inner = {key: value for key, value in fields.items() if isinstance(value, Mapping) and value}
    lines = [f"[[{name}]]", *(f"{_key(key)} = {_value(value)}" for key, value in plain.items())]
    for table, found in inner.items():
        lines += ["", f"[{name}.{_key(table)}]", *(f"{_key(key)} = {_value(value)}" for key, value in found.items())]
    return "\n".join(lines)


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _value(value: Any) -> str:
    match value:
        case str():
            return _text(value)
        case bool():
            return "true" if value else "false"
        case int() | float() | date():
            return str(value)
        case Mapping():
            return "{ " + ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items()) + " }"
        case _:
            return "[" + ", ".join(_value(one) for one in value) + "]"


def _text(text: str) -> str:
    """A basic string: its escapes are those of JSON, but for one character that JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
