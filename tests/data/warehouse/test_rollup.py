"""Facts become daily rows, of the days touched, from the bottom of the tree upwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import Engine, select

from data.clock import fix_clock
from data.warehouse import schema
from data.warehouse.engine import reading
from data.warehouse.rollup import RollupReport
from tests.data.happenings import DAY, at, change, commit, deployment, noon, probe_day, request_day, spend
from tests.data.warehouse.world import GROUP, NOW, Company, days, restated, settings

UNIT = 1_000_000
OCTOBER = (date(2026, 10, 1), date(2026, 11, 1))
FIRST, SECOND, THIRD = days(DAY, 3)


def test_the_first_roll_up_writes_a_row_for_the_scope_and_each_above(company: Company) -> None:
    company.store(probe_day(down="864"), probe_day(key="ledger"))
    report = company.roll_up()
    assert report == RollupReport(rows=4, restated=0, statistics=0, data_version=company.version())
    wallet, whole = 85_536 * UNIT, 86_400 * UNIT
    assert company.rows("availability", "wallet") == {(DAY, ""): (wallet, whole, 1440, UNIT, UNIT)}
    both = {(DAY, ""): (wallet + whole, 2 * whole, 2880, 2 * UNIT, 2 * UNIT)}
    assert company.rows("availability", "europe") == company.rows("availability", "group") == both
    assert company.rows("availability", "america") == {}


def test_running_it_twice_changes_nothing(company: Company) -> None:
    company.store(probe_day(), spend("a"), deployment("1", noon(DAY)))
    company.cover("deployment", "wallet", *OCTOBER)
    company.roll_up()
    before, version = company.numbers(), company.version()
    assert company.roll_up() == RollupReport()
    company.store(probe_day(), spend("a"), deployment("1", noon(DAY)))
    assert company.roll_up() == RollupReport()
    assert (company.numbers(), company.version()) == (before, version)


def test_touched_days_that_come_to_the_same_numbers_make_no_new_version(company: Company) -> None:
    company.store(probe_day(), commit("a", noon(FIRST)), commit("b", noon(SECOND), "a"))
    company.store(deployment("1", noon(FIRST), "a"), deployment("2", noon(THIRD), "b"))
    for kind in ("deployment", "change"):
        company.cover(kind, "wallet", *OCTOBER)
    assert company.roll_up().statistics == 9
    version = company.version()
    company.store(
        probe_day(url="https://example.org/new"), deployment("2", noon(THIRD), "b", url="https://example.org")
    )
    assert company.roll_up() == RollupReport()
    assert company.version() == version + 1


def test_a_fact_that_went_away_takes_its_row_along(company: Company) -> None:
    company.store(probe_day())
    company.roll_up()
    company.store(probe_day(key="ledger", source_id=f"wallet/{DAY}"))
    assert company.roll_up().rows > 0
    assert company.rows("availability", "wallet") == {}
    assert company.rows("availability", "europe").keys() == {(DAY, "")}


def test_a_service_without_a_row_lowers_the_coverage_of_the_scopes_above_from_its_first_day_on(
    company: Company,
) -> None:
    for day in (FIRST, SECOND, THIRD):
        company.store(probe_day(day))
    company.store(probe_day(SECOND, key="ledger"))
    company.roll_up()
    seen = {day: measures for (day, _), measures in company.rows("availability", "europe", "known", "expected").items()}
    assert seen == {FIRST: (UNIT, UNIT), SECOND: (2 * UNIT, 2 * UNIT), THIRD: (UNIT, 2 * UNIT)}
    group = {day: measures for (day, _), measures in company.rows("availability", "group", "known", "expected").items()}
    assert group == seen
    company.store(probe_day(FIRST, key="ledger"))
    company.roll_up()
    assert company.rows("availability", "europe", "known", "expected")[FIRST, ""] == (2 * UNIT, 2 * UNIT)


def test_a_whole_entity_without_a_row_is_missed_by_the_group(company: Company) -> None:
    company.store(probe_day(FIRST), probe_day(SECOND), probe_day(FIRST, key="kyc"))
    company.roll_up()
    group = company.rows("availability", "group", "known", "expected")
    assert group == {(FIRST, ""): (2 * UNIT, 2 * UNIT), (SECOND, ""): (UNIT, 2 * UNIT)}


def test_an_entity_without_a_row_is_missed_by_as_many_services_as_it_has(company: Company) -> None:
    other = {"id": "fraud", "kind": "service", "name": "Fraud", "parent": "america"}
    bare = {"id": "new", "kind": "service", "name": "New", "parent": "america"}
    company.now(settings((*GROUP, other, bare)))
    company.store(*(probe_day(FIRST, key=key) for key in ("wallet", "kyc", "fraud")), probe_day(SECOND))
    company.roll_up()
    group = company.rows("availability", "group", "known", "expected")
    assert group == {(FIRST, ""): (3 * UNIT, 3 * UNIT), (SECOND, ""): (UNIT, 3 * UNIT)}


def test_a_service_that_ended_is_missed_no_more(company: Company) -> None:
    ended = [one | ({"valid_to": SECOND} if one["id"] == "ledger" else {}) for one in GROUP]
    company.now(settings(ended))
    company.store(probe_day(FIRST), probe_day(SECOND), probe_day(FIRST, key="ledger"))
    company.roll_up()
    assert company.rows("availability", "europe", "known", "expected") == {
        (FIRST, ""): (2 * UNIT, 2 * UNIT), (SECOND, ""): (UNIT, UNIT),
    }  # fmt: skip


def moved_tree() -> tuple[dict[str, object], ...]:
    other = [one for one in GROUP if one["id"] != "wallet"]
    wallet = next(one for one in GROUP if one["id"] == "wallet")
    return (*other, wallet | {"valid_to": SECOND}, wallet | {"parent": "america", "valid_from": SECOND})


def test_past_days_belong_to_the_parent_that_was_valid_then(company: Company) -> None:
    company.now(settings(moved_tree()))
    company.store(*(probe_day(day) for day in (FIRST, SECOND, THIRD)))
    company.store(*(deployment(str(day), noon(day), str(day)) for day in (FIRST, SECOND, THIRD)))
    company.store(commit(str(FIRST), noon(FIRST)), commit(str(SECOND), noon(SECOND), str(FIRST)))
    company.store(commit(str(THIRD), noon(THIRD) - timedelta(hours=6), str(SECOND)))
    for kind in ("deployment", "change"):
        company.cover(kind, "wallet", *OCTOBER)
    company.roll_up()
    assert company.rows("availability", "europe").keys() == {(FIRST, "")}
    assert company.rows("availability", "america").keys() == {(SECOND, ""), (THIRD, "")}
    assert len(company.rows("availability", "group")) == 3
    table = schema.period_metric
    with reading(company.engine) as connection:
        medians = connection.execute(
            select(table.c.scope, table.c.value, table.c.n).where(
                table.c.statistic == "median", table.c.start == OCTOBER[0], table.c.end == OCTOBER[1]
            )
        )
        found = {scope: (value, n) for scope, value, n in medians}
    # the second was deployed the moment it was committed, which is no lead time
    assert found == {one: (Decimal(6), 1) for one in ("wallet", "america", "group")}


def test_an_entity_whose_observed_services_moved_away_is_missed_no_more_whatever_begins_there_later(
    company: Company,
) -> None:
    company.now(settings(moved_tree()))
    company.store(probe_day(FIRST), probe_day(SECOND, key="kyc"))
    company.roll_up()
    kyc_and_not_wallet = (UNIT, 2 * UNIT)
    assert company.rows("availability", "group", "known", "expected")[SECOND, ""] == kyc_and_not_wallet
    company.store(probe_day(THIRD, key="ledger"))
    company.roll_up()
    assert company.rows("availability", "group", "known", "expected")[SECOND, ""] == kyc_and_not_wallet


def test_an_entity_that_is_observed_as_a_whole_is_missed_as_one_until_a_service_of_it_is(company: Company) -> None:
    company.store(probe_day(FIRST, key="europe"), probe_day(SECOND, key="kyc"))
    company.store(probe_day(THIRD), probe_day(THIRD, key="ledger"))
    company.roll_up()
    assert company.rows("availability", "group", "known", "expected")[SECOND, ""] == (UNIT, 2 * UNIT)


def test_an_entity_is_missed_as_one_again_where_its_service_turns_out_to_have_begun_after_it_left(
    company: Company,
) -> None:
    company.now(settings(moved_tree()))
    fourth = THIRD + timedelta(days=1)
    company.store(probe_day(FIRST, key="europe"), probe_day(FIRST), probe_day(THIRD), probe_day(fourth, key="kyc"))
    company.roll_up()
    assert company.rows("availability", "group", "known", "expected")[fourth, ""] == (UNIT, 2 * UNIT)
    company.store(probe_day(SECOND, source_id=f"wallet/{FIRST}", key="kyc"))
    company.roll_up()
    assert company.rows("availability", "group", "known", "expected")[fourth, ""] == (UNIT, 3 * UNIT)


def test_sums_of_services_are_those_of_the_group(company: Company) -> None:
    company.store(
        *(probe_day(day, key="wallet", down=str(7 * n)) for n, day in enumerate(days(FIRST, 5))),
        *(probe_day(day, key="kyc", down=str(9 * n)) for n, day in enumerate(days(FIRST, 5))),
        *(request_day(day, str(n), key=key) for n, day in enumerate(days(FIRST, 5)) for key in ("wallet", "ledger")),
        *(request_day(day, str(n), key="bank", form="transport") for n, day in enumerate(days(FIRST, 5))),
        *(spend(f"{key}{n}", day, f"{n}.123456789", key=key)
          for n, day in enumerate(days(FIRST, 5)) for key in ("wallet", "kyc", "group")),
    )  # fmt: skip
    company.roll_up()
    metrics = ("availability", "availability_requests", "error_rate", "integration_error_rate", "spend_effective")
    for metric in (*metrics, "spend_billed"):
        parts: dict[tuple[date, str], list[int]] = {}
        direct = ("wallet", "ledger", "kyc", "bank")
        for scope in direct:
            for key, measures in company.rows(metric, scope, "numerator", "denominator").items():
                parts[key] = [a + b for a, b in zip(parts.get(key, [0, 0]), measures, strict=True)]
        whole = company.rows(metric, "group", "numerator", "denominator")
        if metric.startswith("spend"):
            own = [round(Decimal(f"{n}.123456789") * UNIT) for n in range(5)]
            assert [whole[day, "EUR"][0] for day in days(FIRST, 5)] == [
                parts[day, "EUR"][0] + mine for day, mine in zip(days(FIRST, 5), own, strict=True)
            ]
        else:
            assert whole
            assert {key: list(measures) for key, measures in whole.items()} == parts


def test_a_changed_day_of_a_closed_month_is_kept_as_it_was(company: Company) -> None:
    company.store(probe_day(FIRST), probe_day(date(2026, 11, 2)))
    company.roll_up()
    assert restated(company) == []
    company.store(probe_day(FIRST, down="400"), probe_day(SECOND), probe_day(date(2026, 11, 2), down="5"))
    report = company.roll_up()
    old, new, whole = 86_400 * UNIT, 86_000 * UNIT, 86_400 * UNIT
    expected = [
        ("availability", scope, day, *numbers)
        for scope in ("wallet", "europe", "group")
        for day, numbers in ((FIRST, (old, new)), (SECOND, (None, whole)))
    ]
    assert (restated(company), report.restated) == (expected, 6)


def test_the_first_numbers_of_a_closed_month_restate_nothing_and_an_open_month_never_does(company: Company) -> None:
    company.store(probe_day(date(2026, 9, 1)), probe_day(date(2026, 11, 2)))
    company.roll_up()
    company.store(probe_day(FIRST), probe_day(date(2026, 11, 3)), probe_day(date(2026, 11, 2), down="1"))
    assert company.roll_up().restated == 0


def test_a_month_closes_at_the_end_of_its_fifth_working_day(company: Company) -> None:
    company.store(probe_day(FIRST))
    company.roll_up()
    fix_clock(at("2026-11-06 23:59"))
    company.store(probe_day(FIRST, down="1"))
    assert company.roll_up().restated == 0
    fix_clock(at("2026-11-07 00:00"))
    company.store(probe_day(FIRST, down="2"))
    assert company.roll_up().restated == 3


def test_a_corrected_first_commit_is_found_though_no_link_changed(company: Company) -> None:
    company.store(commit("a", noon(FIRST)), commit("b", noon(SECOND), "a"), change("pr", noon(SECOND), "b"))
    company.store(deployment("1", noon(FIRST), "a"), deployment("2", noon(THIRD), "b"))
    for kind in ("deployment", "change"):
        company.cover(kind, "wallet", *OCTOBER)
    company.roll_up()
    hours = 3600 * 24 * 2 // 3600
    assert company.rows("lead_time", "wallet", "numerator")[THIRD, ""] == (hours * UNIT,)
    company.store(replace(change("pr", noon(SECOND), "b"), first_commit=noon(SECOND)))
    company.roll_up()
    assert company.rows("lead_time", "wallet", "numerator")[THIRD, ""] == (24 * UNIT,)
    assert company.reading("lead_time", "group", "2026-10").value.value == 24


def test_facts_that_move_to_another_scope_take_their_links_along(company: Company) -> None:
    for key in ("kyc", "wallet", "bank"):
        company.store(commit("a", noon(FIRST), key=key), commit("b", noon(SECOND), "a", key=key))
        company.store(deployment("1", noon(FIRST), "a", key=key), deployment("2", noon(THIRD), "b", key=key))
        for kind in ("deployment", "change"):
            company.cover(kind, key, *OCTOBER)
        company.roll_up()
        with reading(company.engine) as connection:
            assert [row.scope for row in connection.execute(select(schema.link))] == [key]
        assert company.rows("lead_time", key, "numerator")[THIRD, ""] == (24 * UNIT,)


def test_a_change_of_what_counts_as_production_is_taken_up(company: Company) -> None:
    company.store(deployment("1", noon(DAY), environment="Live-EU"))
    company.cover("deployment", "wallet", *OCTOBER)
    company.roll_up()
    assert company.rows("deployment_frequency", "wallet", "numerator")[DAY, ""] == (0,)
    company.now(settings(metrics={"production": ["live-eu"]}))
    company.roll_up()
    assert company.rows("deployment_frequency", "wallet", "numerator")[DAY, ""] == (UNIT,)
    assert company.roll_up() == RollupReport()


def test_days_follow_the_companys_zone_through_a_clock_change(engine: Engine) -> None:
    fix_clock(NOW)
    berlin = Company(engine, settings(company={"time_zone": "Europe/Berlin"}))
    change_day = date(2026, 10, 25)
    berlin.store(probe_day(change_day, length=90_000, down="900"))
    berlin.store(deployment("1", at("2026-10-25 22:30")), deployment("2", at("2026-10-25 23:30")))
    berlin.cover("deployment", "wallet", change_day, change_day + timedelta(days=2))
    berlin.roll_up()
    fix_clock(None)
    assert berlin.rows("availability", "wallet", "numerator", "denominator", "known", "expected") == {
        (change_day, ""): (89_100 * UNIT, 90_000 * UNIT, UNIT, UNIT)
    }
    frequency = berlin.rows("deployment_frequency", "wallet", "numerator")
    assert frequency == {(change_day, ""): (UNIT,), (change_day + timedelta(days=1), ""): (UNIT,)}


def test_each_step_is_told(company: Company) -> None:
    from data.warehouse.rollup import rollup

    company.store(probe_day())
    said: list[str] = []
    rollup(company.engine, company.settings, said.append)
    assert (len(said), said[-1]) == (len(GROUP), "roll-up 7/7: group")


def test_a_median_that_moves_while_its_sums_stay_is_kept_anew(company: Company) -> None:
    def changes(*hours: int) -> RollupReport:
        for number, span in enumerate(hours, start=1):
            begun = noon(SECOND) - timedelta(hours=span)
            company.store(change(f"pr{number}", noon(SECOND), f"{number}", first_commit=begun))
        return company.roll_up()

    company.store(*(commit(str(one), noon(SECOND) if one else noon(FIRST), str(one - 1)) for one in range(4)))
    company.store(deployment("0", noon(FIRST), "0"), deployment("1", noon(SECOND), "3"))
    for kind in ("deployment", "change"):
        company.cover(kind, "wallet", *OCTOBER)
    changes(1, 5, 6)
    rows = company.rows("lead_time", "group", "numerator", "sum_squares", "sample")
    assert company.reading("lead_time", "group", "2026-10").value.value == 5
    report = changes(2, 3, 7)
    # a month, a quarter and a year of the service, its entity and the group
    assert (report.rows, report.statistics, report.data_version) == (0, 9, company.version())
    assert company.rows("lead_time", "group", "numerator", "sum_squares", "sample") == rows
    assert company.reading("lead_time", "group", "2026-10").value.value == 3
