"""Availability by incidents: unions and never sums, weights, maintenance, and four years of a real status page."""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.facts import Incident
from data.metrics import availability_incidents, availability_providers, time_to_restore
from data.metrics.base import DAY, NO_DATA, Outage, Row, ScopeDay
from data.metrics.downtime import WITHOUT_MAINTENANCE, down_seconds, union_seconds
from data.settings import MetricRules
from tests.data.happenings import incident
from tests.data.metrics.days import EVERY_KIND, INTEGRATION, PROVIDER, over, scope_day

OWN, PROVIDERS = availability_incidents.METRIC, availability_providers.METRIC
HOUR = 3600
AS_INCIDENT_IO = MetricRules(impact_weights={"down": 1, "partial": 1, "degraded": 0, "none": 0})
ANYTHING = MetricRules(impact_weights={"down": 1, "partial": 1, "degraded": 1, "none": 1})


def clock(hour: int, minute: int = 0) -> int:
    return hour * HOUR + minute * 60


def down(start: int, end: int, impact: str = "down", *, maintenance: bool = False) -> Outage:
    return Outage(start, end, impact, maintenance)


def days_of(length: int, *outages: Outage, **other: object) -> list[ScopeDay]:
    """As many days, the first of them with the outages."""
    return [scope_day(outages=outages, **other), *(scope_day(**other) for _ in range(length - 1))]


def percent(days: Iterable[ScopeDay], variant: str = "") -> str:
    return f"{over(OWN, *days, variant=variant).value:.4%}"


THREE = (down(clock(10), clock(11)), down(clock(10, 30), clock(12)), down(clock(13), clock(13, 15)))


def test_gt_a01_overlapping_incidents_are_united_and_never_added() -> None:
    assert union_seconds([(one.start, one.end) for one in THREE]) == 135 * 60
    assert sum(one.end - one.start for one in THREE) == 165 * 60
    assert percent(days_of(30, *THREE)) == "99.6875%"
    assert f"{1 - Decimal(165) / (30 * 24 * 60):.4%}" == "99.6181%"


@pytest.mark.parametrize(("minutes", "printed"), [(38, "99.9713%"), (35, "99.9736%")])
def test_gt_a02_a_quarter_of_92_days_with_one_incident(minutes: int, printed: str) -> None:
    assert percent(days_of(92, down(clock(9), clock(9, minutes)))) == printed


def test_gt_a03_partial_and_degraded_time_counts_by_the_weights_of_the_company() -> None:
    outages = (
        down(clock(1), clock(1, 20)),
        down(clock(3), clock(4), "partial"),
        down(clock(6), clock(8), "degraded"),
        down(clock(20), clock(23), "none"),
    )
    assert percent(days_of(90, *outages)) == "99.9707%"
    assert percent(days_of(90, *outages, rules=AS_INCIDENT_IO)) == "99.9383%"


def test_where_outages_overlap_the_heaviest_counts_alone() -> None:
    part, whole = down(clock(8), clock(12), "partial"), down(clock(9), clock(10))
    # 3 h at 0.3 and 1 h at 1
    assert over(OWN, scope_day(outages=(part, whole))).value == 1 - Decimal("1.9") * HOUR / 86_400


def test_planned_maintenance_counts_as_down_unless_left_out_and_hides_no_incident() -> None:
    planned = down(clock(2), clock(4), "none", maintenance=True)
    crash = down(clock(3), clock(5))
    day = scope_day(outages=(planned, crash))
    assert OWN.daily(day) == (
        Row("", (24 - 3) * HOUR * DAY, 24 * HOUR * DAY, 1, DAY, DAY),
        Row(WITHOUT_MAINTENANCE, (24 - 2) * HOUR * DAY, 24 * HOUR * DAY, 1, DAY, DAY),
    )


def test_a_day_without_an_incident_is_up_and_one_that_was_not_read_is_unknown() -> None:
    assert over(OWN, scope_day()).value == 1
    blind = scope_day(outages=THREE, covered=EVERY_KIND - {"incident"})
    assert OWN.daily(blind) == PROVIDERS.daily(blind) == ()
    assert over(OWN, blind).reason == NO_DATA


def test_a_day_is_as_long_as_its_clock_says() -> None:
    short = replace(scope_day(outages=(down(0, 25 * HOUR),)), seconds=23 * HOUR)
    assert OWN.daily(short)[0] == Row("", 0, 23 * HOUR * DAY, 1, DAY, DAY)


