"""Draws of what is uncertain: ranges that move alone or together, from a seed that is kept, told in percentiles.

Correlation acts on normal scores (a Gaussian copula). What is drawn is looked up in a table of the quantiles of its
range. Whole arrays throughout: no loop over draws.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from typing import Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Shape = Literal["pert", "triangular"]
Array: TypeAlias = NDArray[np.float64]
Single: TypeAlias = NDArray[np.float32]

_CHUNK = 1 << 13
"""Draws made at once: small enough to stay in the processor's cache."""
_REACH, _STEPS = 6.0, 4096
"""Scores are looked up between ∓6 standard deviations (two in a billion lie beyond), on so many steps."""
_SHARES = 16_384
"""Independent ranges are looked up by the share of the draws below, on so many steps."""
_DENSE = 40_000
_BINS = 60
_ROUNDING = 1e-9


class BadRange(ValueError):
    """A range or a correlation that cannot be drawn from; the message says why."""


@dataclass(frozen=True)
class Range:
    """The lowest, the most likely and the highest value of a number, and the shape between them."""

    low: float
    mode: float
    high: float
    shape: Shape = "pert"

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low <= self.mode <= self.high):
            raise BadRange(
                f"A range runs from low over most likely to high: {self.low}, {self.mode}, {self.high} do not."
            )

    @property
    def is_constant(self) -> bool:
        """Whether nothing is open."""
        return self.low == self.high

    @property
    def mean(self) -> float:
        """The expected value."""
        weight = 4 if self.shape == "pert" else 1
        return (self.low + weight * self.mode + self.high) / (weight + 2)

    @property
    def variance(self) -> float:
        """The variance."""
        a, m, b = self.low, self.mode, self.high
        if self.shape == "pert":
            return (self.mean - a) * (b - self.mean) / 7
        return (a * a + m * m + b * b - a * m - a * b - m * b) / 18

    def quantile(self, share: float) -> float:
        """The value that so large a share of the draws does not exceed."""
        return float(np.interp(share, *_distribution(self)))


@dataclass(frozen=True)
class Simulation:
    """What the draws say. The seed makes them again. `standard_error` is that of the mean, `chance_error` that of the
    chance; `edges` and `counts` are the histogram."""

    seed: int
    draws: int
    mean: float
    deviation: float
    p10: float
    p50: float
    p90: float
    chance: float
    edges: tuple[float, ...]
    counts: tuple[int, ...]

    @property
    def standard_error(self) -> float:
        """How far the mean of so many draws lies from the true mean, in standard deviations of it."""
        return self.deviation / math.sqrt(self.draws)

    @property
    def chance_error(self) -> float:
        """The same for the chance of a positive value."""
        return math.sqrt(self.chance * (1 - self.chance) / self.draws)


class Model(Protocol):
    """What can be simulated: named ranges, how they move together, and a value of any draws of them."""

    @property
    def ranges(self) -> Mapping[str, Range]: ...

    @property
    def correlation(self) -> Sequence[Sequence[float]] | None: ...

    def value(self, draws: Mapping[str, Array]) -> Array | float: ...


def simulate(model: Model, seed: int, draws: int) -> Simulation:
    """The distribution of the model's value. The same seed and number of draws give the same figures. BadRange."""
    found = np.empty(draws)
    place = 0
    for chunk in samples(model.ranges, model.correlation, seed, draws):
        size = min(_CHUNK, draws - place)
        found[place : place + size] = model.value(chunk)
        place += size
    return _told(found, seed)


def samples(
    ranges: Mapping[str, Range], correlation: Sequence[Sequence[float]] | None, seed: int, draws: int
) -> Iterator[dict[str, Array]]:
    """Draws of each range, chunk by chunk. BadRange."""
    generator = np.random.default_rng(seed)
    make = _independent if correlation is None else partial(_correlated, _mixing(correlation))
    tables = [_lookup(one, correlated=correlation is not None) for one in ranges.values()]
    for start in range(0, draws, _CHUNK):
        places = make(generator, (len(tables), min(_CHUNK, draws - start)))
        found = (_looked_up(table, row) for table, row in zip(tables, places, strict=True))
        yield dict(zip(ranges, found, strict=True))


