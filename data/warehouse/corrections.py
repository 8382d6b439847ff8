"""Numbers that people corrected: proposed with a reason, in force once another person has approved.

A correction is a row of its own: roll-ups write beside it and never over it, and what was counted stays where it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, insert, update

from data.access import Actor, Permission
from data.clock import clock
from data.metrics import metric_in
from data.metrics.base import Denominator, Metric, Unit
from data.period import Period, parse
from data.settings import ConfigurationError, Settings
from data.warehouse import change_log
from data.warehouse.engine import writing
from data.warehouse.proposals import Draft, Kind, Proposal, propose
from data.warehouse.readings import Reader
from data.warehouse.tables_people import correction as table
from data.warehouse.types import canonical
from data.warehouse.write import bump_version

_NUMBERS = ("numerator", "denominator", "value")


class BadCorrection(ConfigurationError):
    """A correction that cannot hold; the message says why and what to write instead."""


class MovedMeanwhile(BadCorrection):
    """What was counted, or another correction of it, changed after it was looked at."""


@dataclass(frozen=True)
class Wanted:
    """A corrected number: numerator and denominator as the metric counts, or a value where it is no ratio of sums."""

    metric: str
    scope: str
    period: Period
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    value: Decimal | None = None


@dataclass(frozen=True)
class Counted:
    """What the warehouse holds of the number, and the fingerprint by which a change of it is noticed."""

    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    seen: str


def needs(metric: Metric) -> tuple[str, ...]:
    """The fields that a correction of the metric gives. BadCorrection where it has none of its own."""
    if metric.unit is Unit.MONEY or metric.id == "integration_share":
        raise BadCorrection(f"{metric.name} follows from charges: correct it in the billing, which keeps both entries.")
    if metric.derived_from is not None:
        raise BadCorrection(f"{metric.name} follows from {metric.derived_from.replace('_', ' ')}: correct that.")
    if metric.headline is not None:
        return ("value",)
    return ("numerator", "denominator") if metric.denominator is Denominator.OBSERVED else ("numerator",)


def counted(reader: Reader, metric: Metric, scope: str, period: Period) -> Counted:
    """The number as it was counted, corrections left aside. BadCorrection where nothing was."""
    bare = Reader(reader.connection, reader.settings)
    bare.corrections = ()
    value = bare.values([metric], scope, [period])[metric.id, period]
    if metric.headline is not None:
        value = bare.reading(metric, scope, period).value
    if value.value is None:
        raise BadCorrection(f"{metric.name} of {scope} in {period.label} was never counted: enter it through a source.")
    live = [one.proposal for one in reader.corrections if (one.metric, one.scope) == (metric.id, scope)]
    denominator = value.denominator if metric.denominator is Denominator.OBSERVED else None
    told = [str(one) for one in (value.numerator, denominator, value.value)]
    return Counted(value.numerator, denominator, value.value, sha256(canonical([*told, *live]).encode()).hexdigest())


def propose_correction(engine: Engine, settings: Settings, actor: Actor, new: Wanted, seen: str, why: str) -> int:
    """Propose a corrected number; the proposal's number. NotPermitted, BadCorrection, MovedMeanwhile, NotPossible."""
    with writing(engine) as connection:
        reader = Reader(connection, settings)
        if new.scope not in reader.tree:
            raise BadCorrection(f"There is no scope {new.scope!r}: choose one that exists.")
        actor.require(Permission.CORRECT, reader.tree.path(new.scope, new.period.start))
        metric = _metric(settings, new.metric)
        now = _still(reader, metric, new, seen, "you opened it")
        _check(metric, new, now, reader)
        told = _told(new) | {"counted": {name: plain(_rounded(getattr(now, name))) for name in _NUMBERS}}
        what = f"{metric.name} of {new.scope} in {new.period.label}"
        return propose(connection, actor, Draft(Kind.CORRECTION, what, new.scope, told, seen), why)


def propose_lifting(engine: Engine, settings: Settings, actor: Actor, number: int, why: str) -> int:
    """Propose that a correction no longer holds, so that what is counted shows again."""
    with writing(engine) as connection:
        reader = Reader(connection, settings)
        found = next((one for one in reader.corrections if one.proposal == number), None)
        if found is None:
            raise BadCorrection(f"No correction {number} is in force: `python -m app proposals list` names them.")
        actor.require(Permission.CORRECT, reader.tree.path(found.scope, found.start))
        what = f"end of correction {number} ({found.metric} of {found.scope}, {found.period.label})"
        draft = Draft(Kind.CORRECTION, what, found.scope, {"lifts": number}, str(number))
        return propose(connection, actor, draft, why)


