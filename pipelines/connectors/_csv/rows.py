"""Rows as facts: cells become fields, fields that nobody tells are filled in, and what cannot be is refused."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from data.facts import KINDS, Fact, FxRate, Revenue, Spend
from data.money import MILLIONTH
from data.period import day_seconds
from data.scopes import WHOLE_SOURCE
from pipelines.connectors._csv.cells import Form
from pipelines.connectors._csv.fields import CURRENCIES, IDENTITY, IMPACT, UPTIME, WORDS, Field, fields_of
from pipelines.connectors._csv.options import ANY, CsvOptions
from pipelines.errors import SkipRecord
from pipelines.people import masked

Cells = Mapping[str, str]
"""The cells of a row by the name of their column in the form of `casefold`."""

Values = dict[str, Any]

_CURRENCY = re.compile(r"[A-Z]{3}")
_EXACT = (Spend, FxRate, Revenue)
_LARGEST = Decimal(10) ** 12
_LARGEST_AMOUNT = Decimal(10) ** 26
_SMALLEST = Decimal("0.000000000001")
_WIDE = Context(prec=80)
_TIMES = (("opened", "merged"), ("started", "finished"), ("started", "resolved"), ("created", "closed"))
_AT_MOST = (
    ("failed", "total"),
    ("used", "eligible"),
    ("active", "eligible"),
    ("within", "stored"),
    ("stored", "expected"),
)
_NOT_NEGATIVE = ("up", "down", "unknown", "failed", "total", "known", "full_time", "threshold", "latency")


@dataclass(frozen=True)
class _Told:
    """A field with the column that tells it, translations of its cells, the words it may take, and its factor."""

    field: Field
    column: str
    label: str
    words: Mapping[str, str]
    known: tuple[str, ...]
    factor: Decimal | None


def _told(options: CsvOptions, field: Field, column: str) -> _Told:
    name, folded = field.name, column.casefold()
    return _Told(
        field,
        folded,
        name if folded == name else f"{name} (column {column})",
        options.values.get(name, {}),
        WORDS.get((options.fact, name), ()),
        options.scale.get(name),
    )


@dataclass(frozen=True)
class Rows:
    """What turns a row into a fact of one source; `pseudonym` names a respondent."""

    source: str
    options: CsvOptions
    company: ZoneInfo
    pseudonym: Callable[[str], str]

    def fact(self, cells: Cells) -> Fact:
        """The fact of a row, its source_id that of its id columns, else empty; SkipRecord with the reason."""
        values = dict(self._untold)
        for one in self._told:
            values[one.field.name] = self._value(one, cells[one.column])
        if self.options.fact == "spend":
            values["tags"] = self._tags(cells)
        self._named(values)
        _FILL_IN.get(self.options.fact, _nothing)(values, self)
        _refuse(self._kind, values)
        values.pop(IMPACT, None)
        values.pop(UPTIME, None)
        return self._kind(source=self.source, source_id=self._id(cells), **values)

    def wanted(self, cells: Cells) -> bool:
        """Whether the row is one of those that the options select."""
        only, out = self.options.only, self.options.leave_out
        return all(_cell(cells, name).strip() in words for name, words in only.items()) and not any(
            _cell(cells, name).strip() in words for name, words in out.items()
        )

    def seconds(self, day: date) -> Decimal:
        """The length of a calendar day of the company."""
        return Decimal(day_seconds(day, self.company))

    @cached_property
    def _kind(self) -> type[Fact]:
        return KINDS[self.options.fact]

    @cached_property
    def _fields(self) -> Mapping[str, Field]:
        return fields_of(self.options.fact)

    @cached_property
    def _form(self) -> Form:
        return self.options.form(self.company)

    @cached_property
    def _untold(self) -> Mapping[str, Any]:
        """The fields that no column tells."""
        said = self.options.constants
        fields = (one for one in self._fields.values() if one.name not in self.options.columns)
        return {one.name: self._meant(one, said[one.name]) if one.name in said else one.untold for one in fields}

    @cached_property
    def _told(self) -> tuple[_Told, ...]:
        return tuple(_told(self.options, self._fields[name], column) for name, column in self.options.columns.items())

    def _meant(self, one: Field, text: str) -> Any:
        """A value written in the settings, always in the plain form."""
        form = Form(separator=self.options.separator, zone=self._form.zone, days_in=self._form.days_in)
        return form.value(text, one.type, one.name)

    def _value(self, one: _Told, cell: str) -> Any:
        if one.words and (text := one.words.get(cell.strip(), one.words.get(ANY))) is not None:
            return self._meant(one.field, text)
        if self._form.absent(cell):
            if one.field.needed:
                raise SkipRecord(f"{one.label} is empty")
            return one.field.untold
        value = self._form.value(cell, one.field.type, one.label)
        if one.known and value not in one.known:
            said = f"{value!r}, which is " if self._form.quotes else ""
            known = ", ".join(one.known)
            raise SkipRecord(f"{one.label} is {said}none of {known}: translate it in values.{one.field.name}")
        return value if one.factor is None else self._form.scaled(value, one.factor)

    def _tags(self, cells: Cells) -> tuple[tuple[str, str], ...]:
        found = ((tag, _cell(cells, column)) for tag, column in self.options.tags.items())
        return tuple(sorted((tag, cell.strip()) for tag, cell in found if not self._form.absent(cell)))

    def _named(self, values: Values) -> None:
        """The name of the thing that the fact is about."""
        if self.options.fact == "fx_rate":
            values |= {"key_kind": "pair", "key": f"{values['base']}/{values['quote']}"}
        elif values["key"]:
            values["key_kind"] = self.options.key_kind
        elif "key" in self.options.columns and self.options.fact != "spend":
            raise SkipRecord(f"key (column {self.options.columns['key']}) is empty")
        else:
            values["key_kind"], values["key"] = WHOLE_SOURCE

    def _id(self, cells: Cells) -> str:
        parts = [_cell(cells, column).strip() for column in self.options.id]
        if any(self._form.absent(part) for part in parts):
            raise SkipRecord(f"the id ({', '.join(self.options.id)}) is empty")
        return self._form.value("/".join(parts), "text", "the id") if parts else ""


def _cell(cells: Cells, column: str) -> str:
    return cells[column.casefold()]


def identity(fact: Fact) -> str:
    """What tells the fact from others of its kind, as a short text."""
    told = [getattr(fact, name) for name in ("key_kind", "key", *IDENTITY[fact.kind])]
    written = json.dumps(told, default=str, ensure_ascii=False)
    return hashlib.blake2b(written.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _nothing(_values: Values, _rows: Rows) -> None:
    """No field follows from others."""


def _deployment(values: Values, _rows: Rows) -> None:
    values["started"] = values["started"] or values["finished"]
    if values["started"] is None:
        raise SkipRecord("started is empty")
    if values["finished"] is None and values["outcome"] != "running":
        values["finished"] = values["started"]


def _incident(values: Values, rows: Rows) -> None:
    kind = rows.options.touch_kind or rows.options.key_kind
    names = [(kind, name) for name in values["touches"]] or [(values["key_kind"], values["key"])]
    values["touches"] = tuple((*name, values[IMPACT], "", "") for name in names)


def _probe_day(values: Values, rows: Rows) -> None:
    length, unknown = rows.seconds(values["day"]), values["unknown"]
    up, down, percent = values["up"], values["down"], values[UPTIME]
    if percent is not None and not 0 <= percent <= 100:
        raise SkipRecord(f"{UPTIME} is {percent}, which is not 0 to 100")
    if up is None and down is None and percent is not None:
        up = ((length - unknown) * percent / 100).quantize(MILLIONTH)
    if up is None and down is None:
        raise SkipRecord("up, down and uptime_percent are empty")
    values["up"] = length - unknown - down if up is None else up
    values["down"] = length - unknown - up if down is None else down
    if values["up"] + values["down"] + unknown != length:
        raise SkipRecord(f"up, down and unknown are {values['up'] + values['down'] + unknown} s of a day of {length} s")


def _request_day(values: Values, rows: Rows) -> None:
    if values["known"] is None:
        values["known"] = rows.seconds(values["day"])


def _response(values: Values, rows: Rows) -> None:
    nps = values["form"] == "nps"
    for name, usual in (("scale_low", Decimal(0)), ("scale_high", Decimal(10))):
        values[name] = usual if nps and values[name] is None else values[name]
    if values["high_is_good"] is None and values["form"] in ("nps", "csat"):
        values["high_is_good"] = True
    for name in ("scale_low", "scale_high", "high_is_good"):
        if values[name] is None:
            raise SkipRecord(f"{name} is empty")
    if not values["scale_low"] <= values["score"] <= values["scale_high"]:
        raise SkipRecord(f"score is not {values['scale_low']} to {values['scale_high']}")
    if values["respondent"] is not None:
        values["respondent"] = rows.pseudonym(values["respondent"])
    if values["comment"] is not None:
        values["comment"] = masked(values["comment"]) or None


def _survey_count(values: Values, _rows: Rows) -> None:
    values["title"] = values["title"] or values["survey"]


def _spend(values: Values, _rows: Rows) -> None:
    values["billing_period"] = (values["billing_period"] or values["day"]).replace(day=1)
    for name, other in (("billed", "effective"), ("effective", "billed")):
        if values[name] is None:
            values[name] = values[other]
    if values["billed"] is None:
        raise SkipRecord("billed and effective are empty")


_FILL_IN: Mapping[str, Callable[[Values, Rows], None]] = {
    "deployment": _deployment,
    "incident": _incident,
    "probe_day": _probe_day,
    "request_day": _request_day,
    "response": _response,
    "survey_count": _survey_count,
    "spend": _spend,
}


def _refuse(kind: type[Fact], values: Values) -> None:
    """SkipRecord where a fact would say what cannot be."""
    for name in CURRENCIES:
        if name in values and not _CURRENCY.fullmatch(values[name]):
            raise SkipRecord(f"{name} is {values[name]!r}, which is no ISO 4217 code such as EUR")
    for first, then in _TIMES:
        if (start := values.get(first)) and (end := values.get(then)) and end < start:
            raise SkipRecord(f"{then} is before {first}")
    for less, more in _AT_MOST:
        if less in values and values[less] > values[more]:
            raise SkipRecord(f"{less} is {values[less]}, more than {more}, which is {values[more]}")
    for name, value in values.items():
        if isinstance(value, Decimal):
            _refuse_number(kind, name, value)
    if kind is FxRate and (values["rate"] <= 0 or values["base"] == values["quote"]):
        raise SkipRecord("a rate is above 0 and between two currencies")


def _refuse_number(kind: type[Fact], name: str, value: Decimal) -> None:
    if name in _NOT_NEGATIVE and value < 0:
        raise SkipRecord(f"{name} is {value}, below 0")
    exact = kind in _EXACT
    if abs(value) >= (_LARGEST_AMOUNT if exact else _LARGEST):
        raise SkipRecord(f"{name} is {value}, larger than can be kept")
    if exact and value != value.quantize(_SMALLEST, context=_WIDE):
        raise SkipRecord(f"{name} is {value}, with more than 12 decimals")
