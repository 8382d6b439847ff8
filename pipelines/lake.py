"""Bulk files as tables, read where they lie, by DuckDB through Ibis; the one place that knows the engine.

What is asked of a table is an Ibis expression and knows no engine, so a cluster's table of the same columns
(Spark, or any other Ibis backend) answers it too. Memory is bounded: what does not fit goes to a scratch folder.
"""

from __future__ import annotations

import csv
import glob
import gzip
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from pipelines.errors import StopSource

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

CSV, GZIP, PARQUET = ".csv", ".csv.gz", ".parquet"
FORMATS = (CSV, GZIP, PARQUET)
ROW = "file_row_number"

_BLOCK = 1 << 20
_BROKEN_ROWS = 100_000


class Damaged(Exception):
    """A file that cannot be read to its end: half written, or not what its name says."""


@dataclass(frozen=True)
class Limits:
    """What the engine may use; `threads` None is every core, `scratch` None the system's folder for temporary files."""

    memory: str = "2GB"
    threads: int | None = None
    scratch: Path | None = None


@contextmanager
def opened(limits: Limits) -> Iterator[Backend]:
    """An engine that reads instants without a zone as UTC. StopSource where the limits cannot be met."""
    import duckdb
    import ibis

    with tempfile.TemporaryDirectory(prefix="plumbline-lake-", dir=limits.scratch) as scratch:
        threads = {} if limits.threads is None else {"threads": limits.threads}
        try:
            engine = ibis.duckdb.connect(
                memory_limit=limits.memory,
                temp_directory=scratch,
                preserve_insertion_order=False,
                autoinstall_known_extensions=False,
                **threads,
            )
        except duckdb.Error as error:
            raise StopSource(f"The engine refuses its limits: write memory like 2GB. {_first_line(error)}") from error
        try:
            yield engine
        except duckdb.OutOfMemoryException as error:
            raise StopSource(f"{limits.memory} of memory are too little to reduce a file: raise memory.") from error
        finally:
            engine.disconnect()


def format_of(path: Path) -> str | None:
    """One of FORMATS, None for a file of another kind."""
    name = path.name.lower()
    return next((suffix for suffix in FORMATS if name.endswith(suffix)), None)


def table(
    engine: Backend, path: Path, *, name: str | None = None, numbered: bool = False, broken: str = ""
) -> ir.Table:
    """The rows of a file, columns named in lower case as in its header; all text for CSV, the file's types for Parquet.

    `name` is the engine's own for it and goes over to the next file that is given it. `numbered` adds ROW, the number
    from zero, to a Parquet file's rows. A CSV row that cannot be taken apart is left out, and counted in the table
    `broken`. Raises Damaged.
    """
    with reading(path):
        if format_of(path) == PARQUET:
            found = engine.read_parquet(
                glob.escape(str(path)), table_name=name, hive_partitioning=False, file_row_number=numbered
            )
            return found.rename(_first_of_each(found.columns))
        header = csv_header(path)
        places = {written: f"c{index}" for index, written in reversed(list(enumerate(header)))}
        found = engine.read_csv(
            glob.escape(str(path)),
            table_name=name,
            columns=dict.fromkeys((f"c{index}" for index in range(len(header))), "VARCHAR"),
            header=True,
            delim=",",
            quote='"',
            escape='"',
            hive_partitioning=False,
            compression="gzip" if format_of(path) == GZIP else "none",
            **_left_out(broken),
        )
        return found.select(**{short: found[places[written]] for short, written in _first_of_each(header).items()})


def stored(engine: Backend, path: Path, name: str, query: str) -> ir.Table:
    """The answer to a compiled expression over one file, kept in the engine under a name. Raises Damaged."""
    with reading(path):
        engine.raw_sql(f'CREATE TEMP TABLE "{name}" AS {query}')
    return engine.table(name)


def broken_rows(engine: Backend, broken: str) -> int:
    """How many rows of a CSV file, read with `broken`, could not be taken apart."""
    return int(engine.table(broken).line_byte_position.nunique().to_pyarrow().as_py())


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turns what the engine says of a file into Damaged."""
    import duckdb

    try:
        yield
    except duckdb.OutOfMemoryException:
        raise
    except (duckdb.IOException, duckdb.InvalidInputException, duckdb.NotSupportedError, duckdb.DataError) as error:
        raise Damaged(f"{path.name} cannot be read to its end: it is half written or damaged.") from error


def whole(path: Path) -> None:
    """Reads a gzip file to its end: the engine takes a cut-off one for complete. Raises Damaged."""
    if format_of(path) != GZIP:
        return
    try:
        with gzip.open(path, "rb") as stream:
            while stream.read(_BLOCK):
                pass
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise Damaged(f"{path.name} cannot be read to its end: it is half written or damaged.") from error


def csv_header(path: Path) -> tuple[str, ...]:
    """The names in the first line of a CSV file. Raises Damaged where it has none."""
    try:
        with text_of(path) as stream:
            names = next(csv.reader(stream), [])
    except (EOFError, gzip.BadGzipFile, zlib.error, csv.Error) as error:
        raise Damaged(f"{path.name} cannot be read: it is half written or damaged.") from error
    if not any(names):
        raise Damaged(f"{path.name} is empty.")
    return tuple(name.strip() for name in names)


def csv_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV file, each with the number of its first line; bytes that are no UTF-8 are lone surrogates."""
    with text_of(path) as stream:
        reader = csv.reader(stream)
        next(reader, None)
        before = reader.line_num
        for row in reader:
            if row:
                yield before + 1, row
            before = reader.line_num


def text_of(path: Path, encoding: str = "utf-8-sig") -> IO[str]:
    """A CSV file as text, unpacked where it is gzipped; bytes that are none in the encoding are lone surrogates."""
    if format_of(path) == GZIP:
        return gzip.open(path, "rt", encoding=encoding, errors="surrogateescape", newline="")
    return path.open(encoding=encoding, errors="surrogateescape", newline="")


def _left_out(broken: str) -> dict[str, Any]:
    if not broken:
        return {"ignore_errors": True}
    return {
        "store_rejects": True,
        "rejects_table": broken,
        "rejects_scan": f"{broken}_scan",
        "rejects_limit": _BROKEN_ROWS,
    }


def _first_of_each(names: tuple[str, ...]) -> dict[str, str]:
    """Lower-case name to the first column that bears it."""
    return {name.casefold(): name for name in reversed(names)}


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".") + "."
