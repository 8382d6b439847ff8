"""PromQL over the demo's scrapes: every step of a range query at once, in arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from pipelines.demo.promql import Aggregation, BadQuery, Call, Expression, Number, Operation, Selector, Window
from pipelines.demo.samples import INTERVAL, Bools, Counter, Database, Floats, Ints, Picked, Probe, Series

LOOKBACK: Final = 300_000
"""Milliseconds for which a sample stands for its series."""

_SLOTS_AT_ONCE: Final = 200_000
_COMPARE: Final[dict[str, Callable[[Floats, Floats], Bools]]] = {
    "==": np.equal, "!=": np.not_equal, "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal,
}  # fmt: skip
_COMPUTE: Final[dict[str, Callable[[Floats, Floats], Floats]]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide,
}  # fmt: skip


@dataclass(frozen=True, eq=False, slots=True)
class Line:
    """One series of a result: its value at each instant where it is `there`."""

    labels: dict[str, str]
    values: Floats
    there: Bools

    @property
    def key(self) -> frozenset[tuple[str, str]]:
        """What tells it from others: its labels without the name."""
        return frozenset((label, value) for label, value in self.labels.items() if label != "__name__")


Result = float | list[Line]


@dataclass(eq=False)
class Evaluation:
    """Answers expressions at fixed instants (milliseconds); windows common to all series are worked out once."""

    database: Database
    times: Ints
    _picked: dict[int, Picked] = field(default_factory=dict)

    def of(self, expression: Expression) -> Result:
        """The value of an expression; BadQuery where it asks for what is not answered."""
        match expression:
            case Number(value):
                return value
            case Selector():
                return list(self._selected(expression, LOOKBACK, "last_over_time", keep_name=True))
            case Call(name, Window() as window):
                return list(self._over_time(name, window))
            case Call(name, argument):
                return self._plain_call(name, argument)
            case Aggregation():
                return _aggregated(expression, self._lines(expression.of))
            case Operation(sign, left, right):
                return self._joined(sign, left, right)
        raise BadQuery("a range vector has no value of its own")

    def _lines(self, expression: Expression | Window) -> list[Line]:
        if isinstance(expression, Window) or isinstance(found := self.of(expression), float):
            raise BadQuery("expected an instant vector")
        return found

    def _plain_call(self, name: str, argument: Expression | Window) -> list[Line]:
        if name == "vector":
            value = None if isinstance(argument, Window) else self.of(argument)
            if not isinstance(value, float):
                raise BadQuery("vector expects a scalar")
            return [Line({}, np.full(len(self.times), value), np.ones(len(self.times), bool))]
        return [_unnamed(line.labels, np.abs(line.values), line.there) for line in self._lines(argument)]

    def _over_time(self, name: str, window: Window) -> Iterator[Line]:
        if window.offset:
            shifted = Evaluation(self.database, self.times - window.offset)
            yield from shifted._over_time(name, replace(window, offset=0))
        elif window.step is not None:
            yield from self._subquery(name, window.of, window.length, window.step)
        elif isinstance(window.of, Selector):
            yield from self._selected(window.of, window.length, name, keep_name=name == "last_over_time")

    def _selected(self, selector: Selector, length: int, name: str, keep_name: bool) -> Iterator[Line]:
        picked = self._pick(length)
        for series in self.database.series:
            if selector.fits(series.labels):
                values, there = self._folded(series, name, picked, length)
                yield Line(series.labels, values, there) if keep_name else _unnamed(series.labels, values, there)

    def _pick(self, length: int) -> Picked:
        if length not in self._picked:
            self._picked[length] = self.database.scrapes.pick(self.times, length)
        return self._picked[length]

    def _folded(self, series: Series, name: str, picked: Picked, length: int) -> tuple[Floats, Bools]:
        if name == "count_over_time":
            return picked.count.astype(np.float64), picked.some
        if name == "present_over_time":
            return np.ones(len(self.times)), picked.some
        if name == "last_over_time":
            return np.where(
                picked.some, series.value(np.where(picked.some, picked.last, self.database.scrapes.begin)), 0.0
            ), picked.some
        if isinstance(series, Probe):
            return _probe_folded(series, name, picked, self.database.scrapes.gaps)
        if name in ("increase", "rate"):
            gained, there = self._increase(series, picked, length)
            return (gained * 1000 / length if name == "rate" else gained), there
        raise BadQuery(f"{name} of a counter is not answered: ask for its increase")

    def _increase(self, series: Counter, picked: Picked, length: int) -> tuple[Floats, Bools]:
        """The rise over each window, stretched to the window's edges as Prometheus stretches it."""
        there = picked.count > 1
        begin = self.database.scrapes.begin
        safe = Picked(np.where(there, picked.first, begin), np.where(there, picked.last, begin), picked.count)
        gained, opening = series.gained(safe), series.value(safe.first)
        sampled = np.where(there, (safe.last - safe.first) * INTERVAL, INTERVAL).astype(np.float64)
        apart = sampled / np.maximum(picked.count - 1, 1)
        before = (safe.first * INTERVAL - (self.times - length)).astype(np.float64)
        after = (self.times - safe.last * INTERVAL).astype(np.float64)
        before, after = (np.where(edge >= apart * 1.1, apart / 2, edge) for edge in (before, after))
        with np.errstate(divide="ignore", invalid="ignore"):
            from_zero = np.where(gained > 0, sampled * opening / gained, before)
        stretched = sampled + np.minimum(before, from_zero) + after
        return np.where(there, gained * stretched / sampled, 0.0), there

    def _subquery(self, name: str, of: Expression, length: int, step: int) -> Iterator[Line]:
        """An expression looked at on multiples of `step`, folded per window; long ranges in pieces."""
        wide = -(-length // step)
        if wide > _SLOTS_AT_ONCE:
            raise BadQuery(f"a subquery of {wide} steps is too long: {_SLOTS_AT_ONCE} are answered")
        pieces: dict[frozenset[tuple[str, str]], tuple[dict[str, str], list[tuple[int, Floats, Bools]]]] = {}
        rows = max(1, _SLOTS_AT_ONCE // wide)
        for row in range(0, len(self.times), rows):
            times = self.times[row : row + rows]
            slots = (times // step * step)[:, None] - np.arange(wide) * step
            inside = slots > (times - length)[:, None]
            for line in Evaluation(self.database, slots.ravel())._lines(of):
                values, there = _folded_slots(name, line, inside)
                pieces.setdefault(line.key, (line.labels, []))[1].append((row, values, there))
        for labels, parts in pieces.values():
            values, there = np.zeros(len(self.times)), np.zeros(len(self.times), bool)
            for row, part, known in parts:
                values[row : row + len(part)], there[row : row + len(part)] = part, known
            yield _unnamed(labels, values, there)

    def _joined(self, sign: str, left: Expression, right: Expression) -> Result:
        one, two = self.of(left), self.of(right)
        if sign in ("or", "and", "unless"):
            if isinstance(one, float) or isinstance(two, float):
                raise BadQuery(f"{sign} joins instant vectors only")
            return _set_operation(sign, one, two)
        if isinstance(one, float) and isinstance(two, float):
            if sign in _COMPARE:
                raise BadQuery("comparisons between scalars are not answered")
            return float(_COMPUTE[sign](np.array([one]), np.array([two]))[0])
        return list(_arithmetic(sign, one, two))


def _unnamed(labels: dict[str, str], values: Floats, there: Bools) -> Line:
    return Line({label: value for label, value in labels.items() if label != "__name__"}, values, there)


def _probe_folded(series: Probe, name: str, picked: Picked, gaps: tuple[tuple[int, int], ...]) -> tuple[Floats, Bools]:
    down = series.down(picked, gaps)
    up = (picked.count - down).astype(np.float64)
    share = up / np.maximum(picked.count, 1)
    folded = {
        "sum_over_time": up,
        "avg_over_time": share,
        "stdvar_over_time": share * (1 - share),
        "min_over_time": np.where(down > 0, 0.0, 1.0),
        "max_over_time": np.where(up > 0, 1.0, 0.0),
    }
    if name not in folded:
        raise BadQuery(f"{name} of a gauge is not answered")
    return folded[name], picked.some


def _folded_slots(name: str, line: Line, inside: Bools) -> tuple[Floats, Bools]:
    values, known = line.values.reshape(inside.shape), line.there.reshape(inside.shape) & inside
    count = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    latest = values[np.arange(len(values)), known.argmax(axis=1)]  # slots run backwards in time
    mean = total / np.maximum(count, 1)
    folded: dict[str, Callable[[], Floats]] = {
        "count_over_time": lambda: count.astype(np.float64),
        "sum_over_time": lambda: total,
        "avg_over_time": lambda: mean,
        "min_over_time": lambda: np.where(known, values, np.inf).min(axis=1),
        "max_over_time": lambda: np.where(known, values, -np.inf).max(axis=1),
        "stdvar_over_time": lambda: (
            np.where(known, (values - mean[:, None]) ** 2, 0.0).sum(axis=1) / np.maximum(count, 1)
        ),
        "last_over_time": lambda: latest,
        "present_over_time": lambda: np.ones(len(count)),
    }
    if name not in folded:
        raise BadQuery(f"{name} of a subquery is not answered")
    return folded[name](), count > 0


def _aggregated(how: Aggregation, lines: list[Line]) -> list[Line]:
    groups: dict[frozenset[tuple[str, str]], list[Line]] = {}
    for line in lines:
        kept = frozenset((k, v) for k, v in line.key if (k in how.labels) != how.without)
        groups.setdefault(kept, []).append(line)
    return [
        Line(dict(key), _folded_group(how.name, group), np.any([line.there for line in group], axis=0))
        for key, group in groups.items()
    ]


def _folded_group(name: str, group: list[Line]) -> Floats:
    if name == "group":
        return np.ones(len(group[0].values))
    count = np.zeros(len(group[0].values))
    for line in group:
        count += line.there
    if name == "count":
        return count
    if name in ("min", "max"):
        edge = np.inf if name == "min" else -np.inf
        stacked = np.array([np.where(line.there, line.values, edge) for line in group])
        return np.asarray(stacked.min(axis=0) if name == "min" else stacked.max(axis=0))
    total = np.zeros(len(count))
    for line in group:
        total += np.where(line.there, line.values, 0.0)
    return total / np.maximum(count, 1) if name == "avg" else total


def _arithmetic(sign: str, one: Result, two: Result) -> Iterator[Line]:
    """Vector with scalar, or series of equal labels pair by pair; a comparison keeps what satisfies it."""
    if isinstance(one, float):
        for line in [] if isinstance(two, float) else two:
            yield _computed(sign, line, np.full(len(line.values), one), line.values, line.there)
        return
    if isinstance(two, float):
        for line in one:
            yield _computed(sign, line, line.values, np.full(len(line.values), two), line.there)
        return
    partners = {line.key: line for line in two}
    for line in one:
        if other := partners.get(line.key):
            yield _computed(sign, line, line.values, other.values, line.there & other.there)


def _computed(sign: str, line: Line, left: Floats, right: Floats, there: Bools) -> Line:
    if sign in _COMPARE:
        return Line(line.labels, line.values, there & _COMPARE[sign](left, right))
    with np.errstate(divide="ignore", invalid="ignore"):
        return _unnamed(line.labels, _COMPUTE[sign](left, right), there)


def _set_operation(sign: str, one: list[Line], two: list[Line]) -> list[Line]:
    first, second = {line.key: line for line in one}, {line.key: line for line in two}
    if sign == "or":
        merged = []
        for key in {**first, **second}:
            left, right = first.get(key), second.get(key)
            if left is None or right is None:
                merged.append(left or right)
                continue
            merged.append(Line(left.labels, np.where(left.there, left.values, right.values), left.there | right.there))
        return [line for line in merged if line is not None]
    found = []
    for key, line in first.items():
        other = second[key].there if key in second else np.zeros(len(line.there), bool)
        found.append(Line(line.labels, line.values, line.there & (other if sign == "and" else ~other)))
    return found
