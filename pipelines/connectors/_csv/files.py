"""One file: its header held against the declared columns, its rows as facts, the others by their line."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from data.facts import Fact
from pipelines import lake
from pipelines.connectors._csv.options import CsvOptions
from pipelines.connectors._csv.rows import Rows
from pipelines.errors import SkipRecord
from pipelines.focus_files import File

_BREAKS = (EOFError, gzip.BadGzipFile, zlib.error, UnicodeError)


class Unusable(Exception):
    """A file of which nothing is loaded; the message is a sentence that says why."""


class HalfWritten(Unusable):
    """A file that ends too early: it may be whole the next time."""


@dataclass(frozen=True)
class Line:
    """A row of a file as a fact, or the reason why it is none."""

    number: int
    fact: Fact | None
    reason: str = ""


@dataclass
class Loaded:
    """A file that was read: its lines in order."""

    file: File
    lines: list[Line] = field(default_factory=list)


def load(file: File, rows: Rows, most: int | None = None) -> Loaded:
    """The rows of a file, up to so many; empty ones and those that are not wanted are left out. Raises Unusable."""
    found = Loaded(file)
    try:
        with lake.text_of(file.path, rows.options.encoding) as stream:
            for _ in range(rows.options.skip_lines):
                stream.readline()
            # strict: quotes that do not match are an error here, where they would swallow the rows after them
            reader = csv.reader(stream, delimiter=rows.options.delimiter, strict=True)
            header = _header(file, next(reader, []), rows.options)
            found.lines += islice(_lines(reader, header, rows), most)
    except _BREAKS as error:
        raise HalfWritten(f"{file.name} cannot be read to its end: it is half written or damaged.") from error
    except csv.Error as error:
        raise Unusable(
            f"{file.name} has no header that can be read: check delimiter, encoding and skip_lines."
        ) from error
    except OSError as error:
        raise Unusable(
            f"{file.name} cannot be opened ({error.strerror}): give this user the right to read it."
        ) from error
    return found


def _header(file: File, names: Sequence[str], options: CsvOptions) -> tuple[str, ...]:
    """The columns of a file as cells are looked up by, in any casing. Raises Unusable."""
    there = [name.strip() for name in names]
    if not any(there):
        raise Unusable(f"{file.name} is empty.")
    folded = tuple(name.casefold() for name in there)
    for declared in options.read_columns():
        count = folded.count(declared.casefold())
        if count == 0:
            raise Unusable(f"{file.name} has no column {declared!r}; it has: {', '.join(filter(None, there))}.")
        if count > 1:
            raise Unusable(f"{file.name} has {count} columns {declared!r}: rename all but one of them.")
    return folded


def _lines(reader: Iterator[list[str]], header: Sequence[str], rows: Rows) -> Iterator[Line]:
    while True:
        number = rows.options.skip_lines + _taken(reader) + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Line(number, None, "its quotes do not match, or a cell is longer than a cell may be")
            continue
        if any(cell.strip() for cell in cells) and (line := _line(number, cells, header, rows)):
            yield line


def _line(number: int, cells: Sequence[str], header: Sequence[str], rows: Rows) -> Line | None:
    if len(cells) != len(header):
        return Line(number, None, f"the row has {len(cells)} cells, the header {len(header)}")
    named = dict(zip(header, cells, strict=True))
    if not rows.wanted(named):
        return None
    try:
        return Line(number, rows.fact(named))
    except SkipRecord as reason:
        return Line(number, None, str(reason))


def _taken(reader: Iterator[list[str]]) -> int:
    """How many lines the reader has taken."""
    return int(getattr(reader, "line_num", 0))
