"""From the work item to the deployment that brought its last change, and the days whose numbers that moves."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from data.facts import Change
from data.period import day_of
from data.warehouse import schema
from data.warehouse.deliveries import deliveries_by_scope
from data.warehouse.engine import reading
from data.warehouse.links import DELIVERED
from tests.data.happenings import at, change, commit, deployment, work_item
from tests.data.warehouse.world import Company

FIRST, AFTER = date(2026, 10, 1), date(2026, 11, 1)
BASE = (commit("base", at("01 10:00")), deployment("d0", at("01 12:00"), "base"))


@pytest.fixture
def company(company: Company) -> Company:
    for kind in ("deployment", "change", "work_item"):
        company.cover(kind, "wallet", FIRST, AFTER)
    company.store(*BASE)
    return company


def delivered(company: Company) -> dict[str, tuple[datetime, datetime]]:
    """Work item -> (its start, its deployment)."""
    with reading(company.engine) as connection:
        found = deliveries_by_scope(connection)
    return {one.item.source_id: (one.started, one.deployed) for made in found.values() for one in made}


def linked(company: Company) -> dict[str, tuple[str, str]]:
    table = schema.link
    with reading(company.engine) as connection:
        rows = connection.execute(select(table).where(table.c.kind == DELIVERED)).all()
    return {row.from_id: (row.to_id, row.scope) for row in rows}


def two_pulls(company: Company, **item: object) -> None:
    """A feature made by two pull requests that are brought by two deployments."""
    company.store(
        work_item("wallet#1", at("01 09:00"), **item),
        change("pull/2", at("03 10:00"), "c2", work_items=("wallet#1",), first_commit=at("02 09:00")),
        change("pull/3", at("05 10:00"), "c3", work_items=("wallet#1",), first_commit=at("04 09:00")),
        commit("c2", at("03 10:00"), "base"),
        commit("c3", at("05 10:00"), "c2"),
        deployment("d1", at("03 12:00"), "c2"),
        deployment("d2", at("06 12:00"), "c3"),
    )
    company.roll_up()


def cycles(company: Company, scope: str = "wallet") -> dict[date, int]:
    """Days on which features were delivered, with their number."""
    rows = company.rows("feature_cycle_time", scope, "denominator")
    return {day: count // 1_000_000 for (day, _), (count,) in rows.items() if count}


def test_a_feature_is_delivered_by_the_deployment_that_contains_its_last_change(company: Company) -> None:
    two_pulls(company, started=at("02 08:00"))
    assert linked(company) == {"wallet#1": ("d2", "wallet")}
    assert delivered(company) == {"wallet#1": (at("02 08:00"), at("06 12:00"))}
    assert cycles(company) == {date(2026, 10, 6): 1}


def test_one_that_was_never_started_began_with_the_first_commit_of_its_first_change(company: Company) -> None:
    two_pulls(company, started=None)
    assert delivered(company) == {"wallet#1": (at("02 09:00"), at("06 12:00"))}


@pytest.mark.parametrize(
    "told",
    [
        change("pull/2", at("03 10:00"), "c2", work_items=("wallet#1",), first_commit=at("01 12:00")),
        change("pull/9", None, None, work_items=("wallet#1",), first_commit=at("01 12:00"), opened=at("01 13:00")),
        change("pull/2", at("03 10:00"), "c2", work_items=("wallet#2",), first_commit=at("02 09:00")),
    ],
)
def test_its_delivery_is_counted_anew_when_its_first_change_is_told_anew(company: Company, told: Change) -> None:
    two_pulls(company, started=None)
    company.store(told)
    company.roll_up()
    ((began, deployed),) = delivered(company).values()
    hours = {day: spent for (day, _), (spent,) in company.rows("feature_cycle_time", "wallet", "numerator").items()}
    assert began != at("02 09:00")
    assert hours[date(2026, 10, 6)] == (deployed - began) / timedelta(hours=1) * 1_000_000


def test_it_is_not_delivered_while_its_last_change_is_not(company: Company) -> None:
    two_pulls(company)
    company.store(change("pull/4", at("07 10:00"), "c4", work_items=("wallet#1",)), commit("c4", at("07 10:00"), "c3"))
    company.roll_up()
    assert (delivered(company), cycles(company)) == ({}, {})
    company.store(deployment("d3", at("08 12:00"), "c4"))
    company.roll_up()
    assert cycles(company) == {date(2026, 10, 8): 1}


def test_nor_while_a_later_change_is_of_a_repository_that_nobody_mapped(company: Company) -> None:
    two_pulls(company)
    company.store(change("pull/4", at("07 10:00"), "c4", work_items=("wallet#1",), key="nobody"))
    company.roll_up()
    assert (delivered(company), cycles(company)) == ({}, {})


def test_an_open_pull_request_does_not_hold_it_back(company: Company) -> None:
    two_pulls(company)
    company.store(change("pull/9", None, None, work_items=("wallet#1",)))
    company.roll_up()
    assert linked(company) == {"wallet#1": ("d2", "wallet")}


def brought_by(company: Company, other: str, day: str) -> None:
    """A feature of the wallet that a deployment of another service brings on a day."""
    company.cover("deployment", other, FIRST, AFTER)
    company.store(
        work_item("wallet#1", at("01 09:00")),
        commit(f"{other} 0", at("01 10:00"), key=other),
        deployment(f"{other}-0", at("01 12:00"), f"{other} 0", key=other),
        change("pull/2", at("03 10:00"), "c1", work_items=("wallet#1",), key=other),
        commit("c1", at("03 10:00"), f"{other} 0", key=other),
        deployment("e1", at(f"{day} 12:00"), "c1", key=other),
    )
    company.roll_up()


def test_a_change_of_another_scope_counts_where_the_item_is(company: Company) -> None:
    brought_by(company, "kyc", "04")
    assert linked(company) == {"wallet#1": ("e1", "wallet")}
    assert cycles(company) == {date(2026, 10, 4): 1}
    company.store(deployment("e1", at("05 12:00"), "c1", key="kyc"))
    company.roll_up()
    assert cycles(company) == {date(2026, 10, 5): 1}


def test_it_is_not_delivered_any_more_where_a_deployment_of_another_scope_turns_out_to_have_failed(
    company: Company,
) -> None:
    brought_by(company, "kyc", "04")
    company.store(deployment("e1", at("04 12:00"), "c1", key="kyc", outcome="failure"))
    company.roll_up()
    assert (linked(company), cycles(company)) == ({}, {})


def test_a_deployment_that_moves_to_a_third_scope_takes_the_delivery_along(company: Company) -> None:
    company.cover("deployment", "ledger", FIRST, AFTER)
    brought_by(company, "kyc", "04")
    brought_by(company, "ledger", "05")
    assert linked(company) == {"wallet#1": ("e1", "wallet")}
    assert cycles(company) == {date(2026, 10, 5): 1}


def test_an_item_that_moves_to_another_scope_takes_its_delivery_along(company: Company) -> None:
    company.cover("work_item", "ledger", FIRST, AFTER)
    brought_by(company, "kyc", "04")
    company.store(work_item("wallet#1", at("01 09:00"), key="ledger"))
    company.roll_up()
    assert linked(company) == {"wallet#1": ("e1", "ledger")}
    assert (cycles(company), cycles(company, "ledger")) == ({}, {date(2026, 10, 4): 1})


def test_a_later_start_of_the_item_moves_the_day_of_its_delivery(company: Company) -> None:
    two_pulls(company, started=at("02 08:00"))
    hours = company.rows("feature_cycle_time", "wallet", "numerator")
    company.store(work_item("wallet#1", at("01 09:00"), started=at("03 08:00")))
    company.roll_up()
    moved = company.rows("feature_cycle_time", "wallet", "numerator")
    day = day_of(at("06 12:00"), company.settings.zone)
    assert {
        key: (hours[key][0] - moved[key][0]) / 3_600_000_000 * 3600 for key in hours if hours[key] != moved[key]
    } == {(day, ""): 24.0}


def test_a_bug_that_turns_out_to_be_a_feature_is_no_rework_any_more(company: Company) -> None:
    two_pulls(company, form="bug")
    days = {day for (day, _), (count,) in company.rows("rework_rate", "wallet", "numerator").items() if count}
    assert days == {date(2026, 10, 3), date(2026, 10, 6)}
    assert cycles(company) == {}
    company.store(work_item("wallet#1", at("01 09:00"), form="feature"))
    company.roll_up()
    assert {count for (count,) in company.rows("rework_rate", "wallet", "numerator").values()} == {0}
    assert cycles(company) == {date(2026, 10, 6): 1}


@pytest.mark.parametrize("first", ["feature", None])
def test_an_item_that_nobody_mapped_decides_all_the_same_whether_a_deployment_is_rework(
    company: Company, first: str | None
) -> None:
    if first:
        company.store(work_item("tracker#1", at("01 09:00"), key="tracker", form=first))
    company.store(
        change("pull/2", at("03 10:00"), "c2", work_items=("tracker#1",)),
        commit("c2", at("03 10:00"), "base"),
        deployment("d1", at("03 12:00"), "c2"),
    )
    company.roll_up()
    day = (date(2026, 10, 3), "")
    assert company.rows("rework_rate", "wallet", "numerator", "sample")[day] == (0, int(bool(first)))
    company.store(work_item("tracker#1", at("01 09:00"), key="tracker", form="bug"))
    company.roll_up()
    numerator, sample = company.rows("rework_rate", "wallet", "numerator", "sample")[day]
    assert numerator > 0
    assert sample == 1
    assert company.roll_up().rows == 0


def test_rolling_up_again_changes_nothing(company: Company) -> None:
    two_pulls(company)
    before, version = company.numbers(), company.version()
    company.store(work_item("wallet#1", at("01 09:00")))
    assert company.roll_up().rows == 0
    assert (company.numbers(), company.version()) == (before, version)
