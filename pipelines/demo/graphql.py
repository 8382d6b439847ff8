"""A reader and executor for GraphQL queries over plain objects; a field that takes arguments is a function of them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Object = Mapping[str, Any]

_TOKEN: Final = re.compile(
    r'[\s,\ufeff]+|\#[^\n]*|(?P<text>"(?:\\.|[^"\\\n])*")|(?P<word>\.\.\.|[A-Za-z_]\w*|-?\d+(?:\.\d+)?|[{}()\[\]:$!=@])'
)
_WORDS: Final = {"true": True, "false": False, "null": None}


class QueryError(Exception):
    """A query that cannot be answered; `kind` is GitHub's word for why, where it has one."""

    def __init__(self, message: str, kind: str | None = None) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Variable:
    """A place for a value that comes with the query."""

    name: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field asked for, under its alias."""

    name: str
    alias: str
    arguments: tuple[tuple[str, Any], ...]
    selections: tuple[Selection, ...]


@dataclass(frozen=True, slots=True)
class Fragment:
    """Fields asked for where the object is of a type; None stands for any."""

    type: str | None
    selections: tuple[Selection, ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """Fields of a named fragment."""

    name: str


Selection = Field | Fragment | Spread


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation with the defaults of its variables."""

    name: str | None
    defaults: tuple[tuple[str, Any], ...]
    selections: tuple[Selection, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """The operations and named fragments of a query text."""

    operations: tuple[Operation, ...]
    fragments: Mapping[str, Fragment]

    def operation(self, name: str | None) -> Operation:
        """The operation of that name, or the only one."""
        found = [one for one in self.operations if name is None or one.name == name]
        if len(found) != 1:
            raise QueryError(f"No operation named {name!r}" if name else "An operation name is required")
        return found[0]


def parse(query: str) -> Document:
    """Reads a query text; QueryError says where it cannot be read."""
    reader = _Reader(_tokens(query))
    operations: list[Operation] = []
    fragments: dict[str, Fragment] = {}
    while reader.word is not None:
        if reader.word == "fragment":
            reader.take()
            name = reader.take()
            reader.expect("on")
            fragments[name] = Fragment(reader.take(), reader.selections())
        else:
            operations.append(reader.operation())
    return Document(tuple(operations), fragments)


def execute(
    document: Document,
    operation: str | None,
    variables: Mapping[str, Any],
    root: Object,
    kinds: Mapping[str, Sequence[str]],
) -> dict[str, Any]:
    """The answer of an operation on the root object; `kinds` names the interfaces of each type."""
    chosen = document.operation(operation)
    given = {**dict(chosen.defaults), **variables}
    return _Execution(document.fragments, given, kinds).of(root, chosen.selections)


@dataclass(frozen=True, slots=True)
class _Execution:
    fragments: Mapping[str, Fragment]
    variables: Mapping[str, Any]
    kinds: Mapping[str, Sequence[str]]

    def of(self, found: Object, selections: Sequence[Selection]) -> dict[str, Any]:
        return {field.alias: self._value(found, field) for field in self._fields(found, selections)}

    def _fields(self, found: Object, selections: Sequence[Selection]) -> Iterator[Field]:
        kind = found["__typename"]
        for selection in selections:
            if isinstance(selection, Field):
                yield selection
                continue
            if isinstance(selection, Spread) and selection.name not in self.fragments:
                raise QueryError(f"Fragment {selection.name} was used, but not defined")
            fragment = self.fragments[selection.name] if isinstance(selection, Spread) else selection
            if fragment.type in (None, kind, *self.kinds.get(kind, ())):
                yield from self._fields(found, fragment.selections)

    def _value(self, found: Object, field: Field) -> Any:
        if field.name not in found:
            raise QueryError(f"Field '{field.name}' doesn't exist on type '{found['__typename']}'", "undefinedField")
        value = found[field.name]
        given = {_snake(name): self._argument(one) for name, one in field.arguments}
        if isinstance(value, Callable):  # type: ignore[arg-type]
            value = _called(value, field.name, given)
        elif given:
            raise QueryError(f"Field '{field.name}' doesn't accept argument '{field.arguments[0][0]}'")
        return self._completed(value, field)

    def _completed(self, value: Any, field: Field) -> Any:
        if isinstance(value, list):
            return [self._completed(one, field) for one in value]
        if isinstance(value, Mapping):
            if not field.selections:
                raise QueryError(f"Field must have selections (field '{field.name}' returns {value['__typename']})")
            return self.of(value, field.selections)
        if field.selections and value is not None:
            raise QueryError(f"Selections can't be made on scalars (field '{field.name}')")
        return value

    def _argument(self, given: Any) -> Any:
        if isinstance(given, Variable):
            return self.variables.get(given.name)
        if isinstance(given, list):
            return [self._argument(one) for one in given]
        if isinstance(given, dict):
            return {name: self._argument(one) for name, one in given.items()}
        return given


def _called(value: Callable[..., Any], name: str, given: Mapping[str, Any]) -> Any:
    try:
        inspect.signature(value).bind(**given)
    except TypeError as error:
        raise QueryError(f"Field '{name}': an argument is missing or unknown ({error})") from error
    return value(**given)


def _snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda found: f"_{found.group().lower()}", name)