def test_providers_are_told_apart_from_everything_else() -> None:
    for scope, own, others in ((PROVIDER, 0, 2), (INTEGRATION, 2, 0)):
        day = scope_day(outages=THREE, scope=scope)
        assert (len(OWN.daily(day)), len(PROVIDERS.daily(day))) == (own, others)
    mine, theirs = scope_day(outages=THREE), scope_day(outages=THREE, scope=PROVIDER)
    assert OWN.daily(mine) == PROVIDERS.daily(theirs)


SHORT = 500
OUTAGES = st.lists(
    st.tuples(
        st.integers(0, SHORT), st.integers(0, SHORT), st.sampled_from([Decimal(w) for w in ("0", "0.3", "0.5", "1")])
    ).map(lambda one: (min(one[:2]), max(one[:2]), one[2])),
    max_size=12,
)


def second_by_second(outages: Sequence[tuple[int, int, Decimal]], start: int, end: int) -> Decimal:
    heaviest = (max((w for a, b, w in outages if a <= at < b), default=Decimal(0)) for at in range(start, end))
    return sum(heaviest, Decimal(0))


@given(OUTAGES, st.integers(0, 2**32), st.integers(0, SHORT))
def test_down_time_is_the_heaviest_outage_of_each_second(
    outages: list[tuple[int, int, Decimal]], seed: int, cut: int
) -> None:
    found = down_seconds(outages, SHORT)
    assert found == second_by_second(outages, 0, SHORT)
    assert 0 <= found <= SHORT
    assert down_seconds(random.Random(seed).sample(outages, len(outages)), SHORT) == found
    # an outage told in two pieces, and the two parts of a day
    pieces = [(start, min(cut, end), w) for start, end, w in outages if start < cut]
    rest = [(max(start, cut), end, w) for start, end, w in outages if end > cut]
    assert down_seconds([*pieces, *rest], SHORT) == found
    assert down_seconds(outages, cut) + down_seconds([(a - cut, b - cut, w) for a, b, w in rest], SHORT - cut) == found


@given(OUTAGES, OUTAGES)
def test_another_or_a_heavier_outage_never_makes_a_day_better(
    outages: list[tuple[int, int, Decimal]], more: list[tuple[int, int, Decimal]]
) -> None:
    found = down_seconds(outages, SHORT)
    together = down_seconds(outages + more, SHORT)
    assert max(found, down_seconds(more, SHORT)) <= together <= found + down_seconds(more, SHORT)
    heavier = [(start, end, Decimal(1) if weight else weight) for start, end, weight in outages]
    assert found <= down_seconds(heavier, SHORT) == union_seconds([(a, b) for a, b, weight in outages if weight])


FIRST, LAST = date(2022, 1, 1), date(2026, 1, 1)
IMPACTS = {"critical": "down", "major": "partial", "minor": "degraded", "none": "none", "maintenance": "down"}
PAGE = "the page itself"


@dataclass(frozen=True)
class Told:
    """What a status page told: the incidents, and the rows they came from."""

    incidents: tuple[Incident, ...]
    rows: tuple[Mapping[str, str], ...]

    @property
    def components(self) -> list[str]:
        return sorted({key for one in self.incidents for _, key, *_ in one.touches})


@pytest.fixture(scope="module")
def told(inputs: Path) -> Told:
    with (inputs / "incidents" / "github_status_incidents.csv").open(encoding="utf-8", newline="") as file:
        rows = tuple(csv.DictReader(file))
    return Told(tuple(map(fact_of, rows)), rows)


def fact_of(row: Mapping[str, str]) -> Incident:
    components = named(row)
    return incident(
        row["id"],
        datetime.fromisoformat(row["started_at"]),
        datetime.fromisoformat(row["resolved_at"]),
        key=components[0],
        touches=tuple((one, IMPACTS[row["impact"]]) for one in components),
        maintenance=row["impact"] == "maintenance",
    )


