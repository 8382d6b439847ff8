"""What a source of a type needs to be told, as its connector declares it: asked of a person, or given as options."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, get_args
from urllib.parse import urlsplit

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from data.settings import ConfigurationError
from pipelines.connectors.base import ASKED, Connector

_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,99}")

Ask = Callable[[str, str | None], str]
"""Puts a question with an answer for the taking, and gives what was answered."""


@dataclass(frozen=True)
class Given:
    """What the command line said already."""

    id: str | None = None
    base_url: str | None = None
    options: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answers:
    """The fields of a [[source]]."""

    id: str
    type: str
    base_url: str | None
    secrets: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)


def answers(connector: type[Connector], given: Given, ask: Ask | None) -> Answers:
    """All that the type needs; what was not given is asked, or missed in a sentence where nobody can be asked."""
    name = given.id or (ask("A short id for this source", connector.type) if ask else connector.type)
    address = _address(connector, given.base_url, ask)
    options = dict(_given_options(connector.options, given.options))
    for key, one in connector.options.model_fields.items():
        if key not in options and _is_asked(one):
            found = _asked(f"--option {key}", key, one, ask)
            options |= {} if found is None else {key: found}
    return Answers(name, connector.type, address, _secrets(connector, given.secrets, ask), options)


def _address(connector: type[Connector], given: str | None, ask: Ask | None) -> str | None:
    if connector.address is None and not given:
        return None
    found = given or (ask(f"The address of {connector.title}", connector.address or None) if ask else connector.address)
    if not found:
        raise ConfigurationError(f"Give the address of {connector.title}: --base-url https://….")
    if urlsplit(found).username is not None:
        raise ConfigurationError("Take user and password out of the address: secrets come from the environment.")
    return found


def _secrets(connector: type[Connector], given: Sequence[str], ask: Ask | None) -> dict[str, str]:
    """Names of environment variables that are not the usual ones; the secrets themselves are never asked for."""
    names = dict(_pair(one, "--secret GITHUB_TOKEN=NAME_OF_MY_VARIABLE") for one in given)
    known = [need.variable for need in connector.needs]
    if unknown := [variable for variable in names if variable not in known]:
        needed = ", ".join(known) or "none"
        raise ConfigurationError(f"{connector.title} needs no secret {unknown[0]}: it needs {needed}.")
    for need in connector.needs:
        if need.variable not in names and ask:
            where = f"The name of the environment variable that holds {need.purpose}"
            names[need.variable] = ask(where + (", if there is one" if need.optional else ""), need.variable)
    for variable, name in names.items():
        if not _VARIABLE.fullmatch(name):
            raise ConfigurationError(f"{variable}: name an environment variable in capitals, not the secret itself.")
    return {variable: name for variable, name in names.items() if name != variable}


def _is_asked(one: FieldInfo) -> bool:
    extra = one.json_schema_extra
    return one.is_required() or (isinstance(extra, dict) and extra.items() >= ASKED.items())


def _asked(option: str, name: str, one: FieldInfo, ask: Ask | None) -> Any:
    """The value of a field; of a list of tables its one element, field by field. None where nobody was asked."""
    if (inner := _element(one)) is not None:
        found = {
            key: value
            for key, part in inner.model_fields.items()
            if _is_asked(part) and ask and (value := _asked(f"{option}.{key}", key, part, ask)) is not None
        }
        return [found] if found else None
    question = one.description or name.replace("_", " ")
    if ask is None:
        if one.is_required():
            raise ConfigurationError(f"Give {question[0].lower()}{question[1:]}: {option}=….")
        return None
    text = ask(question, None if one.is_required() else "")
    return fitting(option, one, text) if text else None


def _element(one: FieldInfo) -> type[BaseModel] | None:
    """The tables that a field is a list of."""
    inside = [part for part in get_args(one.annotation) if isinstance(part, type)]
    return inside[0] if inside and issubclass(inside[0], BaseModel) else None


def _given_options(model: type[BaseModel], given: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """`key=value` and, of a table or the first table of a list, `key.inner=value`."""
    nested: dict[str, dict[str, Any]] = {}
    for one in given:
        path, text = _pair(one, "--option path=exports")
        name, _, inner = path.partition(".")
        if name not in model.model_fields:
            raise ConfigurationError(f"There is no option {name!r}; there are: {', '.join(model.model_fields)}.")
        told = model.model_fields[name]
        if not inner:
            yield name, fitting(f"--option {path}", told, text)
        elif (element := _element(told)) is None:
            nested.setdefault(name, {})[inner] = _toml(text)
        elif inner in element.model_fields:
            nested.setdefault(name, {})[inner] = fitting(f"--option {path}", element.model_fields[inner], text)
        else:
            raise ConfigurationError(f"{name} has no {inner!r}; it has: {', '.join(element.model_fields)}.")
    for name, found in nested.items():
        yield name, [found] if _element(model.model_fields[name]) else found


def fitting(option: str, one: FieldInfo, text: str) -> Any:
    """What a text means for a field: itself, a value written as in TOML, or a list of its parts between commas."""
    kind: TypeAdapter[Any] = TypeAdapter(Annotated[one.annotation, one])  # type: ignore[arg-type]
    faults = []
    for value in (_toml(text), text, [part.strip() for part in text.split(",") if part.strip()]):
        try:
            kind.validate_python(value, strict=isinstance(value, str))
        except ValidationError as error:
            faults.append(error.errors()[0]["msg"])
        else:
            return value
    raise ConfigurationError(f"{option}={text}: {faults[0]}.")


def _toml(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _pair(text: str, example: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise ConfigurationError(f"{text!r} is no name=value: write it as in {example}.")
    return name.strip(), value.strip()
