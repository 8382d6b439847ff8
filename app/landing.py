"""How a pack comes to stand under its name: whole or not at all, whenever the process ends or the disk is full.

A document is first whole on the disk beside its place, as `NAME.MARK.part`, and then moved there in one step.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from glob import escape
from hashlib import sha256
from pathlib import Path
from secrets import token_hex

from sqlalchemy import Connection, select

from data.warehouse.tables_people import released_pack

_PART = ".part"
_ABANDONED_AFTER = 3600
"""Seconds after which a copy that nobody moved into place is of a process that ended: none takes as long."""


@contextmanager
def landing(path: Path, document: bytes) -> Iterator[Path]:
    """Move the document into its place once the block has ended well; else nothing is left of it. OSError."""
    part = beside(path, document, token_hex(4))
    try:
        yield path
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    _sweep(path)


def beside(path: Path, document: bytes, mark: str) -> Path:
    """Write the document beside its place; where it does not fit, nothing is left of it. OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{mark}{_PART}")
    with part.open("wb") as file:
        try:
            file.write(document)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            part.unlink(missing_ok=True)
            raise
    return part


def settle(connection: Connection, folder: Path, own: int) -> None:
    """Move into place what was released and not moved yet; the caller's transaction is a writing one. OSError.

    What is left of a release that did not come about is removed where it is of the proposal `own`, and else once it is
    abandoned: another may be of another warehouse. A pack that was released anew since is removed too.
    """
    for part in sorted(folder.glob(f"*-final.pdf.*{_PART}")):
        name, _, mark = part.name.removesuffix(_PART).rpartition(".")
        if not mark.isdecimal():
            continue
        kept = released(connection, int(mark))
        whole = kept is not None and kept.sha256 == hash_of(part)
        if kept is not None and whole and not kept.replaced:
            _move(part, folder / name, kept.proposal)
        elif whole or int(mark) == own:
            part.unlink(missing_ok=True)


@dataclass(frozen=True)
class Released:
    """A release as the warehouse keeps it; `replaced` where the same pack was released anew since."""

    proposal: int
    sha256: str
    replaced: bool


def released(connection: Connection, number: int) -> Released | None:
    """The release of a proposal; None where it is not released."""
    table = released_pack.c
    row = connection.execute(select(released_pack).where(table.proposal == number)).first()
    if row is None:
        return None
    same = (table.period == row.period) & (table.scope == row.scope) & (table.log_count > row.log_count)
    later = connection.execute(select(table.proposal).where(same).limit(1)).first()
    return Released(row.proposal, row.sha256, later is not None)


def hash_of(path: Path) -> str | None:
    """The SHA-256 of a file; None where there is none."""
    return sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def _move(part: Path, path: Path, number: int) -> None:
    try:
        part.replace(path)
    except OSError as error:
        finishes = f"`python -m app pack release {number} --out {path.parent}` puts it in place"
        said = f"{error.strerror}; proposal {number} is released and logged, and once that is mended {finishes}"
        raise OSError(error.errno, said) from error
    _sweep(path)


def _sweep(path: Path) -> None:
    with suppress(FileNotFoundError):
        now = path.stat().st_mtime
        for part in path.parent.glob(f"{escape(path.name)}.*{_PART}"):
            if now - part.stat().st_mtime > _ABANDONED_AFTER:
                part.unlink()
