"""The board pack on paper: the same bytes for the same pack, text as text, readable by everyone."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import pypdf
import pytest

from app.content.blocks import Cell, Column, Row, Section, Table
from app.content.pack import Pack, PackPage
from app.render import figures_pdf
from app.render.pdf import compile_pack
from tests.app.sample_content import PACK, SPEND_BARS, UPTIME_TREND

AS_OF = datetime(2026, 11, 9, 6, tzinfo=UTC)
BARE = replace(PACK, pages=(), definitions=(), notices=())


@cache
def _read(pack: Pack) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(compile_pack(pack, as_of=AS_OF)))


def _text(pack: Pack) -> list[str]:
    return [page.extract_text().replace("\u202f", " ").replace("\xa0", " ") for page in _read(pack).pages]


def test_the_same_pack_gives_the_same_bytes_in_another_process_too() -> None:
    code = (
        "import sys, datetime\nfrom app.render.pdf import compile_pack\nfrom tests.app.sample_content import PACK\n"
        "sys.stdout.buffer.write(compile_pack(PACK, as_of=datetime.datetime(2026, 11, 9, 6, tzinfo=datetime.UTC)))"
    )
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=60).stdout
    assert other == compile_pack(PACK, as_of=AS_OF)
    assert other != compile_pack(PACK, as_of=AS_OF.replace(hour=7))


def test_every_page_says_whose_it_is_when_it_is_from_and_that_it_is_a_demo() -> None:
    pages = _text(PACK)
    for number, page in enumerate(pages, 1):
        assert all(
            words in page
            for words in (
                "Northpay Group",
                "October 2026",
                "Flash, not final",
                "Demo data",
                "FLASH",
                "Data as of 9 Nov 2026, 07:00 CET",
                f"page {number} of {len(pages)}",
            )
        )


def test_a_final_pack_of_real_data_wears_no_mark() -> None:
    pages = _text(replace(PACK, state="final", demo=False))
    assert not any("FLASH" in page or "Demo data" in page for page in pages)


def test_the_cover_holds_the_headline_and_every_key_measure() -> None:
    cover = " ".join(_text(PACK)[0].split())
    assert PACK.headline.sentence in cover
    wanted = [words for kpi in PACK.kpis for words in (kpi.name, kpi.actual, kpi.comment)]
    assert [words for words in wanted if words.replace("\u202f", " ").replace("\xa0", " ") not in cover] == []
    assert all(word in cover for word in ("missed", "at risk", "met", "cannot tell", "no data", "not configured"))


def test_it_is_tagged_for_readers_and_archives_with_words_for_every_figure() -> None:
    catalog = _read(PACK).trailer["/Root"]
    meta = catalog["/Metadata"].get_data().decode()
    assert catalog["/MarkInfo"]["/Marked"] is pypdf.generic.BooleanObject(True) or catalog["/MarkInfo"]["/Marked"]
    assert "<pdfuaid:part>1</pdfuaid:part>" in meta
    assert "<pdfaid:part>3</pdfaid:part>" in meta
    assert catalog["/Lang"] == "en"
    spoken = _alternatives(catalog["/StructTreeRoot"])
    assert {UPTIME_TREND.alt, SPEND_BARS.alt} <= spoken


def _alternatives(node: object) -> set[str]:
    found: set[str] = set()
    stack = [node]
    while stack:
        one = stack.pop()
        one = one.get_object() if hasattr(one, "get_object") else one
        if isinstance(one, list):
            stack += one
        elif isinstance(one, dict):
            if "/Alt" in one:
                found.add(str(one["/Alt"]))
            stack += [one["/K"]] if "/K" in one else []
    return found


def test_only_source_sans_is_embedded() -> None:
    fonts = {
        str(font.get_object()["/BaseFont"]).split("+")[1]
        for page in _read(PACK).pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert fonts == {"SourceSansPro-Regular", "SourceSansPro-Semibold"}


def test_text_is_never_markup_and_control_characters_are_gone() -> None:
    nasty = '#panic() *b* _i_ $x$ [c] <l> @ref \\ // /* "q" `r` \x00\x1b\u202eend'
    shown = _text(replace(BARE, entity=nasty, kpis=(replace(PACK.kpis[0], name=nasty, comment=nasty),)))[0]
    assert " ".join(shown.split()).count('#panic() *b* _i_ $x$ [c] <l> @ref \\ // /* "q" `r` end') >= 3


def test_characters_without_a_glyph_become_boxes_and_are_listed() -> None:
    pages = _text(replace(BARE, entity="日本 🚀"))
    assert "☐☐ ☐" in pages[0]
    assert "U+65E5 cjk unified ideograph-65e5" in pages[-1]
    assert "U+1F680 rocket" in " ".join(pages[-1].split())


def test_a_long_table_repeats_its_header_and_says_which_rows_stand_where() -> None:
    table = Table(
        "many", "Many rows", (Column("Name"), Column("Value", kind="number")),
        tuple(Row((Cell(f"row {n}"), Cell(f"{n}.5\u202f%"))) for n in range(1, 131)), total_rows=500,
    )  # fmt: skip
    pages = _text(replace(BARE, pages=(PackPage("Long", (Section("s", "", (table,)),)),)))[1:]
    assert len(pages) >= 3
    reached = 0
    for page in pages:
        assert page.index("Value") < page.index(f"row {reached + 1}")
        first, last = page.split("Rows ")[1].split(" of 500")[0].split("–")
        assert int(first) == reached + 1
        assert f"row {last}" in page
        reached = int(last)
    assert reached == 130


@pytest.mark.parametrize(("paper", "size"), [("a4", (595, 842)), ("us-letter", (612, 792))])
def test_both_papers(paper: str, size: tuple[int, int]) -> None:
    box = _read(replace(BARE, paper=paper)).pages[0].mediabox  # type: ignore[arg-type]
    assert (round(box.width), round(box.height)) == size


def test_a_page_may_lie_on_its_side() -> None:
    wide = PackPage("Wide", (Section("s", "", (UPTIME_TREND,)),), "landscape")
    sizes = [
        (round(page.mediabox.width), round(page.mediabox.height)) for page in _read(replace(BARE, pages=(wide,))).pages
    ]
    assert sizes == [(595, 842), (842, 595)]


def test_the_text_of_a_figure_stays_text() -> None:
    drawn = figures_pdf.draw(UPTIME_TREND, 174, 52)
    assert drawn == figures_pdf.draw(UPTIME_TREND, 174, 52)
    assert all(f">{words}</text>" in drawn for words in ("99.98", "target 99.99 %", "99.95\u202f%", "Nov"))


def test_an_empty_pack_is_a_cover() -> None:
    assert len(_read(replace(BARE, kpis=())).pages) == 1
