"""Billing folders for tests: charges written as files of each format, read as a sync would read them."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from data.facts import Spend
from data.settings import Settings, Source, Warehouse
from pipelines.connectors.base import Page, Position
from pipelines.connectors.focus import Focus

Row = Mapping[str, Any]

USUAL: Row = {
    "BilledCost": "1.00",
    "EffectiveCost": "0.90",
    "BillingAccountId": "acme",
    "BillingCurrency": "USD",
    "BillingPeriodStart": "2026-09-01T00:00:00Z",
    "BillingPeriodEnd": "2026-10-01T00:00:00Z",
    "ChargeCategory": "Usage",
    "ChargeClass": "",
    "ChargePeriodStart": "2026-09-05T07:00:00Z",
    "ChargePeriodEnd": "2026-09-05T08:00:00Z",
    "CommitmentDiscountId": "",
    "CommitmentDiscountStatus": "",
    "ProviderName": "Cloud",
    "ResourceId": "vm-1",
    "ServiceCategory": "Compute",
    "ServiceName": "Machines",
    "SubAccountId": "wallet",
    "Tags": "",
}


def charge(**cells: Any) -> Row:
    """A usual charge with some cells of its own; None takes a column away."""
    return {name: cell for name, cell in {**USUAL, **cells}.items() if cell is not None}


def csv_text(rows: Sequence[Row]) -> str:
    """The charges as CSV, columns of the first one."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def write(path: Path, rows: Sequence[Row]) -> Path:
    """Charges in the format that the name of the file tells; Parquet with instants, decimals and texts."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.name.endswith(".parquet"):
        pq.write_table(typed(rows), path)
    elif path.name.endswith(".gz"):
        path.write_bytes(gzip.compress(csv_text(rows).encode()))
    else:
        path.write_text(csv_text(rows), encoding="utf-8")
    return path


def typed(rows: Sequence[Row], cost: Callable[[str], Any] = Decimal, kind: pa.DataType | None = None) -> pa.Table:
    """The charges in the types of a Parquet export: costs of a kind, instants in UTC, empty cells null."""
    columns: dict[str, pa.Array] = {}
    for name in rows[0]:
        cells = [row[name] or None for row in rows]
        if name in ("BilledCost", "EffectiveCost"):
            columns[name] = pa.array(
                [None if cell is None else cost(cell) for cell in cells], kind or pa.decimal128(38, 12)
            )
        elif name.endswith(("PeriodStart", "PeriodEnd")):
            instants = [None if cell is None else datetime.fromisoformat(cell).astimezone(UTC) for cell in cells]
            columns[name] = pa.array(instants, pa.timestamp("us", "UTC"))
        else:
            columns[name] = pa.array(cells, pa.string())
    return pa.table(columns)


@dataclass
class Folder:
    """A folder of billing files with what a warehouse would keep of it: cursors, and the facts of each period."""

    path: Path
    options: Mapping[str, Any] = field(default_factory=dict)
    since: date | None = None
    cursors: dict[str, Any] = field(default_factory=dict)
    stored: dict[date, list[Spend]] = field(default_factory=dict)

    def connector(self) -> Focus:
        options = {"path": str(self.path), "threads": 1, **self.options}
        settings = Settings(warehouse=Warehouse(url="sqlite://"), kpis=())
        return Focus(Source(id="cloud", type="focus", since=self.since, options=options), settings)

    def read(self, *, full: bool = False, pages: int | None = None) -> list[Page]:
        """The pages of one reading, each stored as a sync stores it; `pages` breaks off after that many."""
        position = Position(
            since=date(2020, 1, 1),
            now=datetime(2026, 11, 9, 6, tzinfo=UTC),
            cursors={} if full else self.cursors,
            open_items={},
            stored_days=lambda _fact, _key: frozenset(),
            files={},
            full=full,
        )
        found = []
        for page in self.connector().fetch(position):
            found.append(page)
            self._store(page)
            if len(found) == pages:
                break
        return found

    def _store(self, page: Page) -> None:
        for gone in page.replaces:
            assert isinstance(gone.value, date)
            self.stored[gone.value] = [fact for fact in page.facts if isinstance(fact, Spend)]
        if page.cursor is not None:
            self.cursors[page.stream] = json.loads(json.dumps(page.cursor))

    @property
    def facts(self) -> list[Spend]:
        return [fact for _, facts in sorted(self.stored.items()) for fact in facts]


def read(path: Path, **options: Any) -> list[Spend]:
    """The facts of a file or folder."""
    folder = Folder(path, options)
    folder.read()
    return folder.facts


def totals(facts: Iterable[Spend], *fields: str) -> dict[Any, tuple[Decimal, Decimal]]:
    """Billed and effective cost per value of a field, or per values of several."""
    found: dict[Any, tuple[Decimal, Decimal]] = {}
    for fact in facts:
        key = tuple(getattr(fact, name) for name in fields)
        billed, effective = found.get(key, (Decimal(0), Decimal(0)))
        found[key] = (billed + fact.billed, effective + fact.effective)
    return {key[0] if len(key) == 1 else key: sums for key, sums in found.items()}


def notes(pages: Iterable[Page]) -> list[str]:
    """All notes of the pages."""
    return [note for page in pages for note in page.notes]


def rejected(pages: Iterable[Page]) -> dict[str, str]:
    """Where and why charges were set aside."""
    return {one.where: one.reason for page in pages for one in page.rejected}
