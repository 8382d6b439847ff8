"""Cells of a budget as text, and changes of them: what a grid, a workbook, the log and a conflict speak in.

A row is a line by its id, a driver as `@id`, or the scenario itself as `@`. Amounts are written plainly ("1234.50"),
shares as parts of one, truth as "yes" or "", what is absent as "".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from data.finance.budget import (
    LARGEST,
    MONTHS,
    NOTHING,
    BadBudget,
    CostClass,
    Driver,
    Line,
    Purpose,
    Scenario,
    Side,
    Treatment,
)
from data.finance.budget_lines import checked

HEAD = "@"
ADDED, REMOVED = "added", "removed"
"""Fields of a change that adds a row (its value: the row it comes after, empty for the first) or takes one away."""
MONTH_FIELDS = tuple(f"m{month:02d}" for month in range(1, MONTHS + 1))
RATE = "rate "
"""Starts the name of the field that holds the budget rate of a currency."""
_MOST_LETTERS = 2000
_CENTS = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,2})?")


class BadCell(BadBudget):
    """A cell that cannot be; the message says why and what to write."""

    def __init__(self, row: str, field: str, message: str) -> None:
        super().__init__(message)
        self.row, self.field = row, field


@dataclass(frozen=True)
class Change:
    """One cell that was one text and is to be another."""

    row: str
    field: str
    old: str
    new: str


def _word(kind: type[StrEnum]) -> Callable[[str], StrEnum]:
    def read(said: str) -> StrEnum:
        try:
            return kind(said.strip().casefold())
        except ValueError as error:
            raise BadBudget(f"{said!r} is none of these: {', '.join(kind)}.") from error

    return read


def text_of(said: str) -> str:
    """Free text on one line, without what neither database nor workbook keeps."""
    if len(said) > _MOST_LETTERS:
        raise BadBudget(f"This text is too long: write at most {_MOST_LETTERS:,} letters.")
    return re.sub(r"[\x00-\x1f\x7f\ufffe\uffff]+", " ", said).strip()


def _name(said: str) -> str:
    if not (name := text_of(said)):
        raise BadBudget("A name is missing: give one.")
    return name


def number_of(said: str) -> Decimal:
    """A number as people and spreadsheets write it: 1234.5, 1,234.50, 1 234.50, (1,234.50), −1234.5, 3 %."""
    plain = re.sub(r"[\s\u00a0\u202f']", "", said).replace("−", "-")
    if found := re.fullmatch(r"\((.+)\)", plain):
        plain = f"-{found[1]}"
    share = plain.endswith("%")
    plain = plain.removesuffix("%")
    if not re.fullmatch(r"[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?(E[+-]?\d{1,2})?", plain, re.IGNORECASE) or not plain:
        raise BadBudget(f"{said!r} is no number: write it with a decimal point, such as 1234.50.")
    try:
        value = Decimal(plain.replace(",", ""))
    except InvalidOperation as error:
        raise BadBudget(f"{said!r} is no number: write it with a decimal point, such as 1234.50.") from error
    if abs(value) >= LARGEST:
        raise BadBudget(f"{said} is too large: give a number below {LARGEST:,f}.")
    return value / 100 if share else value


def _amount(said: str) -> Decimal:
    if _CENTS.fullmatch(said):  # as programs write it: thousands of cells come this way
        return Decimal(said)
    return checked(number_of(said)) if said.strip() else Decimal(0)


def _amount_or_none(said: str) -> Decimal | None:
    return checked(number_of(said)) if said.strip() else None


def _number_or_none(said: str) -> Decimal | None:
    return _fine(number_of(said)) if said.strip() else None


def _number(said: str) -> Decimal:
    return _fine(number_of(said)) if said.strip() else Decimal(0)


def _quantity(said: str) -> Decimal:
    if (number := _number(said)) < 0:
        raise BadBudget(f"{said} is below zero: a quantity is 0 or more.")
    return number


def _positive(said: str) -> Decimal:
    if (number := _number(said)) <= 0:
        raise BadBudget(f"{said or 'Nothing'} is not above zero: give a positive number.")
    return number


def _fine(number: Decimal) -> Decimal:
    if number != round(number, 12):
        raise BadBudget(f"{number} has too many decimals: give at most twelve.")
    return number


def _yes(said: str) -> bool:
    word = said.strip().casefold()
    if word not in ("yes", "true", "1", "x", "no", "false", "0", ""):
        raise BadBudget(f"{said!r} is neither yes nor no: write one of them.")
    return word in ("yes", "true", "1", "x")


def currency_of(said: str) -> str:
    """An ISO 4217 code."""
    if not re.fullmatch(r"[A-Z]{3}", code := said.strip().upper()):
        raise BadBudget(f"{said!r} is no currency code: write one such as EUR.")
    return code


_READ: Mapping[str, Callable[[str], Any]] = {
    "name": _name, "category": _name, "currency": currency_of, "cost_class": _word(CostClass),
    "purpose": _word(Purpose), "treatment": _word(Treatment), "side": _word(Side), "owner": text_of,
    "service": text_of, "vendor": text_of, "driver": text_of, "unit_price": _number_or_none, "inflation": _number,
    "annual": _amount_or_none, "mandatory": _yes, "note": text_of,
}  # fmt: skip
LINE_FIELDS = (*_READ, *MONTH_FIELDS)
"""The cells of a line, in the order of a grid."""
_READ_DRIVER: Mapping[str, Callable[[str], Any]] = {
    "name": _name, "unit": _name, "metric": text_of, "per": _positive,
}  # fmt: skip
_READ_HEAD: Mapping[str, Callable[[str], Any]] = {"name": _name, "reason": text_of, "pool_limit": _amount_or_none}
DRIVER_FIELDS = (*_READ_DRIVER, *MONTH_FIELDS)


def said(value: object) -> str:
    """A value as the text of a cell."""
    match value:
        case None | False:
            return ""
        case True:
            return "yes"
        case StrEnum():
            return value.value
        case Decimal():
            return format(value.normalize() + 0, "f")
        case _:
            return str(value)


def cells_of_line(line: Line) -> dict[str, str]:
    """Every cell of a line."""
    return {name: said(getattr(line, name)) for name in _READ} | _months(line.months)


def cells_of_driver(driver: Driver) -> dict[str, str]:
    """Every cell of a driver."""
    return {name: said(getattr(driver, name)) for name in _READ_DRIVER} | _months(driver.months)


def cells_of_head(scenario: Scenario) -> dict[str, str]:
    """The cells of the scenario itself: its name, its reason, the limit of the pool and the budget rates."""
    rates = {f"{RATE}{currency}": said(rate) for currency, rate in scenario.rates}
    return {"name": scenario.name, "reason": scenario.reason, "pool_limit": said(scenario.pool_limit)} | rates


def cells(scenario: Scenario) -> dict[str, dict[str, str]]:
    """Every row with its cells."""
    drivers = {f"{HEAD}{one.id}": cells_of_driver(one) for one in scenario.drivers}
    return {HEAD: cells_of_head(scenario)} | drivers | {one.id: cells_of_line(one) for one in scenario.lines}


def _months(values: Iterable[Decimal]) -> dict[str, str]:
    return {name: said(value) for name, value in zip(MONTH_FIELDS, values, strict=True)}


def changes(before: Scenario, after: Scenario) -> tuple[Change, ...]:
    """Cell by cell what makes one of the other; applied to the first they give the second."""
    found = _differences(HEAD, cells_of_head(before), cells_of_head(after))
    found += _row_changes(_drivers(before), _drivers(after), cells_of_driver)
    lines, new_lines = ({one.id: one for one in side.lines} for side in (before, after))
    return tuple(found + _row_changes(lines, new_lines, cells_of_line))


def _drivers(scenario: Scenario) -> dict[str, Driver]:
    return {f"{HEAD}{one.id}": one for one in scenario.drivers}


def _row_changes(old: Mapping[str, Any], new: Mapping[str, Any], told: Callable[[Any], dict[str, str]]) -> list[Change]:
    found: list[Change] = []
    above = ""
    for row, value in new.items():
        there = old.get(row)
        if there is None:
            found += [Change(row, ADDED, "", above), *_differences(row, {}, told(value))]
        elif there is not value and there != value:
            found += _differences(row, told(there), told(value))
        above = row
    return found + [Change(row, REMOVED, one.name, "") for row, one in old.items() if row not in new]


def _differences(row: str, old: Mapping[str, str], new: Mapping[str, str]) -> list[Change]:
    names = dict.fromkeys((*new, *old))
    pairs = ((name, old.get(name, ""), new.get(name, "")) for name in names)
    return [Change(row, name, before, after) for name, before, after in pairs if before != after]


def applied(scenario: Scenario, edits: Iterable[Change]) -> Scenario:
    """The scenario with the new texts in its cells. BadCell names the row and field of the first one that cannot be."""
    by_row: dict[str, dict[str, str]] = {}
    for one in edits:
        by_row.setdefault(one.row, {})[one.field] = one.new
    of_lines = {row: told for row, told in by_row.items() if not row.startswith(HEAD)}
    for row, told in by_row.items():
        if row == HEAD:
            scenario = _with_head(scenario, told)
        elif row.startswith(HEAD):
            scenario = _with_driver(scenario, row.removeprefix(HEAD), told)
    return replace(scenario, lines=_with_lines(scenario, of_lines)) if of_lines else scenario


def _with_lines(scenario: Scenario, edits: Mapping[str, Mapping[str, str]]) -> tuple[Line, ...]:
    there = {one.id for one in scenario.lines}
    kept = [
        _filled(one, one.id, _READ, edits[one.id]) if one.id in edits else one
        for one in scenario.lines
        if REMOVED not in edits.get(one.id, ())
    ]
    for name, told in edits.items():
        if name in there or REMOVED in told:
            continue
        if ADDED not in told:
            raise BadCell(name, REMOVED, f"The line {name!r} is not there any more: add it anew.")
        line = _filled(Line(name, name, "other", scenario.currency), name, _READ, told)
        order = [one.id for one in kept]
        kept.insert(
            order.index(told[ADDED]) + 1 if told[ADDED] in order else 0 if not told[ADDED] else len(order), line
        )
    return tuple(kept)


def _with_driver(scenario: Scenario, name: str, told: Mapping[str, str]) -> Scenario:
    others = tuple(one for one in scenario.drivers if one.id != name)
    if REMOVED in told:
        return replace(scenario, drivers=others)
    there = next((one for one in scenario.drivers if one.id == name), None)
    changed = _filled(there or Driver(name, name, "units", NOTHING), f"{HEAD}{name}", _READ_DRIVER, told)
    if there is None:
        return replace(scenario, drivers=(*scenario.drivers, changed))
    return replace(scenario, drivers=tuple(changed if one.id == name else one for one in scenario.drivers))


def _with_head(scenario: Scenario, told: Mapping[str, str]) -> Scenario:
    rates, values = dict(scenario.rates), dict[str, Any]()
    for field, new in told.items():
        if field.startswith(RATE):
            code = _read(HEAD, field, currency_of, field.removeprefix(RATE))
            rates.pop(code, None)
            if new.strip():
                rates[code] = _read(HEAD, field, _positive, new)
        elif field in _READ_HEAD:
            values[field] = _read(HEAD, field, _READ_HEAD[field], new)
        else:
            raise BadCell(HEAD, field, f"A scenario has no {field!r}.")
    return replace(scenario, **values, rates=tuple(sorted(rates.items())))


def _filled(row: Any, name: str, readers: Mapping[str, Callable[[str], Any]], told: Mapping[str, str]) -> Any:
    values: dict[str, Any] = {}
    months = list(row.months)
    read_month = _amount if isinstance(row, Line) else _quantity
    for field, new in told.items():
        if field in MONTH_FIELDS:
            months[MONTH_FIELDS.index(field)] = _read(name, field, read_month, new)
        elif field in readers:
            values[field] = _read(name, field, readers[field], new)
        elif field != ADDED:
            raise BadCell(name, field, f"A row has no cell {field!r}.")
    return replace(row, **values, months=tuple(months))


def _read(row: str, field: str, reader: Callable[[str], Any], new: str) -> Any:
    try:
        return reader(new)
    except BadCell:
        raise
    except BadBudget as error:
        raise BadCell(row, field, f"{error}") from error


assert set(_READ) | {"id", "months"} == {one.name for one in fields(Line)}
