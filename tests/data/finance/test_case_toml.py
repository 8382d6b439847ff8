"""A case that is taken away as CASE.toml and brought back is the same case."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings

from data.finance.case import Case
from data.finance.case_file import read, template, templates
from data.finance.case_moves import moves
from data.finance.case_toml import toml
from tests.data.finance.cases import cases

DOCUMENT = (Path(__file__).parents[3] / "docs" / "roi.md").read_text(encoding="utf-8")


@settings(max_examples=150, deadline=None)
@given(cases())
def test_bringing_back_what_was_taken_away_changes_nothing(case: Case) -> None:
    again = read(toml(case))
    assert again == case
    assert moves(case, again) == ()
    assert toml(again) == toml(case)


@pytest.mark.parametrize("name", templates())
def test_shipped_cases_are_written_whole(name: str) -> None:
    assert read(toml(template(name))) == template(name)


def test_the_worked_example_is_written_as_a_person_would() -> None:
    (text,) = re.findall(r"```toml\n(.*?)```", DOCUMENT, flags=re.DOTALL)
    assert toml(read(text)).splitlines()[-5:] == [
        "",
        "[[together]]",
        'name = "How bad an hour down is"',
        'of = ["stability.downtime_cost", "stability.recovery_hours_after"]',
        "correlation = 0.4",
    ]
    assert "flows = [{ date = 2027-12-31, amount = 60000 }, { date = 2028-12-31, amount = 120000 }" in toml(read(text))
