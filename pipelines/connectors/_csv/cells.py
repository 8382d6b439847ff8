"""Cells of a file as values: numbers, days and instants in the declared form, and never by a guess."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from pipelines.connectors._csv.fields import Type
from pipelines.errors import SkipRecord

ISO, UNIX, UNIX_MS = "iso", "unix", "unix_ms"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEARS = range(1970, 2100)
_LARGEST_WHOLE = 2**31 - 1
_WIDE = Context(prec=80)
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2007\u2009\u202f", " ") | {"\u2212": "-"})
_YES, _NO = ("true", "yes", "y", "1"), ("false", "no", "n", "0")
_QUOTED = 40


@dataclass(frozen=True)
class Form:
    """How a file writes what it says; `quotes` False where a reason must not repeat a cell."""

    decimal: str = "."
    thousands: str = ""
    date_format: str = ISO
    instant_format: str = ISO
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    days_in: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    separator: str = ";"
    nulls: Collection[str] = ()
    quotes: bool = True

    def absent(self, cell: str) -> bool:
        """Whether a cell says nothing."""
        text = cell.strip()
        return not text or text.casefold() in self.nulls

    def value(self, cell: str, wanted: Type, name: str) -> Any:
        """What a cell says, of the type of its field; SkipRecord with the reason where it says no such thing."""
        text = cell.strip()
        if "\0" in text or (not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text)):
            raise SkipRecord(f"{name} holds bytes that are no text in the declared encoding")
        try:
            return self._readers[wanted](text)
        except (ValueError, OverflowError) as error:
            said = f" {self._quoted(text)}, which is" if self.quotes else ""
            more = f": {error}" if isinstance(error, _Told) else ""
            raise SkipRecord(f"{name} is{said} no {wanted}{more}") from error

    @cached_property
    def _readers(self) -> Mapping[Type, Callable[[str], Any]]:
        return {
            "text": str,
            "number": self.number,
            "whole number": self.whole,
            "date": self.day,
            "instant": self.instant,
            "yes or no": _truth,
            "list": self._list,
        }

    def number(self, text: str) -> Decimal:
        """An exact number; a minus may stand behind it, and brackets mean a minus, as in ledgers."""
        text = text.translate(_SPACES)
        if text.endswith("-"):
            text = "-" + text[:-1].strip()
        elif text.startswith("(") and text.endswith(")"):
            text = "-" + text[1:-1].strip()
        if not self._number.fullmatch(text):
            raise ValueError
        plain = text.replace(self.thousands, "") if self.thousands else text
        return Decimal(plain.replace(self.decimal, "."))

    def whole(self, text: str) -> int:
        """A count that the warehouse can keep."""
        number = self.number(text)
        if number != number.to_integral_value() or not 0 <= number <= _LARGEST_WHOLE:
            raise ValueError
        return int(number)

    def day(self, text: str) -> date:
        """A calendar day; an instant with a zone stands for the day on which it falls for the company."""
        found: date
        if self.date_format != ISO:
            at = datetime.strptime(text, self.date_format)  # noqa: DTZ007  a day of the calendar has no zone
            found = at.date() if at.tzinfo is None else at.astimezone(self.days_in).date()
        else:
            try:
                found = date.fromisoformat(text)
            except ValueError:
                moment = datetime.fromisoformat(text)
                found = (moment.astimezone(self.days_in) if moment.tzinfo else moment).date()
        if found.year not in _YEARS:
            raise _Told(f"its year is not {_YEARS[0]} to {_YEARS[-1]}")
        return found

    def instant(self, text: str) -> datetime:
        """An instant in UTC; without a zone of its own it is told in that of the file."""
        if self.instant_format in (UNIX, UNIX_MS):
            number = self.number(text)
            found = _EPOCH + timedelta(microseconds=int(number.scaleb(6 if self.instant_format == UNIX else 3)))
        elif self.instant_format == ISO:
            found = self._zoned(datetime.fromisoformat(text))
        else:
            found = self._zoned(datetime.strptime(text, self.instant_format))  # noqa: DTZ007  the zone is added here
        if found.year not in _YEARS:
            raise _Told(f"its year is not {_YEARS[0]} to {_YEARS[-1]}")
        return found

    def scaled(self, value: Any, factor: Decimal) -> Any:
        """A number in the unit of its field."""
        return _WIDE.multiply(value, factor) if isinstance(value, Decimal) else value

    @cached_property
    def _number(self) -> re.Pattern[str]:
        point, group = re.escape(self.decimal), re.escape(self.thousands)
        grouped = rf"[0-9]{{1,3}}(?:{group}[0-9]{{3}})+|" if group else ""
        return re.compile(
            rf"[+-]?(?:(?:{grouped}[0-9]{{1,40}})(?:{point}[0-9]{{0,40}})?|{point}[0-9]{{1,40}})(?:[eE][+-]?[0-9]{{1,2}})?"
        )

    def _zoned(self, moment: datetime) -> datetime:
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
        # of an hour that clocks show twice the first one is meant; one that they leave out cannot be
        found = moment.replace(tzinfo=self.zone).astimezone(UTC)
        if found.astimezone(self.zone).replace(tzinfo=None) != moment:
            raise _Told(f"clocks of {self.zone.key} skip that time")
        return found

    def _list(self, text: str) -> tuple[str, ...]:
        return tuple(one for part in text.split(self.separator) if (one := part.strip()))

    def _quoted(self, text: str) -> str:
        return repr(text if len(text) <= _QUOTED else text[:_QUOTED] + "…")


class _Told(ValueError):
    """A reason that helps beside the type."""


def _truth(text: str) -> bool:
    word = text.casefold()
    if word not in (*_YES, *_NO):
        raise ValueError
    return word in _YES
