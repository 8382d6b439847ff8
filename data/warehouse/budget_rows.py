"""Budget scenarios as rows: what is stored of one, and who may read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from data.access import Actor, Permission
from data.clock import today
from data.finance.budget import (
    BadBudget,
    CostClass,
    Driver,
    Kind,
    Line,
    Purpose,
    Scenario,
    Side,
    Treatment,
)
from data.finance.budget_edits import HEAD, MONTH_FIELDS
from data.finance.rules import Around, Policy
from data.period import Period
from data.scopes import Tree
from data.settings import Settings
from data.warehouse.catalog import load_tree
from data.warehouse.tables_budgets import budget_comment, budget_driver, budget_line, budget_scenario

DRAFT, SUBMITTED, APPROVED, LOCKED, SUPERSEDED = "draft", "submitted", "approved", "locked", "superseded"
UNCHANGEABLE = (APPROVED, LOCKED, SUPERSEDED)


@dataclass(frozen=True)
class Head:
    """What there is to know of a scenario without its lines.

    `revision` counts changes of its own cells (name, rates), `saves` those of anything in it, its status included.
    """

    id: str
    series: str
    version: int
    name: str
    kind: Kind
    fiscal_year: int
    currency: str
    scope: str
    parent: str | None
    reason: str
    status: str
    revision: int
    saves: int
    created_at: datetime
    created_by: str
    submitted_at: datetime | None
    submitted_by: str | None
    approved_at: datetime | None
    approved_by: str | None
    approved_hash: str | None
    locked_at: datetime | None
    locked_by: str | None
    returned_because: str | None


@dataclass(frozen=True)
class Stored:
    """A scenario as it is stored, with the revision of each of its rows."""

    head: Head
    scenario: Scenario
    revisions: Mapping[str, int]


@dataclass(frozen=True)
class Comment:
    """What somebody said about a line (empty: about the scenario)."""

    line: str
    at: datetime
    actor: str
    text: str


def scenarios(connection: Connection, settings: Settings, actor: Actor) -> tuple[Head, ...]:
    """The scenarios that the actor may read, the latest year and version first."""
    table = budget_scenario
    columns = [table.c[name] for name in Head.__dataclass_fields__]
    query = select(*columns).order_by(table.c.fiscal_year.desc(), table.c.series, table.c.version.desc())
    found = (_head(row) for row in connection.execute(query))
    tree = load_tree(connection)
    return tuple(one for one in found if actor.may(Permission.READ, _path(tree, settings, one.scope)))


def require(connection: Connection, settings: Settings, actor: Actor, permission: Permission, scope: str) -> None:
    """Whether the actor may do that to the money of a scope. NotPermitted."""
    actor.require(permission, path(connection, settings, scope))


def path(connection: Connection, settings: Settings, scope: str) -> tuple[str, ...]:
    """A scope and those above it, as of today."""
    return _path(load_tree(connection), settings, scope)


def _path(tree: Tree, settings: Settings, scope: str) -> tuple[str, ...]:
    return tuple(tree.path(scope, today(settings.zone))) if scope in tree else (scope,)


def stored(connection: Connection, settings: Settings, actor: Actor, name: str) -> Stored:
    """A scenario by its id, or the newest version of a series. BadBudget, NotPermitted."""
    found = _stored(connection, resolved(connection, name))
    require(connection, settings, actor, Permission.READ, found.head.scope)
    return found


def in_force(connection: Connection, scope: str, period: Period) -> Stored | None:
    """The approved base of a scope for the fiscal year in which a period ends, for those who may read the scope.

    The one approved last where there are several; None where there is none.
    """
    table = budget_scenario
    wanted = (table.c.scope == scope) & (table.c.kind == Kind.BASE) & table.c.status.in_((APPROVED, LOCKED))
    for name in connection.execute(select(table.c.id).where(wanted).order_by(table.c.approved_at.desc())).scalars():
        found = _stored(connection, str(name))
        if found.scenario.year.start < period.end <= found.scenario.year.end:
            return found
    return None


def resolved(connection: Connection, name: str) -> str:
    """The id of a scenario given by its id or by its series, which means the newest version. BadBudget."""
    table = budget_scenario
    wanted = select(table.c.id).where((table.c.id == name) | (table.c.series == name))
    found = connection.execute(wanted.order_by((table.c.id == name).desc(), table.c.version.desc()).limit(1)).scalar()
    if found is None:
        known = connection.execute(select(table.c.id).order_by(table.c.id).limit(12)).scalars().all()
        raise BadBudget(f"There is no scenario {name[:80]!r}; there are: {', '.join(known) or 'none yet'}.")
    return str(found)


def scope_of(connection: Connection, name: str) -> str:
    """The scope whose money a scenario is about. BadBudget."""
    table = budget_scenario
    found = connection.execute(select(table.c.scope).where(table.c.id == name)).scalar()
    if found is None:
        raise BadBudget(f"There is no scenario {name[:80]!r}: choose one that exists.")
    return str(found)


def _stored(connection: Connection, name: str) -> Stored:
    table = budget_scenario
    row = connection.execute(select(table).where(table.c.id == name)).one()
    lines, drivers = rows_of(connection, budget_line, name), rows_of(connection, budget_driver, name)
    scenario = Scenario(
        row.id, row.name, Kind(row.kind), row.fiscal_year, row.fiscal_start, row.currency, row.scope,
        tuple(_line(one) for one in lines), tuple(_driver(one) for one in drivers),
        tuple(sorted((currency, Decimal(rate)) for currency, rate in row.rates.items())),
        row.pool_limit, row.parent, row.reason, row.series, row.version,
    )  # fmt: skip
    revisions = {HEAD: row.revision} | {f"{HEAD}{one['id']}": one["revision"] for one in drivers}
    return Stored(_head(row), scenario, revisions | {one["id"]: one["revision"] for one in lines})


def rows_of(connection: Connection, table: Any, name: str) -> Sequence[Mapping[str, Any]]:
    """The rows of a scenario in their order."""
    query = select(table).where(table.c.scenario == name).order_by(table.c.place, table.c.id)
    return [dict(row) for row in connection.execute(query).mappings()]


def around(connection: Connection, settings: Settings, actor: Actor, of: Stored) -> Around:
    """What the rules look at beside a scenario: the newest siblings of its year that the actor may read."""
    head = of.head
    newest: dict[str, str] = {}
    for one in scenarios(connection, settings, actor):
        if (one.fiscal_year, one.scope) == (head.fiscal_year, head.scope) and one.series != head.series:
            newest.setdefault(one.kind, one.id)
    parent = head.parent
    table = budget_scenario
    status = connection.execute(select(table.c.status).where(table.c.id == parent)).scalar() if parent else None
    return Around(
        siblings=tuple(_stored(connection, name).scenario for name in newest.values()),
        approved=head.status in UNCHANGEABLE,
        approved_hash=head.approved_hash,
        parent_approved=status in UNCHANGEABLE,
        policy=Policy(**settings.budget.model_dump()),
    )


def comments(connection: Connection, settings: Settings, actor: Actor, name: str) -> tuple[Comment, ...]:
    """What was said about a scenario, oldest first. NotPermitted."""
    stored(connection, settings, actor, name)
    table = budget_comment
    query = select(table.c.line, table.c.at, table.c.actor, table.c.text).where(table.c.scenario == name)
    return tuple(Comment(*row) for row in connection.execute(query.order_by(table.c.id)))


def _head(row: Any) -> Head:
    told = {name: getattr(row, name) for name in Head.__dataclass_fields__}
    return Head(**(told | {"kind": Kind(row.kind)}))


def _line(row: Mapping[str, Any]) -> Line:
    return Line(
        row["id"], row["name"], row["category"], row["currency"], tuple(row[name] for name in MONTH_FIELDS),
        CostClass(row["cost_class"]), Purpose(row["purpose"]), Treatment(row["treatment"]), Side(row["side"]),
        row["owner"], row["service"], row["vendor"], row["driver"], row["unit_price"], row["inflation"], row["annual"],
        row["mandatory"], row["note"],
    )  # fmt: skip


def _driver(row: Mapping[str, Any]) -> Driver:
    months = tuple(row[name] for name in MONTH_FIELDS)
    return Driver(row["id"], row["name"], row["unit"], months, row["metric"], row["per"])


def line_values(line: Line) -> dict[str, Any]:
    """The columns of a line."""
    values: dict[str, Any] = {
        name: getattr(line, name) for name in ("id", "name", "category", "owner", "service", "vendor", "driver", "note")
    }
    values |= {name: getattr(line, name).value for name in ("cost_class", "purpose", "treatment", "side")}
    values |= {name: getattr(line, name) for name in ("currency", "unit_price", "inflation", "annual", "mandatory")}
    return values | dict(zip(MONTH_FIELDS, line.months, strict=True))


def driver_values(driver: Driver) -> dict[str, Any]:
    """The columns of a driver."""
    values = {name: getattr(driver, name) for name in ("id", "name", "unit", "metric", "per")}
    return values | dict(zip(MONTH_FIELDS, driver.months, strict=True))


def rates_value(scenario: Scenario) -> dict[str, str]:
    """The budget rates as they are kept."""
    return {currency: format(rate, "f") for currency, rate in scenario.rates}
