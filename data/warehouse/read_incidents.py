"""The very incidents behind the numbers: what they hurt, how long, and which deployments they were held against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from data.facts import Incident
from data.metrics.base import FactId
from data.warehouse import schema
from data.warehouse.links import FAILED
from data.warehouse.schema import FACT_TABLES
from data.warehouse.upsert import chunks
from data.warehouse.write import fact_of


@dataclass(frozen=True)
class Hurt:
    """What an incident did to one scope, from when to when; an end of None goes on."""

    scope: str
    impact: str
    start: datetime
    end: datetime | None


@dataclass(frozen=True)
class Cause:
    """The deployment that an incident was held against, how we know and how surely (0 to 1)."""

    deployment: FactId
    url: str | None
    finished: datetime
    method: str
    confidence: float


@dataclass(frozen=True)
class IncidentTold:
    """An incident, the scope it is filed under, what it hurt, and the deployment it was held against, if any."""

    incident: Incident
    scope: str | None
    hurts: tuple[Hurt, ...]
    cause: Cause | None

    @property
    def id(self) -> FactId:
        """Its source and the source's own id."""
        return self.incident.source, self.incident.source_id


@dataclass(frozen=True)
class Failure:
    """Why a deployment counts as failed: the rollback or the incident that it was held against, and how we know."""

    deployment: FactId
    by: FactId
    method: str
    confidence: float
    incident: str | None
    """The title of the incident; None where it was undone by another deployment."""
    url: str | None


def incidents(
    connection: Connection, scopes: Collection[str], start: datetime, end: datetime
) -> tuple[IncidentTold, ...]:
    """Incidents that went on at some time in a span and are filed under some scopes or hurt one; the latest first."""
    table, hurt = FACT_TABLES["incident"], schema.incident_scope
    wanted = list(scopes)
    touching = select(hurt.c.source, hurt.c.source_id).where(hurt.c.scope.in_(wanted), hurt.c.start < end)
    touching = touching.where(or_(hurt.c.end.is_(None), hurt.c.end >= start))
    touched = {(row.source, row.source_id) for row in connection.execute(touching)}
    query = select(table).where(table.c.started < end, or_(table.c.resolved.is_(None), table.c.resolved >= start))
    rows = connection.execute(query.order_by(table.c.started.desc(), table.c.source, table.c.source_id)).all()
    found = [row for row in rows if row.scope in scopes or (row.source, row.source_id) in touched]
    hurts, causes = _hurts(connection, found), _causes(connection, found)
    return tuple(_told(row, hurts, causes) for row in found)


def _told(row: Any, hurts: Mapping[FactId, Sequence[Hurt]], causes: Mapping[FactId, Cause]) -> IncidentTold:
    incident = fact_of(Incident, row._mapping)
    assert isinstance(incident, Incident)
    key = (incident.source, incident.source_id)
    return IncidentTold(incident, row.scope, tuple(hurts.get(key, ())), causes.get(key))


def _hurts(connection: Connection, rows: Sequence[Any]) -> Mapping[FactId, list[Hurt]]:
    hurt, found = schema.incident_scope, defaultdict[FactId, list[Hurt]](list)
    for part in chunks([row.source_id for row in rows]):
        query = select(hurt).where(hurt.c.source_id.in_(part)).order_by(hurt.c.place)
        for row in connection.execute(query):
            found[row.source, row.source_id].append(Hurt(row.scope, row.impact, row.start, row.end))
    return found


def _causes(connection: Connection, rows: Sequence[Any]) -> Mapping[FactId, Cause]:
    """The surest of several."""
    link, release, found = schema.link, FACT_TABLES["deployment"], dict[FactId, Cause]()
    same = and_(link.c.from_source == release.c.source, link.c.from_id == release.c.source_id)
    for part in chunks([row.source_id for row in rows]):
        query = select(link, release.c.url, release.c.started, release.c.finished).join_from(link, release, same)
        query = query.where(link.c.kind == FAILED, link.c.to_id.in_(part))
        for row in connection.execute(query.order_by(link.c.confidence, link.c.from_id)):
            at = row.finished or row.started
            found[row.to_source, row.to_id] = Cause(
                (row.from_source, row.from_id), row.url, at, row.method, row.confidence
            )
    return found


def failures(connection: Connection, scopes: Collection[str]) -> Mapping[FactId, tuple[Failure, ...]]:
    """Everything that deployments of some scopes were failed by, by deployment, the surest first."""
    link, incident, release = schema.link, FACT_TABLES["incident"], FACT_TABLES["deployment"]
    by_incident = and_(link.c.to_source == incident.c.source, link.c.to_id == incident.c.source_id)
    by_release = and_(link.c.to_source == release.c.source, link.c.to_id == release.c.source_id)
    query = select(
        link, incident.c.title, incident.c.url.label("incident_url"), release.c.url.label("release_url")
    ).where(link.c.kind == FAILED, link.c.scope.in_(list(scopes)))
    query = query.select_from(link.outerjoin(incident, by_incident).outerjoin(release, by_release))
    found: dict[FactId, list[Failure]] = defaultdict(list)
    for row in connection.execute(query.order_by(link.c.confidence.desc(), link.c.to_source, link.c.to_id)):
        deployment = (row.from_source, row.from_id)
        found[deployment].append(
            Failure(
                deployment,
                (row.to_source, row.to_id),
                row.method,
                row.confidence,
                row.title,
                row.incident_url if row.title is not None else row.release_url,
            )
        )
    return {key: tuple(made) for key, made in found.items()}
