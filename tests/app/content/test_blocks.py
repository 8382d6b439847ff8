"""Blocks refuse what no reader could make sense of."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from typing import get_args

import pytest

from app.content.blocks import MARKS, BadBlock, Row, Verdict, walk
from app.content.pack import KPI_COLUMNS, kpi_table
from app.content.waves import Wave
from tests.app.sample_content import BLOCKS, KPIS, NPS_WAVES, OCTOBER, SERVICES_TABLE, SPEND_BARS, UPTIME_TREND


def test_a_figure_without_alternative_text_is_refused() -> None:
    with pytest.raises(BadBlock, match="no alternative text"):
        replace(UPTIME_TREND, alt="  ")


def test_values_must_fit_their_periods() -> None:
    with pytest.raises(BadBlock, match="Compute has 12 values for 11 periods"):
        replace(SPEND_BARS, periods=SPEND_BARS.periods[1:])


def test_an_interval_holds_its_value() -> None:
    with pytest.raises(BadBlock, match="the interval of 2026-10 does not hold its value"):
        replace(NPS_WAVES, waves=(Wave(OCTOBER, 31.0, 32.0, 40.0, 120),))


def test_a_row_must_fit_its_columns() -> None:
    with pytest.raises(BadBlock, match="row 1 has 0 cells for 6 columns"):
        replace(SERVICES_TABLE, rows=(Row(()),))


def test_every_verdict_has_its_own_word_and_its_own_shape() -> None:
    verdicts = get_args(Verdict)
    assert set(MARKS) == set(verdicts)
    assert len({mark.word for mark in MARKS.values()}) == len({mark.shape for mark in MARKS.values()}) == len(verdicts)


def test_blocks_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        UPTIME_TREND.title = "other"  # type: ignore[misc]


def test_walking_meets_the_blocks_that_stand_beside_each_other() -> None:
    assert [type(block).__name__ for block in walk(BLOCKS[:10])] == [
        *("Headline", "Marks", "Tiles", "Notice", "Notice", "Trend", "Trend", "Trend", "Bars", "Table", "Facts"),
    ]


def test_key_measures_are_a_table_with_a_cell_for_every_column() -> None:
    table = kpi_table(KPIS)
    assert table.columns == KPI_COLUMNS
    assert [cell.text for cell in table.rows[0].cells][-1] == "Wallet down 31 minutes on 14 Oct"
    assert [row.cells[3].verdict for row in table.rows] == [kpi.verdict for kpi in KPIS]