def apply_correction(connection: Connection, settings: Settings, approver: Actor, found: Proposal) -> None:
    """Put an approved correction into force, in the caller's writing transaction. MovedMeanwhile, BadCorrection."""
    if "lifts" in found.content:
        _lift(connection, approver, found)
        return
    new, reader = _wanted(found.content, settings), Reader(connection, settings)
    metric = _metric(settings, new.metric)
    now = _still(reader, metric, new, found.seen, "it was proposed")
    _check(metric, new, now, reader)
    row = {
        "proposal": found.id, "metric": metric.id, "version": metric.version, "scope": new.scope,
        "start": new.period.start, "end": new.period.end, "numerator": new.numerator, "denominator": new.denominator,
        "value": new.value, "counted_numerator": now.numerator, "counted_denominator": now.denominator,
        "counted_value": _rounded(now.value), "why": found.why, "proposed_by": found.proposed_by,
        "approved_by": approver.name, "approved_at": clock(),
    }  # fmt: skip
    connection.execute(insert(table).values(**row))
    old, made = found.content["counted"], {name: one for name, one in found.content.items() if name != "counted"}
    why = f"{found.why} (proposed by {found.proposed_by})"
    change_log.append(connection, approver, "corrected", found.object, old, made, why)
    bump_version(connection, f"{found.object} corrected")


def _lift(connection: Connection, approver: Actor, found: Proposal) -> None:
    number = int(found.content["lifts"])
    alive = (table.c.proposal == number) & table.c.lifted_at.is_(None)
    if connection.execute(update(table).where(alive).values(lifted_at=clock())).rowcount != 1:
        raise MovedMeanwhile(f"Correction {number} was ended already: nothing was changed.")
    why = f"{found.why} (proposed by {found.proposed_by})"
    change_log.append(connection, approver, "ended", f"correction {number}", {"holds": True}, {"holds": False}, why)
    bump_version(connection, f"correction {number} ended")


def _metric(settings: Settings, name: str) -> Metric:
    try:
        return metric_in(settings, name)
    except KeyError as error:
        raise BadCorrection(f"There is no metric {name!r}: choose one that exists.") from error


def _still(reader: Reader, metric: Metric, new: Wanted, seen: str, after: str) -> Counted:
    needs(metric)
    now = counted(reader, metric, new.scope, new.period)
    if now.seen != seen:
        raise MovedMeanwhile(
            f"{metric.name} of {new.scope} in {new.period.label} changed after {after}: nothing was saved. "
            "Look at it as it is now, then propose again."
        )
    return now


def _check(metric: Metric, new: Wanted, now: Counted, reader: Reader) -> None:
    given = tuple(name for name in _NUMBERS if getattr(new, name) is not None)
    if given != needs(metric):
        wanted = " and ".join(needs(metric))
        raise BadCorrection(f"{metric.name} is corrected by its {wanted}: give that and nothing else.")
    numbers = [getattr(new, name) for name in given]
    if any(not one.is_finite() or one != round(one, 6) for one in numbers):
        raise BadCorrection("Give numbers with at most six decimals.")
    if metric.unit is not Unit.POINTS and min(numbers) < 0:
        raise BadCorrection(f"{metric.name} is never below 0: give numbers from 0 up.")
    if new.denominator is not None and new.denominator <= 0:
        raise BadCorrection("The denominator must be above 0.")
    above = new.denominator is not None and new.numerator is not None and new.numerator > new.denominator
    if metric.unit is Unit.RATIO and above:
        raise BadCorrection(f"{metric.name} is a share: the numerator lies above the denominator.")
    if all(getattr(new, name) == getattr(now, name) for name in given):
        raise BadCorrection("That is what was counted: there is nothing to correct.")
    for one in reader.corrections:
        same = (one.metric, one.scope) == (new.metric, new.scope)
        if same and one.start < new.period.end and new.period.start < one.end:
            said = f"end it first, `python -m app correct --end {one.proposal}`"
            raise BadCorrection(f"Correction {one.proposal} is of the same days: {said}.")


def _told(new: Wanted) -> dict[str, Any]:
    numbers = {name: plain(getattr(new, name)) for name in _NUMBERS}
    return {"metric": new.metric, "scope": new.scope, "period": new.period.label, **numbers}


def _wanted(told: Mapping[str, Any], settings: Settings) -> Wanted:
    numbers = [None if told[name] is None else Decimal(told[name]) for name in _NUMBERS]
    period = parse(told["period"], settings.company.fiscal_year_start_month)
    return Wanted(told["metric"], told["scope"], period, *numbers)


def plain(number: Decimal | None) -> str | None:
    """A number as it is written in proposals and the log."""
    return None if number is None else format(number.normalize(), "f")


def _rounded(number: Decimal | None) -> Decimal | None:
    return None if number is None else round(number, 6)
