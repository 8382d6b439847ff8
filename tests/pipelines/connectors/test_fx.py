"""Exchange rates from a file: good rows are facts, each other one is told by its line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from data.facts import FxRate
from data.settings import Settings, Source, Warehouse
from pipelines.connectors.base import Finding, Page, Position, Record, Replacement
from pipelines.connectors.fx import Fx
from pipelines.errors import SkipRecord, StopSource, TryAgain

GOOD = "day,base,quote,rate\n2026-10-30,EUR,USD,1.0843\n2026-10-31,EUR,USD,1.0850\n2026-10-31,GBP,USD,1.29\n"


def _source(path: Path) -> Fx:
    settings = Settings(warehouse=Warehouse(url="sqlite://"), kpis=())
    return Fx(Source(id="rates", type="fx", options={"path": str(path)}), settings)


def _read(path: Path, files: Mapping[str, str] | None = None) -> list[Page]:
    position = Position(
        since=date(2023, 1, 1),
        now=datetime(2026, 11, 9, tzinfo=UTC),
        cursors={},
        open_items={},
        stored_days=lambda _fact, _key: frozenset(),
        files=files or {},
    )
    return list(_source(path).fetch(position))


def _written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "rates.csv"
    path.write_text(text, encoding="utf-8", newline="")
    return path


def test_each_row_is_the_rate_of_a_pair_on_a_day(tmp_path: Path) -> None:
    (page,) = _read(_written(tmp_path, GOOD))
    assert page.facts[0] == FxRate(
        source="rates",
        source_id="2026-10-30:EUR:USD",
        key_kind="pair",
        key="EUR/USD",
        day=date(2026, 10, 30),
        base="EUR",
        quote="USD",
        rate=Decimal("1.0843"),
    )
    assert [fact.source_id for fact in page.facts] == ["2026-10-30:EUR:USD", "2026-10-31:EUR:USD", "2026-10-31:GBP:USD"]
    assert page.replaces == (Replacement("fx_rate", "base", "EUR"), Replacement("fx_rate", "base", "GBP"))
    assert [(file.path, file.rows, file.rejected) for file in page.files] == [("rates.csv", 3, 0)]


def test_columns_may_stand_in_any_order_and_casing_beside_others(tmp_path: Path) -> None:
    text = "\ufeffRate,Note,Quote,BASE,Day\r\n 1.5 ,x, USD,EUR ,2026-10-30\r\n"
    (page,) = _read(_written(tmp_path, text))
    assert [(fact.key, fact.rate) for fact in page.facts if isinstance(fact, FxRate)] == [("EUR/USD", Decimal("1.5"))]


def test_an_unchanged_file_gives_no_page_and_a_changed_one_all_of_it(tmp_path: Path) -> None:
    (page,) = _read(_written(tmp_path, GOOD))
    files = {file.path: file.sha256 for file in page.files}
    assert _read(tmp_path / "rates.csv", files) == []
    (changed,) = _read(_written(tmp_path, GOOD.replace("1.0850", "1.0851")), files)
    assert len(changed.facts) == 3


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2026-13-01,EUR,USD,1.1", "day is '2026-13-01', which is no date such as 2026-10-31"),
        ("2026-10-01,Euro,USD,1.1", "'Euro' and 'USD' are not two ISO 4217 codes such as EUR and USD"),
        ("2026-10-01,EUR,EUR,1", "'EUR' and 'EUR' are not two ISO 4217 codes such as EUR and USD"),
        ("2026-10-01,EUR,USD,", "rate is '', which is no number"),
        ("2026-10-01,EUR,USD,1;1", "rate is '1;1', which is no number"),
        ("2026-10-01,EUR,USD,0", "rate is '0', which is not above 0"),
        ("2026-10-01,EUR,USD,-1.1", "rate is '-1.1', which is not above 0"),
        ("2026-10-01,EUR,USD,NaN", "rate is 'NaN', which is not above 0"),
        ("2026-10-01,EUR,USD", "the row has 3 cells, the header 4"),
        ("2026-10-30,EUR,USD,2", "EUR/USD of 2026-10-30 was given before"),
    ],
)
def test_a_bad_row_is_told_by_its_line_and_takes_nothing_away(tmp_path: Path, row: str, reason: str) -> None:
    (page,) = _read(_written(tmp_path, GOOD + row + "\n2026-11-01,EUR,USD,1.09\n"))
    assert [(one.where, one.reason) for one in page.rejected] == [("rates.csv, line 5", reason)]
    assert len(page.facts) == 4
    assert page.replaces == ()


def test_a_file_without_a_column_or_without_contents_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StopSource, match=r"rates\.csv lacks the column quote: it needs day, base, quote, rate"):
        _read(_written(tmp_path, "day,base,rate\n"))
    with pytest.raises(TryAgain, match=r"Source rates: rates\.csv is empty"):
        _read(_written(tmp_path, ""))
    with pytest.raises(StopSource, match=r"no file is at .*nothing\.csv: correct the option path"):
        _read(tmp_path / "nothing.csv")


def test_check_tells_pairs_the_last_day_and_faults(tmp_path: Path) -> None:
    path = _written(tmp_path, GOOD + "x,EUR,USD,1\n")
    assert list(_source(path).check()) == [
        Finding("rates", True, "3 rates, the last of 2026-10-31; pairs: EUR/USD, GBP/USD."),
        Finding(
            "rows",
            False,
            "1 rows are refused; rates.csv, line 5: day is 'x', which is no date such as 2026-10-31.",
        ),
    ]
    assert list(_source(_written(tmp_path, "day,base,quote,rate\n")).check()) == [
        Finding("rates", False, "0 rates; pairs: none.")
    ]
    (finding,) = _source(tmp_path / "nothing.csv").check()
    assert (finding.subject, finding.good) == ("path", False)


def test_no_record_of_a_row_is_kept(tmp_path: Path) -> None:
    with pytest.raises(SkipRecord, match="no record of a row is kept"):
        _source(tmp_path).facts(Record("rate", "1", {}))
