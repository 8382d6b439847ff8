"""Rows of a budget written with their revisions, and the log of every cell that changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, insert, update

from data.access import Actor
from data.finance.budget import Scenario
from data.finance.budget_edits import ADDED, HEAD, cells_of_driver, cells_of_head, cells_of_line, text_of
from data.warehouse import budget_rows as rows
from data.warehouse import change_log
from data.warehouse.budget_rows import Stored
from data.warehouse.tables_budgets import budget_driver, budget_line, budget_scenario

_GAP = 1024.0
"""How far apart rows stand at first, so that others find room between them."""


def about(scenario: str, row: str) -> str:
    """What the log calls a row."""
    if row == HEAD:
        return f"budget {scenario}"
    return f"budget {scenario} " + (f"driver {row.removeprefix(HEAD)}" if row.startswith(HEAD) else f"line {row}")


def insert_rows(connection: Connection, table: Table, scenario: str, values: Sequence[Mapping[str, Any]]) -> None:
    """The first rows of a scenario, in their order."""
    if values:
        made = ({"place": _GAP * at} | dict(told) for at, told in enumerate(values, 1))
        connection.execute(insert(table), [one | {"scenario": scenario, "revision": 1} for one in made])


def write(connection: Connection, found: Stored, after: Scenario, touched: set[str]) -> dict[str, int]:
    """Write the touched rows as they are to be; the revision of every row afterwards."""
    name, revisions = found.head.id, dict(found.revisions)
    head = update(budget_scenario).where(budget_scenario.c.id == name)
    connection.execute(head.values(saves=budget_scenario.c.saves + 1))
    if HEAD in touched:
        revisions[HEAD] += 1
        values = {"name": after.name, "reason": after.reason, "pool_limit": after.pool_limit}
        more = {"rates": rows.rates_value(after), "revision": revisions[HEAD]}
        connection.execute(head.values(**values, **more))
    lines = {one.id: rows.line_values(one) for one in after.lines if one.id in touched}
    drivers = {f"{HEAD}{one.id}": rows.driver_values(one) for one in after.drivers if f"{HEAD}{one.id}" in touched}
    _write_rows(connection, (budget_line, name), lines, revisions, [one.id for one in after.lines])
    _write_rows(connection, (budget_driver, name), drivers, revisions, [one.id for one in after.drivers])
    for row in touched - {*lines, *drivers, HEAD}:
        table, own = (budget_driver, row.removeprefix(HEAD)) if row.startswith(HEAD) else (budget_line, row)
        connection.execute(delete(table).where(table.c.scenario == name, table.c.id == own))
        revisions.pop(row, None)
    return revisions


def _write_rows(
    connection: Connection,
    where: tuple[Table, str],
    values: Mapping[str, dict[str, Any]],
    revisions: dict[str, int],
    order: Sequence[str],
) -> None:
    table, scenario = where
    changed = [told for row, told in values.items() if row in revisions]
    new = [told for row, told in values.items() if row not in revisions]
    for row in values:
        revisions[row] = revisions.get(row, 0) + 1
    if changed:
        columns: dict[str, Any] = {column: bindparam(column) for column in changed[0] if column != "id"}
        mine = (table.c.scenario == scenario) & (table.c.id == bindparam("row_id"))
        statement = update(table).where(mine).values(**columns, revision=table.c.revision + 1)
        connection.execute(statement, [told | {"row_id": told["id"]} for told in changed])
    if new:
        places = _places(connection, table, scenario, order)
        first = {"scenario": scenario, "revision": 1}
        connection.execute(insert(table), [first | {"place": places[told["id"]]} | told for told in new])


def _places(connection: Connection, table: Table, scenario: str, order: Sequence[str]) -> dict[str, float]:
    """Where each row stands; new ones halfway between those beside them."""
    found: dict[str, float] = {row["id"]: row["place"] for row in rows.rows_of(connection, table, scenario)}
    above = 0.0
    for at, name in enumerate(order):
        if name not in found:
            below = next((found[other] for other in order[at + 1 :] if other in found), above + 2 * _GAP)
            found[name] = (above + below) / 2
        above = found[name]
    return found


def log(
    connection: Connection, actor: Actor, before: Scenario, after: Scenario, touched: Iterable[str], why: str
) -> None:
    """One entry for each row with every cell that changed, as it was and as it is."""
    names = dict.fromkeys(touched)
    old, new = _touched(before, names), _touched(after, names)
    above = dict(zip((one.id for one in after.lines), ["", *(one.id for one in after.lines)], strict=False))
    entries = []
    for row in names:
        was, now = old.get(row), new.get(row)
        if was != now:
            act = "added" if was is None else "removed" if now is None else "changed"
            first, then = _without_same(was, now), _without_same(now, was)
            if act == "added" and row in above:
                then = (then or {}) | {ADDED: above[row]}
            entries.append((act, about(before.id, row), first, then))
    change_log.append_all(connection, actor, entries, text_of(why))


def _without_same(told: Mapping[str, str] | None, other: Mapping[str, str] | None) -> dict[str, str] | None:
    if told is None:
        return None
    return {name: one for name, one in told.items() if (other or {}).get(name) != one}


def _touched(scenario: Scenario, names: Mapping[str, None]) -> dict[str, dict[str, str]]:
    found = {one.id: cells_of_line(one) for one in scenario.lines if one.id in names}
    found |= {f"{HEAD}{one.id}": cells_of_driver(one) for one in scenario.drivers if f"{HEAD}{one.id}" in names}
    return found | ({HEAD: cells_of_head(scenario)} if HEAD in names else {})