def _tokens(query: str) -> list[str]:
    found, at = [], 0
    while at < len(query):
        match = _TOKEN.match(query, at)
        if match is None:
            raise QueryError(f"Parse error on {query[at]!r} at position {at + 1}")
        if match.lastgroup is not None:
            found.append(match.group())
        at = match.end()
    return found


class _Reader:
    """Reads tokens by recursive descent."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def word(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def take(self) -> str:
        if (word := self.word) is None:
            raise QueryError("Parse error: the query ends too early")
        self._at += 1
        return word

    def expect(self, wanted: str) -> None:
        if (word := self.take()) != wanted:
            raise QueryError(f"Parse error on {word!r}, expected {wanted!r}")

    def _taken(self, wanted: str) -> bool:
        if self.word != wanted:
            return False
        self._at += 1
        return True

    def operation(self) -> Operation:
        name: str | None = None
        defaults: list[tuple[str, Any]] = []
        if self.word != "{":
            if (kind := self.take()) != "query":
                raise QueryError(f"Parse error on {kind!r}: only queries are answered")
            name = self.take() if self.word not in ("{", "(") else None
            if self._taken("("):
                while not self._taken(")"):
                    defaults += self._variable()
        return Operation(name, tuple(defaults), self.selections())

    def _variable(self) -> list[tuple[str, Any]]:
        self.expect("$")
        name = self.take()
        self.expect(":")
        while self.word in ("[", "]", "!") or self.word not in ("=", "$", ")"):
            self.take()
        return [(name, self._value())] if self._taken("=") else []

    def selections(self) -> tuple[Selection, ...]:
        self.expect("{")
        found: list[Selection] = []
        while not self._taken("}"):
            found.append(self._selection())
        return tuple(found)

    def _selection(self) -> Selection:
        if self._taken("..."):
            if self.word == "{":
                return Fragment(None, self.selections())
            if self._taken("on"):
                return Fragment(self.take(), self.selections())
            return Spread(self.take())
        alias = name = self.take()
        if self._taken(":"):
            name = self.take()
        arguments: list[tuple[str, Any]] = []
        if self._taken("("):
            while not self._taken(")"):
                label = self.take()
                self.expect(":")
                arguments.append((label, self._value()))
        return Field(name, alias, tuple(arguments), self.selections() if self.word == "{" else ())

    def _value(self) -> Any:
        word = self.take()
        if word == "$":
            return Variable(self.take())
        if word == "[":
            items = []
            while not self._taken("]"):
                items.append(self._value())
            return items
        if word == "{":
            pairs = {}
            while not self._taken("}"):
                name = self.take()
                self.expect(":")
                pairs[name] = self._value()
            return pairs
        if word[0] == '"':
            return word[1:-1].replace('\\"', '"')
        if re.fullmatch(r"-?\d+", word):
            return int(word)
        return _WORDS.get(word, word)
