"""An incident in a reader's words: whom it hurt, how badly, how long, what it was held against."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from app.content import format as text
from app.content.blocks import Cell
from app.content.sections.base import Context
from app.content.timeline import WEIGHTS, Weight
from data.facts import Incident
from data.metrics.durations import in_hours
from data.warehouse.read_incidents import Cause, Failure, IncidentTold

_ORDER: tuple[Weight, ...] = tuple(WEIGHTS)
_BRIEF = timedelta(minutes=1)


def weight_of(told: IncidentTold, scope: str | None = None) -> Weight:
    """The heaviest impact, on one scope where given; maintenance is planned whatever its impact."""
    if told.incident.maintenance:
        return "planned"
    impacts = {hurt.impact for hurt in told.hurts if scope in (None, hurt.scope)}
    return next((one for one in _ORDER if one in impacts), "none")


def is_providers(told: IncidentTold, context: Context) -> bool:
    """Whether a third party reported it of itself."""
    scopes = [told.scope] if told.scope else [hurt.scope for hurt in told.hurts]
    tree, day = context.reader.tree, context.period.start
    return any(one in tree and tree.get(one, day).kind == "provider" for one in scopes)


def whom(told: IncidentTold, context: Context) -> str:
    """The names of what it hurt, where it is filed first."""
    scopes = dict.fromkeys([*([told.scope] if told.scope else []), *(hurt.scope for hurt in told.hurts)])
    return ", ".join(context.name_of(one) for one in scopes) or told.incident.key


def lasted(told: IncidentTold, context: Context) -> Cell:
    """From its start until it was resolved; of an open one the time so far."""
    incident = told.incident
    end = incident.resolved or max(context.as_of, incident.started)
    span = end - incident.started
    words = text.duration(span)
    return Cell(words if incident.resolved else f">\u00a0{words}", exact=in_hours(span))


def after(incident: Incident, at: datetime | None) -> Cell:
    """How long after the start something was done; absent where nobody says."""
    if at is None:
        return Cell()
    span = max(at - incident.started, timedelta(0))
    return Cell(
        f"+{text.duration(span)}" if span else text.duration(0), exact=Decimal(span // timedelta(seconds=1)) / 60
    )


def at(instant: datetime | None, context: Context) -> Cell:
    """An instant on the company's clock."""
    return Cell(text.instant(instant, context.zone) if instant else "", exact=instant)


def remark(told: IncidentTold) -> str:
    """What a reader should know before comparing it: still open, closed by itself."""
    incident = told.incident
    if incident.resolved is None:
        return "still open"
    span = incident.resolved - incident.started
    if span < _BRIEF and incident.acknowledged is None:
        return "resolved by itself within a minute"
    return "no time passed" if not span else ""


def sureness(found: Cause | Failure) -> str:
    """How a link is known and how surely: "last deployment before it, 60 % sure"."""
    return f"{found.method}, {text.percent(Decimal(str(found.confidence)), digits=0)} sure"
