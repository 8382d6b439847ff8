"""What the page of feedback says of answers that can be counted by hand, and what it does not say."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

import pytest

from app.content.blocks import Block, Facts, Notice, Section, Table, Tiles, Trend, walk
from app.content.sections import section_named
from app.content.sections.base import Comparison, Context
from app.content.sections.voices import side
from app.content.waves import Waves
from app.render import pdf
from data.period import parse
from data.warehouse.engine import reading
from data.warehouse.readings import Reader
from tests.app.test_sections import blocks, built, plainly, table
from tests.app.world import NOW, World, build, write_settings
from tests.data.happenings import response

Make = Callable[..., Context]
FEEDBACK = ("waves", "answering", "features", "comments", "audiences", "adoption")


def test_the_scores_stand_on_tiles_and_are_compared_with_the_wave_before(context: Make) -> None:
    (tiles,) = blocks(built("feedback.summary", context()), Tiles)
    assert isinstance(tiles, Tiles)
    assert [tuple(map(plainly, (one.value, one.unit, one.change, one.evidence))) for one in tiles.tiles] == [
        ("+30 ± 15", "points", "+20 points on Jul", "120 answers"),
        ("92.3", "%", "+7.7 pp on Sep", "52 answers"),
        ("5.5", "", "unchanged from Sep", "35 answers"),
        ("37.0", "%", "+1.0 pp on Sep", "370 of 1,000 eligible users on average over 2 windows"),
    ]
    assert [one.change_word for one in tiles.tiles] == ["", "", "", "better"]


def test_each_wave_has_a_point_with_its_interval_and_one_that_is_too_small_is_named(context: Make) -> None:
    figures = blocks(built("feedback.waves", context()), Waves)
    nps = figures[0]
    assert isinstance(nps, Waves)
    points = [(one.period.label, one.value, one.answers) for one in nps.waves if one.value is not None]
    assert points == [("2025-10", 30.0, 100), ("2026-01", 20.0, 80), ("2026-07", 10.0, 100), ("2026-10", 30.0, 120)]
    assert all(one.low < one.value < one.high for one in nps.waves if one.value and one.low and one.high)
    assert plainly(nps.title) == "Net promoter score +30 ± 15 points in October 2026, no clear change from July 2026"
    assert nps.note == "Left out, fewer than 30 answers: April 2026 (12)."
    assert [one.name for one in nps.references] == ["Financial services, directional"]
    assert nps.target is None
    assert len(nps.waves) == 13


def test_the_last_two_waves_are_held_against_each_other(context: Make) -> None:
    section = built("feedback.waves", context())
    # z = 20 / sqrt((0.7 - 0.3²) / 120 + (0.7 - 0.1²) / 100) / 100
    assert table(section) == [
        [
            *("Net promoter score", "October 2026", "+30 points", "+15 to +43 points", "120"),
            *("+10 points in July 2026, 100 answers", "+20 points", "+1.8", "no clear change"),
        ],
        [
            *("Customer satisfaction", "October 2026", "92.3 %", "81.8–97.0 %", "52"),
            *("84.6 % in September 2026, 52 answers", "+7.7 pp", "+1.2", "no clear change"),
        ],
        [
            *("Customer effort score", "October 2026", "5.5", "5.3–5.7", "35"),
            *("5.5 in September 2026, 35 answers", "unchanged", "0.0", "no clear change"),
        ],
    ]


def test_a_fall_beyond_chance_is_called_worse(context: Make) -> None:
    # October 2025 had +30 of 100, and nobody was asked before it
    rows = table(built("feedback.waves", context("2026-07")))
    assert rows[0][-3:] == ["−10 points", "−0.8", "no clear change"]
    only = table(built("feedback.waves", context("2025-10")))
    assert only[0][5:] == ["none that can be told", "", "", ""]


def test_who_answered_is_told_of_the_life_of_each_poll_and_why_it_matters(context: Make) -> None:
    section = built("feedback.answering", context())
    since = "1 Sep 2025"
    assert table(section) == [
        ["Poll of europe", "Testmoor Europe", "4,120", "2,060", "412", "10.0 %", "75 %", since, "31 Oct 2026"],
        ["Poll of payouts", "Instant payouts", "2,000", "1,000", "560", "28.0 %", "75 %", since, "31 Oct 2026"],
        ["Poll of cards", "Cards", "900", "450", "180", "20.0 %", "75 %", since, "8 Nov 2026"],
    ]
    (notice,) = blocks(section, Notice)
    assert isinstance(notice, Notice)
    assert plainly(notice.sentence).startswith("1,152 of 7,020 polls shown were answered (16.4 %).")
    earlier = table(built("feedback.answering", context("2026-09")))
    assert earlier[0][2:6] == ["3,000", "1,500", "292", "9.7 %"]


def test_a_feature_with_too_few_answers_says_so_instead_of_a_score(context: Make) -> None:
    section = built("feedback.features", context())
    assert table(section) == [
        ["Cards", "Customer satisfaction", "fewer than 30 answers", "", "12", ""],
        [
            "Instant payouts",
            "Customer satisfaction",
            "90.0 %",
            "76.9–96.0 %",
            "40",
            "+10.0 pp on Sep · no clear change",
        ],
        ["Instant payouts", "Customer effort score", "5.5", "5.3–5.7", "35", "unchanged from Sep · no clear change"],
    ]
    (found,) = blocks(section, Table)
    assert isinstance(found, Table)
    assert "A longer period gathers more answers" in found.note
    longer = table(built("feedback.features", context("2026-Q3")))
    assert longer[0] == ["Cards", "Customer satisfaction", "100 %", "90.4–100.0 %", "36", "unchanged from Q2"]


def test_words_stand_apart_by_side_and_none_where_few_answered(context: Make) -> None:
    section = built("feedback.comments", context())
    assert table(section) == [
        ["Instant payouts", "5 of 5", "Payout remark 30."],
        ["Instant payouts", "5 of 5", "Payout remark 20."],
        ["Instant payouts", "5 of 5", "Payout remark 10."],
        ["Testmoor Europe", "10 of 10", "Reason 50 of Oct."],
        ["Testmoor Europe", "10 of 10", "Reason 40 of Oct."],
        ["Testmoor Europe", "10 of 10", "Reason 30 of Oct."],
    ]
    assert table(section, 1) == [
        ["Testmoor Europe", "3 of 10", "Reason 110 of Oct."],
        ["Testmoor Europe", "3 of 10", "Reason 100 of Oct."],
    ]
    assert section.summary == "12 comments are held back: fewer than 30 people answered there, who could be told apart."
    assert "Card remark" not in str(section)


@pytest.mark.parametrize(
    ("form", "scores"),
    [
        ("nps", {"content": (9, 10), "between": (7, 8), "unhappy": (0, 6)}),
        ("csat", {"content": (4, 5), "between": (3,), "unhappy": (1, 2)}),
        ("ces", {"content": (5, 7), "between": (4,), "unhappy": (1, 3)}),
    ],
)
def test_sides_are_promoters_and_detractors_or_the_ends_of_a_scale(
    form: str, scores: dict[str, tuple[int, ...]]
) -> None:
    found = {name: {side(response("a", score, form)) for score in of} for name, of in scores.items()}
    assert found == {name: {name} for name in scores}
    assert side(replace(response("a", 1, "csat"), high_is_good=False)) == "content"


def test_each_audience_is_told_apart(context: Make) -> None:
    assert table(built("feedback.audiences", context())) == [
        ["Business", "Net promoter score", "fewer than 30 answers", "", "20"],
        ["Retail", "Net promoter score", "kept back", "", "100"],
        ["Retail", "Customer satisfaction", "92.3 %", "81.8–97.0 %", "52"],
        ["Retail", "Customer effort score", "5.5", "5.3–5.7", "35"],
    ]


def test_adoption_grows_in_points_and_relative_to_then(context: Make) -> None:
    section = built("feedback.adoption", context())
    assert table(section) == [
        ["Instant payouts", "50.0 %", "46.9–53.1 %", "500", "1,000", "+2.0 pp", "+4.2 %", "+35.0 pp", "+233 %"],
        ["Cards", "24.0 %", "21.5–26.7 %", "240", "1,000", "0 pp", "0.0 %", "0 pp", "0.0 %"],
        ["All features", "37.0 %", "34.1–40.0 %", "370", "1,000", "+1.0 pp", "+2.8 %", "+17.5 pp", "+89.7 %"],
    ]
    assert plainly(section.summary) == (
        "Instant payouts gained most: 15.0 % in October 2025, 50.0 % now (+35.0 pp, 3.3 times as many)."
    )
    (lines,) = blocks(section, Trend)
    assert isinstance(lines, Trend)
    assert [one.name for one in lines.series] == ["Instant payouts", "Cards"]


def told(folder: Path, names: Collection[str], without: Collection[str]) -> list[Section]:
    """Sections of a company whose facts of some kinds never arrived."""
    poor = World(f"sqlite:///{folder / 'poor.db'}", write_settings(folder))
    build(poor, without)
    engine = poor.engine()
    with reading(engine) as connection:
        chosen = Context(Reader(connection, poor.settings), "group", parse("2026-10"), Comparison.PREVIOUS, NOW)
        found = [section_named(name).build(chosen) for name in names]
    engine.dispose()
    return found


def said(section: Section) -> str:
    """Every sentence of a section's notices and empty tables."""
    every: list[Block] = list(walk(section.blocks))
    notices = [f"{one.sentence} {one.action}" for one in every if isinstance(one, Notice)]
    return plainly(" ".join([*notices, *(one.empty for one in every if isinstance(one, Table) and not one.rows)]))


def test_without_answers_each_place_says_why_and_what_to_connect(tmp_path: Path) -> None:
    names = [f"feedback.{name}" for name in FEEDBACK]
    found = dict(zip(FEEDBACK, told(tmp_path, names, {"response", "survey_count", "usage"}), strict=True))
    assert "Connect a source of answers (for example one of type zigpoll) and map its polls." in said(found["waves"])
    assert "Connect a survey tool that counts" in said(found["answering"])
    assert "Nobody answered about a feature in October 2026." in said(found["features"])
    assert "Nobody wrote anything" in said(found["comments"])
    assert "No answer of October 2026 says which audience it came from." in said(found["audiences"])
    assert "Connect a source of product usage" in said(found["adoption"])
    for section in found.values():
        assert not any(isinstance(one, Waves | Trend | Facts) for one in walk(section.blocks))


@pytest.mark.parametrize("name", FEEDBACK)
def test_every_section_is_drawn_on_paper(context: Make, name: str) -> None:
    for block in built(f"feedback.{name}", context()).blocks:
        assert pdf.draw(block, 174.0)["kind"]  # type: ignore[call-arg]
