"""A reading: value, target, verdict, parts and history of one metric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import insert

from data.benchmarks.score import OpenPeriod, Word
from data.clock import fix_clock
from data.facts import ProbeDay
from data.metrics import METRICS
from data.metrics.base import NO_DATA, NO_EVENTS, NO_SOURCE, NO_TARGET, NOT_KEPT
from data.period import Kind, containing, parse
from data.warehouse import schema
from data.warehouse.engine import reading, writing
from data.warehouse.policy import seed_targets
from data.warehouse.readings import Reader, all_readings
from tests.data.happenings import DAY, at, change, commit, deployment, noon, probe_day
from tests.data.warehouse.world import GROUP, MARIA, NOW, Company, days, settings

OCTOBER = days(date(2026, 10, 1), 31)
MANY = 10_000_000
"""So many samples that their interval is narrower than any target."""


def up(day: date = DAY, down: str = "0", key: str = "wallet", **other: Any) -> ProbeDay:
    return probe_day(day, down=down, key=key, **{"samples": MANY} | other)


def set_target(company: Company, name: str, low: str | None, **other: Any) -> None:
    row = {
        "benchmark": name,
        "metric": "availability",
        "scope": None,
        "kind": "house",
        "low": low,
        "high": None,
        "statistic": "ratio of sums",
        "valid_from": date(2026, 1, 1),
        "valid_to": None,
        "owner": "CTO",
        "approved_by": None,
        "publisher": "Board",
        "vintage": "2026",
    }
    with writing(company.engine) as connection:
        connection.execute(insert(schema.target).values(**row | other))


def words(company: Company, *periods: str, scope: str = "wallet") -> list[Word | None]:
    found = [company.reading("availability", scope, period).verdict for period in periods]
    return [one.word if one else None for one in found]


def fleet(tiers: Sequence[int]) -> tuple[dict[str, Any], ...]:
    group = {"id": "group", "kind": "portfolio", "name": "Group"}
    return (group, *({"id": f"s{n:02d}", "kind": "service", "name": f"S{n}", "parent": "group", "tier": tier}
                     for n, tier in enumerate(tiers)))  # fmt: skip


def test_uptime_holds_only_if_every_tier_one_service_does(company: Company) -> None:
    seed_targets(company.engine, MARIA)
    company.now(settings(fleet([1] * 25 + [2] * 3)))
    down = {3: "60", 7: "9", 20: "20", 26: "8000"}
    company.store(*(up(key=f"s{n:02d}", down=down.get(n, "0")) for n in range(28)))
    company.roll_up()
    group = company.reading("availability", "group", "2026-10-05")
    assert group.verdict is not None
    assert (group.verdict.word, group.verdict.reason) == (Word.MISSED, "22 of 25 tier-1 services hold.")
    assert [part.scope.id for part in group.deciding[:4]] == ["s03", "s20", "s07", "s00"]
    assert (len(group.deciding), len(group.parts)) == (25, 28)


def test_a_tier_two_service_that_is_down_and_a_low_mean_do_not_miss_it(company: Company) -> None:
    seed_targets(company.engine, MARIA)
    company.now(settings(fleet([1, 1, 2])))
    company.store(up(key="s00"), up(key="s01"), up(key="s02", down="80000"))
    company.roll_up()
    group = company.reading("availability", "group", "2026-10-05")
    assert group.verdict is not None
    assert (group.verdict.word, group.verdict.reason) == (Word.MET, "2 of 2 tier-1 services hold.")
    assert group.value.value is not None
    assert group.value.value < Decimal("0.7")


def test_a_tier_one_service_that_nothing_observes_leaves_it_open(company: Company) -> None:
    seed_targets(company.engine, MARIA)
    company.now(settings(fleet([1, 1, 1])))
    company.store(up(key="s00"), up(key="s01"))
    company.roll_up()
    group = company.reading("availability", "group", "2026-10-05")
    assert group.verdict is not None
    assert (group.verdict.word, group.verdict.reason) == (Word.CANNOT_TELL, "2 of 3 tier-1 services hold.")
    assert [(one.scope.id, one.value.reason) for one in group.deciding if one.value.value is None] == [
        ("s02", NO_SOURCE)
    ]


def test_one_service_that_misses_outweighs_one_that_nobody_can_tell(company: Company) -> None:
    seed_targets(company.engine, MARIA)
    company.now(settings(fleet([1, 1, 1])))
    company.store(up(key="s00", down="100"), up(key="s01", samples=10))
    company.roll_up()
    assert words(company, "2026-10-05", scope="group") == [Word.MISSED]


def test_a_wider_scope_shows_the_median_service_and_the_spread_beside_the_total(company: Company) -> None:
    for key, count in (("wallet", 1), ("ledger", 2), ("kyc", 6)):
        company.store(*(deployment(f"{key}{n}", noon(DAY) + timedelta(minutes=n), key=key) for n in range(count)))
        company.cover("deployment", key, DAY, DAY + timedelta(days=2))
    company.roll_up()
    group = company.reading("deployment_frequency", "group", f"{DAY}..{DAY + timedelta(days=2)}")
    assert (group.value.value, group.verdict) == (Decimal("4.5"), None)
    assert group.value.statistics == {"median_service": 1, "lowest_service": Decimal("0.5"), "highest_service": 3}
    assert company.reading("deployment_frequency", "wallet", str(DAY)).value.statistics == {}


def test_the_nearest_scope_upwards_sets_the_target_and_law_goes_before_the_house(company: Company) -> None:
    company.store(up(), up(key="kyc"))
    company.roll_up()

    def target(scope: str) -> str | None:
        found = company.reading("availability", scope, "2026-10-05").target
        return found.benchmark if found else None

    assert target("wallet") is None
    set_target(company, "company", "0.9999")
    set_target(company, "europe", "0.999", scope="europe")
    assert [target(one) for one in ("group", "europe", "wallet", "kyc")] == ["company", "europe", "europe", "company"]
    set_target(company, "wallet", "0.99", scope="wallet")
    assert target("wallet") == "wallet"
    set_target(company, "law", "0.95", kind="legal", scope="group")
    assert [target(one) for one in ("group", "europe", "wallet", "kyc")] == ["law"] * 4
    set_target(company, "newer law", "0.96", kind="legal", scope="group", valid_from=date(2026, 7, 1))
    assert target("wallet") == "newer law"


def test_a_target_never_judges_a_period_before_its_start_and_holds_until_replaced(company: Company) -> None:
    company.store(*(up(date(year, 3, 2), down="100") for year in (2025, 2026, 2027)))
    company.store(*(up(date(2026, 1, day), down="100") for day in (1, 2)))
    company.roll_up()
    set_target(company, "uptime", "0.9999")
    assert words(company, "2025-03-02", "2026-01-01", "2026-03-02", "2027-03-02") == [
        None, Word.MISSED, Word.MISSED, Word.MISSED,
    ]  # fmt: skip
    assert words(company, "2025-12-31..2026-01-03") == [None]
    set_target(company, "replaced", "0.5", valid_from=date(2026, 2, 1), valid_to=date(2027, 1, 1))
    assert words(company, "2026-01-01", "2026-03-02", "2027-03-02") == [Word.MISSED, Word.MET, Word.MISSED]


def test_thirty_days_of_four_nines_allow_4_32_minutes(company: Company) -> None:
    seed_targets(company.engine, MARIA)
    company.store(*(up(day, down="129.6" if day.day == 3 else "0") for day in OCTOBER[:30]))
    company.roll_up()
    budget = company.reading("error_budget", "wallet", "2026-10-01..2026-10-31").value
    assert budget.numerator is not None
    assert budget.denominator is not None
    assert (budget.denominator / 60, budget.numerator / 60) == (Decimal("4.32"), Decimal("2.16"))
    assert budget.value == Decimal("0.5")


def test_without_a_target_there_is_no_budget(company: Company) -> None:
    company.store(up())
    company.roll_up()
    assert company.reading("error_budget", "wallet", "2026-10").value.reason == NO_TARGET


def test_an_open_month_beyond_its_target_is_at_risk_until_its_budget_is_used_up(company: Company) -> None:
    seed_targets(company.engine, MARIA)
    november = days(date(2026, 11, 1), 8)
    company.store(*(up(day, down="20") for day in november))
    company.roll_up()
    open_month = company.reading("availability", "wallet", "2026-11")
    assert open_month.still_open == OpenPeriod(8, 30)
    assert open_month.verdict is not None
    assert (open_month.verdict.word, open_month.verdict.reason) == (
        Word.AT_RISK, "At the present rate the budget runs out on day 13.",
    )  # fmt: skip
    assert open_month.value.coverage == 1
    company.store(*(up(day, down="33") for day in november))
    company.roll_up()
    assert words(company, "2026-11") == [Word.MISSED]
    assert company.reading("availability", "wallet", "2026-10").still_open is None


def test_a_period_lies_beside_the_one_before_the_year_before_and_the_last_twelve(company: Company) -> None:
    for months, down in ((0, "864"), (1, "1728"), (12, "2592")):
        company.store(up(containing(DAY, Kind.MONTH).shifted(-months).start, down=down))
    company.roll_up()
    found = company.reading("availability", "wallet", "2026-10")
    assert [one.value for one in (found.value, found.previous, found.year_before)] == [
        Decimal("0.99"), Decimal("0.98"), Decimal("0.97"),
    ]  # fmt: skip
    assert [period.label for period, _ in found.history] == [
        *(f"2025-{month}" for month in (11, 12)), *(f"2026-{month:02d}" for month in range(1, 11)),
    ]  # fmt: skip
    assert [value.value for _, value in found.history[-2:]] == [Decimal("0.98"), Decimal("0.99")]
    assert {value.reason for _, value in found.history[:-2]} == {NO_DATA}


def test_a_scope_without_a_source_is_not_configured_and_one_without_data_says_so(company: Company) -> None:
    seed_targets(company.engine, MARIA)
    company.store(up())
    company.roll_up()
    bare = company.reading("availability", "ledger", "2026-10")
    assert (bare.value.reason, bare.verdict.word if bare.verdict else None) == (NO_SOURCE, Word.NOT_CONFIGURED)
    silent = company.reading("availability", "wallet", "2026-09")
    assert (silent.value.reason, silent.verdict.word if silent.verdict else None) == (NO_DATA, Word.NO_DATA)


def test_every_metric_can_be_read_of_an_empty_warehouse(company: Company) -> None:
    with reading(company.engine) as connection:
        reader = Reader(connection, company.settings)
        found = all_readings(reader, "group", parse("2026-10"))
    assert [one.metric for one in found] == list(METRICS)
    assert {one.value.reason for one in found} == {NO_SOURCE}
    assert {one.verdict.word for one in found if one.verdict} == {Word.NOT_CONFIGURED}
    assert reader.home == "group"


def delivered(company: Company) -> None:
    """Three changes that take 10, 20 and 60 hours, on the 5th, the 6th and the 12th."""
    company.store(commit("0", noon(OCTOBER[0])), deployment("0", noon(OCTOBER[0]), "0"))
    for number, (day, hours) in enumerate(((5, 10), (6, 20), (12, 60)), start=1):
        ends = at(f"{day:02d} 12:00")
        first = ends - timedelta(hours=hours)
        company.store(commit(f"{number}", first, f"{number - 1}", first_commit=first))
        company.store(change(f"pr{number}", first, f"{number}", first_commit=first))
        company.store(deployment(f"{number}", ends, f"{number}"))
    for kind in ("deployment", "change"):
        company.cover(kind, "wallet", OCTOBER[0], date(2026, 11, 1))
    company.roll_up()


def test_a_median_is_of_the_single_changes_whatever_the_period(company: Company) -> None:
    delivered(company)
    periods = ("2026-10", "2026-Q4", "2026", "2026-W41", "2026-10-05..2026-10-07", "2026-10-12")
    found = {one: company.reading("lead_time", "wallet", one).value for one in periods}
    assert {one: value.value for one, value in found.items()} == {
        "2026-10": 20, "2026-Q4": 20, "2026": 20, "2026-W41": 15, "2026-10-05..2026-10-07": 15, "2026-10-12": 60,
    }  # fmt: skip
    assert found["2026-10"].statistics == {"median": 20, "p75": 40, "p90": 52, "mean": 30}
    group = company.reading("lead_time", "group", "2026-10").value
    assert (group.value, group.sample) == (20, 3)


def test_a_period_without_deployments_has_no_lead_time_but_counts_none(company: Company) -> None:
    delivered(company)
    company.cover("deployment", "wallet", date(2026, 9, 1), date(2026, 10, 1))
    company.cover("change", "wallet", date(2026, 9, 1), date(2026, 10, 1))
    company.roll_up()
    assert company.reading("lead_time", "wallet", "2026-09").value.reason == NO_EVENTS
    assert company.reading("deployment_frequency", "wallet", "2026-09").value.value == 0


def test_an_earlier_state_is_read_with_the_later_restatements_undone(company: Company) -> None:
    company.store(*(up(day) for day in OCTOBER[:5]))
    delivered(company)
    then = NOW + timedelta(hours=1)
    fix_clock(then + timedelta(hours=1))
    company.store(up(OCTOBER[1], down="4320"), up(OCTOBER[7]), deployment("late", at("13 12:00"), "3"))
    company.store(change("pr3", at("10 00:00"), "3", first_commit=at("01 00:00")))
    company.roll_up()
    now, before = (company.reading("availability", "wallet", "2026-10", as_of) for as_of in (None, then))
    assert (now.value.value, before.value.value) == (Decimal("0.9916666666666666666666666667"), 1)
    assert (before.value.numerator, before.value.denominator) == (432_000, 432_000)
    assert [round(one.value.coverage * 31, 9) for one in (before, now)] == [5, 6]
    assert company.reading("deployment_frequency", "wallet", "2026-10", then).value.numerator == 4
    assert company.reading("lead_time", "wallet", "2026-10", then).value.reason == NOT_KEPT


def test_a_scope_reads_in_the_currency_and_the_tree_of_the_period(company: Company) -> None:
    moved = [one for one in GROUP if one["id"] != "ledger"]
    ledger = next(one for one in GROUP if one["id"] == "ledger")
    since = date(2026, 10, 1)
    company.now(settings([*moved, ledger | {"valid_to": since}, ledger | {"parent": "america", "valid_from": since}]))
    company.store(up(key="ledger"))
    company.roll_up()
    assert [company.reading("spend_effective", "ledger", one).currency for one in ("2026-09", "2026-10")] == [
        "EUR", "USD",
    ]  # fmt: skip
    assert company.reading("spend_effective", "ledger", "2026-10").variant == "in:USD"


def test_a_value_is_the_same_alone_and_among_others(company: Company) -> None:
    delivered(company)
    company.store(up())
    company.roll_up()
    with reading(company.engine) as connection:
        reader = Reader(connection, company.settings)
        period = parse("2026-10")
        whole = all_readings(reader, "group", period)
        assert [reader.reading(metric, "group", period) for metric in METRICS] == list(whole)
        bare = reader.values(METRICS, "group", [period.previous(), period])
    # the spread over services is told by a reading alone
    found = [bare[one.metric.id, period] for one in whole]
    assert [replace(one, statistics={}) for one in found] == [replace(one.value, statistics={}) for one in whole]
