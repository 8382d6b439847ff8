"""The options of a source of type csv, each refused in a sentence that lists what exists."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field, field_validator, model_validator

from data.facts import KINDS
from pipelines.connectors._csv.cells import ISO, UNIX, UNIX_MS, Form
from pipelines.connectors._csv.fields import UPTIME, WORDS, fields_of
from pipelines.connectors.base import ASKED, Options
from pipelines.errors import SkipRecord

ANY = "*"
_TRIED = datetime(2026, 10, 31, 13, 5, 9, tzinfo=UTC)


def _as_text(value: Any) -> Any:
    """A value of TOML as the text that a cell would hold."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value) if isinstance(value, (int, float)) else value


Text = Annotated[str, BeforeValidator(_as_text)]
Words = Annotated[tuple[str, ...], BeforeValidator(lambda value: (value,) if isinstance(value, str) else value)]


class CsvOptions(Options):
    """What a file holds and how it writes it; docs/connectors/csv.md says what each option is for."""

    path: Annotated[str, Field(description="CSV file, folder or pattern")]
    fact: Annotated[str, Field(description="Kind of fact that the rows hold")]
    columns: Annotated[
        Mapping[str, str],
        Field(
            default_factory=dict,
            description='Columns by field, as in {day = "Date", key = "Name"}',
            json_schema_extra=ASKED,
        ),
    ]
    constants: Annotated[
        Mapping[str, Text],
        Field(
            default_factory=dict, description='Fields of all rows, as in {currency = "EUR"}', json_schema_extra=ASKED
        ),
    ]
    values: Mapping[str, Mapping[str, Text]] = Field(default_factory=dict)
    scale: Mapping[str, Decimal] = Field(default_factory=dict)
    tags: Mapping[str, str] = Field(default_factory=dict)
    id: Words = ()
    key_kind: str = "name"
    touch_kind: str | None = None
    covers: Literal["rows", "now"] = "rows"
    overlapping: bool = False
    only: Mapping[str, Words] = Field(default_factory=dict)
    leave_out: Mapping[str, Words] = Field(default_factory=dict)
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    encoding: Annotated[str, Field(validate_default=True)] = "utf-8"
    skip_lines: Annotated[int, Field(ge=0, le=100)] = 0
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ".", ",", " ", "'"] = ""
    date_format: str = ISO
    instant_format: str = ISO
    zone: str | None = None
    separator: Annotated[str, Field(min_length=1)] = ";"
    nulls: tuple[str, ...] = ("NULL", "\\N")

    @field_validator("fact")
    @classmethod
    def _known_fact(cls, kind: str) -> str:
        if kind not in KINDS:
            raise ValueError(f"there is no kind of fact {kind!r}; there are: {', '.join(KINDS)}")
        return kind

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, name: str) -> str:
        try:
            known = codecs.lookup(name).name
        except LookupError as error:
            raise ValueError(f"{name!r} is none: write utf-8, windows-1252 or utf-16") from error
        return "utf-8-sig" if known == "utf-8" else known

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, name: str | None) -> str | None:
        try:
            return name and ZoneInfo(name).key
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{name!r} is no IANA time zone such as Europe/Berlin") from error

    @field_validator("date_format", "instant_format")
    @classmethod
    def _tells_a_year(cls, form: str) -> str:
        try:
            told = form in (ISO, UNIX, UNIX_MS) or datetime.strptime(_TRIED.strftime(form), form).year == _TRIED.year  # noqa: DTZ007
        except ValueError:
            told = False
        if not told:
            raise ValueError(f"{form!r} tells no day of a year: write {ISO}, or codes as in %d.%m.%Y")
        return form

    @model_validator(mode="after")
    def _fits_the_fact(self) -> CsvOptions:
        self._names_fields()
        if self.thousands == self.decimal:
            raise ValueError(f"decimal and thousands are both {self.decimal!r}: they must differ")
        if self.date_format in (UNIX, UNIX_MS):
            raise ValueError("date_format is a calendar day's: unix numbers are for instant_format")
        if self.tags and self.fact != "spend":
            raise ValueError("tags are of spend: leave them out")
        self._tells_what_is_needed()
        for name, text in self.constants.items():
            self._plain(name, text)
        for name, words in self.values.items():
            for text in words.values():
                self._plain(name, text)
        return self

    def read_columns(self) -> tuple[str, ...]:
        """Every column that the file must have."""
        wanted = [*self.columns.values(), *self.tags.values(), *self.id, *self.only, *self.leave_out]
        return tuple(dict.fromkeys(wanted))

    def form(self, company: ZoneInfo) -> Form:
        """How the file writes numbers, days and instants."""
        days_in = ZoneInfo("UTC") if KINDS[self.fact].utc_days else company
        return Form(
            decimal=self.decimal,
            thousands=self.thousands,
            date_format=self.date_format,
            instant_format=self.instant_format,
            zone=ZoneInfo(self.zone) if self.zone else company,
            days_in=days_in,
            separator=self.separator,
            nulls=frozenset(word.casefold() for word in self.nulls),
            quotes=self.fact != "response",
        )

    def _names_fields(self) -> None:
        known = fields_of(self.fact)
        for option, names in (("columns", self.columns), ("constants", self.constants), ("values", self.values)):
            _known(option, names, known, self.fact)
        numbers = {name for name, one in known.items() if one.type == "number"}
        _known("scale", self.scale, numbers, self.fact, "numbers")
        if twice := sorted(self.columns.keys() & self.constants.keys()):
            raise ValueError(f"{twice[0]} is told by a column and by a constant: leave one of them out")
        if wild := [name for name in self.values if name not in self.columns]:
            raise ValueError(f"values.{wild[0]} translates a column that is not told: add columns.{wild[0]}")

    def _tells_what_is_needed(self) -> None:
        told = self.columns.keys() | self.constants.keys()
        known = fields_of(self.fact)
        lacking = [one.name for one in known.values() if one.needed and one.name not in told]
        lacking += [" or ".join(some) for some in _ONE_OF.get(self.fact, ()) if not told & set(some)]
        if self.fact == "response" and self.constants.get("form") != "nps":
            lacking += [name for name in ("scale_low", "scale_high") if name not in told]
            if self.constants.get("form") != "csat" and "high_is_good" not in told:
                lacking.append("high_is_good")
        if lacking:
            told_of = ", ".join(sorted(told)) or "nothing"
            raise ValueError(
                f"{self.fact} needs {', '.join(lacking)}: add them to columns or constants, which tell {told_of}"
            )

    def _plain(self, name: str, text: str) -> None:
        """Refuses a constant, or the meaning of a word, that its field cannot hold."""
        words = WORDS.get((self.fact, name))
        try:
            Form(separator=self.separator).value(text, fields_of(self.fact)[name].type, name)
            if words and text not in words:
                raise SkipRecord(f"{name} is {text!r}, which is none of {', '.join(words)}")
        except SkipRecord as reason:
            raise ValueError(str(reason)) from reason


_ONE_OF: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "deployment": (("started", "finished"),),
    "probe_day": (("up", "down", UPTIME),),
    "spend": (("billed", "effective"),),
}


def _known(option: str, names: Iterable[str], known: Iterable[str], kind: str, what: str = "fields") -> None:
    for name in names:
        if name not in known:
            raise ValueError(f"{option}: {kind} has no field {name!r} here; {what} are: {', '.join(sorted(known))}")
