"""The error budget: what is left of it after each day, and how fast it is spent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from app.content import format as text
from app.content.blocks import Block, Cell, Column, Notice, Row, Section, Table
from app.content.curve import Curve, Line, Upright
from app.content.sections import words
from app.content.sections.base import Context, SectionKind
from app.content.sections.tiles import absent
from data.metrics import burn_rate, metric_named
from data.metrics.burn_rate import ALERTS, MONTH, Errors
from data.money import from_millionths
from data.period import Kind, Period, day_of
from data.warehouse import read_events
from data.warehouse.readings import Reading

_FLOOR = -100.0
_NAMED = 3
_WINDOWS = (1, 3, 7, 30)
_TITLE = "Error budget"
_MEASURES = ("error_budget", "availability")
Days = Mapping[str, Mapping[date, Errors]]


@dataclass(frozen=True)
class _Left:
    """What is left of one budget after each day, as a share of it; None where a day is not known."""

    name: str
    goal: Decimal
    shares: tuple[Decimal | None, ...]

    @property
    def last(self) -> tuple[int, Decimal] | None:
        """The place of the last known day, and what was left after it."""
        known = [(place, share) for place, share in enumerate(self.shares) if share is not None]
        return known[-1] if known else None


def budget(context: Context) -> Section:
    """What is left of the error budget day by day, and how fast it goes."""
    reading = context.reading("availability")
    if reading.value.value is None:
        return Section("budget", _TITLE, (absent(reading),))
    if reading.target is None or reading.target.low is None or reading.target.low >= 1:
        said = "No uptime target below 100 % is in force for this scope, so there is no error budget."
        return Section("budget", _TITLE, (Notice("missing", said, "See the targets", "benchmarks"),))
    found = _days(context, reading)
    whole = _left(context, reading.scope.name, reading.scope.id, reading.target.low, found)
    blocks: tuple[Block, ...] = (
        _figure(context, whole, _parts(context, reading, found)),
        _rates(whole.goal, context, found),
    )
    return Section("budget", _TITLE, blocks, _allowed(reading))


def _allowed(reading: Reading) -> str:
    assert reading.target is not None
    assert reading.target.low is not None
    month = burn_rate.allowed(reading.target.low)
    return f"{words.goal(reading)} allows {text.duration(month)} down in 30 days."


def _days(context: Context, reading: Reading) -> Days:
    """Seconds down and known of the scope and of what decides its verdict, period and 30 days before its end."""
    scopes = [reading.scope.id, *(part.scope.id for part in reading.deciding)]
    end = min(context.period.end, day_of(context.as_of, context.zone) + timedelta(days=1))
    start = min(context.period.start, end - MONTH - timedelta(days=1))
    metric, span = metric_named("availability"), Period(start, max(end, context.period.end))
    found: dict[str, dict[date, Errors]] = {scope: {} for scope in scopes}
    for row in read_events.days_of(context.reader.connection, metric, sorted(set(scopes)), "", span):
        if row.denominator > 0:
            lost = from_millionths(row.denominator - row.numerator)
            found[row.scope][row.day] = Errors(lost, from_millionths(row.denominator), 1)
    return found


def _left(context: Context, name: str, scope: str, goal: Decimal, found: Days) -> _Left:
    days = [found[scope].get(day) for day in context.period.days()]
    return _Left(name, goal, burn_rate.burn_down(days, goal, context.period.length))


def _parts(context: Context, reading: Reading, found: Days) -> list[_Left]:
    """The services whose verdict decides, the one with least left first."""
    made = []
    for part in reading.deciding:
        target = context.reader.target("availability", part.scope.id, context.period)
        if part.scope.id != reading.scope.id and target is not None and target.low is not None:
            made.append(_left(context, part.scope.name, part.scope.id, target.low, found))
    known = [one for one in made if one.last is not None]
    return sorted(known, key=lambda one: one.last[1] if one.last else Decimal(1))


def _figure(context: Context, whole: _Left, parts: Sequence[_Left]) -> Curve:
    worst = [one for one in parts if one.last is not None and one.last[1] < 1][:_NAMED]
    rest = len(parts) - len(worst)
    length = context.period.length
    lines = [
        Line("", ((0.0, 100.0), (float(length), 0.0)), "ideal", "context", "", ("",) * 2),
        *(_line(context, one, "context") for one in worst),
        _line(context, whole, "subject"),
    ]
    today = (context.as_of - context.days[0]) / timedelta(days=1)
    others = f" {text.plural(rest, 'tier-1 service')} with more left not drawn." if rest and worst else ""
    note = f"Dashed: spent evenly.{others} {words.as_counted(context.reading('availability'))}".rstrip()
    return Curve(
        id="budget-left",
        title=_finding(context, whole),
        subtitle=f"Share of the period's downtime budget left after each day, {text.period(context.period)}",
        unit="%",
        x_unit="",
        lines=tuple(lines),
        alt=_alt(context, whole, worst),
        x_ticks=_ticks(context.period),
        uprights=(Upright(today, "today"),) if today < length else (),
        floor=_FLOOR,
        note=note,
        measures=_MEASURES,
    )


def _line(context: Context, one: _Left, role: str) -> Line:
    days = list(context.period.days())
    points = [(0.0, 100.0 if one.last is not None else None)]
    points += [
        (float(place + 1), None if share is None else float(share * 100)) for place, share in enumerate(one.shares)
    ]
    texts = [
        "",
        *(f"{text.day(day)}, {one.name}: {_share(share)} left" for day, share in zip(days, one.shares, strict=True)),
    ]
    said = _share(one.last[1]) if one.last else ""
    return Line(one.name, tuple(points), "line", "subject" if role == "subject" else "context", said, tuple(texts))


def _share(share: Decimal | None) -> str:
    return text.percent(share, digits=0)


def _finding(context: Context, whole: _Left) -> str:
    if whole.last is None:
        return f"Nothing is known of the error budget in {text.period(context.period)}"
    place, left = whole.last
    gone = next((at for at, share in enumerate(whole.shares) if share is not None and share < 0), None)
    if gone is not None and left < 0:
        return f"The error budget was gone on {_day(context, gone)}: {_share(1 - left)} of it is spent"
    return f"{_share(left)} of the error budget left after {_day(context, place)}"


def _day(context: Context, place: int) -> str:
    return text.day(context.period.start + timedelta(days=place))


def _alt(context: Context, whole: _Left, worst: Iterable[_Left]) -> str:
    parts = ", ".join(f"{one.name} {_share(one.last[1])}" for one in worst if one.last)
    gaps = sum(share is None for share in whole.shares[: whole.last[0] + 1]) if whole.last else 0
    said = f"Error budget of {whole.name} left day by day in {text.period(context.period)}: {_finding(context, whole)}."
    return " ".join(
        (said, f"At the end: {parts}." if parts else "", f"Days not known: {gaps}." if gaps else "")
    ).strip()


def _ticks(period: Period) -> tuple[tuple[float, str], ...]:
    if period.length > 62:
        months = [one for one in period.split(Kind.MONTH) if one.start >= period.start]
        return tuple((float((one.start - period.start).days), text.period_short(one)) for one in months)
    step = next(one for one in (1, 2, 7) if period.length <= one * 10)
    days = [period.start + timedelta(days=place) for place in range(0, period.length, step)]
    return tuple(
        ((day - period.start).days + 0.0, text.period_short(Period(day, day + timedelta(days=1), Kind.DAY)))
        for day in days
    )


def _rates(goal: Decimal, context: Context, found: Days) -> Table:
    days = found[context.scope]
    last = max((day for day in days if day < context.period.end), default=None)
    columns = (
        Column("Up to the last known day"),
        Column("Burn rate", kind="number", unit="times the even rate"),
        Column("Of 30 days' budget", kind="number", unit="%"),
        Column("30 days' budget gone in", kind="number", unit="days"),
        Column("Ticket from", kind="number", unit="times the even rate"),
    )
    rows = tuple(_rate(length, days, last, goal) for length in _WINDOWS) if last is not None else ()
    return Table(
        "burn-rates",
        "How fast the budget goes",
        columns,
        rows,
        _unseen(goal),
        empty="No day is known yet.",
        measures=_MEASURES,
    )


def _burn(length: int, days: Mapping[date, Errors], last: date, goal: Decimal) -> tuple[Decimal | None, int]:
    """The burn rate of so many days up to the last one, and how many of them are not known."""
    there = [one for back in range(length) if (one := days.get(last - timedelta(days=back))) is not None]
    sums = Errors(
        sum((one.bad for one in there), Decimal(0)), sum((one.valid for one in there), Decimal(0)), len(there)
    )
    return burn_rate.burn_rate(sums, goal), length - len(there)


def _rate(length: int, days: Mapping[date, Errors], last: date, goal: Decimal) -> Row:
    burn, unknown = _burn(length, days, last, goal)
    name = ("1 day" if length == 1 else f"{length} days") + (f" ({unknown} not known)" if unknown else "")
    month, _ = _burn(MONTH.days, days, last, goal)
    if burn is None or month is None:
        return Row((Cell(name), *(Cell(text.ABSENT) for _ in range(4))))
    window = timedelta(days=length)
    spent = burn_rate.budget_spent(burn, window)
    gone = burn_rate.time_to_exhaustion(burn, burn_rate.budget_spent(month, MONTH))
    left = "not at this rate" if gone is None else "gone already" if not gone else text.duration(gone)
    ticket = next((alert.burn for alert in ALERTS if alert.long == window), None)
    return Row(
        (
            Cell(name),
            Cell(f"{text.plain(burn)}×", exact=burn),
            Cell(text.percent(spent), exact=spent * 100),
            Cell(left, exact=None if gone is None else Decimal(gone // timedelta(seconds=1)) / 86_400),
            Cell("" if ticket is None else f"{text.plain(ticket)}×", exact=ticket),
        )
    )


def _unseen(goal: Decimal) -> str:
    """Why no alert is raised here, and whether a person could react to one."""
    said = (
        "At 1× a budget lasts exactly its 30 days. Alerts also look at windows of 5 minutes to 6 hours; kept are whole "
        "days, so raise them where probes are kept."
    )
    month = burn_rate.allowed(goal)
    late = f" {text.duration(month)} in 30 days is too little for a person to react in time."
    return said + (late if month < timedelta(minutes=10) else "")


BUDGET = SectionKind("reliability.budget", budget)
