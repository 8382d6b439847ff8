"""Lanes of what went on: where it stands, what shape it has, where it leads."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest

from app.content.bad_block import BadBlock
from app.content.timeline import Lane, Span
from app.render import timeline, timeline_pdf, timeline_web
from app.render.theme import LIGHT
from data.period import Kind, containing
from tests.app.sample_content import INCIDENTS


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found.append({name: value or "" for name, value in attrs})

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def test_what_began_before_or_goes_on_is_cut_to_what_is_known_of_the_period() -> None:
    ours, theirs = timeline.groups(INCIDENTS)
    assert (ours.name, theirs.name) == ("Our services", "Providers")
    (_, wallet), (_, ledger) = ours.lanes
    assert [(one.start, one.end, one.goes_on) for one in wallet] == [
        (3.25 / 31, 3.5 / 31, False), (24 / 31, 24.5 / 31, True),
    ]  # fmt: skip
    assert [(one.start, one.end) for one in ledger] == [(0, 0.25 / 31), (9 / 31, 9 / 31)]
    assert timeline.known(INCIDENTS) == 24.5 / 31


def test_shapes_and_words_tell_how_bad_it_was_without_colour() -> None:
    assert timeline.key(INCIDENTS) == (
        ("down", "down"), ("partial", "partly down"), ("degraded", "degraded"), ("none", "no impact"),
        ("planned", "planned maintenance"),
    )  # fmt: skip
    shapes = [shape for shape, _ in timeline.SHAPES.values()]
    assert len(set(shapes)) == len(shapes)
    assert timeline.notes(INCIDENTS) == ("An arrow: still open.",)


def test_on_screen_each_is_a_link_to_its_record_with_words_that_are_text() -> None:
    page = _Links()
    page.feed(timeline_web.lanes(INCIDENTS, {}))
    (link,) = page.found
    assert (link["href"], link["title"]) == ("https://pager.example/1", "Errors after a release")
    assert "Wallet" in page.said
    assert "<b>answers" not in timeline_web.lanes(INCIDENTS, {})
    refused = replace(INCIDENTS, lanes=(Lane("a", "", (Span(1, 2, "down", "x", "javascript:alert(1)"),)),))
    assert "javascript" not in timeline_web.lanes(refused, {})


@pytest.mark.parametrize(
    ("kind", "named"),
    [
        (Kind.WEEK, ["12\xa0Oct", "13\xa0Oct", "14\xa0Oct", "15\xa0Oct", "16\xa0Oct", "17\xa0Oct", "18\xa0Oct"]),
        (Kind.MONTH, ["1\xa0Oct", "8\xa0Oct", "15\xa0Oct", "22\xa0Oct", "29\xa0Oct"]),
        (Kind.QUARTER, ["Oct", "Nov", "Dec"]),
        (Kind.YEAR, ["Jan", "Mar", "May", "Jul", "Sep", "Nov"]),
    ],
)
def test_the_axis_names_days_weeks_or_months(kind: Kind, named: list[str]) -> None:
    block = replace(INCIDENTS, period=containing(date(2026, 10, 14), kind))
    assert [words for _, words in timeline.ticks(block)] == named


def test_on_paper_every_lane_has_its_name_and_every_span_its_mark() -> None:
    svg = timeline_pdf.draw(INCIDENTS, 174)
    for words in ("Wallet", "Ledger", "Norvane", "Our services", "Providers", "planned maintenance"):
        assert f">{words}</text>" in svg
    assert LIGHT.missed in svg
    higher = replace(INCIDENTS, lanes=(*INCIDENTS.lanes, Lane("More", "Providers", ())))
    sizes = [float(found.split('height="')[1].split("pt")[0]) for found in (svg, timeline_pdf.draw(higher, 174))]
    assert sizes[1] - sizes[0] == pytest.approx(10.5)


def test_what_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(BadBlock, match="something in Wallet ends before it starts"):
        replace(INCIDENTS, lanes=(Lane("Wallet", "", (Span(2, 1, "down", "x"),)),))
