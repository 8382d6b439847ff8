"""Which files of a billing folder are current: what lies there, and what manifests say of it.

A manifest (AWS Data Exports `…-Manifest.json`, Azure Cost Management `manifest.json`) names the files of one delivery.
Where a folder holds manifests, only files named by the latest one of each export and month are read, so that an older
delivery beside a newer one never counts twice, and one still being written is not read at all.

Sources: docs.aws.amazon.com/cur/latest/userguide/dataexports-export-delivery.html;
learn.microsoft.com/azure/cost-management-billing/costs/tutorial-improved-exports.
"""

from __future__ import annotations

import glob
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from pipelines.errors import StopSource
from pipelines.lake import FORMATS, format_of

_MONTH = re.compile(r"(?<!\d)(20\d\d)-?(0[1-9]|1[0-2])(?!\d)|(?<!\d)(20\d\d)(0[1-9]|1[0-2])\d\d(?!\d)")


class Refused(Exception):
    """A file that lacks needed columns."""


@dataclass(frozen=True)
class File:
    """A file of charges; `name` is its path below the folder, `governed` whether a manifest names it."""

    path: Path
    name: str
    governed: bool = False

    @property
    def month(self) -> date | None:
        """The month that its path tells, as in BILLING_PERIOD=2026-09 or 20260901-20260930."""
        return _month_in(self.name)

    @property
    def stamp(self) -> tuple[int, ...]:
        """What changes when a file is written: cheaper to compare than its contents."""
        stat = self.path.stat()
        return (stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)

    def sha256(self) -> str:
        """The digest of the contents."""
        with self.path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()


@dataclass(frozen=True)
class Awaited:
    """A delivery that is not complete yet: its month, the names of its files, and what is missing."""

    month: date | None
    names: frozenset[str]
    reason: str


@dataclass(frozen=True)
class Listing:
    """The current files at a path, deliveries that are not complete, and what a person should know."""

    files: tuple[File, ...]
    awaited: tuple[Awaited, ...] = ()
    notes: tuple[str, ...] = ()


def listed(path: str) -> Listing:
    """What is current at a file, a folder or a pattern such as exports/*.parquet. StopSource where nothing is there."""
    root, paths = files_at(path)
    there = {one.relative_to(root).as_posix(): one for one in paths}
    charges = {name: one for name, one in there.items() if format_of(one)}
    manifests = [_manifest(name, one) for name, one in there.items() if name.lower().endswith("manifest.json")]
    deliveries = [one for one in manifests if one is not None]
    if not charges and not deliveries:
        raise StopSource(f"There are no files of charges at {path}: they end in {', '.join(FORMATS)}.")
    if not deliveries:
        return Listing(tuple(File(charges[name], name) for name in sorted(charges)))
    return _current(charges, deliveries)


@dataclass(frozen=True)
class _Delivery:
    name: str
    export: str
    month: date | None
    order: tuple[str, int, str]
    entries: tuple[tuple[str, int | None], ...]
    fault: str = ""


def files_at(path: str) -> tuple[Path, list[Path]]:
    """The files at a file, below a folder or of a pattern, and the folder that their names are told from."""
    place = Path(path)
    if place.is_file():
        return place.parent, [place]
    if place.is_dir():
        return place, [one for one in sorted(place.rglob("*")) if one.is_file() and not _hidden(one, place)]
    fixed = Path(*_parts_before_pattern(place))
    found = fixed.glob(str(place.relative_to(fixed))) if place != fixed else ()
    files = [one for one in sorted(found) if one.is_file() and not _hidden(one, fixed)]
    if not files:
        raise StopSource(f"Nothing is at {path}: correct the option path, or mount the folder.")
    return fixed, files


def _parts_before_pattern(place: Path) -> Iterator[str]:
    for part in place.parts[:-1]:
        if glob.has_magic(part):
            return
        yield part


def _hidden(path: Path, root: Path) -> bool:
    """Files that tools leave beside data: .part, _SUCCESS, ._x; `_manifest.json` is none of them."""
    parts = path.relative_to(root).parts
    return any(part.startswith((".", "_")) for part in parts) and not path.name.lower().endswith("_manifest.json")


