"""Sums of amounts made by the database, exact on both: PostgreSQL adds NUMERIC; SQLite, whose own sum is a binary
fraction, is taught to add decimals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from data.warehouse.types import Money

_NAME = "exact_sum"


class ExactSum(GenericFunction[Decimal]):
    """The sum of a column of amounts; None of no rows."""

    type = Money()
    inherit_cache = True
    name = _NAME


@compiles(ExactSum, "postgresql")
def _numeric(element: ExactSum, compiler: SQLCompiler, **options: Any) -> str:
    return f"sum({compiler.process(element.clauses, **options)})"


def exact_sum(column: ColumnElement[Decimal]) -> ColumnElement[Decimal]:
    """The exact sum of a Money column."""
    return ExactSum(column)


class _Adder:
    """SQLite's protocol of an aggregate: a step for each row, then the result as text, as amounts are stored."""

    def __init__(self) -> None:
        self.total: Decimal | None = None

    def step(self, amount: str | None) -> None:
        if amount is not None:
            self.total = Decimal(amount) if self.total is None else self.total + Decimal(amount)

    def finalize(self) -> str | None:
        return None if self.total is None else format(self.total, "f")


def teach(connection: Any) -> None:
    """Give an SQLite connection the aggregate."""
    connection.create_aggregate(_NAME, 1, _Adder)
