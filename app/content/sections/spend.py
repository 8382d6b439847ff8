"""Spend: as billed and as used, on whom and on what, how much of it is integration, down to the charges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.content import format as text
from app.content.blocks import Bars, Beside, Block, Cell, Column, Notice, Role, Row, Section, Series, Table, Tiles
from app.content.sections import words
from app.content.sections.base import Context, SectionKind, share
from app.content.sections.tiles import absent, tile, trend
from data.facts import Spend
from data.finance.spend_class import classify, shipped_rules
from data.money import Money
from data.period import Kind, Period, containing
from data.warehouse.read_events import Line
from data.warehouse.readings import Reading

METRICS = ("spend_effective", "spend_billed", "integration_share")
_NAMED = 5
_LETTERS = 17
SUBJECT: Role = "subject"
CONTEXT: Role = "context"
_SHOWN = 60
_CLASSES = ("integration", "other", "unclassified", "excluded")
_CLASS_NAMES = {
    "integration": "Integration and middleware",
    "other": "Other technology",
    "unclassified": "Unclassified",
    "excluded": "Left out: taxes",
}
Key = tuple[str, ...]


@dataclass(frozen=True)
class _Sum:
    """Amounts in the reporting currency."""

    billed: Decimal = Decimal(0)
    effective: Decimal = Decimal(0)

    def plus(self, billed: Decimal, effective: Decimal) -> _Sum:
        return _Sum(self.billed + billed, self.effective + effective)


class NoRate(Exception):
    """An amount cannot be told in the reporting currency; the message names the currency and the month."""


def summary(context: Context) -> Section:
    """The numbers of spend."""
    return Section("spend", "", (Tiles(tuple(tile(one, context, linked=False) for one in context.readings(METRICS))),))


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
        sums = [_sums(context, context.charges(period), lambda one: (one.provider, one.category)) for period in periods]
        blocks = tuple(_stacked(effective, sums, name, place) for place, name in enumerate(("provider", "category")))
    except NoRate as error:
        return Section("spend-split", title, (_no_rate(error),))
    return Section(
        "spend-split", title, (Beside(tuple(one for one in blocks if one is not None)),) if any(blocks) else ()
    )


def _stacked(effective: Reading, told: Sequence[Mapping[Key, _Sum]], name: str, place: int) -> Block | None:
    sums = [_by_one(found, place) for found in told]
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


def _by_one(found: Mapping[Key, _Sum], place: int) -> dict[str, _Sum]:
    """The amounts by one part of their key."""
    sums: dict[str, _Sum] = {}
    for key, amounts in found.items():
        sums[key[place]] = sums.get(key[place], _Sum()).plus(amounts.billed, amounts.effective)
    return sums


def _short(label: str) -> str:
    """A name that fits beside a figure."""
    return f"{label[:_LETTERS].rstrip()}…" if len(label) > _LETTERS + 1 else label or "no name given"


def _blanked(columns: list[list[Decimal]], sums: Sequence[Mapping[str, _Sum]]) -> list[list[Decimal | None]]:
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
        alt=f"Stacked columns by {name}. In {text.period(effective.period)}: {last}.",
    )


def _sums(context: Context, lines: Iterable[Line], key: Callable[[Spend], Key]) -> dict[Key, _Sum]:
    """Amounts per key in the reporting currency, each at the average rate of its month. NoRate."""
    into = context.reader.currency(context.scope, context.period)
    found: dict[Key, _Sum] = {}
    for charge in (line.charge for line in lines):
        month = containing(charge.day, Kind.MONTH)
        rate = context.reader.rate(month.start, charge.currency, into)
        if rate is None:
            raise NoRate(f"{charge.currency} in {into} for {text.period(month)}")
        name = key(charge)
        found[name] = found.get(name, _Sum()).plus(charge.billed * rate, charge.effective * rate)
    return found


def _no_rate(error: NoRate) -> Notice:
    return Notice(
        "missing",
        f"The exchange rate of {error} is missing, so its charges cannot be added to the others.",
        "Amounts in their own currency stand under Currencies",
        "#currencies",
    )


def integration(context: Context) -> Section:
    """How much of spend is integration and middleware, and how sure that is."""
    reading = context.reading("integration_share")
    title = "Integration and middleware"
    if reading.value.reason == "no_source":
        return Section("integration-share", title, (absent(reading),))
    try:
        table = _class_table(context)
    except NoRate as error:
        return Section("integration-share", title, (trend(reading), _no_rate(error)))
    return Section("integration-share", title, (Beside((trend(reading), table)),), words.evidence(reading))


def _class_table(context: Context) -> Table:
    rules = shipped_rules()
    by_class = _sums(context, context.charges(context.period), lambda charge: (classify(charge, rules).name,))
    sums = _by_one(by_class, 0)
    technology = sum((found.effective for name, found in sums.items() if name != "excluded"), Decimal(0))
    columns = (Column("Class"), Column("Used", kind="number"), Column("Share of technology", kind="number"))
    rows = [
        Row(
            (
                Cell(_CLASS_NAMES[name]),
                Cell(_money(context, sums[name].effective)),
                Cell(_share(sums, name, technology)),
            )
        )
        for name in _CLASSES
        if name in sums
    ]
    rows.append(Row((Cell("Technology without taxes"), Cell(_money(context, technology)), Cell("100 %")), strong=True))
    note = "By tag, then FOCUS service category, then taxonomy, then vendor; what no rule knows is unclassified."
    return Table(
        "classes", f"What {text.period(context.period)} was spent on", columns, tuple(rows) if sums else (), note
    )


def _share(sums: Mapping[str, _Sum], name: str, technology: Decimal) -> str:
    return "" if name == "excluded" else text.percent(share(sums[name].effective, technology), digits=1)


def _money(context: Context, amount: Decimal) -> str:
    return text.money(Money(amount, context.reader.currency(context.scope, context.period)), exact=True)


def charges(context: Context) -> Section:
    """The charges behind the number, added up by provider, service and kind of charge."""
    found = context.charges(context.period)
    title = f"The charges of {text.period(context.period)}"
    if not found:
        return Section("charges", title, (absent(context.reading("spend_effective")),))
    rules = shipped_rules()
    try:
        sums = _sums(
            context,
            found,
            lambda one: (one.provider, one.service, one.category, _kind(one), classify(one, rules).name),
        )
    except NoRate as error:
        return Section("charges", title, (_no_rate(error),))
    columns = (
        *(Column(name) for name in ("Provider", "Service", "Category", "Charge", "Class")),
        Column("Billed", kind="number"),
        Column("Used", kind="number"),
    )
    ordered = sorted(sums.items(), key=lambda pair: (-abs(pair[1].effective), -abs(pair[1].billed), pair[0]))
    rows = [_charge_row(context, key, amounts) for key, amounts in ordered[:_SHOWN]]
    whole = [
        _money(context, sum((getattr(one, name) for one in sums.values()), Decimal(0)))
        for name in ("billed", "effective")
    ]
    rows.append(Row((Cell("All charges"), *(Cell() for _ in range(4)), *(Cell(one) for one in whole)), strong=True))
    count = text.plural(sum(line.records for line in found), "charge")
    note = f"{count} of the billing exports, added up; the largest first."
    return Section("charges", title, (Table("charges", "", columns, tuple(rows), note, total_rows=len(ordered) + 1),))


def _kind(one: Spend) -> str:
    return f"{one.charge_category}, correction" if one.charge_class.casefold() == "correction" else one.charge_category


def _charge_row(context: Context, names: Sequence[str], amounts: _Sum) -> Row:
    provider, service, category, kind, name = names
    shown = (provider, service, category, kind, "taxes" if name == "excluded" else name)
    money = (_money(context, amounts.billed), _money(context, amounts.effective))
    return Row((*(Cell(one) for one in shown), *(Cell(one) for one in money)))


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
        Column("Billed", kind="number"),
        Column("Used", kind="number"),
        Column(f"{into} for one", kind="number"),
        Column(f"Used in {into}", kind="number"),
    )
    shown = tuple(_currency_row(context, name, amounts, into) for name, amounts in sorted(sums.items()))
    note = "Each month is converted at the average of its daily rates, so that every period is the sum of its days."
    table = Table("currencies", "", columns, shown, note, empty="No charges in this period.")
    return Section("currencies", "Currencies", (table,))


def _currency_row(context: Context, name: tuple[str, Period], amounts: Sequence[Decimal], into: str) -> Row:
    currency, month = name
    rate = context.reader.rate(month.start, currency, into)
    cells = (
        currency,
        text.period(month),
        text.money(Money(amounts[0], currency), exact=True),
        text.money(Money(amounts[1], currency), exact=True),
        "no rate" if rate is None else text.number(rate, 4),
        text.ABSENT if rate is None else text.money(Money(amounts[1] * rate, into), exact=True),
    )
    return Row(tuple(Cell(cell) for cell in cells))


SUMMARY = SectionKind("spend.summary", summary)
MONTHS = SectionKind("spend.months", months)
SPLIT = SectionKind("spend.split", split)
INTEGRATION = SectionKind("spend.integration", integration)
CHARGES = SectionKind("spend.charges", charges)
CURRENCIES = SectionKind("spend.currencies", currencies)
