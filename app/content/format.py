"""Numbers, money, durations and days as text: the one place where they become what a reader sees.

Absent is "n/a". A unit follows its number after a narrow no-break space, so that `parts` can tell them apart.
Rounding is half to even on the decimal value, done once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from zoneinfo import ZoneInfo

from data.money import Money
from data.period import Kind, Period, day_of

Number = Decimal | float | int

ABSENT, MINUS = "n/a", "−"
THOUSANDS, POINT = ",", "."
NARROW = "\u202f"
_NBSP = "\u00a0"

_MOST_DIGITS = 6
_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
_SCALES = tuple((Decimal(10) ** power, unit) for power, unit in ((12, "T"), (9, "bn"), (6, "M"), (3, "k")))
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FULL_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
# The widest float has 309 digits before its point.
_WIDE = Context(prec=400, rounding=ROUND_HALF_EVEN)
_HOUR, _DAY = 3600, 86_400


def parts(text: str) -> tuple[str, str]:
    """A formatted number and its unit apart: "99.95" and "%"."""
    number, _, unit = text.rpartition(NARROW)
    return (number, unit) if number else (text, "")


def with_unit(number: str, unit: str) -> str:
    """A number and its unit as one text that never breaks over two lines."""
    return f"{number}{NARROW}{unit}" if unit and number != ABSENT else number


def number(value: Number | None, digits: int = 0, *, signed: bool = False) -> str:
    """With thousands separators and a fixed count of decimals; `signed` puts a plus before what is above zero."""
    exact = _finite(value)
    if exact is None:
        return ABSENT
    rounded = _rounded(exact, digits)
    sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    plain = f"{abs(rounded):,.{digits}f}"
    return sign + plain.replace(",", "\0").replace(".", POINT).replace("\0", THOUSANDS)


def count(value: Number | None) -> str:
    """A whole number: "1,115,480"."""
    return number(value)


def plain(value: Number | None, most: int = 2, *, signed: bool = False) -> str:
    """As few decimals as the value has, and never more than `most`: "14", "1.8"."""
    exact = _finite(value)
    return ABSENT if exact is None else number(exact, min(most, decimals_of(_rounded(exact, most))), signed=signed)


def significant(value: Number | None, digits: int = 3, edges: Iterable[Number] = ()) -> str:
    """With about as many digits as a reader can use: "1.82", "18.2", "182", "1,820"; more beside an edge."""
    exact = _finite(value)
    if not exact:
        return ABSENT if exact is None else "0"
    return number(exact, digits_apart(exact, edges, min(_MOST_DIGITS, max(0, digits - 1 - exact.adjusted()))))


def percent(ratio: Number | None, target: Number | None = None, digits: int | None = None) -> str:
    """A share of one in percent, with only the digits that it and its target need: "99.95 %", "0.61 %", "18.2 %".

    Rounding never carries a value onto or over its target, nor to 0 % or 100 % when something is missing.
    """
    exact = _finite(ratio)
    if exact is None:
        return ABSENT
    digits = percent_digits(exact, target) if digits is None else digits
    smallest = Decimal(1).scaleb(-_MOST_DIGITS)
    if 0 < exact * 100 < smallest / 2:
        return f"< {with_unit(number(smallest, _MOST_DIGITS), '%')}"
    if 0 < 100 - exact * 100 < smallest / 2:
        return f"> {with_unit(number(100 - smallest, _MOST_DIGITS), '%')}"
    return with_unit(number(exact * 100, digits), "%")


def percent_digits(ratio: Number, target: Number | None = None) -> int:
    """The decimals that `percent` shows; pass them on where several values should look alike."""
    shown, aim = (_finite(ratio) or Decimal(0)) * 100, _finite(target)
    edges = [Decimal(0), Decimal(100)]
    digits = _natural_digits(shown)
    if aim is not None:
        edges.append(aim * 100)
        digits = max(digits, min(_MOST_DIGITS, decimals_of(aim * 100)))
    return digits_apart(shown, edges, digits)


def digits_apart(value: Number, edges: Iterable[Number], digits: int) -> int:
    """So many decimals, or more where rounding would carry the value onto or over an edge."""
    exact, given = _finite(value) or Decimal(0), [edge for one in edges if (edge := _finite(one)) is not None]
    while digits < _MOST_DIGITS and any(_rounded(exact, digits).compare(edge) != exact.compare(edge) for edge in given):
        digits += 1
    return digits


def points(difference: Number | None, digits: int | None = None) -> str:
    """A difference of two shares of one, in percentage points with its sign: "−0.02 pp"."""
    exact = _finite(difference)
    if exact is None:
        return ABSENT
    shown = exact * 100
    if digits is None:
        digits = 1 if abs(shown) >= 1 else min(_MOST_DIGITS, max(2, -shown.adjusted())) if shown else 0
    return with_unit(number(shown, digits, signed=True), "pp")


def change(now: Number | None, before: Number | None) -> str:
    """Relative change in percent with its sign: "+4.2 %"; absent when there is nothing to compare with."""
    new, old = _finite(now), _finite(before)
    if new is None or not old:
        return ABSENT
    share = (new - old) / abs(old) * 100
    return with_unit(number(share, 0 if abs(share) >= 100 else 1, signed=True), "%")


def per_day(value: Number | None) -> str:
    """A frequency in the unit a person would say: "1.8 / day", "2.5 / week", "3.0 / month"."""
    exact = _finite(value)
    if exact is None:
        return ABSENT
    for factor, unit in ((1, "/ day"), (7, "/ week")):
        if exact * factor >= 1:
            return with_unit(number(exact * factor, 1), unit)
    return with_unit(number(exact * 365 / 12, 1), "/ month") if exact else with_unit("0", "/ day")


def duration(seconds: Number | timedelta | None, *, signed: bool = False) -> str:
    """A length of time in the unit a person would say: "250 ms", "42 s", "17.3 minutes", "8.2 h", "13.1 d"."""
    exact = _finite(seconds.total_seconds() if isinstance(seconds, timedelta) else seconds)
    if exact is None:
        return ABSENT
    size = abs(exact)
    if size == 0:
        return with_unit("0", "s")
    if size < 1:
        return with_unit(plain(exact * 1000, 0 if size >= Decimal("0.01") else 1, signed=signed), "ms")
    for factor, below, unit in ((1, 90, "s"), (60, 90 * 60, "minutes"), (_HOUR, 2 * _DAY, "h"), (_DAY, None, "d")):
        if below is None or size < below:
            return with_unit(_time(exact / factor, signed), unit)
    raise AssertionError("the last unit has no limit")


def hours(value: Number | None) -> str:
    """A length of time given in hours, in the unit a person would say."""
    exact = _finite(value)
    return ABSENT if exact is None else duration(exact * _HOUR)


def money(amount: Money | None, *, exact: bool = False, signed: bool = False) -> str:
    """Three digits and a scale, "€1.24 M", or to the cent with `exact`: "€1,240,318.55"."""
    if amount is None:
        return ABSENT
    size, unit = abs(amount.amount), ""
    digits = 0 if amount.currency == "JPY" else 2
    if not exact:
        size, unit, digits = _scaled(size, digits)
    shown_sign = MINUS if amount.amount < 0 else "+" if signed else ""
    sign = shown_sign if _rounded(size, digits) else ""
    symbol = _SYMBOLS.get(amount.currency, f"{amount.currency}{_NBSP}")
    return with_unit(f"{sign}{symbol}{number(size, digits)}", unit)


def money_axis(amounts: Iterable[Money | None]) -> tuple[tuple[float | None, ...], str]:
    """Amounts of one currency as plain numbers for a figure, and the unit of its axis: (1.24, 0.98), "€ M"."""
    given = tuple(amounts)
    largest = max((abs(one.amount) for one in given if one is not None), default=Decimal(0))
    factor, unit = next(((factor, unit) for factor, unit in _SCALES if largest >= factor), (Decimal(1), ""))
    currency = next((one.currency for one in given if one is not None), "")
    symbol = _SYMBOLS.get(currency, currency)
    return tuple(None if one is None else float(one.amount / factor) for one in given), f"{symbol} {unit}".strip()


def in_axis_unit(value: Number | None, unit: str) -> str:
    """A plain number of a figure with the unit of its axis: "0.61 %", "€1.24 M"."""
    exact = _finite(value)
    if exact is None:
        return ABSENT
    shown = plain(exact, max(0, 2 - exact.adjusted()) if exact else 0)
    symbol, _, rest = unit.partition(" ")
    return with_unit(f"{symbol}{shown}", rest) if symbol in _SYMBOLS.values() else with_unit(shown, unit)


def score(value: Number | None, half_width: Number | None = None, edges: Iterable[Number] = ()) -> str:
    """A score that may be below zero, with half the width of its interval: "+31 ± 6"; decimals only beside an edge."""
    exact = _finite(value)
    if exact is None:
        return ABSENT
    shown = number(exact, digits_apart(exact, edges, 0), signed=True)
    return shown if half_width is None else f"{shown}{_NBSP}±{_NBSP}{number(half_width)}"


def at_least(text: str) -> str:
    """A target with only a lower side: "≥ 99.99 %"."""
    return f"≥{_NBSP}{text}"


def between(low: str, high: str) -> str:
    """A range, its unit said once when both sides share it: "15–25 %"; "to" where a side has a sign."""
    low_number, low_unit = parts(low)
    dash = " to " if {low[:1], high[:1]} & {MINUS, "+"} else "–"
    return f"{low_number if low_unit == parts(high)[1] else low}{dash}{high}"


def joined(*texts: str) -> str:
    """The texts that are there, with middle dots between them."""
    return " · ".join(text for text in texts if text)


def day(value: date | None) -> str:
    """A calendar day: "9 Nov 2026"."""
    return ABSENT if value is None else f"{value.day}{_NBSP}{_MONTHS[value.month - 1]}{_NBSP}{value.year}"


def period(value: Period) -> str:
    """A period as one would write it: "October 2026", "Q4 2026", "Week 46 of 2026", "1–14 Oct 2026"."""
    label, start = value.label, value.start
    match value.kind:
        case Kind.MONTH:
            return f"{_FULL_MONTHS[start.month - 1]} {start.year}"
        case Kind.QUARTER:
            return f"Q{label[-1]} {start.year}"
        case Kind.FISCAL_QUARTER:
            return f"Q{label[-1]} {label[:-3]}"
        case Kind.WEEK:
            return f"Week {label[-2:].lstrip('0')} of {label[:4]}"
        case Kind.DAY:
            return day(start)
        case Kind.CUSTOM:
            return _days(start, value.end - timedelta(days=1))
        case _:
            return label


def period_short(value: Period) -> str:
    """A period in a few characters, for ticks and "on Sep": "Sep", "Q3", "W46", "2026", "5 Oct"."""
    label, start = value.label, value.start
    match value.kind:
        case Kind.MONTH:
            return _MONTHS[start.month - 1]
        case Kind.QUARTER | Kind.FISCAL_QUARTER:
            return f"Q{label[-1]}"
        case Kind.WEEK:
            return f"W{label[-2:].lstrip('0')}"
        case Kind.DAY | Kind.CUSTOM:
            return f"{start.day}{_NBSP}{_MONTHS[start.month - 1]}"
        case _:
            return label


def instant(value: datetime | None, zone: ZoneInfo) -> str:
    """An instant on the clock of the company, with its zone: "9 Nov 2026, 07:00 CET"."""
    if value is None:
        return ABSENT
    local = value.astimezone(zone)
    return f"{day(local.date())}, {local:%H:%M}{_NBSP}{local.tzname()}"


def seen(value: datetime | None, now: datetime, zone: ZoneInfo) -> str:
    """How fresh something is: "06:00 today", "18:40 yesterday", "5 Nov 2026"."""
    if value is None:
        return "never"
    local, days = value.astimezone(zone), (day_of(now, zone) - day_of(value, zone)).days
    named = {0: "today", 1: "yesterday"}.get(days)
    return f"{local:%H:%M} {named}" if named else day(local.date())


def age(value: datetime | None, now: datetime) -> str:
    """How long ago, in one unit: "just now", "5 min ago", "2 h ago", "3 d ago"."""
    if value is None:
        return "never"
    seconds = int((now.astimezone(UTC) - value.astimezone(UTC)).total_seconds())
    if seconds < 60:
        return "just now"
    for factor, below, unit in ((60, 2 * _HOUR, "min"), (_HOUR, 2 * _DAY, "h"), (_DAY, None, "d")):
        if below is None or seconds < below:
            return f"{with_unit(number(seconds // factor), unit)} ago"
    raise AssertionError("the last unit has no limit")


def plural(amount: int, one: str, many: str = "") -> str:
    """A count with its noun: "1 service", "25 services"."""
    return f"{count(amount)} {one if amount == 1 else many or one + 's'}"


def _days(first: date, last: date) -> str:
    if first == last:
        return day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{day(last)}"
    if first.year == last.year:
        return f"{first.day}{_NBSP}{_MONTHS[first.month - 1]} – {day(last)}"
    return f"{day(first)} – {day(last)}"


def _time(value: Decimal, signed: bool) -> str:
    digits = 0 if abs(value) >= 100 or value == value.to_integral_value() else 1
    return number(value, digits, signed=signed)


def _scaled(size: Decimal, digits: int) -> tuple[Decimal, str, int]:
    """Three digits that show the size; a value that would round up to 1,000 goes to the next scale."""
    for factor, unit in _SCALES:
        scaled = size / factor
        if scaled >= Decimal("0.9995"):
            return scaled, unit, 2 if scaled < Decimal("9.995") else 1 if scaled < Decimal("99.95") else 0
    return size, "", digits if size < 100 and size != size.to_integral_value() else 0


def _natural_digits(shown: Decimal) -> int:
    nearest = min(abs(shown), abs(100 - shown))
    if nearest == 0:
        return 0
    return 1 if nearest >= 1 else min(_MOST_DIGITS, max(2, -nearest.adjusted()))


def decimals_of(value: Number) -> int:
    """How many decimals a number has when written out, "0.25": 2."""
    exponent = (_finite(value) or Decimal(0)).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _rounded(value: Decimal, digits: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), context=_WIDE)


def _finite(value: Number | None) -> Decimal | None:
    """Floats by their shortest text, so that 0.07 is 0.07; None where there is no number to show."""
    if value is None:
        return None
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    return exact if exact.is_finite() else None
