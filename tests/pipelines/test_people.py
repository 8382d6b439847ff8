"""People are kept as hashes, and what they wrote without what leads to them."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.settings import Settings, Warehouse
from pipelines.errors import StopSource
from pipelines.people import masked, pseudonym, require_salt

SALT = "a salt of more than sixteen letters"
REAL = Settings(warehouse=Warehouse(url="sqlite://"), kpis=())
DEMO = REAL.model_copy(update={"mode": "demo"})


@pytest.fixture(autouse=True)
def _no_salt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLUMBLINE_SALT", raising=False)


def test_one_person_has_one_pseudonym_under_one_salt_and_another_under_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLUMBLINE_SALT", SALT)
    ann = pseudonym(REAL, "ann@example.com")
    assert re.fullmatch(r"[0-9a-f]{32}", ann)
    assert pseudonym(REAL, " Ann@Example.com ") == ann
    assert pseudonym(REAL, "bob@example.com") != ann
    assert pseudonym(REAL, "5f3A") != pseudonym(REAL, "5f3a")
    monkeypatch.setenv("PLUMBLINE_SALT", SALT + "!")
    assert pseudonym(REAL, "ann@example.com") != ann


def test_without_a_salt_nobody_is_stored_outside_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StopSource) as told:
        pseudonym(REAL, "ann")
    assert str(told.value) == (
        "Set the environment variable PLUMBLINE_SALT to a long random text that never changes: "
        "people are kept as hashes salted with it."
    )
    monkeypatch.setenv("PLUMBLINE_SALT", "pepper")
    with pytest.raises(StopSource) as told:
        require_salt(REAL)
    assert str(told.value) == ("PLUMBLINE_SALT is too short to protect anybody: give it 16 characters or more.")


def test_the_demo_company_has_a_salt_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    ann = pseudonym(DEMO, "ann")
    monkeypatch.setenv("PLUMBLINE_SALT", SALT)
    assert pseudonym(DEMO, "ann") == ann != pseudonym(REAL, "ann")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<p>Great <b>wal</b>let</p><p>Thanks &amp; bye</p>", "Great wallet Thanks & bye"),
        ("<script>alert(1)</script>fine<!-- note -->", "fine"),
        ("price < 5 and > 3, I <3 it", "price < 5 and > 3, I <3 it"),
        ("&lt;i&gt;escaped&lt;/i&gt;", "escaped"),
        ("Write to <i>jo</i>hn.doe+x@Example.co.uk!", "Write to [e-mail]!"),
        ("john (at) example.com", "[e-mail]"),
        ("call +49 (0)170 123-4567 or 0170/1234567.", "call [phone] or [phone]."),
        ("card 4111 1111 1111 1111, 4111-1111-1111-1111", "card [number], [number]"),
        ("IBAN DE89 3704 0044 0532 0130 00 or GB29NWBK60161331926819", "IBAN [account] or [account]"),
        ("0x52908400098527886E0F7030069857D2E4169EE7 is mine", "[wallet] is mine"),
        ("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "[wallet]"),
        ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "[wallet]"),
        ("7EqQdEULxWcraVx3mXKFjc84LhCkMGZCkRuDpvcMwJeK", "[wallet]"),
        ("on 2026-10-31 14:05 it cost 1,000,000 EUR", "on 2026-10-31 14:05 it cost 1,000,000 EUR"),
        ("ISO 27001 in 2026, version 1.2.3, 45 minutes", "ISO 27001 in 2026, version 1.2.3, 45 minutes"),
        ("two\nlines\t and\u00a0spaces ", "two lines and spaces"),
    ],
)  # fmt: skip
def test_what_leads_to_a_person_is_masked_and_the_rest_stays(text: str, plain: str) -> None:
    assert masked(text) == plain


@given(st.text(), st.from_regex(r"[a-z]{1,8}@[a-z]{2,8}\.(com|de)", fullmatch=True), st.text())
def test_no_address_survives_whatever_stands_around_it(before: str, address: str, after: str) -> None:
    assert address not in masked(f"{before} {address} {after}")


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_masking_twice_changes_nothing_where_no_tag_is_left(text: str) -> None:
    once = masked(text)
    if "<" not in once and "&" not in once:
        assert masked(once) == once


@pytest.mark.parametrize("part", ["<", "<a", "<!--", "<script>", "a.", "a@", "a@a-", "1 ", "aA1", "de89 "])
def test_text_made_to_be_slow_is_masked_at_once(part: str) -> None:
    began = time.perf_counter()
    masked(part * 50_000)
    assert time.perf_counter() - began < 3
