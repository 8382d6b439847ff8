"""Feedback and use: worked numbers (GT-N…), which answers count, and that no two scales are ever mixed."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from math import sqrt

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data.facts import Fact, Response, Usage
from data.metrics import metric_named
from data.metrics.adoption import growth
from data.metrics.base import (
    BELOW_MIN_N,
    DAY,
    NO_EVENTS,
    WITHHELD,
    Evidence,
    Metric,
    Row,
    ScopeDay,
    Totals,
    Value,
    value_of,
)
from data.metrics.intervals import wilson
from data.metrics.nps import Shares, shares
from data.metrics.responses import difference, guarded
from data.scopes import Scope
from data.settings import MetricRules
from tests.data.happenings import DAY as MONDAY
from tests.data.happenings import response, usage

NPS, CSAT, CES, ADOPTION = (metric_named(name) for name in ("nps", "csat", "ces", "adoption"))
FEATURE = Scope("swap", "feature", "Swap")
READ = frozenset({"response", "usage"})


def day_with(*facts: Fact, covered: frozenset[str] = READ, **other: object) -> ScopeDay:
    by_kind: dict[str, list[Fact]] = {}
    for fact in facts:
        by_kind.setdefault(fact.kind, []).append(fact)
    plain = ScopeDay(FEATURE, MONDAY, 86_400, by_kind, covered, MetricRules())
    return replace(plain, **other)  # type: ignore[arg-type]


def totals(rows: Iterable[Row], variant: str = "") -> Totals:
    chosen = [row for row in rows if row.variant == variant]
    sums = [sum(getattr(row, name) for row in chosen) for name in ("numerator", "denominator", "sum_squares", "sample")]
    known, expected = sum(row.known for row in chosen), sum(row.expected for row in chosen)
    return Totals(*sums, known, expected, len(chosen), len(chosen))


def told(metric: Metric, *days: ScopeDay, variant: str = "", least: int = 1) -> Value:
    return value_of(metric, totals([row for day in days for row in metric.daily(day)], variant), least=least)


def answered(form: str, scores: Sequence[float], **other: object) -> list[Response]:
    return [response(f"{form}{n}", score, form, **other) for n, score in enumerate(scores)]


def wave(promoters: int, passives: int, detractors: int) -> Totals:
    scores = [10] * promoters + [7] * passives + [0] * detractors
    return totals(NPS.daily(day_with(*answered("nps", scores))))


def places(number: Decimal | float | None, digits: int) -> float:
    assert number is not None
    return round(float(number), digits)


def test_gt_n01_half_promoters_a_third_passive_a_sixth_detractors() -> None:
    found = shares(wave(162, 108, 54))
    assert found is not None
    assert places(value_of(NPS, wave(162, 108, 54)).value, 2) == 33.33
    assert places(found.variance, 12) == places(5 / 9, 12)
    assert places(found.standard_error, 2) == 4.14


@pytest.mark.parametrize("thirds", [100, 1000])
def test_gt_n02_the_whole_interval_of_thirds_is_320_over_the_root_of_n(thirds: int) -> None:
    found = shares(wave(thirds, thirds, thirds))
    assert found is not None
    assert places(2 * 1.96 * found.standard_error, 1) == places(320 / sqrt(3 * thirds), 1)


def test_gt_n02_ten_points_at_1024_answers() -> None:
    assert places(2 * 1.96 * Shares(1024, 1 / 3, 1 / 3).standard_error, 1) == 10
    interval = value_of(NPS, wave(341, 342, 341)).interval
    assert interval is not None
    assert places(interval[1] - interval[0], 1) == 10
    assert interval[0] == -interval[1]


@pytest.mark.parametrize(
    ("score", "counts"),
    [(10, 100), (9, 100), (8, 0), (7, 0), (6, -100), (0, -100)],
)
def test_promoters_answer_nine_or_ten_and_detractors_up_to_six(score: int, counts: int) -> None:
    assert told(NPS, day_with(response("a", score))).value == counts


@pytest.mark.parametrize(
    "odd",
    [
        response("odd", 5, scale=(1, 10)),
        response("odd", 5, scale=(0, 5)),
        response("odd", 8.5),
        response("odd", 11),
        response("odd", 9, high_is_good=False),
    ],
    ids=["from one", "of five", "between two", "beyond", "turned round"],
)
def test_an_answer_off_the_scale_is_not_counted_and_the_day_is_known_in_part(odd: Response) -> None:
    day = day_with(odd, response("b", 10))
    assert NPS.daily(day) == (Row("", 100 * DAY, DAY, 1, DAY // 2, DAY, 10_000 * DAY),)
    alone = told(NPS, day_with(odd))
    assert (alone.value, alone.reason, alone.coverage) == (None, NO_EVENTS, 0)


def test_of_a_person_who_answers_anew_the_last_answer_counts_in_every_form() -> None:
    for metric, form in ((NPS, "nps"), (CSAT, "csat"), (CES, "ces")):
        day = day_with(
            response("first", 1, form), response("last", 5, form), superseded=frozenset({("polls", "first")})
        )
        alone = day_with(response("last", 5, form))
        assert metric.daily(day) == metric.daily(alone)


def test_audiences_stand_apart_and_everyone_is_told_of_all() -> None:
    scores = {"retail": (10, 10, 3), "business": (0,), "": (7,)}
    facts = [
        response(f"{name}{n}", score, audience=name) for name, given in scores.items() for n, score in enumerate(given)
    ]
    rows = {row.variant: (row.numerator // DAY, row.sample) for row in NPS.daily(day_with(*facts))}
    assert rows == {"": (0, 5), "audience:business": (-100, 1), "audience:retail": (100, 3)}


def test_answers_of_other_forms_are_not_mixed_in() -> None:
    day = day_with(response("a", 10), response("b", 5, "csat"), response("c", 7, "ces"), response("d", 1, "other"))
    assert [told(metric, day).value for metric in (NPS, CSAT, CES)] == [100, 1, 7]
    assert [told(metric, day).sample for metric in (NPS, CSAT, CES)] == [1, 1, 1]


def test_a_score_of_too_few_answers_is_not_told() -> None:
    for metric, form in ((NPS, "nps"), (CSAT, "csat"), (CES, "ces")):
        few, enough = (day_with(*answered(form, [5] * n)) for n in (29, 30))
        hidden = told(metric, few, least=30)
        assert (hidden.value, hidden.reason, hidden.interval, hidden.numerator) == (None, BELOW_MIN_N, None, None)
        assert told(metric, enough, least=30).value is not None
        assert metric.evidence is Evidence.SAMPLED


def test_answers_of_a_day_not_read_to_its_end_count_but_leave_it_unknown() -> None:
    value = told(NPS, day_with(response("a", 10), covered=frozenset()))
    assert (value.value, value.coverage) == (100, 0)


COUNTS = st.tuples(*[st.integers(0, 400)] * 3).filter(any)


@given(COUNTS)
@example((1, 0, 0))
@example((0, 0, 400))
def test_the_interval_of_a_score_is_never_a_point_stays_on_the_scale_and_holds_the_score(
    counts: tuple[int, int, int],
) -> None:
    value = value_of(NPS, wave(*counts))
    assert value.value is not None
    assert value.interval is not None
    low, high = value.interval
    assert -100 <= low < high <= 100
    assert low <= round(value.value, 9) <= high
    mirrored = value_of(NPS, wave(*reversed(counts))).interval
    assert mirrored == (-high, -low)


@given(COUNTS)
def test_promoters_and_detractors_are_found_again_from_the_sums(counts: tuple[int, int, int]) -> None:
    found, n = shares(wave(*counts)), sum(counts)
    assert found is not None
    assert (round(found.n), round(found.promoters * n), round(found.detractors * n)) == (n, counts[0], counts[2])


def test_two_waves_are_compared_in_standard_errors() -> None:
    now, then = wave(60, 20, 20), wave(50, 20, 30)
    apart = difference(now, then)
    assert apart is not None
    errors = sqrt(0.8 - 0.4**2) * 10, sqrt(0.8 - 0.2**2) * 10
    assert apart.apart == 20
    assert places(apart.standard_error, 6) == places(sqrt(errors[0] ** 2 + errors[1] ** 2), 6)
    assert places(apart.z, 6) == places(20 / sqrt(errors[0] ** 2 + errors[1] ** 2), 6)
    back = difference(then, now)
    assert back is not None
    assert back.z == -apart.z


def test_two_shares_of_positive_answers_are_compared_like_two_proportions() -> None:
    scores = [5] * 90 + [1] * 10, [4] * 60 + [2] * 40
    now, then = (totals(CSAT.daily(day_with(*answered("csat", one)))) for one in scores)
    apart = difference(now, then)
    assert apart is not None
    assert (apart.apart, places(apart.z, 6)) == (Decimal("0.3"), places(0.3 / sqrt(0.09 / 100 + 0.24 / 100), 6))


def test_waves_without_answers_or_with_answers_all_alike_are_not_compared() -> None:
    nobody, alike, usual = totals(NPS.daily(day_with())), wave(30, 0, 0), wave(20, 5, 5)
    assert difference(usual, nobody) is difference(nobody, usual) is difference(usual, alike) is None


@pytest.mark.parametrize(
    ("scale", "positive"),
    [((1, 5), (4, 5)), ((0, 4), (3, 4)), ((1, 7), (5, 6, 7)), ((0, 1), (1,))],
    ids=["one to five", "nought to four", "one to seven", "no or yes"],
)
def test_the_upper_answers_of_a_scale_are_positive(scale: tuple[int, int], positive: tuple[int, ...]) -> None:
    every = range(scale[0], scale[1] + 1)
    found = [one for one in every if told(CSAT, day_with(response("a", one, "csat", scale=scale))).value == 1]
    assert found == list(positive)


def test_where_the_low_end_is_the_good_one_it_is_positive() -> None:
    school_marks = [response(f"a{n}", n, "csat", high_is_good=False) for n in range(1, 6)]
    assert [told(CSAT, day_with(one)).value for one in school_marks] == [1, 1, 0, 0, 0]


@pytest.mark.parametrize(
    "odd",
    [
        response("odd", 8, "csat", scale=(1, 10)),
        response("odd", 3, "csat", scale=(1, 3)),
        response("odd", 4.5, "csat"),
        response("odd", 6, "csat"),
        response("odd", 1, "csat", scale=(1, 1)),
        response("odd", 4, "csat", scale=(0, 4.5)),
    ],
    ids=["of ten", "of three", "between two", "beyond", "no scale", "of no whole size"],
)
def test_a_scale_without_an_agreed_rule_says_nothing(odd: Response) -> None:
    assert (told(CSAT, day_with(odd)).value, told(CSAT, day_with(odd)).reason) == (None, NO_EVENTS)


@pytest.mark.parametrize(("positive", "n", "ends"), [(81, 263, (0.2553, 0.3662)), (0, 20, (0, 0.1611))])
def test_gt_n04_satisfaction_has_wilsons_interval(positive: int, n: int, ends: tuple[float, float]) -> None:
    value = told(CSAT, day_with(*answered("csat", [5] * positive + [1] * (n - positive))))
    assert value.value == Decimal(positive) / n
    assert value.interval is not None
    assert tuple(places(end, 4) for end in value.interval) == ends


def test_effort_is_the_mean_answer_on_the_companys_scale_with_students_interval() -> None:
    value = told(CES, day_with(*answered("ces", [4, 5, 6, 7, 7, 6])))
    assert value.value == Decimal(35) / 6
    assert value.interval is not None
    # t with 5 degrees of freedom: 2.570582; sample deviation: sqrt(41/30)
    half = 2.570582 * sqrt(41 / 30) / sqrt(6)
    assert [places(end, 5) for end in value.interval] == [places(35 / 6 - half, 5), places(35 / 6 + half, 5)]


def test_one_answer_and_answers_all_alike_tell_no_interval() -> None:
    assert told(CES, day_with(*answered("ces", [6]))).interval is None
    assert told(CES, day_with(*answered("ces", [6, 6, 6]))).interval is None


def test_scales_are_never_mixed_over_answers_days_or_scopes() -> None:
    seven, five = answered("ces", [6, 7]), answered("ces", [5, 5], scale=(1, 5), source="others")
    easy_one = answered("ces", [1, 2], scale=(1, 5), high_is_good=False, source="third")
    mixed, other_day = day_with(*seven, *five, *easy_one), day_with(*five)
    assert told(CES, mixed, other_day).value == Decimal("6.5")
    assert told(CES, mixed).coverage < Decimal("0.34")
    rows = {row.variant: (row.numerator // DAY, row.sample) for row in CES.daily(mixed)}
    assert rows == {"": (13, 2), "scale:1-5": (10, 2), "scale:1-7": (13, 2), "scale:5-1": (9, 2)}
    assert (told(CES, other_day).value, told(CES, other_day).reason) == (None, NO_EVENTS)


def test_a_company_whose_scale_runs_from_one_as_the_easiest_reads_its_scores_turned_round() -> None:
    rules = MetricRules(effort_scale=(5, 1))
    given = answered("ces", [1, 2], scale=(1, 5), high_is_good=False)
    straight = answered("ces", [1], scale=(1, 5), source="others")
    assert told(CES, day_with(*given, *straight, rules=rules)).value == Decimal("4.5")


def test_gt_n03_adoption_of_15_and_of_50_in_a_hundred() -> None:
    for used, ends in ((15, [9.3, 23.3]), (50, [40.4, 59.6])):
        value = told(ADOPTION, day_with(usage(used=used)))
        assert value.value == Decimal(used) / 100
        assert [places(end * 100, 1) for end in value.interval or ()] == ends
    risen = growth(Decimal("0.15"), Decimal("0.50"))
    assert (risen.points, places(risen.factor, 2)) == (Decimal("0.35"), 3.33)
    assert growth(Decimal(0), Decimal("0.5")).factor is None


def test_windows_of_many_days_repeat_their_users_and_do_not_narrow_the_interval() -> None:
    one, month = told(ADOPTION, day_with(usage())), told(ADOPTION, *[day_with(usage())] * 30)
    assert (month.value, month.sample, month.interval) == (one.value, 30, wilson(15, 100))


def test_everyone_is_the_record_of_everyone_else_the_sum_of_the_audiences() -> None:
    parts = (usage(used=10, eligible=40, audience="retail"), usage(used=30, eligible=60, audience="business"))
    rows = {row.variant: (row.numerator // DAY, row.denominator // DAY) for row in ADOPTION.daily(day_with(*parts))}
    assert rows == {"": (40, 100), "audience:retail": (10, 40), "audience:business": (30, 60)}
    whole = usage(used=41, eligible=120)
    assert told(ADOPTION, day_with(*parts, whole)).value == Decimal(41) / 120
    assert told(ADOPTION, day_with(*parts, whole)).sample == 1
    assert told(ADOPTION, day_with(whole, replace(whole, source_id="told twice"))).denominator == 120


def test_two_features_are_two_windows() -> None:
    value = told(ADOPTION, day_with(usage(used=10), usage(used=30, feature="stake", source_id="b")))
    assert (value.value, value.sample, value.interval) == (Decimal("0.2"), 2, wilson(20, 100))


@pytest.mark.parametrize(
    "odd",
    [usage(window_days=7), usage(window_days=32), usage(used=101), usage(used=-1)],
    ids=["a week", "too long", "more users than eligible", "below nothing"],
)
def test_windows_of_another_length_and_impossible_counts_say_nothing(odd: Usage) -> None:
    value = told(ADOPTION, day_with(odd))
    assert (value.value, value.reason, value.coverage) == (None, NO_EVENTS, 0)


def test_windows_without_eligible_users_have_no_share() -> None:
    value = told(ADOPTION, day_with(usage(used=0, eligible=0)))
    assert (value.value, value.reason, value.coverage) == (None, NO_EVENTS, 1)


ANSWERS = st.lists(
    st.builds(
        lambda score, form, audience, scale, good: response(
            "", score, form, audience=audience, scale=scale, high_is_good=good
        ),
        st.integers(0, 10),
        st.sampled_from(["nps", "csat", "ces", "other"]),
        st.sampled_from(["", "retail", "business"]),
        st.sampled_from([(0, 10), (1, 5), (1, 7)]),
        st.booleans(),
    ),
    max_size=20,
)


def score_of(sample: int) -> Value:
    return Value(Decimal(sample), sample=sample) if sample >= 30 else Value(None, BELOW_MIN_N, sample=sample)


@pytest.mark.parametrize(
    ("samples", "answered", "kept_back"),
    [
        ((20, 100, 60), 180, {60}),  # 20 of them: everyone less 100 and 60
        ((20, 100, 60), 189, {60}),  # nine who named no audience, and still fewer than 30
        ((20, 100, 60), 190, set()),
        ((20, 25, 100), 145, set()),  # 45 together tell of neither
        ((5, 30, 100), 135, {30}),
        ((100, 60), 160, set()),
        ((100, 60), 165, {60}),  # five who named no audience
        ((20, 100), 120, {100}),
        ((20,), 20, set()),
    ],
)
def test_a_score_from_which_a_hidden_one_follows_is_kept_back(
    samples: tuple[int, ...], answered: int, kept_back: set[int]
) -> None:
    values = {str(sample): score_of(sample) for sample in samples}
    found = guarded(values, answered, 30)
    assert {one.sample for one in found.values() if one.reason == WITHHELD} == kept_back
    assert {name: one for name, one in found.items() if one.reason != WITHHELD} == {
        name: one for name, one in values.items() if one.sample not in kept_back
    }


@pytest.mark.parametrize("metric", [NPS, CSAT, CES], ids=lambda metric: metric.id)
@settings(max_examples=60)
@given(ANSWERS, st.integers(0, 2**32))
def test_answers_split_over_days_and_scopes_add_up_to_those_of_the_whole(
    metric: Metric, given_: list[Response], seed: int
) -> None:
    chance = random.Random(seed)
    parts: list[list[Response]] = [[], [], []]
    for n, one in enumerate(given_):
        chance.choice(parts).append(replace(one, source_id=str(n)))
    rows = [row for part in parts for row in metric.daily(day_with(*part))]
    whole = metric.daily(day_with(*(one for part in parts for one in part)))
    for row in whole:
        split = totals(rows, row.variant)
        assert (split.numerator, split.denominator, split.sum_squares, split.sample) == (
            row.numerator, row.denominator, row.sum_squares, row.sample,
        )  # fmt: skip
        assert value_of(metric, split).value == value_of(metric, totals(whole, row.variant)).value
    assert {row.variant for row in rows} == {row.variant for row in whole}
