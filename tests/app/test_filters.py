"""What an address means, whatever stands in it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.content.sections.base import Comparison
from app.filters import read
from app.load import Choice, Outline
from data.period import Kind, containing, parse
from data.scopes import Scope

GROUP, WALLET = Scope("group", "portfolio", "Testmoor Group"), Scope("wallet", "service", "Wallet", "group")
OUTLINE = Outline(((0, GROUP), (1, WALLET)), "group", date(2025, 9, 1))
OCTOBER = containing(date(2026, 10, 1), Kind.MONTH)
DEFAULT = Choice(OCTOBER, "group", Comparison.PREVIOUS)


def test_an_empty_address_means_the_last_closed_month_of_the_widest_scope() -> None:
    found = read({}, OUTLINE, OCTOBER, 1)
    assert found is not None
    assert (found.choice, found.notices) == (DEFAULT, ())


def test_an_address_says_period_scope_and_comparison() -> None:
    found = read({"period": "FY2026-Q2", "scope": "wallet", "compare": "year"}, OUTLINE, OCTOBER, 4)
    assert found is not None
    assert found.choice == Choice(parse("FY2026-Q2", 4), "wallet", Comparison.YEAR)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"period": "2026-13"}, "'2026-13' is not a period"),
        ({"period": "<script>"}, "'<script>' is not a period"),
        ({"scope": "nobody"}, "There is no scope 'nobody'. Shown is Testmoor Group."),
        ({"compare": "next"}, "compare=next is not known: write previous or year. Shown is previous."),
    ],
)
def test_what_an_address_gets_wrong_is_said_and_the_default_shown(query: dict[str, str], said: str) -> None:
    found = read(query, OUTLINE, OCTOBER, 1)
    assert found is not None
    assert found.choice == DEFAULT
    (notice,) = found.notices
    assert notice.kind == "error"
    assert notice.sentence.startswith(said)


@given(st.dictionaries(st.sampled_from(["period", "scope", "compare", "other"]), st.text(max_size=60)))
def test_no_address_is_a_fault(query: dict[str, str]) -> None:
    found = read(query, OUTLINE, OCTOBER, 1)
    assert found is not None
    assert found.choice.scope in ("group", "wallet")


def test_without_any_scope_there_is_nothing_to_choose() -> None:
    assert read({}, Outline((), None, None), OCTOBER, 1) is None
