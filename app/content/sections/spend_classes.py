"""Integration and middleware: its share of technology spend over time, and what is not classified yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from app.content import format as text
from app.content.blocks import Beside, Cell, Column, Notice, Row, Section, Series, Table, Trend
from app.content.sections import words
from app.content.sections.base import Context, SectionKind, share
from app.content.sections.spend_sums import NoRate, Sum, by_one, currency, money, no_rate, sums_of
from app.content.sections.tiles import absent, trend
from data.finance.spend_class import classify, shipped_rules
from data.warehouse.readings import Reading

_CLASSES = ("integration", "other", "unclassified", "excluded")
_CLASS_NAMES = {
    "integration": "Integration and middleware",
    "other": "Other technology",
    "unclassified": "Unclassified",
    "excluded": "Left out: taxes",
}
_MATTERS = Decimal("0.001")
"""Bounds closer than a tenth of a point are no lines of their own."""


_TITLE = "Integration and middleware"
_SHOWN = 40
_MEASURES = ("integration_share",)


def integration(context: Context) -> Section:
    """How much of spend is integration and middleware against its band, and how sure that is."""
    reading = context.reading("integration_share")
    if reading.value.reason == "no_source":
        return Section("integration-share", _TITLE, (absent(reading),))
    figure = _with_bounds(reading)
    try:
        table = _class_table(context)
    except NoRate as error:
        return Section("integration-share", _TITLE, (figure, no_rate(error)))
    return Section("integration-share", _TITLE, (Beside((figure, table)),), words.evidence(reading))


def _with_bounds(reading: Reading) -> Trend | Notice:
    """The share over time, with what it would be if none or all of the unclassified were integration."""
    made = trend(reading)
    bounds = [value.bounds for _, value in reading.history]
    if isinstance(made, Notice) or not any(one and one[1] - one[0] >= _MATTERS for one in bounds):
        return made
    ends = (("none of the unclassified", 0), ("all of it", 1))
    lines = tuple(
        Series(
            name,
            tuple(None if one is None else float(one[place] * 100) for one in bounds),
            "context",
            tuple(text.percent(one[place] if one else None, digits=1) for one in bounds),
        )
        for name, place in ends
    )
    subject = replace(made.series[0], name="share")
    note = "Grey: the share if none or all of the unclassified spend were integration."
    said = f"{made.alt} {_bounds(reading)}".strip()
    return replace(made, series=(subject, *lines), note=text.joined(made.note, note), alt=said)


def _bounds(reading: Reading) -> str:
    ends = reading.value.bounds
    if ends is None:
        return ""
    return f"Between {text.percent(ends[0], digits=1)} and {text.percent(ends[1], digits=1)} as the unclassified falls."


def _class_table(context: Context) -> Table:
    rules = shipped_rules()
    by_class = sums_of(context, context.charges(context.period), lambda charge: (classify(charge, rules).name,))
    sums = by_one(by_class, 0)
    technology = _technology(sums)
    columns = (
        Column("Class"),
        Column("Used", kind="number", unit=currency(context)),
        Column("Share of technology", kind="number", unit="%"),
    )
    rows = [
        Row((Cell(_CLASS_NAMES[name]), money(context, sums[name].effective), _share(sums, name, technology)))
        for name in _CLASSES
        if name in sums
    ]
    whole = Cell("100 %", exact=100)
    rows.append(Row((Cell("Technology without taxes"), money(context, technology), whole), strong=True))
    note = "By tag, then FOCUS service category, then taxonomy, then vendor; what no rule knows is unclassified."
    return Table(
        "classes",
        f"What {text.period(context.period)} was spent on",
        columns,
        tuple(rows) if sums else (),
        note,
        measures=_MEASURES,
    )


def _technology(sums: Mapping[str, Sum]) -> Decimal:
    return sum((found.effective for name, found in sums.items() if name != "excluded"), Decimal(0))


def _share(sums: Mapping[str, Sum], name: str, technology: Decimal) -> Cell:
    return Cell() if name == "excluded" else _part(sums[name].effective, technology)


def _part(amount: Decimal, whole: Decimal) -> Cell:
    part = share(amount, whole)
    return Cell(text.percent(part, digits=1), exact=None if part is None else part * 100)


def unclassified(context: Context) -> Section:
    """What no rule knows, the largest first: what to classify next."""
    title = "What to classify"
    reading = context.reading("integration_share")
    if reading.value.reason == "no_source":
        return Section("unclassified", title, (absent(reading),))
    rules = shipped_rules()
    try:
        found = sums_of(
            context,
            context.charges(context.period),
            lambda one: (classify(one, rules).name, one.provider, one.service, one.category),
        )
    except NoRate as error:
        return Section("unclassified", title, (no_rate(error),))
    technology = _technology(by_one(found, 0))
    open_ones = [(key[1:], amounts.effective) for key, amounts in found.items() if key[0] == "unclassified"]
    open_ones.sort(key=lambda pair: (-abs(pair[1]), pair[0]))
    columns = (
        *(Column(name) for name in ("Provider", "Service", "Category")),
        Column("Used", kind="number", unit=currency(context)),
        Column("Share of technology", kind="number", unit="%"),
    )
    rows = tuple(
        Row((*(Cell(one or "none given") for one in names), money(context, amount), _part(amount, technology)))
        for names, amount in open_ones
    )
    note = "The tag cost_class (integration or other) settles a charge; so does a line in the taxonomy or vendor list."
    empty = f"All technology spend of {text.period(context.period)} is classified."
    table = Table(
        "unclassified",
        "",
        columns,
        rows[:_SHOWN],
        note if rows else "",
        empty=empty,
        rest=rows[_SHOWN:],
        measures=_MEASURES,
    )
    return Section("unclassified", title, (table,), _open_said(open_ones, technology))


def _open_said(found: Sequence[tuple[tuple[str, ...], Decimal]], technology: Decimal) -> str:
    part = share(sum((amount for _, amount in found), Decimal(0)), technology)
    if not found or part is None:
        return ""
    return f"{text.percent(part, digits=1)} of technology spend is unclassified, the largest first."


INTEGRATION = SectionKind("spend.integration", integration)
UNCLASSIFIED = SectionKind("spend.unclassified", unclassified)
