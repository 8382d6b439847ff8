"""Money and instants come back as they went in, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Engine, Integer, MetaData, Table, create_engine, insert, select, text
from sqlalchemy.exc import StatementError

from data.warehouse.engine import create_engine_for
from data.warehouse.types import Instant, Json, Millionths, Money

TABLE = Table(
    "sample",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("money", Money),
    Column("instant", Instant),
    Column("millionths", Millionths),
    Column("json", Json),
)

AMOUNTS = st.decimals(min_value=-(10**25), max_value=10**25, places=12, allow_nan=False, allow_infinity=False)
INSTANTS = st.datetimes(
    min_value=datetime(1971, 1, 1),  # noqa: DTZ001  the zone comes from `timezones`
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45)), timezone(timedelta(hours=-11))]),
)


@pytest.fixture
def engine(warehouse_url: str) -> Engine:
    made = create_engine_for(warehouse_url)
    TABLE.metadata.create_all(made)
    yield made
    made.dispose()


def kept(engine: Engine, **values: object) -> object:
    with engine.begin() as connection:
        connection.execute(TABLE.delete())
        connection.execute(insert(TABLE).values(id=1, **values))
        return connection.execute(select(TABLE.c[next(iter(values))])).scalar_one()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amount=AMOUNTS)
def test_an_amount_of_money_comes_back_to_the_last_decimal(engine: Engine, amount: Decimal) -> None:
    back = kept(engine, money=amount)
    assert isinstance(back, Decimal)
    assert back == amount


def test_an_amount_that_sqlite_numbers_would_round_is_kept(engine: Engine) -> None:
    assert kept(engine, money=Decimal("12345678901234.123456789")) == Decimal("12345678901234.123456789")


@pytest.mark.parametrize("amount", [Decimal("0.1234567890123"), Decimal(10) ** 26, Decimal("NaN"), 1.5])
def test_an_amount_that_cannot_be_kept_exactly_is_refused(engine: Engine, amount: object) -> None:
    with pytest.raises(StatementError):
        kept(engine, money=amount)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(instant=INSTANTS)
def test_an_instant_comes_back_aware_and_in_utc(engine: Engine, instant: datetime) -> None:
    back = kept(engine, instant=instant)
    assert isinstance(back, datetime)
    assert back == instant
    assert back.tzinfo is UTC


def test_an_instant_without_zone_is_refused(engine: Engine) -> None:
    with pytest.raises(StatementError, match="no time zone"):
        kept(engine, instant=datetime(2026, 10, 1))  # noqa: DTZ001


def test_a_count_of_millionths_is_rounded_once_half_to_even(engine: Engine) -> None:
    assert kept(engine, millionths=Decimal("0.0000005")) == 0
    assert kept(engine, millionths=Decimal("0.0000015")) == Decimal("0.000002")
    assert kept(engine, millionths=Decimal("-86399.123456")) == Decimal("-86399.123456")


def test_json_is_stored_canonically_and_comes_back_frozen(engine: Engine) -> None:
    assert kept(engine, json={"b": [1, ["ä"]], "a": None}) == {"a": None, "b": (1, ("ä",))}
    with engine.connect() as connection:
        assert connection.execute(text("SELECT json FROM sample")).scalar() == '{"a":null,"b":[1,["ä"]]}'


def test_plain_numeric_columns_would_have_lost_the_amount_on_sqlite() -> None:
    """The reason for a type of our own."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE plain (amount NUMERIC)"))
        connection.execute(text("INSERT INTO plain VALUES (12345678901234.123456789)"))
        back = connection.execute(text("SELECT amount FROM plain")).scalar()
    assert Decimal(repr(back)) != Decimal("12345678901234.123456789")
    engine.dispose()
