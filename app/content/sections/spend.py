"""Spend: as billed and as used, on whom and on what, how much of it is integration, down to the charges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from app.content import format as text
from app.content.blocks import Bars, Beside, Block, Cell, Column, Role, Row, Section, Series, Table, Tiles
from app.content.sections import words
from app.content.sections.base import Context, SectionKind
from app.content.sections.spend_sums import Key, NoRate, Sum, by_one, currency, money, no_rate, sums_of
from app.content.sections.tiles import absent, tile
from data.facts import Spend
from data.finance.spend_class import classify, shipped_rules
from data.metrics.base import Domain
from data.money import Money
from data.period import Kind, Period, containing
from data.warehouse.budget_actuals import AGREEING_IN
from data.warehouse.readings import Reading

METRICS = ("spend_effective", "spend_billed", "integration_share")
_NAMED = 5
_LETTERS = 17
SUBJECT: Role = "subject"
CONTEXT: Role = "context"
_SHOWN = 60
BY_MONTH = (*AGREEING_IN, "category")
"""What months of charges are told by: what they are split by, and what a budget needs of the same months."""


def summary(context: Context) -> Section:
    """The numbers of spend."""
    return Section(
        "spend",
        "",
        (Tiles(tuple(tile(one, context, linked=False) for one in context.of_domain(Domain.SPEND, METRICS))),),
    )


def months(context: Context) -> Section:
    """What was billed beside what was used."""
    effective, billed = context.readings(METRICS[:2])
    title = "Billed and used"
    if all(value.value is None for _, value in (*effective.history, *billed.history)):
        return Section("spend-months", title, (absent(effective),))
    values, unit = _two_axes(effective, billed)
    note = "Billed is the invoice (cash) view; used spreads commitments over the time they cover (accrual view)."
    figure = Bars(
        id="spend-months",
        title=_spend_finding(effective, context),
        subtitle=f"Spend of {effective.scope.name} per period, billed and used, taxes and credits included",
        unit=unit,
        periods=tuple(period for period, _ in effective.history),
        series=tuple(
            Series(name, shown, role, tuple(words.value(one, value) for _, value in one.history))
            for name, shown, role, one in (
                ("used", values[0], SUBJECT, effective),
                ("billed", values[1], CONTEXT, billed),
            )
        ),
        measures=METRICS[:2],
        alt=f"Two columns per period. In {text.period(context.period)} {words.value(effective)} were used and "
        f"{words.value(billed)} were billed.",
        stacking="grouped",
        note=note,
    )
    return Section("spend-months", title, (figure,))


def _two_axes(one: Reading, other: Reading) -> tuple[tuple[tuple[float | None, ...], ...], str]:
    amounts = [
        None if value.value is None else Money(value.value, one.currency) for _, value in (*one.history, *other.history)
    ]
    plotted, unit = text.money_axis(amounts)
    return (plotted[: len(one.history)], plotted[len(one.history) :]), unit


def _spend_finding(reading: Reading, context: Context) -> str:
    change, _ = words.change(reading, context.comparison)
    return text.joined(f"{words.value(reading)} used in {text.period(context.period)}", change)


def split(context: Context) -> Section:
    """On whom and on what: the largest providers and categories over time."""
    effective = context.reading("spend_effective")
    title = "On whom and on what"
    if effective.value.reason == "no_source":
        return Section("spend-split", title, (absent(effective),))
    periods = tuple(period for period, _ in effective.history)
    try:
        sums = [sums_of(context, context.charges(period, BY_MONTH), _by_whom_and_what) for period in periods]
        blocks = tuple(_stacked(effective, sums, name, place) for place, name in enumerate(("provider", "category")))
    except NoRate as error:
        return Section("spend-split", title, (no_rate(error),))
    return Section(
        "spend-split", title, (Beside(tuple(one for one in blocks if one is not None)),) if any(blocks) else ()
    )


def _by_whom_and_what(one: Spend) -> Key:
    return one.provider, one.category


def _stacked(effective: Reading, told: Sequence[Mapping[Key, Sum]], name: str, place: int) -> Block | None:
    sums = [by_one(found, place) for found in told]
    total: dict[str, Decimal] = defaultdict(Decimal)
    for found in sums:
        for label, amounts in found.items():
            total[label] += amounts.effective
    largest = sorted(total, key=lambda label: (-total[label], label))
    if not largest:
        return None
    shown, rest = largest[:_NAMED], largest[_NAMED:]
    columns = [[found[label].effective if label in found else Decimal(0) for label in shown] for found in sums]
    if rest:
        columns = [
            [*column, sum((found[label].effective for label in rest if label in found), Decimal(0))]
            for column, found in zip(columns, sums, strict=True)
        ]
    names = [*(_short(label) for label in shown), *([f"{len(rest)} others"] if rest else [])]
    return _stack(effective, name, names, _blanked(columns, sums))


def _short(label: str) -> str:
    """A name that fits beside a figure."""
    return f"{label[:_LETTERS].rstrip()}…" if len(label) > _LETTERS + 1 else label or "no name given"


def _blanked(columns: list[list[Decimal]], sums: Sequence[Mapping[str, Sum]]) -> list[list[Decimal | None]]:
    """Periods without any charge are gaps, not zeros."""
    return [list(column) if found else [None] * len(column) for column, found in zip(columns, sums, strict=True)]


def _stack(effective: Reading, name: str, names: Sequence[str], columns: Sequence[Sequence[Decimal | None]]) -> Bars:
    currency = effective.currency
    flat = [None if one is None else Money(one, currency) for column in columns for one in column]
    plotted, unit = text.money_axis(flat)
    width = len(names)
    # the scale of the axis follows the largest part; parts of one column share it
    series = tuple(
        Series(
            label,
            plotted[place::width],
            role="context" if label.endswith(" others") else "subject",
            texts=tuple(text.money(one) for one in flat[place::width]),
        )
        for place, label in enumerate(names)
    )
    last = ", ".join(f"{one.name} {one.texts[-1]}" for one in series)
    periods = tuple(period for period, _ in effective.history)
    return Bars(
        id=f"spend-by-{name}",
        title=f"{names[0]} is the largest {name}: {series[0].texts[-1]} in {text.period(effective.period)}",
        subtitle=f"Spend used per period, by {name}",
        unit=unit,
        periods=periods,
        series=series,
        measures=METRICS[:1],
        alt=f"Stacked columns by {name}. In {text.period(effective.period)}: {last}.",
    )


def charges(context: Context) -> Section:
    """The charges behind the number, added up by provider, service and kind of charge."""
    found = context.charges(context.period)
    title = f"The charges of {text.period(context.period)}"
    if not found:
        return Section("charges", title, (absent(context.reading("spend_effective")),))
    rules = shipped_rules()
    try:
        sums = sums_of(
            context,
            found,
            lambda one: (one.provider, one.service, one.category, _kind(one), classify(one, rules).name),
        )
    except NoRate as error:
        return Section("charges", title, (no_rate(error),))
    columns = (
        *(Column(name) for name in ("Provider", "Service", "Category", "Charge", "Class")),
        Column("Billed", kind="number", unit=currency(context)),
        Column("Used", kind="number", unit=currency(context)),
    )
    ordered = sorted(sums.items(), key=lambda pair: (-abs(pair[1].effective), -abs(pair[1].billed), pair[0]))
    rows = [_charge_row(context, key, amounts) for key, amounts in ordered]
    whole = [
        money(context, sum((getattr(one, name) for one in sums.values()), Decimal(0)))
        for name in ("billed", "effective")
    ]
    total = Row((Cell("All charges"), *(Cell() for _ in range(4)), *whole), strong=True)
    count = text.plural(sum(line.records for line in found), "charge")
    note = f"{count} of the billing exports, added up; the largest first."
    table = Table("charges", "", columns, (*rows[:_SHOWN], total), note, rest=tuple(rows[_SHOWN:]), measures=METRICS)
    return Section("charges", title, (table,))


def _kind(one: Spend) -> str:
    return f"{one.charge_category}, correction" if one.charge_class.casefold() == "correction" else one.charge_category


def _charge_row(context: Context, names: Sequence[str], amounts: Sum) -> Row:
    provider, service, category, kind, name = names
    shown = (provider, service, category, kind, "taxes" if name == "excluded" else name)
    return Row((*map(Cell, shown), money(context, amounts.billed), money(context, amounts.effective)))


def currencies(context: Context) -> Section:
    """The same charges in the currencies they were billed in, with the rate of each month."""
    into = context.reader.currency(context.scope, context.period)
    sums: dict[tuple[str, Period], list[Decimal]] = {}
    for charge in (line.charge for line in context.charges(context.period)):
        amounts = sums.setdefault((charge.currency, containing(charge.day, Kind.MONTH)), [Decimal(0), Decimal(0)])
        amounts[0] += charge.billed
        amounts[1] += charge.effective
    columns = (
        Column("Currency"),
        Column("Month"),
        Column("Billed", kind="number", unit="its currency"),
        Column("Used", kind="number", unit="its currency"),
        Column(f"{into} for one", kind="number"),
        Column(f"Used in {into}", kind="number"),
    )
    shown = tuple(_currency_row(context, name, amounts, into) for name, amounts in sorted(sums.items()))
    note = "Each month is converted at the average of its daily rates, so that every period is the sum of its days."
    table = Table("currencies", "", columns, shown, note, empty="No charges in this period.")
    return Section("currencies", "Currencies", (table,))


def _currency_row(context: Context, name: tuple[str, Period], amounts: Sequence[Decimal], into: str) -> Row:
    own, month = name
    rate = context.reader.rate(month.start, own, into)
    billed, used = (Cell(text.money(Money(amount, own), exact=True), exact=amount) for amount in amounts)
    converted = Cell(text.ABSENT) if rate is None else money(context, amounts[1] * rate)
    shown = Cell("no rate" if rate is None else text.number(rate, 4), exact=rate)
    return Row((Cell(own), Cell(text.period(month)), billed, used, shown, converted))


SUMMARY = SectionKind("spend.summary", summary)
MONTHS = SectionKind("spend.months", months)
SPLIT = SectionKind("spend.split", split)
CHARGES = SectionKind("spend.charges", charges)
CURRENCIES = SectionKind("spend.currencies", currencies)
