"""Scopes and the sources' names for them: from settings, or mapped by a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, Select, Table, delete, insert, select, true, update

from data.access import Actor, Permission
from data.facts import KINDS, Incident
from data.scopes import WHOLE_SOURCE, Alias, Resolver, Scope, Tree
from data.settings import AliasSetting, ConfigurationError, Settings
from data.warehouse import change_log, schema
from data.warehouse.engine import writing
from data.warehouse.impacts import home_of, impact_days, place_incidents
from data.warehouse.schema import FACT_TABLES
from data.warehouse.upsert import chunks, insert_new_from
from data.warehouse.write import bump_version, days_read, days_zone, fact_of, touch, whole_days

SETTINGS = "settings"
_EVERY_SCOPE = "*"


def load_tree(connection: Connection) -> Tree:
    """All scopes."""
    columns = [column for column in schema.scope.c if column.name != "row"]
    rows = connection.execute(select(*columns).order_by(schema.scope.c.id, schema.scope.c.row))
    return Tree(tuple(Scope(**row._mapping) for row in rows))


def load_aliases(connection: Connection) -> tuple[Alias, ...]:
    """All names that sources use; a person's mapping goes before the settings'."""
    table = schema.scope_alias
    columns = (table.c.source, table.c.kind, table.c.key, table.c.scope, table.c.valid_from, table.c.valid_to)
    rows = connection.execute(select(*columns).order_by(table.c.declared_by == SETTINGS, table.c.row))
    return tuple(Alias(**row._mapping) for row in rows)


def load_resolver(connection: Connection) -> Resolver:
    """What finds the scope for a source's own name."""
    return Resolver(load_tree(connection), load_aliases(connection))


def apply_settings(engine: Engine, settings: Settings, actor: Actor) -> bool:
    """Bring scopes and aliases in line with the settings; every difference is logged. Whether there was any."""
    with writing(engine) as connection:
        return take_settings(connection, settings, actor)


def take_settings(connection: Connection, settings: Settings, actor: Actor) -> bool:
    """The same within the caller's transaction."""
    before = load_resolver(connection)
    scopes = [scope.model_dump() for scope in settings.scope]
    aliases = [alias.model_dump() | {"declared_by": SETTINGS} for alias in [*settings.alias, *_homes(settings)]]
    new_tree = _align(connection, schema.scope, scopes, ("id", "valid_from"), {}, actor)
    mine = {"declared_by": SETTINGS}
    new_names = _align(connection, schema.scope_alias, aliases, ("source", "kind", "key", "valid_from"), mine, actor)
    if not (new_tree or new_names):
        return False
    _check_tree(connection)
    rescope(connection, settings.zone, before)
    if new_tree:
        touch_everything(connection, settings.zone)
    bump_version(connection, "scopes and aliases from settings")
    return True


def _homes(settings: Settings) -> list[AliasSetting]:
    """The scopes that whole sources are about."""
    kind, key = WHOLE_SOURCE
    return [
        AliasSetting(source=one.id, kind=kind, key=key, scope=one.scope)
        for one in settings.source
        if one.scope is not None
    ]


def _align(
    connection: Connection,
    table: Table,
    wanted: list[dict[str, Any]],
    keys: tuple[str, ...],
    only: Mapping[str, Any],
    actor: Actor,
) -> bool:
    """Make the table's rows (those that match `only`) the wanted ones."""
    there = select(table)
    for column, value in only.items():
        there = there.where(table.c[column] == value)
    names = [column.name for column in table.c if column.name != "row"]
    old = {tuple(row._mapping[key] for key in keys): row for row in connection.execute(there)}
    new = {tuple(row[key] for key in keys): row for row in wanted}
    changed = False
    for key in sorted(old.keys() | new.keys(), key=str):
        before = {name: old[key]._mapping[name] for name in names} if key in old else None
        after = new.get(key)
        if before == after:
            continue
        changed = True
        if before is not None:
            connection.execute(delete(table).where(table.c.row == old[key].row))
        if after is not None:
            connection.execute(insert(table).values(**after))
        what = f"{table.name} " + "/".join(str(part) for part in key if part is not None)
        action = "added" if before is None else "removed" if after is None else "changed"
        change_log.append(connection, actor, action, what, _plain(before), _plain(after), "settings file")
    return changed


def map_key(engine: Engine, settings: Settings, actor: Actor, name: tuple[str, str, str], scope: str, why: str) -> None:
    """Say which scope a source's own name (source, kind, key) means; its facts count there. NotPermitted."""
    actor.require(Permission.MAP_KEYS)
    source, kind, key = name
    with writing(engine) as connection:
        before = load_resolver(connection)
        if scope not in load_tree(connection):
            raise ConfigurationError(f"There is no scope {scope!r}: choose one that exists.")
        table = schema.scope_alias
        same = (
            (table.c.source == source)
            & (table.c.kind == kind)
            & (table.c.key == key)
            & (table.c.declared_by != SETTINGS)
        )
        old = connection.execute(select(table.c.scope).where(same)).scalar()
        connection.execute(delete(table).where(same))
        row = {"source": source, "kind": kind, "key": key, "scope": scope, "declared_by": actor.name}
        connection.execute(insert(table).values(**row))
        change_log.append(connection, actor, "mapped", f"scope_alias {source}/{kind}/{key}", old, scope, why)
        rescope(connection, settings.zone, before, only=(source, kind, key))
        bump_version(connection, f"{source} {kind} {key} mapped to {scope}")


