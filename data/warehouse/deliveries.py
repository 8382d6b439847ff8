"""Work items and the deployments that brought them to production, across scopes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from data.facts import Change, Deployment, WorkItem
from data.metrics.base import Delivery, FactId
from data.period import day_of
from data.warehouse import schema
from data.warehouse.links import CONTAINS, DELIVERED, Link, keep_links, release_time, stored_links
from data.warehouse.schema import FACT_TABLES
from data.warehouse.upsert import chunks
from data.warehouse.write import UNMAPPED, fact_of, touch

Touched = Mapping[str, Mapping[str, Collection[date]]]
"""Kind of fact -> scope -> days."""

Place = tuple[str | None, date]
"""Scope and day of a fact."""

KINDS = ("work_item", "change", "deployment")


@dataclass(frozen=True)
class Brought:
    """A change that was made for work items, and the deployment that first contained it; None before there is one."""

    change: Change
    release: Deployment | None
    scope: str | None
    method: str
    confidence: float

    @property
    def items(self) -> Iterator[FactId]:
        """The work items it was made for."""
        return ((self.change.source, item) for item in self.change.work_items)


def link_items(connection: Connection, touched: Touched, zone: ZoneInfo) -> None:
    """Make the links from work items to deployments anew; touch the days whose deliveries or reworks that changes."""
    made_for: dict[FactId, list[Brought]] = defaultdict(list)
    for one in changes_for_items(connection):
        for item in one.items:
            made_for[item].append(one)
    items = {(item.source, item.source_id): (item, scope) for item, scope in _items(connection)}
    wanted: dict[str, set[Link]] = defaultdict(set)
    for name, (_, scope) in items.items():
        if scope is not None and (link := delivered(name, made_for.get(name, ()))):
            wanted[scope].add(link)
    there = _delivered_so_far(connection)
    places = _places(connection, (link.end for links in (*there.values(), *wanted.values()) for link in links), zone)
    moved = _reworks(items.values(), made_for, touched, zone)
    for scope in sorted({*there, *wanted}):
        before, after = there.get(scope, set()), wanted.get(scope, set())
        keep_links(connection, scope, before, after)
        ends = {link.end for link in before ^ after}
        ends |= {link.end for link in after if _again(items[link.start][0], scope, touched, zone)}
        moved |= {("work_item", scope, places[one][1]) for one in ends if one in places}
        if any(_told_again(places.get(link.end), touched) for link in before):
            moved |= {("work_item", scope, day) for days in touched["deployment"].values() for day in days}
    touch(connection, moved)


def changes_for_items(connection: Connection) -> tuple[Brought, ...]:
    """Every change that was made for a work item, with the deployment that brought it."""
    change, link, release = FACT_TABLES["change"], schema.link, FACT_TABLES["deployment"]
    brought = {}
    by_release = (link.c.from_source == release.c.source) & (link.c.from_id == release.c.source_id)
    by_change = (link.c.to_source == change.c.source) & (link.c.to_id == change.c.source_id)
    meant = change.c.work_items != ()
    query = select(release, link.c.to_source, link.c.to_id, link.c.method, link.c.confidence)
    query = query.join_from(link, release, by_release).join(change, by_change).where(link.c.kind == CONTAINS, meant)
    for row in connection.execute(query):
        brought[row.to_source, row.to_id] = row
    found = []
    for row in connection.execute(select(change).where(meant)):
        by = brought.get((row.source, row.source_id))
        one, carrier = fact_of(Change, row._mapping), by and fact_of(Deployment, by._mapping)
        assert isinstance(one, Change)
        assert carrier is None or isinstance(carrier, Deployment)
        how = (by.scope, by.method, by.confidence) if by else (None, "", 0.0)
        found.append(Brought(one, carrier, *how))
    return tuple(found)


def delivered(item: FactId, changes: Sequence[Brought]) -> Link | None:
    """The link from a work item to the deployment that contains its last merged change; None before there is one."""
    merged = [one for one in changes if one.change.merged is not None]
    if not merged:
        return None
    last = max(merged, key=lambda one: (one.change.merged, one.change.source_id))
    if last.release is None:
        return None
    return Link(DELIVERED, item, _id(last.release), f"last change, {last.method}", last.confidence)


def delivery(item: WorkItem, changes: Sequence[Change], deployed: datetime) -> Delivery | None:
    """Start and end of a work item: its start, or the first commit of its first change; None where neither is known."""
    started = began(item, changes)
    return Delivery(item, started, deployed) if started else None


def deliveries_by_scope(connection: Connection) -> dict[str, tuple[Delivery, ...]]:
    """The work items of each scope that reached production, in the order of their deployments."""
    table, release, item = schema.link, FACT_TABLES["deployment"], FACT_TABLES["work_item"]
    by_release = (table.c.to_source == release.c.source) & (table.c.to_id == release.c.source_id)
    by_item = (table.c.from_source == item.c.source) & (table.c.from_id == item.c.source_id)
    query = select(item, func.coalesce(release.c.finished, release.c.started).label("deployed"), item.c.scope)
    query = query.join_from(table, release, by_release).join(item, by_item).where(table.c.kind == DELIVERED)
    changes: dict[FactId, list[Change]] = defaultdict(list)
    for one in changes_for_items(connection):
        for name in one.items:
            changes[name].append(one.change)
    found: dict[str, list[Delivery]] = defaultdict(list)
    for row in connection.execute(query).all():
        work = fact_of(WorkItem, row._mapping)
        assert isinstance(work, WorkItem)
        if made := delivery(work, changes[work.source, work.source_id], row.deployed):
            found[row.scope].append(made)
    ordered = {scope: sorted(made, key=_order) for scope, made in found.items()}
    return {scope: tuple(made) for scope, made in ordered.items()}


@dataclass(frozen=True)
class Started:
    """A work item that is being worked on, its scope, and since when."""

    item: WorkItem
    scope: str
    since: datetime


def open_items(connection: Connection, scopes: Collection[str], form: str) -> tuple[Started, ...]:
    """Work items of a form that were started and that nobody delivered, closed or gave up, the oldest first."""
    table, link = FACT_TABLES["work_item"], schema.link
    brought = select(link.c.from_source, link.c.from_id).where(link.c.kind == DELIVERED)
    done = {(row.from_source, row.from_id) for row in connection.execute(brought)}
    query = select(table).where(table.c.scope.in_(list(scopes)), table.c.form == form, table.c.closed.is_(None))
    rows = connection.execute(query.where(table.c.cancelled.is_(False), table.c.in_production.is_(None))).all()
    waiting = [row for row in rows if (row.source, row.source_id) not in done]
    made_for: dict[FactId, list[Change]] = defaultdict(list)
    if any(row.started is None for row in waiting):
        for one in changes_for_items(connection):
            for name in one.items:
                made_for[name].append(one.change)
    found = []
    for row in waiting:
        item = fact_of(WorkItem, row._mapping)
        assert isinstance(item, WorkItem)
        if since := began(item, made_for[item.source, item.source_id]):
            found.append(Started(item, row.scope, since))
    return tuple(sorted(found, key=lambda one: (one.since, one.item.source, one.item.source_id)))


def began(item: WorkItem, changes: Sequence[Change]) -> datetime | None:
    """The start of work on an item, or the first commit of its first change; None where neither is known."""
    first = min((one for one in changes if one.opened or one.merged), key=_began, default=None)
    return item.started or (first.first_commit if first else None)


def _order(one: Delivery) -> tuple[datetime, str, str]:
    return one.deployed, one.item.source, one.item.source_id


def _again(item: WorkItem, scope: str, touched: Touched, zone: ZoneInfo) -> bool:
    """Whether the item itself may have changed."""
    return bool(item.days(zone) & frozenset(touched.get("work_item", {}).get(scope, ())))


def _reworks(
    items: Iterable[tuple[WorkItem, str | None]],
    made_for: Mapping[FactId, Sequence[Brought]],
    touched: Touched,
    zone: ZoneInfo,
) -> set[tuple[str, str, date]]:
    """Days of the deployments that carry changes of touched items: whether they are rework may have changed."""
    moved = set()
    for item, scope in items:
        if _again(item, UNMAPPED if scope is None else scope, touched, zone):
            for one in made_for.get((item.source, item.source_id), ()):
                if one.release is not None and one.scope is not None:
                    moved.add(("deployment", one.scope, day_of(release_time(one.release), zone)))
    return moved


def _delivered_so_far(connection: Connection) -> dict[str, set[Link]]:
    """The kept links from work items to deployments by scope, also of scopes that have no items any more."""
    table = schema.link
    scopes = connection.execute(select(table.c.scope).distinct().where(table.c.kind == DELIVERED)).scalars().all()
    return {scope: stored_links(connection, scope, (DELIVERED,)) for scope in scopes}


def _places(connection: Connection, releases: Iterable[FactId], zone: ZoneInfo) -> dict[FactId, Place]:
    """Where and when deployments reached production, of those that are still told."""
    table, wanted = FACT_TABLES["deployment"], set(releases)
    at = func.coalesce(table.c.finished, table.c.started).label("at")
    found: dict[FactId, Place] = {}
    for part in chunks(sorted({name for _, name in wanted})):
        query = select(table.c.source, table.c.source_id, table.c.scope, at).where(table.c.source_id.in_(part))
        found |= {(row.source, row.source_id): (row.scope, day_of(row.at, zone)) for row in connection.execute(query)}
    return {name: place for name, place in found.items() if name in wanted}


def _told_again(place: Place | None, touched: Touched) -> bool:
    """Whether a deployment may have had another place before. Then its earlier day is a touched one of some scope."""
    days = touched.get("deployment", {})
    return bool(days) and (place is None or place[0] is None or place[1] in days.get(place[0], ()))


def _items(connection: Connection) -> Iterator[tuple[WorkItem, str | None]]:
    for row in connection.execute(select(FACT_TABLES["work_item"])):
        item = fact_of(WorkItem, row._mapping)
        assert isinstance(item, WorkItem)
        yield item, row.scope


def _began(change: Change) -> datetime:
    at = change.first_commit or change.opened or change.merged
    assert at is not None
    return at


def _id(fact: Deployment) -> FactId:
    return fact.source, fact.source_id
