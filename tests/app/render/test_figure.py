"""What a figure says, before anyone draws it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.content.blocks import Event, Reference, Series, Target, Trend
from app.render import figure
from app.render.theme import LIGHT
from data.period import Kind, containing
from tests.app.sample_content import MONTHS, SERVICES, SHARE, SPEND_BARS, UPTIME_TREND

values = st.lists(st.none() | st.floats(-1e6, 1e9, allow_subnormal=False), min_size=12, max_size=12).map(tuple)


def _trend(held: tuple[float | None, ...], target: float | None = None) -> Trend:
    aim = None if target is None else Target("target", low=target)
    return Trend("t", "Title", "", "h", MONTHS, (Series("a", held),), "words", aim)


@given(values, st.none() | st.floats(-1e6, 1e6, allow_subnormal=False))
def test_a_scale_holds_every_value_and_the_target_between_few_rising_ticks(
    held: tuple[float | None, ...], target: float | None
) -> None:
    scale = figure.scale(_trend(held, target))
    shown = [value for value in (*held, target) if value is not None]
    assert all(scale.low <= value <= scale.high for value in shown)
    assert list(scale.ticks) == sorted(set(scale.ticks))
    assert 2 <= len(scale.ticks) <= 9
    assert len(set(scale.labels)) == len(scale.labels)


def test_columns_stand_on_zero_and_a_share_ends_at_a_hundred() -> None:
    assert figure.scale(SPEND_BARS).low == 0
    assert figure.scale(UPTIME_TREND) == figure.Scale(
        99.9, 100.0, (99.9, 99.92, 99.94, 99.96, 99.98, 100.0), ("99.90", "99.92", "99.94", "99.96", "99.98", "100.00")
    )


def test_periods_are_named_once_with_the_year_where_it_changes() -> None:
    ticks = figure.x_ticks([containing(date(2025, 9, 1), Kind.MONTH).shifted(step) for step in range(6)])
    assert [(tick.label, tick.second) for tick in ticks] == [
        ("Sep", "2025"),
        ("Oct", ""),
        ("Nov", ""),
        ("Dec", ""),
        ("Jan", "2026"),
        ("Feb", ""),
    ]
    assert [tick.second for tick in figure.x_ticks(MONTHS)][:3] == ["", "", "2026"]


def test_many_periods_are_thinned_and_the_last_one_stays_named() -> None:
    weeks = [containing(date(2026, 1, 5), Kind.WEEK).shifted(step) for step in range(43)]
    ticks = figure.x_ticks(weeks)
    assert len(ticks) <= 13
    assert ticks[-1].at == 42


def test_labels_at_the_right_end_stand_apart_within_the_axis() -> None:
    scale = figure.scale(SERVICES)
    labels = figure.end_labels(SERVICES, scale, 0.1)
    room = (scale.high - scale.low) * 0.1
    words = [label.words.replace("\u202f", " ") for label in labels]
    assert words == ["kraken 0.5 %", "all partners 0.61 %", "target < 1 %", "onfido 2.4 %"]
    assert all(upper.at - lower.at >= room * 0.999 for lower, upper in pairwise(labels))
    assert labels[-1].at <= scale.high


def test_a_lonely_value_becomes_a_dot_and_a_gap_stays_a_gap() -> None:
    assert figure.lonely((1.0, None, 2.0, None, 3.0, 4.0)) == (0, 2)
    assert figure.gaps(SPEND_BARS) == (6,)
    spark = figure.spark((1.0, None, 2.0, 4.0), (3.0,))
    assert spark == figure.Spark((((0.0, 0.0), (0.0, 0.0)), ((2 / 3, 1 / 3), (1.0, 1.0))), (2 / 3,), (1.0, 1.0))
    assert figure.spark((None, None), (1.0,)) is None


def test_notes_say_where_the_axis_starts_what_is_missing_and_what_is_out_of_sight() -> None:
    far = replace(UPTIME_TREND, references=(Reference("Elite", 10, 20),))
    assert figure.notes(far, figure.scale(far)) == (
        "The axis starts at 99.90\u202f%, not at zero.",
        "Elite lies outside this scale.",
        "No data in 1 period: the gap is left open.",
    )
    assert figure.notes(SERVICES, figure.scale(SERVICES)) == ()


def test_events_are_numbered_in_time_and_those_outside_are_left_out() -> None:
    told = replace(UPTIME_TREND, events=(*UPTIME_TREND.events, Event(date(2020, 1, 1), "Long ago")))
    assert [(mark.number, mark.event.name, round(mark.at, 2)) for mark in figure.marks(told)] == [
        (1, "Node upgrade", 7.92),
        (2, "Second provider live", 9.53),
    ]


def test_one_subject_is_drawn_in_accent_and_context_in_grey() -> None:
    assert figure.series_colours(SERVICES, LIGHT) == (LIGHT.accent, LIGHT.context, LIGHT.context)
    assert figure.series_colours(SHARE, LIGHT) == (LIGHT.accent,)
    assert len(set(figure.series_colours(SPEND_BARS, LIGHT))) == 4


def test_a_figure_without_any_value_still_has_an_axis() -> None:
    assert figure.scale(_trend((None,) * 12)).ticks[0] == 0
    assert figure.end_labels(_trend((None,) * 12), figure.scale(_trend((None,) * 12)), 0.1) == ()


def test_numbers_are_cut_before_their_decimal_point_or_unit() -> None:
    assert [
        figure.decimal_split(words) for words in ("99.95\u202f%", "14\u202fd", "412", "1,204.5", "€1.24\u202fM")
    ] == [
        ("99", ".95\u202f%"),
        ("14", "\u202fd"),
        ("412", ""),
        ("1,204", ".5"),
        ("€1", ".24\u202fM"),
    ]
