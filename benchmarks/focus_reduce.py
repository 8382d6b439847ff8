"""How fast billing files become facts, beside the same aggregation written by hand in SQL, and beside dlt.

    python -m benchmarks.focus_reduce                     20 million Parquet rows, in a temporary folder
    python -m benchmarks.focus_reduce --rows 2000000      fewer
    python -m benchmarks.focus_reduce --dlt               also 1 million rows into SQLite, by dlt and by a sync

The files are made by DuckDB and are the same on every machine. dlt is installed into an environment of its own beside
them and is no requirement of the project. Goals: the reduction within 2 times of the bare SQL; 50 times dlt.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from data.settings import Settings, Source, Warehouse
from data.warehouse.engine import create_engine_for
from data.warehouse.migrate import migrate
from pipelines import focus_columns, lake
from pipelines.connectors.base import Position
from pipelines.connectors.focus import Focus
from pipelines.focus_columns import Grain
from pipelines.focus_files import File
from pipelines.focus_reduction import Reduction
from pipelines.sync import sync

ROUNDS = 3
ROWS_A_FILE = 2_500_000
MONTHS = (date(2026, 8, 1), date(2026, 9, 1))
DLT = "dlt[sqlalchemy]==1.31.0"

T = TypeVar("T")

_CHARGES = """
SELECT
    (h % 1000000 / 1000000.0)::DECIMAL(18, 10) AS BilledCost,
    (h % 900000 / 1000000.0)::DECIMAL(18, 10) AS EffectiveCost,
    (h % 1100000 / 1000000.0)::DECIMAL(18, 10) AS ListCost,
    'account-' || s % 3 AS BillingAccountId, 'Account ' || s % 3 AS BillingAccountName, 'USD' AS BillingCurrency,
    TIMESTAMP '{start}' AS BillingPeriodStart, TIMESTAMP '{start}' + INTERVAL 1 MONTH AS BillingPeriodEnd,
    TIMESTAMP '{start}' + to_hours((i * 720 // {rows})::INT) AS ChargePeriodStart,
    TIMESTAMP '{start}' + to_hours((i * 720 // {rows})::INT + 1) AS ChargePeriodEnd,
    CASE WHEN i % 10007 = 0 THEN 'Credit' WHEN i % 10009 = 0 THEN 'Tax' ELSE 'Usage' END AS ChargeCategory,
    CASE WHEN i % 50021 = 0 THEN 'Correction' END AS ChargeClass,
    'Hours of ' || s AS ChargeDescription, 'Usage-Based' AS ChargeFrequency,
    CASE WHEN s < 4 THEN 'plan-' || s END AS CommitmentDiscountId,
    CASE WHEN s < 4 THEN (CASE WHEN h % 20 = 0 THEN 'Unused' ELSE 'Used' END) END AS CommitmentDiscountStatus,
    'invoice-{start}-' || s % 3 AS InvoiceId, 'Provider ' || s % 3 AS ProviderName,
    'Provider ' || s % 3 AS PublisherName, 'region-' || h % 6 AS RegionId,
    'arn:resource/' || h % 100000 AS ResourceId,
    ['Compute', 'Storage', 'Networking', 'Databases', 'Integration', 'Security', 'Analytics', 'Other'][s % 8 + 1]
        AS ServiceCategory,
    'Service number ' || s AS ServiceName, 'sku-' || h % 500 AS SkuId,
    ['Virtual Machines', 'Object Storage', 'Content Delivery', 'Caching', 'Messaging', 'Secret Management', 'Search',
     'Other (Other)'][s % 8 + 1] AS ServiceSubcategory,
    'sub-' || a AS SubAccountId, 'Sub-account ' || a AS SubAccountName,
    '{{"service": "service-' || a || '", "cost_class": "' || (CASE s % 8 WHEN 4 THEN 'integration' ELSE 'other' END)
        || '"}}' AS Tags
FROM (SELECT i, hash(i)::UINT64 % 1000000007 AS h, (hash(i * 3) % {services})::INT AS s,
          (hash(i * 7) % {accounts})::INT AS a
      FROM range({first}, {last}) AS made(i))
"""
SERVICES = 20
ROWS_A_SUM = 24 * 4
"""Charges behind one daily sum: hourly ones of four resources; more rows come from more sub-accounts."""

_BY_HAND = """
SELECT CAST(ChargePeriodStart AS DATE) AS day, BillingPeriodStart, BillingAccountId, SubAccountId, ProviderName,
    ServiceName, ServiceCategory, ServiceSubcategory, ChargeCategory, ChargeClass, InvoiceId, CommitmentDiscountId,
    CommitmentDiscountStatus, BillingCurrency{tags}, sum(BilledCost) AS billed, sum(EffectiveCost) AS effective
FROM read_parquet({files}) GROUP BY ALL
"""

_DLT = """
import sys, time
import dlt, pyarrow.parquet as pq

@dlt.resource(name="charges")
def charges():
    for path in sys.argv[2:]:
        yield from (pq.ParquetFile(path).read_row_group(n) for n in range(pq.ParquetFile(path).num_row_groups))

start = time.monotonic()
sqlite = dlt.destinations.sqlalchemy(f"sqlite:///{sys.argv[1]}")
pipeline = dlt.pipeline("bench", destination=sqlite, dataset_name="main")
pipeline.run(charges())
print(time.monotonic() - start)
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Makes the files, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory", default="4GB")
    parser.add_argument("--dir", type=Path, help="keep the files here instead of a temporary folder")
    parser.add_argument("--dlt", action="store_true", help="also load 1 million rows into SQLite")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="plumbline-bench-") as temporary:
        folder = chosen.dir or Path(temporary)
        limits = lake.Limits(chosen.memory, chosen.threads, Path(temporary))
        reduction(made(folder / f"focus-{chosen.rows}", chosen.rows), chosen.rows, limits)
        if chosen.dlt:
            beside_dlt(made(folder / "focus-1000000", 1_000_000), Path(temporary), limits)


def made(folder: Path, rows: int) -> Path:
    """A folder with that many charges of two months, made unless it is there."""
    folder.mkdir(parents=True, exist_ok=True)
    month_rows = rows // len(MONTHS)
    accounts = max(1, rows // (len(MONTHS) * 30 * SERVICES * ROWS_A_SUM))
    parts = max(1, month_rows // ROWS_A_FILE)
    started = time.monotonic()
    for start in MONTHS:
        for part in range(parts):
            path = folder / f"{start:%Y-%m}-{part}.parquet"
            first, last = part * month_rows // parts, (part + 1) * month_rows // parts
            if not path.exists():
                size = {"services": SERVICES, "accounts": accounts, "rows": month_rows}
                charges = _CHARGES.format(start=start, first=first, last=last, **size)
                duckdb.sql(f"COPY ({charges}) TO '{path}.part' (FORMAT parquet)")
                Path(f"{path}.part").rename(path)
    size = sum(path.stat().st_size for path in folder.glob("*.parquet")) / 1e6
    took = time.monotonic() - started
    print(f"{rows:,} rows in {len(MONTHS) * parts} Parquet files, {size:,.0f} MB ({took:.0f} s to make)")
    return folder


def reduction(folder: Path, rows: int, limits: lake.Limits) -> None:
    """Rows a second of the reduction and of the bare SQL, in turns, with and without tags; then of the connector."""
    for keys in ((), ("service", "cost_class")):
        _beside_sql(folder, rows, keys, limits)
    seconds, facts = measured(lambda: _facts(folder, limits))
    print(f"connector to {facts:,} facts, files hashed: {seconds:6.2f} s, {rows / seconds / 1e6:6.1f} million rows/s")


def _beside_sql(folder: Path, rows: int, keys: Sequence[str], limits: lake.Limits) -> None:
    theirs, ours = [], []
    for _ in range(ROUNDS):
        seconds, whole = measured(lambda: _by_hand(folder, keys, limits))
        theirs.append(seconds)
        seconds, same = measured(lambda: _reduced(folder, keys, limits))
        ours.append(seconds)
        assert whole == same, f"the sums differ: {whole} by hand, {same} reduced"
    peer, own = statistics.median(theirs), statistics.median(ours)
    tags = f", {len(keys)} tag keys" if keys else ""
    print(f"bare DuckDB SQL{tags}: {peer:6.2f} s, {rows / peer / 1e6:6.1f} million rows/s")
    print(
        f"reduction{tags}:       {own:6.2f} s, {rows / own / 1e6:6.1f} million rows/s, {own / peer:.2f} times as long"
    )


def beside_dlt(folder: Path, temporary: Path, limits: lake.Limits) -> None:
    """1 million rows into SQLite: dlt in an environment of its own, and a sync of ours into a new warehouse."""
    environment = temporary / "dlt"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    python = environment / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", DLT, "pyarrow"], check=True, capture_output=True)
    script = temporary / "load.py"
    script.write_text(_DLT)
    paths = sorted(folder.glob("*.parquet"))
    told = subprocess.run([python, script, temporary / "dlt.db", *paths], check=True, capture_output=True, text=True)
    theirs = float(told.stdout.strip().splitlines()[-1])
    to_facts, facts = measured(lambda: _facts(folder, limits))
    settings = Settings(warehouse=Warehouse(url=f"sqlite:///{temporary / 'own.db'}"), kpis=())
    warehouse = create_engine_for(settings.warehouse.url)
    migrate(warehouse)
    stored, _ = measured(lambda: sync(warehouse, settings, _source(folder, limits)))
    reduced, _ = measured(lambda: _reduced(folder, ["cost_class"], limits))
    print(f"dlt, 1,000,000 rows to SQLite:  {theirs:7.2f} s")
    print(f"reduction to daily sums:        {reduced:7.2f} s, {theirs / reduced:.0f} times as fast")
    print(f"connector to {facts:,} facts:      {to_facts:7.2f} s, {theirs / to_facts:.0f} times as fast")
    print(f"sync into a SQLite warehouse:   {stored:7.2f} s, {theirs / stored:.0f} times as fast")


def measured(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds that the work took, and its answer."""
    start = time.monotonic()
    answer = work()
    return time.monotonic() - start, answer


def _by_hand(folder: Path, keys: Sequence[str], limits: lake.Limits) -> tuple[Decimal, Decimal]:
    tags = "".join(f", Tags ->> '$.{key}' AS {key}" for key in keys)
    files = [str(path) for path in sorted(folder.glob("*.parquet"))]
    config = {"memory_limit": limits.memory, "threads": str(limits.threads), "preserve_insertion_order": "false"}
    with duckdb.connect(config=config) as connection:
        sums = connection.sql(_BY_HAND.format(tags=tags, files=files)).to_arrow_table()
    return _whole(sums)


def _reduced(folder: Path, keys: Sequence[str], limits: lake.Limits) -> tuple[Decimal, Decimal]:
    with lake.opened(limits) as engine:
        work = Reduction(engine, Grain(tuple(keys)))
        files = [work.reduce(File(path, path.name)) for path in sorted(folder.glob("*.parquet"))]
        return _whole(focus_columns.merged([one.table for one in files]).to_pyarrow())


def _whole(sums: pa.Table) -> tuple[Decimal, Decimal]:
    billed, effective = (pc.sum(sums[name]).as_py() for name in ("billed", "effective"))
    return billed, effective


def _source(folder: Path, limits: lake.Limits) -> Source:
    options = {"path": str(folder), "memory": limits.memory, "threads": limits.threads, "tag_keys": ["cost_class"]}
    return Source(id="bench", type="focus", options=options)


def _facts(folder: Path, limits: lake.Limits) -> int:
    settings = Settings(warehouse=Warehouse(url="sqlite://"), kpis=())
    position = Position(
        since=MONTHS[0],
        now=datetime(2026, 11, 9, tzinfo=UTC),
        cursors={},
        open_items={},
        stored_days=lambda _fact, _key: frozenset(),
        files={},
    )
    return sum(len(page.facts) for page in Focus(_source(folder, limits), settings).fetch(position))


if __name__ == "__main__":
    main()