def _manifest(name: str, path: Path) -> _Delivery | None:
    """The delivery of a manifest, None for another kind of document."""
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        return _Delivery(name, name, _month_in(name), ("", 0, name), (), f"{name} is no JSON yet: {error}")
    entries = tuple(_entries(document)) if isinstance(document, dict) else ()
    if not entries:
        return None
    run, config = _mapping(document, "runInfo"), _mapping(document, "exportConfig")
    export = config.get("exportName") or document.get("exportName") or document.get("reportName")
    told = str(run.get("startDate") or _mapping(document, "billingPeriod").get("start") or "")
    month = _month_in(told[:10].replace("-", "")) or _month_in(name) or _month_in(entries[0][0])
    order = (str(run.get("submittedTime", "")), path.stat().st_mtime_ns, name)
    return _Delivery(name, str(export or PurePosixPath(name).name), month, order, entries)


def _entries(document: Mapping[str, Any]) -> Iterator[tuple[str, int | None]]:
    """Names and sizes of the files that a manifest lists."""
    for key in ("dataFiles", "reportKeys", "files", "blobs"):
        listed_files = document.get(key)
        for entry in listed_files if isinstance(listed_files, list) else ():
            if isinstance(entry, str):
                yield entry, None
            elif isinstance(entry, dict) and (name := entry.get("blobName") or entry.get("path") or entry.get("name")):
                size = entry.get("byteCount", entry.get("size"))
                yield str(name), size if isinstance(size, int) else None


def _current(charges: Mapping[str, Path], deliveries: Iterable[_Delivery]) -> Listing:
    latest: dict[tuple[str, date | None, str], _Delivery] = {}
    named: set[str] = set()
    by_last: dict[str, list[str]] = {}
    for name in charges:
        by_last.setdefault(PurePosixPath(name).name, []).append(name)
    for delivery in sorted(deliveries, key=lambda one: one.order):
        alone = delivery.name if delivery.month is None else ""
        latest[delivery.export, delivery.month, alone] = delivery
        named |= {found for entry, _ in delivery.entries if (found := _local(entry, by_last))}
    files: dict[str, File] = {}
    awaited = []
    for delivery in latest.values():
        held = {found for entry, _ in delivery.entries if (found := _local(entry, by_last))}
        if reason := delivery.fault or _lacking(delivery, charges, by_last):
            awaited.append(Awaited(delivery.month, frozenset(held), reason))
        else:
            files |= {name: File(charges[name], name, governed=True) for name in held}
    strangers = sorted(set(charges) - named)
    notes = (f"No manifest names {_few(strangers)}: not read.",) if strangers else ()
    return Listing(tuple(files[name] for name in sorted(files)), tuple(awaited), notes)


def _lacking(delivery: _Delivery, charges: Mapping[str, Path], by_last: Mapping[str, Iterable[str]]) -> str:
    for entry, size in delivery.entries:
        name = _local(entry, by_last)
        if name is None:
            return f"{delivery.name} names {entry}, which is not there yet"
        if size is not None and charges[name].stat().st_size != size:
            return f"{delivery.name} says {name} has {size} bytes, it has {charges[name].stat().st_size}"
    return ""


def _local(entry: str, by_last: Mapping[str, Iterable[str]]) -> str | None:
    """The file below the folder that a bucket's key stands for: the one whose path ends the same for longest."""
    key = PurePosixPath(entry.split("://", 1)[-1]).parts
    best: tuple[int, str] | None = None
    for name in by_last.get(key[-1], ()) if key else ():
        parts = PurePosixPath(name).parts
        same = min(len(parts), len(key))
        if parts[-same:] == key[-same:] and (best is None or same > best[0]):
            best = (same, name)
    return best[1] if best else None


def _mapping(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = document.get(key)
    return value if isinstance(value, dict) else {}


def _month_in(text: str) -> date | None:
    found = _MONTH.search(text)
    if found is None:
        return None
    year, month = (part for part in found.groups() if part)
    return date(int(year), int(month), 1)


def _few(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