def _check_tree(connection: Connection) -> None:
    try:
        load_tree(connection).bottom_up()
    except ValueError as error:
        raise ConfigurationError(str(error)) from error


def rescope(connection: Connection, zone: ZoneInfo, before: Resolver, only: tuple[str, str, str] | None = None) -> None:
    """Find the scope of stored facts anew; days of facts that move are touched for the old and the new scope.

    So are the days on which a name that a source covers meant another scope `before`.
    """
    resolver = load_resolver(connection)
    _rescope_incidents(connection, resolver, zone, only[0] if only else None)
    for kind, table in FACT_TABLES.items():
        if kind == Incident.kind:
            continue
        names = _of_name(select(table.c.source, table.c.key_kind, table.c.key).distinct(), table, only)
        for source, key_kind, key in connection.execute(names).all():
            _rescope_key(connection, table, kind, (source, key_kind, key), resolver, zone)
    touched: set[tuple[str, str, date]] = set()
    for row in connection.execute(_of_name(select(schema.covered), schema.covered, only)):
        # where it was not read it takes the day away from a scope whose other names were
        for day in days_read(connection, row.source, row.fact, zone):
            meant = {one.scope(row.source, row.key_kind, row.key, day) for one in (before, resolver)}
            if len(meant) == 2:
                touched |= {(row.fact, one, day) for one in meant if one is not None}
    touch(connection, touched)


def _of_name(query: Select[Any], table: Table, only: tuple[str, str, str] | None) -> Select[Any]:
    if only is None:
        return query
    return query.where(table.c.source == only[0], table.c.key_kind == only[1], table.c.key == only[2])


def _rescope_key(
    connection: Connection, table: Table, kind: str, name: tuple[str, str, str], resolver: Resolver, zone: ZoneInfo
) -> None:
    source, key_kind, key = name
    same = (table.c.source == source) & (table.c.key_kind == key_kind) & (table.c.key == key)
    moved: dict[str | None, list[str]] = {}
    touched: set[tuple[str, str, date]] = set()
    for row in connection.execute(select(table).where(same)):
        days = fact_of(KINDS[kind], row._mapping).days(zone)
        scope = resolver.home(kind, name, min(days, default=None))
        if scope == row.scope:
            continue
        moved.setdefault(scope, []).append(row.source_id)
        touched |= {(kind, one, day) for one in (scope, row.scope) if one for day in days}
    for scope, ids in moved.items():
        for part in chunks(ids):
            connection.execute(update(table).where(same, table.c.source_id.in_(part)).values(scope=scope))
    touch(connection, touched)


def _rescope_incidents(connection: Connection, resolver: Resolver, zone: ZoneInfo, source: str | None) -> None:
    """Find anew where incidents are filed and what they touched: any of their names may have got another meaning."""
    table = FACT_TABLES[Incident.kind]
    query = select(table) if source is None else select(table).where(table.c.source == source)
    touched: set[tuple[str, str, date]] = set()
    incidents = []
    for row in connection.execute(query).all():
        incident = fact_of(Incident, row._mapping)
        assert isinstance(incident, Incident)
        incidents.append(incident)
        days = incident.days(zone)
        scope = home_of(resolver, incident, min(days))
        if scope != row.scope:
            same = (table.c.source == row.source) & (table.c.source_id == row.source_id)
            connection.execute(update(table).where(same).values(scope=scope))
            touched |= {(Incident.kind, one, day) for one in (scope, row.scope) if one for day in days}
    touch(connection, touched | place_incidents(connection, incidents, resolver, zone))


def told_scopes(connection: Connection, source: str, fact: str) -> tuple[str, ...]:
    """The scopes that a source has told a kind of fact of."""
    tables = [FACT_TABLES[fact], *([schema.incident_scope] if fact == Incident.kind else [])]
    found: set[str] = set()
    for table in tables:
        query = select(table.c.scope).distinct().where(table.c.source == source, table.c.scope.is_not(None))
        found |= set(connection.execute(query).scalars())
    return tuple(sorted(found))


def touch_everything(connection: Connection, zone: ZoneInfo) -> None:
    """Have every day that any source tells of rolled up again for every scope: the tree or the definitions changed."""
    covered = connection.execute(select(schema.covered)).all()
    touched, scopes = schema.touched_day, select(schema.scope.c.id).distinct().subquery()
    for kind, table in FACT_TABLES.items():
        days: set[date] = set()
        for row in connection.execute(select(table).where(table.c.scope.is_not(None))):
            days |= fact_of(KINDS[kind], row._mapping).days(zone)
        if kind == Incident.kind:
            days |= impact_days(connection, zone)
        for row in covered:
            if row.fact == kind:
                days |= set(whole_days(row.start, row.end, days_zone(kind, zone)))
        # written for one name that no scope has, then for each scope by the database itself
        touch(connection, {(kind, _EVERY_SCOPE, day) for day in days})
        of_kind = (touched.c.fact == kind) & (touched.c.scope == _EVERY_SCOPE)
        spread = select(touched.c.fact, scopes.c.id, touched.c.day).join(scopes, true()).where(of_kind)
        insert_new_from(connection, touched, ("fact", "scope", "day"), spread)
        connection.execute(delete(touched).where(of_kind))


def _plain(row: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