def named(row: Mapping[str, str]) -> list[str]:
    return [one.strip() for one in row["components"].split(";") if one.strip()] or [PAGE]


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def by_day(incidents: Iterable[Incident], component: str) -> Iterator[tuple[date, Outage]]:
    """What the incidents did to a component, cut into days of UTC."""
    for one in incidents:
        for impact in (impact for _, key, impact, *_ in one.touches if key == component):
            assert one.resolved is not None
            for day in map(date.fromordinal, range(one.started.toordinal(), one.resolved.toordinal() + 1)):
                ends = [int((at - midnight(day)).total_seconds()) for at in (one.started, one.resolved)]
                yield day, Outage(max(0, ends[0]), min(86_400, ends[1]), impact, one.maintenance)


def yearly(told: Told, component: str, rules: MetricRules, variant: str) -> dict[int, Decimal | None]:
    outages: dict[date, list[Outage]] = defaultdict(list)
    for day, outage in by_day(told.incidents, component):
        outages[day].append(outage)
    days: dict[int, list[ScopeDay]] = defaultdict(list)
    for day in map(date.fromordinal, range(FIRST.toordinal(), LAST.toordinal())):
        days[day.year].append(scope_day(day=day, outages=tuple(outages[day]), rules=rules))
    return {year: over(OWN, *of, variant=variant).value for year, of in days.items()}


def plainly(told: Told, component: str, rules: MetricRules, variant: str) -> dict[int, Decimal | None]:
    """The same from the rows themselves: the heaviest impact of every minute of four years, counted."""
    weights: dict[str, float] = {str(impact): weight for impact, weight in rules.impact_weights.items()}
    levels = sorted({0.0, 1.0, *weights.values()})
    minutes = np.zeros((LAST - FIRST).days * 1440, dtype=np.int8)
    for row in told.rows:
        planned = row["impact"] == "maintenance"
        if component in named(row) and not (planned and variant):
            ends = [datetime.fromisoformat(row[name]) - midnight(FIRST) for name in ("started_at", "resolved_at")]
            start, end = (span // timedelta(minutes=1) for span in ends)
            weight = 1.0 if planned else weights[IMPACTS[row["impact"]]]
            minutes[start:end] = np.maximum(minutes[start:end], levels.index(weight))
    found: dict[int, Decimal | None] = {}
    for year in range(FIRST.year, LAST.year):
        start, end = ((date(one, 1, 1) - FIRST).days * 1440 for one in (year, year + 1))
        counts = np.bincount(minutes[start:end], minlength=len(levels)).tolist()
        lost = sum((Decimal(str(level)) * count for level, count in zip(levels, counts, strict=True)), Decimal(0))
        found[year] = (end - start - lost) / (end - start)
    return found


@pytest.mark.real
@pytest.mark.parametrize("variant", ["", WITHOUT_MAINTENANCE])
@pytest.mark.parametrize("rules", [MetricRules(), AS_INCIDENT_IO, ANYTHING], ids=["shipped", "incident.io", "anything"])
def test_607_real_incidents_give_the_availability_that_counting_minutes_gives(
    told: Told, rules: MetricRules, variant: str
) -> None:
    assert len(told.incidents) == 607
    assert len(told.components) == 12
    for component in told.components:
        ours, plain = yearly(told, component, rules, variant), plainly(told, component, rules, variant)
        for year, value in ours.items():
            print(f"{component:16} {year} {value:10.5%} counted by minutes {plain[year]:10.5%}")
        assert ours == plain


@pytest.mark.real
def test_of_607_real_incidents_none_is_lost_for_its_length_or_for_want_of_a_component(told: Told) -> None:
    by_date: dict[date, list[Incident]] = defaultdict(list)
    for one in told.incidents:
        by_date[one.started.date()].append(one)
    days = [scope_day(*of, day=day) for day, of in by_date.items()]
    samples = sorted(sample for day in days for sample in time_to_restore.samples(day))
    minutes = sorted(
        (datetime.fromisoformat(row["resolved_at"]) - datetime.fromisoformat(row["started_at"])) // timedelta(minutes=1)
        for row in told.rows
        if row["impact"] != "maintenance"
    )
    assert len(samples) == len(minutes) == 607 - 18
    value = over(time_to_restore.METRIC, *days)
    assert (value.sample, value.value) == (589, Decimal(minutes[589 // 2]) / 60)
    assert sum(length == 0 for length, _ in samples) == sum(length == 0 for length in minutes) > 0
    assert sum(touched[1] == PAGE for one in told.incidents for touched in one.touches) == 113
