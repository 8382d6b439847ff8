"""The services behind a number: how each stands, and the verdict that they give together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import median

from data.benchmarks.score import Verdict, Word
from data.metrics.base import Denominator, Metric, Value
from data.scopes import Scope


@dataclass(frozen=True)
class Part:
    """How one service stands, for a number whose verdict needs every one of them."""

    scope: Scope
    value: Value
    verdict: Verdict | None


def with_spread(metric: Metric, value: Value, parts: tuple[Part, ...]) -> Value:
    """A calendar rate of a wider scope is a total: the median service and the spread stand beside it."""
    known = sorted(part.value.value for part in parts if part.value.value is not None)
    if metric.denominator is not Denominator.CALENDAR or not known:
        return value
    spread = {"median_service": median(known), "lowest_service": known[0], "highest_service": known[-1]}
    return replace(value, statistics={**value.statistics, **spread})


def of_parts(deciding: tuple[Part, ...], own: Verdict | None) -> Verdict:
    """Met only if every part that decides meets it."""
    words = [part.verdict.word for part in deciding if part.verdict]
    room = own.to_target if own else None
    if not words:
        return own or Verdict(Word.NO_DATA, "No tier-1 service is observed.")
    held = sum(word is Word.MET for word in words)
    said = f"{held} of {len(words)} tier-{deciding[0].scope.tier} services hold."
    for word in (Word.MISSED, Word.AT_RISK, Word.NO_DATA, Word.NOT_CONFIGURED, Word.CANNOT_TELL):
        if word in words:
            shown = Word.CANNOT_TELL if word in (Word.NO_DATA, Word.NOT_CONFIGURED) else word
            return Verdict(shown, said, room)
    return Verdict(Word.MET, said, room)


def tier_one(parts: tuple[Part, ...], tier_one: int) -> tuple[Part, ...]:
    """The services that the verdict of availability depends on, the worst first, those without a value last."""
    chosen = [part for part in parts if part.scope.tier == tier_one]
    known = sorted((part for part in chosen if part.value.value is not None), key=lambda part: part.value.value or 0)
    return (*known, *(part for part in chosen if part.value.value is None))
