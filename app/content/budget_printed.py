"""Budgets as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from app.content import format as text
from app.content.budget_preview import Preview
from app.content.budget_words import line_name, number_said
from data.finance.budget import Side, view
from data.finance.compare import Comparison
from data.finance.rules import Finding
from data.money import Money
from data.warehouse.budget_rows import Head, Stored

_SYMBOLS = "€$£0123456789"


def scenarios(heads: Iterable[Head]) -> str:
    """One line a scenario."""
    rows = [(one.id, one.name, one.kind.value, f"FY{one.fiscal_year}", one.currency, one.status) for one in heads]
    return _table(("Id", "Name", "Kind", "Year", "In", "Status"), rows) if rows else "There is no budget scenario yet."


def scenario(stored: Stored) -> str:
    """The lines with their year, and the totals."""
    of = stored.scenario
    rows = [
        (one.id, one.name, one.category, text.money(Money(one.total, one.currency), exact=True)) for one in of.lines
    ]
    for side, name in ((Side.COST, "Costs"), (Side.BENEFIT, "Benefits")):
        rows.append(("", name, "", text.money(Money(view(of, "line", side).total, of.currency), exact=True)))
    head = f"{of.name} ({stored.head.id}), FY{of.fiscal_year}, {stored.head.status}"
    return f"{head}\n{_table(('Id', 'Name', 'Category', 'Year'), rows)}"


def findings(of: Stored, found: Iterable[Finding]) -> str:
    """Rule by rule, its numbers below it."""
    said = [f"{of.scenario.name} ({of.head.id})"]
    for one in found:
        said.append(f"{one.rule} {one.title}: {one.state.value} ({one.severity.value}). {one.sentence}")
        said += [f"    {number.name}: {number_said(number, of.scenario.currency)}" for number in one.numbers]
    return _plainly("\n".join(said))


def comparison(found: Comparison) -> str:
    """Line by line, with the total of costs and of benefits."""
    rows = [
        (line_name(found, one.name), *_amounts(found, one.budget, one.actual, one.difference), one.word)
        for one in found.lines
    ]
    for side, name in ((Side.COST, "All costs"), (Side.BENEFIT, "All benefits")):
        one = found.total(side)
        if one.budget or one.actual:
            rows.append((name, *_amounts(found, one.budget, one.actual, one.difference), one.word))
    table = _table(("Line", found.left, found.right, "Difference", ""), rows)
    if not found.unknown:
        return table
    names = ", ".join(line_name(found, one) for one in found.unknown)
    return f"{table}\nNobody bills these, so they are left out: {names}"


def _amounts(found: Comparison, *amounts: Any) -> tuple[str, ...]:
    return tuple(text.money(Money(one, found.currency), exact=True) for one in amounts)


def imported(preview: Preview, taken: bool) -> str:
    """What a workbook changed, or what is wrong in it."""
    said = [f"{one.sheet}!{one.cell}: {one.sentence}" for one in preview.errors]
    if preview.errors:
        return "\n".join([*said, f"Nothing was taken: put {text.plural(len(said), 'cell')} right and import again."])
    if not preview.changes:
        return f"The workbook changes nothing in {preview.scenario}."
    said = [f"{one.row} {one.field}: {one.old or 'nothing'} → {one.new or 'nothing'}" for one in preview.changes]
    end = "Taken" if taken else "Would be taken"
    return "\n".join([*preview.notes, *said, f"{end}: {text.plural(len(said), 'cell')} of {preview.scenario}."])


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    plain = [[_plainly(one) for one in row] for row in (heads, *rows)]
    widths = [max(len(row[at]) for row in plain) for at in range(len(heads))]
    right = [_is_numeric([row[at] for row in plain[1:]]) for at in range(len(heads))]
    return "\n".join(_row(row, widths, right) for row in plain)


def _row(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    told = (
        one.rjust(width) if aligned else one.ljust(width)
        for one, width, aligned in zip(cells, widths, right, strict=True)
    )
    return "  ".join(told).rstrip()


def _is_numeric(column: Sequence[str]) -> bool:
    return any(one.lstrip(text.MINUS)[:1] in _SYMBOLS and one[-1:].isdigit() for one in column if one)


def _plainly(words: str) -> str:
    """Ordinary spaces: a terminal's columns need them."""
    return words.replace(text.NARROW, " ").replace("\u00a0", " ")
