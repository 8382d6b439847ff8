"""What tables are made of: one metadata for all of them, and the columns that recur."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, MetaData, Table, Text

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def table(name: str, *parts: Any, **options: Any) -> Table:
    """A table of the warehouse."""
    return Table(name, metadata, *parts, **options)


def text(name: str, *, null: bool = False, key: bool = False) -> Column[str]:
    """A column of text."""
    return Column(name, Text, primary_key=key, nullable=null)


def count(name: str) -> Column[int]:
    """A column of whole numbers."""
    return Column(name, BigInteger, nullable=False)
