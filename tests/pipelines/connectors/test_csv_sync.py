"""Files through the runner into a real warehouse: replaced whole, and forgiven what was corrected."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from data.clock import fix_clock
from data.warehouse import read, schema
from data.warehouse.engine import reading, writing
from data.warehouse.write import accept_file, reject
from tests.pipelines.billing import charge, write
from tests.pipelines.connectors.company_world import Company, company

NOW = datetime(2026, 11, 9, 6, tzinfo=UTC)
MEASURED = """
[[source]]
id = "sheet"
type = "csv"
[source.options]
path = "{path}"
fact = "measurement"
[source.options.columns]
key = "what"
day = "day"
numerator = "n"
denominator = "d"
[source.options.constants]
metric = "refunds"
"""
FX = """
[[source]]
id = "rates"
type = "fx"
options = {{ path = "{path}" }}
"""
FOCUS = """
[[source]]
id = "cloud"
type = "focus"
options = {{ path = "{path}", threads = 1 }}
"""
UPTIME = """
[[source]]
id = "probes"
type = "csv"
[source.options]
path = "{path}"
fact = "probe_day"
columns = {{ key = "Service", day = "Day", uptime_percent = "Uptime" }}
"""


@dataclass
class Files:
    """A folder of files, and the company that reads it."""

    folder: Path
    make: Callable[[str], Company]

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def company(self, source: str, name: str = "") -> Company:
        return self.make(source.format(path=self.folder / name))


@pytest.fixture
def files(migrated_warehouse_url: str, tmp_path: Path) -> Iterator[Files]:
    """On each database."""
    fix_clock(NOW)
    folder = tmp_path / "files"
    folder.mkdir()
    made: list[Company] = []

    def make(source: str) -> Company:
        made.append(company(migrated_warehouse_url, tmp_path, source))
        return made[-1]

    yield Files(folder, make)
    for one in made:
        one.engine.dispose()
    fix_clock(None)


def version(shop: Company) -> int:
    with reading(shop.engine) as connection:
        found = read.data_version(connection)
    assert found is not None
    return found.version


def test_a_replaced_file_replaces_its_rows_and_bad_rows_are_told_until_corrected(files: Files) -> None:
    shop = files.company(MEASURED)
    files.write("a.csv", "what,day,n,d\nwallet,2026-10-01,1,10\nwallet,2026-10-02,2,10\n")
    report = shop.sync()
    assert (report.outcome, report.fetched, report.stored) == ("done", 2, 2)
    files.write("a.csv", "what,day,n,d\nwallet,2026-10-01,5,10\nwallet,soon,3,10\nwallet,2026-10-03,x,10\n")
    report = shop.sync()
    assert report.skipped == {
        "day is 'soon', which is no date": 1,
        "numerator (column n) is 'x', which is no number": 1,
    }
    assert [place for _, place, _ in shop.aside()] == ["a.csv, line 3", "a.csv, line 4"]
    assert [(str(day), int(n)) for day, n in shop.facts("measurement", "day", "numerator")] == [
        ("2026-10-01", 5),
        ("2026-10-02", 2),
    ]
    before = version(shop)
    files.write("a.csv", "what,day,n,d\nwallet,2026-10-01,5,10\nwallet,2026-10-04,3,10\n")
    shop.sync()
    assert shop.aside() == []
    assert [str(day) for (day,) in shop.facts("measurement", "day")] == ["2026-10-01", "2026-10-04"]
    assert version(shop) == before + 1
    assert shop.sync().stored == 0
    assert version(shop) == before + 1


def test_other_files_with_like_names_keep_what_was_refused_in_them(files: Files) -> None:
    shop = files.company(MEASURED)
    others = ["A.csv, line 3", "a%csv, line 3", "a.csv, b.csv, line 3", "a.csv2, line 3", "b.csv, line 3"]
    with writing(shop.engine) as connection:
        for place in [*others, "a.csv", "a.csv, line 3", "a.csv, line 4"]:
            reject(connection, "sheet", "row", place, "Bad.", {})
        reject(connection, "another", "row", "a.csv, line 3", "Bad.", {})
        assert accept_file(connection, "sheet", "a.csv", {("row", "a.csv, line 4")})
        assert not accept_file(connection, "sheet", "a.csv", {("row", "a.csv, line 4")})
    kept = sorted(shop.rows(schema.rejected_record, "source", "place"))
    assert kept == sorted([*(("sheet", one) for one in [*others, "a.csv, line 4"]), ("another", "a.csv, line 3")])


def test_a_wrong_header_is_set_aside_as_a_file_and_forgiven_when_it_is_right(files: Files) -> None:
    shop = files.company(MEASURED)
    files.write("a.csv", "what,day,n,d\nwallet,2026-10-01,1,10\n")
    files.write("b.csv", "what,date,n,d\nledger,2026-10-01,1,10\n")
    shop.sync()
    assert shop.aside() == [("file", "b.csv", "b.csv has no column 'day'; it has: what, date, n, d.")]
    files.write("b.csv", "what,day,n,d\nledger,2026-10-01,1,10\n")
    shop.sync()
    assert shop.aside() == []
    assert sorted(key for (key,) in shop.facts("measurement", "key")) == ["ledger", "wallet"]


def test_rates_that_were_corrected_are_no_longer_set_aside(files: Files) -> None:
    shop = files.company(FX, "rates.csv")
    files.write("rates.csv", "day,base,quote,rate\n2026-10-01,EUR,USD,1.1\n2026-10-02,EUR,USD,\n")
    shop.sync()
    assert [place for _, place, _ in shop.aside()] == ["rates.csv, line 3"]
    files.write("rates.csv", "day,base,quote,rate\n2026-10-01,EUR,USD,1.1\n2026-10-02,EUR,USD,1.2\n")
    shop.sync()
    assert shop.aside() == []


def test_charges_that_were_corrected_are_no_longer_set_aside(files: Files) -> None:
    shop = files.company(FOCUS)
    write(files.folder / "bill.csv", [charge(), charge(BilledCost="much")])
    shop.sync()
    assert [place for _, place, _ in shop.aside()] == ["bill.csv, line 3"]
    write(files.folder / "bill.csv", [charge(), charge(BilledCost="3")])
    shop.sync()
    assert shop.aside() == []


def test_uptime_of_another_tool_is_availability_on_the_days_of_its_file(files: Files) -> None:
    shop = files.company(UPTIME)
    files.write("a.csv", "Service,Day,Uptime\nwallet,2026-10-01,100\nwallet,2026-10-02,99.5\n")
    shop.sync()
    shop.rollup()
    table = schema.daily_metric
    with reading(shop.engine) as connection:
        query = select(table.c.day, table.c.numerator, table.c.denominator).where(
            table.c.metric == "availability", table.c.scope == "wallet"
        )
        found = {row.day: row.numerator / row.denominator for row in connection.execute(query.order_by(table.c.day))}
    assert found == {date(2026, 10, 1): 1.0, date(2026, 10, 2): 0.995}


def test_postings_with_many_places_are_stored_exactly(files: Files) -> None:
    shop = files.company(
        MEASURED.replace('"measurement"', '"revenue"')
        .replace('numerator = "n"\ndenominator = "d"', 'amount = "n"')
        .replace('metric = "refunds"', 'currency = "EUR"')
    )
    files.write("a.csv", "what,day,n\nwallet,2026-10-01,12345678901234.123456789012\n")
    assert shop.sync().outcome == "done"
    ((amount,),) = shop.facts("revenue", "amount")
    assert str(amount) == "12345678901234.123456789012"
