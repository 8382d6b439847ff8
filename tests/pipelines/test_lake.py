"""Bulk files as tables: what is read, what is damaged, and that memory stays within its limits."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from ibis.backends.duckdb import Backend

from pipelines import lake
from pipelines.errors import StopSource


@pytest.fixture
def engine() -> Iterator[Backend]:
    with lake.opened(lake.Limits(threads=1)) as opened:
        yield opened


def _rows(engine: Backend, path: Path) -> list[dict[str, object]]:
    return list(lake.table(engine, path, broken="broken").to_pyarrow().to_pylist())


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "A.CSV", "odd [1]*? name.csv", "month=2026-09/a.csv"])
def test_csv_is_text_whatever_its_name_and_names_are_in_lower_case(engine: Backend, tmp_path: Path, name: str) -> None:
    text = '\ufeffDay,"Cost, billed",day\r\n2026-09-01,"1\r\n2",x\r\n\r\n"3 ""4""",,y\r\n'.encode()
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    assert lake.csv_header(path) == ("Day", "Cost, billed", "day")
    assert _rows(engine, path) == [
        {"day": "2026-09-01", "cost, billed": "1\r\n2"},
        {"day": '3 "4"', "cost, billed": None},
    ]


def test_parquet_keeps_its_types_and_numbers_its_rows_when_asked(engine: Backend, tmp_path: Path) -> None:
    path = tmp_path / "month=2026-09" / "a.parquet"
    path.parent.mkdir()
    pq.write_table(pa.table({"Cost": [1.5, 2.5]}), path)
    assert _rows(engine, path) == [{"cost": 1.5}, {"cost": 2.5}]
    numbered = lake.table(engine, path, numbered=True).to_pyarrow().to_pylist()
    assert numbered == [{"cost": 1.5, lake.ROW: 0}, {"cost": 2.5, lake.ROW: 1}]


def test_rows_that_cannot_be_taken_apart_are_left_out_and_counted(engine: Backend, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b'a,b\n1,2\n3\n4,5,6\n7,\xff\n8,9\n10,"11')
    assert [row["a"] for row in _rows(engine, path)] == ["1", "8"]
    assert lake.broken_rows(engine, "broken") == 4


def test_the_rows_of_a_csv_file_come_with_their_first_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b'a,b\r\n1,"2\r\n3"\r\n\r\n4,5\r\n')
    assert list(lake.csv_rows(path)) == [(2, ["1", "2\r\n3"]), (5, ["4", "5"])]


def test_a_half_written_parquet_file_is_damaged(engine: Backend, tmp_path: Path) -> None:
    pq.write_table(pa.table({"cost": list(range(10_000))}), tmp_path / "a.parquet")
    whole = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "a.parquet").write_bytes(whole[:-100])
    with pytest.raises(lake.Damaged, match=r"a\.parquet cannot be read to its end: it is half written or damaged"):
        lake.table(engine, tmp_path / "a.parquet")


def test_a_parquet_file_with_a_spoilt_page_is_damaged(engine: Backend, tmp_path: Path) -> None:
    cells = [f"{number * 7919 % 100_003:06d}" for number in range(100_000)]
    pq.write_table(pa.table({"cost": cells}), tmp_path / "a.parquet", compression="zstd", use_dictionary=False)
    whole = bytearray((tmp_path / "a.parquet").read_bytes())
    whole[1000:2000] = bytes(1000)
    (tmp_path / "a.parquet").write_bytes(whole)
    table = lake.table(engine, tmp_path / "a.parquet")
    with pytest.raises(lake.Damaged):
        lake.stored(engine, tmp_path / "a.parquet", "kept", engine.compile(table))


@pytest.mark.parametrize("missing", [1, 4, 300])
def test_a_cut_off_gzip_file_is_damaged(tmp_path: Path, missing: int) -> None:
    whole = gzip.compress(b"".join(b"%d,%d\n" % (n, n * 7919 % 100_003) for n in range(5000)))
    (tmp_path / "a.csv.gz").write_bytes(whole[:-missing])
    with pytest.raises(lake.Damaged, match="half written"):
        lake.whole(tmp_path / "a.csv.gz")
    (tmp_path / "a.csv.gz").write_bytes(whole)
    lake.whole(tmp_path / "a.csv.gz")


def test_a_file_that_is_no_gzip_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(b"a,b\n1,2\n")
    with pytest.raises(lake.Damaged):
        lake.csv_header(tmp_path / "a.csv.gz")


def test_an_empty_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.csv").touch()
    with pytest.raises(lake.Damaged, match=r"a\.csv is empty\."):
        lake.csv_header(tmp_path / "a.csv")


def test_an_aggregation_wider_than_the_memory_spills_and_ends(tmp_path: Path) -> None:
    with lake.opened(lake.Limits(memory="60MB", threads=1, scratch=tmp_path)) as engine:
        wide = "SELECT i::VARCHAR || repeat('x', 50) AS name, count(*) AS n FROM range(1500000) t(i) GROUP BY ALL"
        engine.raw_sql(f"CREATE TEMP TABLE kept AS {wide}")
        assert engine.raw_sql("SELECT sum(n) FROM kept").fetchone() == (1_500_000,)
        assert any(tmp_path.rglob("*.tmp"))
    assert list(tmp_path.iterdir()) == []


def test_too_little_memory_says_what_to_raise(tmp_path: Path) -> None:
    with (
        pytest.raises(StopSource, match="20MB of memory are too little to reduce a file: raise memory"),
        lake.opened(lake.Limits(memory="20MB", threads=1, scratch=tmp_path)) as engine,
    ):
        engine.raw_sql("SELECT list(i) FROM range(20000000) t(i)").fetchall()


def test_what_is_stored_stays_when_the_file_goes(engine: Backend, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a\n1\n")
    query = engine.compile(lake.table(engine, tmp_path / "a.csv"))
    kept = lake.stored(engine, tmp_path / "a.csv", "kept", query)
    (tmp_path / "a.csv").unlink()
    assert kept.to_pyarrow().to_pylist() == [{"a": "1"}]
