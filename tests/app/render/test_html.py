"""Blocks as HTML: every word is text, every tile has five rows, every link keeps the page's question."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.content.blocks import MARKS, Cell, Column, Definitions, Facts, Headline, Marks, Notice, Row, Table, Tile, Tiles
from app.render import html
from tests.app.sample_content import SERVICES_TABLE, TILES, UPTIME

NASTY = "<script>alert(1)</script> \"quoted\" 'single' & $x^2$ :red[x] **bold** [a](javascript:x) `c` ~~d~~ https://x.y"


class Seen(HTMLParser):
    """Tags, attributes and text of a fragment; a place where a line may break is neither."""

    def __init__(self, fragment: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(fragment)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "wbr":
            return
        self.tags.append(tag)
        self.attributes += attrs
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def _fragments(words: str) -> list[str]:
    meaning = replace(UPTIME, name=words, text=words, formula=words, source=words)
    five = (words, words, words, words, "missed")
    tile = Tile(*five, words, words, words, "worse", (1, None), (2,), words, words, words, meaning, words)
    columns = (Column(words), Column(words, kind="number"))
    table = Table(words, words, columns, (Row((Cell(words), Cell(words))),), words)
    return [
        html.headline(Headline(words, words)),
        html.heading(words, words, words),
        html.tiles(Tiles((tile,)), {"scope": words}),
        html.table(table, {}),
        html.notice(Notice("late", words, words, words), {}),
        html.definitions(Definitions((replace(UPTIME, id=words, name=words, text=words),))),
        html.facts(Facts(((words, words),))),
        html.marks(Marks(words, words)),
        html.figure_head(words, words, words),
        html.figure_notes((words,), (words,)),
    ]  # fmt: skip


def test_every_word_is_text_and_nothing_else() -> None:
    plain = _fragments("word 1")
    for nasty, tame in zip(_fragments(NASTY), plain, strict=True):
        seen = Seen(nasty)
        assert [tag for tag in seen.tags if tag != "a"] == [tag for tag in Seen(tame).tags if tag != "a"]
        assert NASTY in seen.text or any(value and NASTY in value for _, value in seen.attributes)
        assert seen.open == []
        assert not set("$*`~[]") & set(nasty)


@given(st.text())
def test_escaped_words_read_back_as_they_were(words: str) -> None:
    seen = Seen(f"<p>{html.escape(words)}</p>")
    assert seen.tags == ["p"]
    assert seen.text == words.replace("\n", " ").replace("\r", " ").replace("\0", "")


@pytest.mark.parametrize(
    ("href", "kept"),
    [
        ("reliability?metric=uptime", "reliability?period=2026-10&scope=eu&metric=uptime"),
        ("spend?period=2026-09", "spend?period=2026-09&scope=eu"),
        ("delivery#lead", "delivery?period=2026-10&scope=eu#lead"),
        ("https://github.com/x/y?z=1", "https://github.com/x/y?z=1"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("http://[bad", ""),
        ("", ""),
    ],
)
def test_a_link_keeps_the_period_and_scope_of_the_page(href: str, kept: str) -> None:
    assert html.link(href, {"period": "2026-10", "scope": "eu"}) == kept


def test_every_tile_has_the_same_five_rows_even_without_data() -> None:
    fragment = html.tiles(TILES, {})
    assert [fragment.count(f"pl-row{row}") for row in range(1, 6)] == [len(TILES.tiles)] * 5
    assert "Connect a control register to see this." in fragment
    assert 'class="pl-value pl-absent">n/a<' in fragment


def test_a_whole_tile_is_one_link_in_the_same_window() -> None:
    fragment = html.tiles(TILES, {"period": "2026-10"})
    assert '<a class="pl-cover" href="reliability?period&#61;2026-10&amp;' not in fragment
    links = [value for name, value in Seen(fragment).attributes if name == "href"]
    assert links[0] == "reliability?period=2026-10&metric=availability"
    assert fragment.count('target="_self"') == len(TILES.tiles)


@pytest.mark.parametrize("value", MARKS)
def test_a_verdict_is_a_shape_and_a_word(value: str) -> None:
    mark = MARKS[value]  # type: ignore[index]
    seen = Seen(html.verdict(value))  # type: ignore[arg-type]
    assert seen.text == mark.word
    assert ("class", f"pl-shape pl-{mark.shape}") in seen.attributes


def test_a_sparkline_breaks_at_a_gap_and_shows_its_target_and_what_stands_alone_as_a_dot() -> None:
    drawn = html.sparkline((1.0, 2.0, None, 3.0, None, 2.0, 2.0), (2.5,), "Uptime")
    assert (drawn.count("<polyline"), drawn.count("<line"), drawn.count("pl-dot")) == (2, 1, 1)
    assert drawn.count("<circle") == 2
    assert Seen(html.sparkline((None,), (1.0,), "Uptime")).tags == ["span"]


def test_a_long_value_is_set_smaller_beside_its_sparkline() -> None:
    tile = TILES.tiles[0]
    assert 'class="pl-value"' in html.tiles(replace(TILES, tiles=(replace(tile, value="99.95"),)), {})
    assert 'class="pl-value pl-long"' in html.tiles(replace(TILES, tiles=(replace(tile, value="+30 ± 15"),)), {})


def test_a_table_names_its_columns_and_rows_and_says_how_much_it_shows() -> None:
    fragment = html.table(SERVICES_TABLE, {})
    assert fragment.count('scope="col"') == len(SERVICES_TABLE.columns)
    assert fragment.count('scope="row"') == len(SERVICES_TABLE.rows)
    assert "Rows 1–12 of 25 · Planned maintenance counts as downtime." in Seen(fragment).text


def test_an_empty_table_says_so() -> None:
    assert "Nothing to show for this period." in html.table(replace(SERVICES_TABLE, rows=(), total_rows=0), {})
