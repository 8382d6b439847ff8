"""Column types that mean the same on both databases."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Context, Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Numeric, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from data.money import from_millionths, millionths

_PLACES = 12
_SMALLEST = Decimal(1).scaleb(-_PLACES)
_TOO_LARGE = Decimal(10) ** (38 - _PLACES)
_WIDE = Context(prec=60)  # the usual 28 digits are fewer than an amount may have


class Money(TypeDecorator[Decimal]):
    """An exact Decimal of at most 26 digits before the point and 12 after: text on SQLite (whose numbers are binary
    fractions), NUMERIC(38,12) on PostgreSQL. Never summed by SQLite."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String(60) if dialect.name == "sqlite" else Numeric(38, _PLACES))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if not _is_exact(value):
            raise TypeError(f"An amount of money is a finite Decimal, not {value!r}.")
        if abs(value) >= _TOO_LARGE or value != value.quantize(_SMALLEST, context=_WIDE):
            raise ValueError(f"The amount {value} needs more than 26 digits before or {_PLACES} after the point.")
        return format(value, "f") if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored in UTC; naive ones are refused."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(DateTime(timezone=dialect.name != "sqlite"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"The instant {value} has no time zone: give one.")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Millionths(TypeDecorator[Decimal]):
    """A Decimal kept as a whole number of millionths, so that sums in SQL are exact and the same everywhere."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else millionths(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else from_millionths(int(value))


class Json(TypeDecorator[Any]):
    """Canonical JSON text: sorted keys, no spaces; lists come back as tuples."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else canonical(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        if value == "[]":  # most lists of facts are empty
            return ()
        return None if value is None else frozen(json.loads(value))


def _is_exact(value: object) -> bool:
    return isinstance(value, Decimal) and value.is_finite()


def canonical(value: Any) -> str:
    """The one JSON text of a value, for storing, comparing and hashing."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def frozen(value: Any) -> Any:
    """Parsed JSON with tuples for lists, as it comes out of the warehouse."""
    if isinstance(value, list):
        return tuple(frozen(one) for one in value)
    return {key: frozen(one) for key, one in value.items()} if isinstance(value, dict) else value


Serial = BigInteger().with_variant(Integer(), "sqlite")
