"""The part of PromQL that the demo's monitoring answers, as tokens and a tree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

AGGREGATIONS: Final = ("sum", "count", "min", "max", "avg", "group")
RANGE_FUNCTIONS: Final = (
    "sum_over_time", "count_over_time", "avg_over_time", "min_over_time", "max_over_time", "stdvar_over_time",
    "last_over_time", "present_over_time", "increase", "rate",
)  # fmt: skip
_LEVELS: Final = (("or",), ("and", "unless"), ("==", "!=", "<=", "<", ">=", ">"), ("+", "-"), ("*", "/"))
_UNITS: Final = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_TOKEN: Final = re.compile(
    r"""(?P<space>\s+|\#[^\n]*)
    |(?P<duration>(?:\d+(?:ms|[smhdw]))+)
    |(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)
    |(?P<name>[A-Za-z_][A-Za-z0-9_:]*)
    |(?P<sign>=~|!~|!=|==|<=|>=|[-+*/(){}\[\],=<>:])""",
    re.VERBOSE,
)


class BadQuery(Exception):
    """A query that cannot be read or answered; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition on a label: =, !=, =~ or !~."""

    label: str
    sign: str
    value: str

    def fits(self, labels: dict[str, str]) -> bool:
        """Whether the labels satisfy it; an absent label is empty."""
        found = labels.get(self.label, "")
        if self.sign in ("=", "!="):
            return (found == self.value) == (self.sign == "=")
        return (re.fullmatch(self.value, found) is not None) == (self.sign == "=~")


@dataclass(frozen=True, slots=True)
class Selector:
    """Stored series, by conditions on their labels, the name among them."""

    matchers: tuple[Matcher, ...]

    def fits(self, labels: dict[str, str]) -> bool:
        """Whether a series with these labels is meant."""
        return all(matcher.fits(labels) for matcher in self.matchers)


@dataclass(frozen=True, slots=True)
class Number:
    """A scalar."""

    value: float


@dataclass(frozen=True, slots=True)
class Window:
    """The last `length` milliseconds of a selector, or of any expression looked at each `step` milliseconds.

    `offset` milliseconds earlier; later where negative.
    """

    of: Expression
    length: int
    step: int | None = None
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """A function of one argument."""

    name: str
    argument: Expression | Window


@dataclass(frozen=True, slots=True)
class Aggregation:
    """Series brought together by the labels kept (or, `without`, by all others)."""

    name: str
    labels: tuple[str, ...]
    without: bool
    of: Expression


@dataclass(frozen=True, slots=True)
class Operation:
    """Two expressions and what joins them."""

    sign: str
    left: Expression
    right: Expression


Expression = Selector | Number | Call | Aggregation | Operation


def parse(query: str) -> Expression:
    """The tree of a query; BadQuery says where it cannot be read."""
    reader = _Reader(_tokens(query))
    found = reader.expression(0)
    if reader.kind is not None:
        raise BadQuery(f"unexpected {reader.word!r} after the end of the expression")
    return found


def selector(text: str) -> Selector:
    """The selector that a `match[]` names."""
    found = parse(text)
    if not isinstance(found, Selector):
        raise BadQuery(f"{text!r} is not a series selector")
    return found


def milliseconds(duration: str) -> int:
    """A duration such as 1d, 90000s or 1h30m in milliseconds."""
    parts = re.findall(r"(\d+)(ms|[smhdw])", duration)
    return sum(int(number) * _UNITS[unit] for number, unit in parts)


def _tokens(query: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while at < len(query):
        match = _TOKEN.match(query, at)
        if match is None:
            raise BadQuery(f"unexpected character {query[at]!r} at position {at + 1}")
        if match.lastgroup not in (None, "space"):
            found.append((str(match.lastgroup), match.group()))
        at = match.end()
    return found


class _Reader:
    """Reads tokens by recursive descent."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def kind(self) -> str | None:
        return self._tokens[self._at][0] if self._at < len(self._tokens) else None

    @property
    def word(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else "end of input"

    def _take(self) -> str:
        word = self.word
        self._at += 1
        return word

    def _expect(self, wanted: str) -> None:
        if self.word != wanted or self.kind is None:
            raise BadQuery(f"unexpected {self.word!r}, expected {wanted!r}")
        self._at += 1

    def expression(self, level: int) -> Expression:
        if level == len(_LEVELS):
            return self._unary()
        left = self.expression(level + 1)
        while self.kind in ("sign", "name") and self.word in _LEVELS[level]:
            left = Operation(self._take(), left, self.expression(level + 1))
        return left

    def _unary(self) -> Expression:
        if self.word == "-" and self.kind == "sign":
            self._take()
            return Operation("-", Number(0.0), self._unary())
        found = self._atom()
        if self.kind == "sign" and self.word == "[":
            raise BadQuery("a range is only possible as the argument of a function over time")
        return found

    def _atom(self) -> Expression:
        if self.kind == "number":
            return Number(float(self._take()))
        if self.kind == "sign" and self.word == "(":
            self._take()
            found = self.expression(0)
            self._expect(")")
            return found
        if self.kind == "sign" and self.word == "{":
            return self._selector("")
        if self.kind != "name":
            raise BadQuery(f"unexpected {self.word!r}")
        name = self._take()
        if name in AGGREGATIONS and self.word in ("(", "by", "without"):
            return self._aggregation(name)
        return self._call(name) if self.word == "(" else self._selector(name)

    def _call(self, name: str) -> Call:
        self._expect("(")
        if name in RANGE_FUNCTIONS:
            argument: Expression | Window = self._window()
        elif name in ("abs", "vector"):
            argument = self.expression(0)
        else:
            raise BadQuery(f"unknown function {name!r}: answered are {', '.join((*RANGE_FUNCTIONS, 'abs', 'vector'))}")
        self._expect(")")
        return Call(name, argument)

    def _window(self) -> Window:
        of = self._atom()
        self._expect("[")
        length = self._duration()
        step = None
        if self.word == ":":
            self._take()
            step = 60_000 if self.word == "]" else self._duration()
        self._expect("]")
        if step is None and not isinstance(of, Selector):
            raise BadQuery("ranges are only possible for series selectors; give a step for a subquery")
        if length <= 0 or step == 0:
            raise BadQuery("a duration must be greater than 0")
        return Window(of, length, step, self._offset())

    def _offset(self) -> int:
        if self.word != "offset":
            return 0
        self._take()
        if self.word != "-":
            return self._duration()
        self._take()
        return -self._duration()

    def _duration(self) -> int:
        if self.kind != "duration":
            raise BadQuery(f"unexpected {self.word!r}, expected a duration such as 1d or 86400s")
        return milliseconds(self._take())

    def _aggregation(self, name: str) -> Aggregation:
        grouping = self._grouping()
        self._expect("(")
        of = self.expression(0)
        self._expect(")")
        labels, without = grouping or self._grouping() or ((), False)
        return Aggregation(name, labels, without, of)

    def _grouping(self) -> tuple[tuple[str, ...], bool] | None:
        if self.word not in ("by", "without") or self.kind != "name":
            return None
        without = self._take() == "without"
        self._expect("(")
        labels: list[str] = []
        while self.kind == "name":
            labels.append(self._take())
            if self.word == ",":
                self._take()
        self._expect(")")
        return tuple(labels), without

    def _selector(self, name: str) -> Selector:
        matchers = [Matcher("__name__", "=", name)] if name else []
        if self.kind == "sign" and self.word == "{":
            self._take()
            while self.kind == "name":
                matchers.append(self._matcher())
                if self.word == ",":
                    self._take()
            self._expect("}")
        if not matchers:
            raise BadQuery("a series selector must name something")
        return Selector(tuple(matchers))

    def _matcher(self) -> Matcher:
        label, sign = self._take(), self._take()
        if sign not in ("=", "!=", "=~", "!~"):
            raise BadQuery(f"unexpected {sign!r} after label {label!r}, expected =, !=, =~ or !~")
        if self.kind != "text":
            raise BadQuery(f"unexpected {self.word!r}, expected a quoted value for label {label!r}")
        text = self._take()
        value = text[1:-1] if text[0] == "`" else re.sub(r"\\(.)", r"\1", text[1:-1])
        if sign in ("=~", "!~"):
            try:
                re.compile(value)
            except re.error as error:
                raise BadQuery(f"{value!r} is no regular expression: {error}") from error
        return Matcher(label, sign, value)