def _independent(generator: np.random.Generator, size: tuple[int, int]) -> Single:
    """Places in tables of quantiles by share."""
    return generator.random(size, dtype=np.float32) * np.float32(_SHARES)


def _correlated(mixing: Single, generator: np.random.Generator, size: tuple[int, int]) -> Single:
    """Places in tables of quantiles by normal score."""
    places: Single = mixing @ generator.standard_normal(size, dtype=np.float32)
    places *= np.float32(_STEPS / (2 * _REACH))
    places += np.float32(_STEPS / 2)
    np.clip(places, 0, _STEPS, out=places)
    return places


def _told(found: Array, seed: int) -> Simulation:
    size = len(found)
    if found.min() == found.max():
        same = float(found[0])
        return Simulation(seed, size, same, 0.0, same, same, same, float(same > 0), (same, same), (size,))
    p10, p50, p90 = (float(one) for one in np.percentile(found, (10, 50, 90)))
    counts, edges = np.histogram(found, bins=_BINS)
    return Simulation(
        seed=seed,
        draws=size,
        mean=float(found.mean()),
        deviation=float(found.std(ddof=1)),
        p10=p10,
        p50=p50,
        p90=p90,
        chance=float(np.count_nonzero(found > 0)) / size,
        edges=tuple(map(float, edges)),
        counts=tuple(map(int, counts)),
    )


def _mixing(correlation: Sequence[Sequence[float]]) -> Single:
    """What independent scores are multiplied with to be correlated; a correlation of 1 is allowed."""
    values, vectors = np.linalg.eigh(np.array(correlation, dtype=float))
    if values.min() < -_ROUNDING:
        raise BadRange("These correlations contradict each other: lower the strongest of them.")
    mixing: Single = (vectors * np.sqrt(np.maximum(values, 0))).astype(np.float32)
    return mixing


@lru_cache(maxsize=64)
def _distribution(one: Range) -> tuple[Array, Array]:
    """Shares of the draws and the values that they do not exceed, both rising."""
    if one.is_constant:
        return np.array([0.0, 1.0]), np.array([one.low, one.low])
    at = np.linspace(0.0, 1.0, _DENSE + 1)
    peak = (one.mode - one.low) / (one.high - one.low)
    density = at ** (4 * peak) * (1 - at) ** (4 - 4 * peak) if one.shape == "pert" else _triangle(at, peak)
    area = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)])
    return area / area[-1], one.low + at * (one.high - one.low)


def _triangle(at: Array, peak: float) -> Array:
    rising = at / peak if peak else np.ones_like(at)
    falling = (1 - at) / (1 - peak) if peak < 1 else np.ones_like(at)
    return np.minimum(rising, falling)


@cache
def _shares() -> Array:
    """The share of all draws whose score lies below each step."""
    scores = np.linspace(-_REACH, _REACH, _STEPS + 1)
    return np.array([math.erfc(-score / math.sqrt(2)) / 2 for score in scores])


@lru_cache(maxsize=4096)
def _lookup(one: Range, *, correlated: bool) -> tuple[Array, Array]:
    """The range's value at each place of its table, and how far it is to the next."""
    shares = _shares() if correlated else np.linspace(0.0, 1.0, _SHARES + 1)
    values = np.interp(shares, *_distribution(one))
    return values, np.append(np.diff(values), 0.0)


def _looked_up(table: tuple[Array, Array], places: Single) -> Array:
    values, steps = table
    whole = places.astype(np.intp)
    found: Array = steps.take(whole, mode="clip")
    found *= places - whole
    found += values.take(whole, mode="clip")
    return found
