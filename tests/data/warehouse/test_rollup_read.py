"""Which days have numbers: those that were read completely, from the one source that a scope takes."""

from __future__ import annotations

from datetime import date, timedelta

from tests.data.happenings import DAY, deployment, noon, probe_day
from tests.data.warehouse.world import Company, days, settings

UNIT = 1_000_000
OCTOBER = (date(2026, 10, 1), date(2026, 11, 1))
FIRST, SECOND, THIRD = days(DAY, 3)
SECOND_REPOSITORY = {"source": "github", "kind": "repository", "key": "wallet-2", "scope": "wallet"}


def test_each_day_read_completely_has_a_row_of_deployments_and_no_other_has(company: Company) -> None:
    company.store(deployment("1", noon(SECOND)))
    company.cover("deployment", "wallet", FIRST, THIRD + timedelta(days=1))
    company.roll_up()
    assert company.rows("deployment_frequency", "wallet", "numerator", "denominator") == {
        (FIRST, ""): (0, UNIT), (SECOND, ""): (UNIT, UNIT), (THIRD, ""): (0, UNIT),
    }  # fmt: skip


def test_a_repository_that_was_read_and_never_deployed_counts_none(company: Company) -> None:
    company.cover("deployment", "wallet", FIRST, THIRD)
    company.roll_up()
    assert company.rows("deployment_frequency", "wallet", "numerator") == {(FIRST, ""): (0,), (SECOND, ""): (0,)}


def test_a_day_that_one_of_two_repositories_does_not_cover_has_no_row(company: Company) -> None:
    company.now(settings(alias=(SECOND_REPOSITORY,)))
    company.cover("deployment", "wallet", FIRST, SECOND)
    company.cover("deployment", "wallet-2", THIRD, THIRD + timedelta(days=1))
    company.roll_up()
    assert company.rows("deployment_frequency", "wallet") == {}
    company.cover("deployment", "wallet-2", FIRST, THIRD)
    company.roll_up()
    assert company.rows("deployment_frequency", "wallet").keys() == {(FIRST, "")}


def test_a_repository_read_later_takes_away_the_days_on_which_it_was_not_read(company: Company) -> None:
    company.cover("deployment", "wallet", FIRST, THIRD)
    company.cover("deployment", "wallet-2", THIRD, THIRD + timedelta(days=1))
    company.roll_up()
    assert company.rows("deployment_frequency", "wallet").keys() == {(FIRST, ""), (SECOND, "")}
    company.now(settings(alias=(SECOND_REPOSITORY,)))
    company.roll_up()
    assert company.rows("deployment_frequency", "wallet") == {}
    company.cover("deployment", "wallet-2", SECOND, THIRD)
    company.roll_up()
    assert company.rows("deployment_frequency", "wallet").keys() == {(SECOND, "")}


def test_a_second_repository_takes_away_the_days_that_it_does_not_cover(company: Company) -> None:
    company.now(settings(alias=(SECOND_REPOSITORY,)))
    company.cover("deployment", "wallet", FIRST, THIRD)
    company.roll_up()
    company.cover("deployment", "wallet-2", SECOND, THIRD)
    company.roll_up()
    assert company.rows("deployment_frequency", "wallet").keys() == {(SECOND, "")}


def test_a_scope_takes_every_day_from_one_source_also_where_another_told_of_it_before(company: Company) -> None:
    company.store(probe_day(FIRST, source="rates", source_id="other"))
    company.roll_up()
    company.store(probe_day(SECOND))
    company.roll_up()
    assert company.rows("availability", "wallet").keys() == {(SECOND, "")}
    company.store(probe_day(SECOND, source_id=f"wallet/{SECOND}", key="ledger"))
    company.roll_up()
    assert company.rows("availability", "wallet").keys() == {(FIRST, "")}


def test_a_kind_of_fact_is_taken_from_one_source_and_changing_it_rolls_up_again(company: Company) -> None:
    company.store(deployment("1", noon(DAY)), deployment("2", noon(DAY), source="prometheus"))
    company.cover("deployment", "wallet", *OCTOBER)
    company.roll_up()
    assert company.reading("deployment_frequency", "wallet", "2026-10-05").value.value == 1
    company.now(settings(takes=({"fact": "deployment", "scope": "europe", "source": "prometheus"},)))
    company.roll_up()
    # that source never said which days it read completely
    assert company.rows("deployment_frequency", "wallet") == {}
    company.now(settings())
    company.roll_up()
    assert company.reading("deployment_frequency", "wallet", "2026-10-05").value.value == 1
