"""The demo's invoices as files: FOCUS 1.0 in gzipped CSV up to June 2025, FOCUS 1.2 in Parquet after, one a month."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data.sample import Story
from data.sample.billing import AMOUNTS, billing, billing_months, focus_version
from data.sample.seasons import first_day

_NEW_IN_1_1: Final = ("ServiceSubcategory",)
_NEW_IN_1_2: Final = ("InvoiceId", "BillingAccountType", "SubAccountType")
_INSTANTS: Final = ("BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd")

_PATTERNS: Final = ("focus-1.0-????-??.csv.gz", "focus-1.2-????-??.parquet")

_SHOUTING: Final = 2024 * 12 + 4
"""A month whose export wrote one category in another case: May 2024."""

IMPOSSIBLE_HOUR: Final = 2025 * 12 + 2
"""A month with a row whose charge period starts at 30 o'clock: March 2025."""


def write_billing(story: Story, folder: Path) -> tuple[Path, ...]:
    """Writes one file for each billing period into `folder`, made if absent; gives the paths, oldest first.

    Files of periods that an earlier story left there and this one lacks are removed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {folder / file_name(month): month for month in billing_months(story.start, story.end)}
    for left in {path for pattern in _PATTERNS for path in folder.glob(pattern)} - wanted.keys():
        left.unlink()
    for path, month in wanted.items():
        path.write_bytes(file_bytes(story, month))
    return tuple(wanted)


def file_name(month: int) -> str:
    """What the file of a billing period is called."""
    version = focus_version(month)
    ending = "csv.gz" if version == "1.0" else "parquet"
    return f"focus-{version}-{month // 12}-{month % 12 + 1:02d}.{ending}"


def file_bytes(story: Story, month: int) -> bytes:
    """The file of a billing period; the same story gives the same bytes."""
    frame = billing(story.seed, month, story.end)
    if focus_version(month) == "1.0":
        return _csv(frame.drop(columns=[*_NEW_IN_1_1, *_NEW_IN_1_2]), month)
    return _parquet(frame)


def _csv(frame: pd.DataFrame, month: int) -> bytes:
    """A byte-order mark, instants without a zone, absent cells that are empty or the word NULL."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(frame.columns)
    writer.writerows(_rows(frame, month))
    return gzip.compress(("\ufeff" + text.getvalue()).encode(), compresslevel=6, mtime=0)


def _rows(frame: pd.DataFrame, month: int) -> Iterator[tuple[str, ...]]:
    columns = [_text(str(name), frame[name].tolist()) for name in frame.columns]
    if month == _SHOUTING:
        at = list(frame.columns).index("ServiceCategory")
        columns[at] = [cell.upper() if cell == "Storage" else cell for cell in columns[at]]
    yield from zip(*columns, strict=True)
    if month == IMPOSSIBLE_HOUR:
        first = {str(name): columns[n][0] for n, name in enumerate(frame.columns)}
        yield tuple({**first, "ChargePeriodStart": first["ChargePeriodStart"][:10] + " 30:00:00"}.values())


def _text(name: str, cells: list[Any]) -> list[str]:
    if name in AMOUNTS:
        return [_decimal(cell) for cell in cells]
    if name in _INSTANTS:
        return [f"{cell} 00:00:00" for cell in cells]
    absent = "NULL" if name.startswith("CommitmentDiscount") else ""
    return [absent if cell is None else str(cell) for cell in cells]


def _decimal(micros: int) -> str:
    """Millionths as a decimal number."""
    sign, size = "-" if micros < 0 else "", abs(micros)
    return f"{sign}{size // 1_000_000}.{size % 1_000_000:06d}"


def _parquet(frame: pd.DataFrame) -> bytes:
    columns: dict[str, pa.Array] = {}
    for name in frame.columns:
        if name in AMOUNTS:
            columns[name] = _decimals(frame[name].to_numpy(np.int64))
        elif name in _INSTANTS:
            columns[name] = pa.array(frame[name].tolist(), pa.date32()).cast(pa.timestamp("us", "UTC"))
        elif name == "Tags":
            columns[name] = pa.array(frame[name].tolist(), pa.string())
        else:
            columns[name] = pa.array(frame[name].tolist(), pa.string()).dictionary_encode()
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink, compression="zstd")
    return sink.getvalue()


def _decimals(micros: np.ndarray[Any, np.dtype[np.int64]]) -> pa.Array:
    """Millionths as exact decimals, without a Python object for each: both halves of a 128-bit whole number."""
    halves = np.column_stack([micros, np.where(micros < 0, -1, 0)]).astype("<i8")
    return pa.Array.from_buffers(pa.decimal128(38, 6), len(micros), [None, pa.py_buffer(halves.tobytes())])


def listing(story: Story) -> list[dict[str, Any]]:
    """What is there, without the contents: name, billing period and FOCUS version of each file."""
    return [
        {
            "name": file_name(month),
            "billing_period": str(first_day(month)),
            "focus_version": focus_version(month),
        }
        for month in billing_months(story.start, story.end)
    ]
