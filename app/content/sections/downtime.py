"""Down time in money, beside availability: what it cost each service, and in which hours of the week."""

from __future__ import annotations

from decimal import Decimal

from app.content import format as text
from app.content.blocks import Cell, Column, Notice, Row, Section, Table
from app.content.sections import exact
from app.content.sections.base import Context, SectionKind
from data.facts import Revenue
from data.finance.downtime import Cost
from data.money import Money
from data.warehouse import read_sources
from data.warehouse.downtime import WEEKS, DowntimeReader, ServiceCost

_UPTIME = ("availability",)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SHOWN = 12
_CENT = Decimal("0.01")


def downtime(context: Context) -> Section:
    """Minutes × revenue at risk: low, base and high, each with where its inputs come from."""
    title = "Down time in money"
    found = DowntimeReader(context.reader, context.scope, context.period).services()
    if not found:
        return Section("downtime", title, (Notice("info", "No uptime of a service is known in this period."),))
    told = [one for one in found if one.total is not None]
    silent = [one for one in found if one.total is None]
    if not told:
        why = sorted({one.reason for one in silent})
        action = "Declare it as [[at_risk]] in plumbline.toml, and connect a source of revenue"
        said = f"What down time cost cannot be told: {'; '.join(why)}."
        return Section("downtime", title, (Notice("missing", said, action),))
    blocks = (_services(context, told), _hours(context, told))
    count = f"{text.plural(len(silent), 'service')} {'is' if len(silent) == 1 else 'are'} not told"
    notes = (Notice("info", f"{count}: no revenue at risk is declared for them, or none is known."),) if silent else ()
    return Section("downtime", title, (*blocks, *notes), _summary(told))


def _summary(told: list[ServiceCost]) -> str:
    first = told[0]
    if not first.seconds or first.total is None:
        return "No service was down whose revenue is known"
    low, base, high = (text.money(Money(amount.quantize(_CENT), first.currency)) for amount in first.total)
    down = text.duration(first.seconds)
    return f"Dearest was {first.service.name}: {base} lost in {down} down ({text.between(low, high)})"


def _services(context: Context, told: list[ServiceCost]) -> Table:
    currency = told[0].currency
    columns = (
        Column("Service"),
        Column("Down", kind="number", unit="minutes"),
        *(Column(name, "right", "number", currency) for name in ("Low", "Base", "High")),
        Column("Lost for good", "right"),
        Column("Revenue of"),
        Column("Who says so"),
    )
    rows = tuple(_service(one, context) for one in told)
    sources = ", ".join(read_sources.sources_of(context.reader.connection).get(Revenue.kind, ()))
    note = (
        f"Minutes down as in uptime × mean revenue of that hour of the week over {WEEKS} weeks × the share that is "
        "lost for good. Rows are not added up: two services may carry the same revenue. "
        f"Revenue is read from {sources}."
    )
    return Table("downtime", "", columns, rows, note, measures=_UPTIME)


def _service(one: ServiceCost, context: Context) -> Row:
    assert one.declared is not None
    assert one.total is not None
    share = text.between(text.percent(one.declared.low), text.percent(one.declared.high))
    cells = (
        Cell(one.service.name),
        exact.minutes(one.seconds),
        *(_money(amount, one.currency) for amount in one.total),
        Cell(f"{share}, base {text.percent(one.declared.base)}"),
        Cell(context.name_of(one.declared.revenue)),
        Cell(text.joined(one.declared.source, one.declared.owner, text.day(one.declared.noted))),
    )
    return Row(cells)


def _hours(context: Context, told: list[ServiceCost]) -> Table:
    currency = told[0].currency
    columns = (
        Column("Hour of the week"),
        Column("Service"),
        Column("Down", kind="number", unit="minutes"),
        Column("Revenue of an hour", "right", "number", currency),
        *(Column(name, "right", "number", currency) for name in ("Low", "Base", "High")),
    )
    pairs = sorted(((one, cost) for one in told for cost in one.costs), key=lambda pair: -pair[1].base)
    rows = tuple(_hour(one, cost) for one, cost in pairs)
    empty = f"No service was down in {text.period(context.period)}."
    note = "The dearest hours first; the hours are those of incidents, where one tells when a service was down."
    shown, rest = rows[:_SHOWN], rows[_SHOWN:]
    name, title = "downtime-hours", "In which hours"
    return Table(name, title, columns, shown, note, empty=empty, rest=rest, measures=_UPTIME)


def _hour(one: ServiceCost, cost: Cost) -> Row:
    weekday, hour = cost.slot
    when = "hour not known" if hour is None else f"{hour:02d}–{hour + 1:02d} h"
    amounts = (cost.revenue_an_hour, cost.low, cost.base, cost.high)
    first = (Cell(f"{_DAYS[weekday]}, {when}"), Cell(one.service.name), exact.minutes(cost.seconds))
    return Row((*first, *(_money(each, one.currency) for each in amounts)))


def _money(amount: Decimal, currency: str) -> Cell:
    rounded = amount.quantize(_CENT)
    return Cell(text.money(Money(rounded, currency)), exact=rounded)


DOWNTIME = SectionKind("reliability.downtime", downtime)
