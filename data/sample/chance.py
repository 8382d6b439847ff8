"""Repeatable chance: each thing draws from a generator keyed by what it is, whatever else is drawn."""

import hashlib
import math
from datetime import UTC, datetime
from typing import TypeVar

import numpy as np

DAY = 86_400
HOUR = 3_600
MINUTE = 60

T = TypeVar("T")


def generator(seed: int, *key: object) -> np.random.Generator:
    """The generator for one thing, the same for the same seed and key on every machine."""
    text = "\x1f".join(str(part) for part in (seed, *key))
    return np.random.Generator(np.random.PCG64(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest())))


def revision(seed: int, *key: object) -> str:
    """A commit hash of 40 hexadecimal digits for one thing."""
    text = "\x1f".join(str(part) for part in (seed, *key))
    return hashlib.blake2b(text.encode(), digest_size=20).hexdigest()


def around(random: np.random.Generator, median: float, spread: float, low: float, high: float) -> float:
    """A log-normal draw about `median`, kept within [low, high]; `spread` is the deviation of its logarithm."""
    return min(high, max(low, median * math.exp(spread * float(random.standard_normal()))))


def one_of(random: np.random.Generator, items: tuple[T, ...]) -> T:
    """One of the items, each as likely as the others."""
    return items[int(random.integers(len(items)))]


def instant(seconds: float) -> datetime:
    """Unix seconds as an aware instant, whole seconds."""
    return datetime.fromtimestamp(int(seconds), UTC)


def unix(moment: datetime) -> int:
    """An aware instant as whole Unix seconds."""
    return int(moment.timestamp())
