"""Exchange rates of the demo: smooth, invented, and the same for a day whatever the story around it."""

import math
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from data.sample.chance import generator
from data.sample.records import FxRate
from data.sample.seasons import days_of, month_of

_LEVELS: Final = {"USD": (1.094, 0.032, 410.0, 0.4), "GBP": (0.853, 0.014, 530.0, 2.1)}


def fx_rates(seed: int, start: date, end: date) -> Iterator[FxRate]:
    """Units of USD and of GBP for one EUR, one rate a day and currency from `start` up to and including `end`."""
    day = start
    noise: dict[tuple[str, int], list[float]] = {}
    while day <= end:
        for quote in _LEVELS:
            key = (quote, month_of(day))
            if key not in noise:
                noise[key] = list(generator(seed, "fx", *key).standard_normal(len(days_of(key[1]))))
            yield FxRate(day, "EUR", quote, _rate(quote, day, noise[key][day.day - 1]))
        day += timedelta(days=1)


def _rate(quote: str, day: date, noise: float) -> Decimal:
    level, swing, period, phase = _LEVELS[quote]
    turn = day.toordinal() * 2 * math.pi
    value = level + swing * math.sin(turn / period + phase) + swing / 4 * math.sin(turn / 61) + swing / 20 * noise
    return Decimal(f"{value:.4f}")
