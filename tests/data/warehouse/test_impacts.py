"""What incidents did to scopes, which deployments they are held against, and how numbers follow."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from data.metrics.base import Outage
from data.period import day_start
from data.settings import Settings
from data.warehouse import schema
from data.warehouse.catalog import load_resolver, load_tree, map_key
from data.warehouse.days import Days
from data.warehouse.engine import reading, writing
from data.warehouse.links import FAILED
from data.warehouse.read_sources import unmapped_keys
from data.warehouse.write import note_covered, replace_facts
from tests.data.happenings import at, change, commit, deployment, incident
from tests.data.warehouse.world import MARIA, NOW, SOURCES, Company
from tests.data.warehouse.world import settings as company_settings

FIRST, AFTER = date(2026, 10, 1), date(2026, 11, 1)


@pytest.fixture
def settings() -> Settings:
    return company_settings(source=(*SOURCES, {"id": "pager", "type": "pagerduty"}))


@pytest.fixture
def company(company: Company, settings: Settings) -> Company:
    company.now(settings)
    return company


def hurt(company: Company) -> dict[str, list[tuple[str, str]]]:
    """Incident -> what it did to which scope."""
    table, found = schema.incident_scope, {}
    with reading(company.engine) as connection:
        for row in connection.execute(select(table).order_by(table.c.source_id, table.c.place)):
            found.setdefault(row.source_id, []).append((row.scope, row.impact))
    return found


def failed(company: Company) -> dict[str, tuple[str, str]]:
    """Deployment -> (what it was failed by, how we know)."""
    table = schema.link
    with reading(company.engine) as connection:
        rows = connection.execute(select(table).where(table.c.kind == FAILED))
        return {row.from_id: (row.to_id, row.method) for row in rows}


def outages(company: Company, scope: str, *days: date) -> dict[date, tuple[Outage, ...]]:
    with reading(company.engine) as connection:
        seen = Days(connection, company.settings, load_tree(connection), load_resolver(connection))
        return {one.day: one.outages for one in seen.of(scope, frozenset(days), frozenset({"incident"}))}


def covered(company: Company, *keys: str) -> None:
    zone = company.settings.zone
    with writing(company.engine) as connection:
        for key in keys:
            proof = ("incident", "service", key, day_start(FIRST, zone), day_start(AFTER, zone))
            note_covered(connection, "pager", proof, [key], zone)


def test_an_incident_touches_any_number_of_scopes_and_is_filed_under_one(company: Company) -> None:
    company.store(incident("I1", at("05 10:00"), at("05 11:00"), touches=(("wallet", "down"), ("kyc", "degraded"))))
    assert hurt(company) == {"I1": [("wallet", "down"), ("kyc", "degraded")]}
    assert company.facts("incident") == {"I1": "wallet"}
    assert {one for one in company.touched() if one[0] == "incident"} == {
        ("incident", "wallet", date(2026, 10, 5)),
        ("incident", "kyc", date(2026, 10, 5)),
    }


def test_one_whose_own_name_nobody_mapped_is_filed_under_the_first_mapped_thing_it_hurt(company: Company) -> None:
    company.store(incident("I1", at("05 10:00"), None, key="unknown", touches=(("other", "down"), ("kyc", "down"))))
    assert company.facts("incident") == {"I1": "kyc"}
    assert hurt(company) == {"I1": [("kyc", "down")]}


def test_a_corrected_incident_moves_the_days_it_was_on_and_the_days_it_is_on(company: Company) -> None:
    company.store(incident("I1", at("05 10:00"), at("07 11:00")))
    company.roll_up()
    company.store(incident("I1", at("06 10:00"), at("06 11:00")))
    days = {day for kind, scope, day in company.touched() if (kind, scope) == ("incident", "wallet")}
    assert days == {date(2026, 10, 5), date(2026, 10, 6), date(2026, 10, 7)}
    assert company.store(incident("I1", at("06 10:00"), at("06 11:00"))).facts == 0


def test_an_open_incident_lasts_until_now_and_its_end_moves_all_days_since(company: Company) -> None:
    company.store(incident("I1", at("2026-11-05 10:00")))
    company.roll_up()
    company.store(incident("I1", at("2026-11-05 10:00"), at("2026-11-05 12:00")))
    days = {day for kind, _, day in company.touched() if kind == "incident"}
    assert days == {date(2026, 11, one) for one in range(5, NOW.day + 1)}


def test_mapping_a_name_later_files_the_incident_there(company: Company) -> None:
    company.store(incident("I1", at("05 10:00"), at("05 11:00"), key="PW1", touches=(("PW1", "down"),)))
    assert (hurt(company), company.facts("incident")) == ({}, {"I1": None})
    map_key(company.engine, company.settings, MARIA, ("pager", "service", "PW1"), "ledger", "it is the ledger")
    assert (hurt(company), company.facts("incident")) == ({"I1": [("ledger", "down")]}, {"I1": "ledger"})
    assert ("incident", "ledger", date(2026, 10, 5)) in company.touched()


def test_names_of_things_that_were_hurt_wait_to_be_mapped(company: Company) -> None:
    company.store(
        incident("I1", at("05 10:00"), at("05 11:00"), touches=(("wallet", "down"), ("PW2", "down"))),
        incident("I2", at("05 10:00"), at("05 11:00"), key="PW1", touches=(("PW2", "down"),)),
        incident(
            "I3",
            at("05 10:00"),
            at("05 11:00"),
            touches=(("page", "p1", "down", "", ""), ("service", "wallet", "down", "", "")),
        ),
        incident(
            "I4", at("05 10:00"), at("05 11:00"), key="p2", key_kind="page", touches=(("page", "p2", "down", "", ""),)
        ),
    )
    with reading(company.engine) as connection:
        found = [(one.kind, one.key, one.count) for one in unmapped_keys(connection)]
    assert found == [("service", "PW2", 2), ("service", "PW1", 1), ("page", "p2", 1)]


def test_an_incident_that_is_taken_away_leaves_no_impact(company: Company) -> None:
    company.store(incident("I1", at("05 10:00"), at("05 11:00")), incident("I2", at("06 10:00"), at("06 11:00")))
    with writing(company.engine) as connection:
        kept = [incident("I2", at("06 10:00"), at("06 11:00"))]
        replace_facts(connection, "pager", "incident", "key", "wallet", kept, company.settings.zone)
    assert hurt(company) == {"I2": [("wallet", "down")]}


def test_outages_are_cut_into_days_and_an_open_one_lasts_to_the_end_of_each(company: Company) -> None:
    covered(company, "wallet")
    company.store(
        incident("I1", at("05 22:00"), at("06 01:00")),
        incident("I2", at("06 12:00"), at("06 12:00"), touches=(("wallet", "partial"),)),
        incident("I3", at("07 23:00"), maintenance=True),
    )
    found = outages(company, "wallet", *(date(2026, 10, day) for day in range(5, 9)))
    assert found == {
        date(2026, 10, 5): (Outage(22 * 3600, 24 * 3600, "down", False),),
        date(2026, 10, 6): (Outage(0, 3600, "down", False), Outage(12 * 3600, 12 * 3600, "partial", False)),
        date(2026, 10, 7): (Outage(23 * 3600, 24 * 3600, "down", True),),
        date(2026, 10, 8): (Outage(0, 24 * 3600, "down", True),),
    }


def test_an_impact_may_have_a_span_of_its_own(company: Company) -> None:
    covered(company, "wallet")
    spans = (
        ("service", "wallet", "degraded", "", "2026-10-05T10:30:00+00:00"),
        ("service", "wallet", "down", "2026-10-05T10:30:00+00:00", ""),
    )
    company.store(incident("I1", at("05 10:00"), at("05 12:00"), mitigated=at("05 11:00"), touches=spans))
    assert outages(company, "wallet", date(2026, 10, 5))[date(2026, 10, 5)] == (
        Outage(36_000, 37_800, "degraded", False),
        Outage(37_800, 39_600, "down", False),
    )


class TestWhichDeploymentFailed:
    """An incident is held against one deployment of a scope, or none."""

    def linked(self, company: Company, *incidents: object) -> dict[str, tuple[str, str]]:
        company.store(
            commit("base", at("01 12:00")),
            commit("c1", at("02 12:00"), "base"),
            change("wallet/pull/7", at("02 12:00"), "c1"),
            deployment("d0", at("01 13:00"), "base"),
            deployment("d1", at("05 08:00"), "c1"),
            deployment("d2", at("05 09:30"), "c2"),
        )
        company.store(*incidents)  # type: ignore[arg-type]
        company.roll_up()
        return failed(company)

    def test_the_one_that_it_names(self, company: Company) -> None:
        found = self.linked(company, incident("I1", at("05 10:00"), deployment="d1"))
        assert found == {"d1": ("I1", "named by the incident")}

    def test_else_the_one_that_contains_the_change_it_names(self, company: Company) -> None:
        found = self.linked(company, incident("I1", at("09 10:00"), change="wallet/pull/7"))
        assert found == {"d1": ("I1", "change named by the incident")}

    def test_else_the_last_one_within_the_window(self, company: Company) -> None:
        found = self.linked(company, incident("I1", at("06 09:30")))
        assert found == {"d2": ("I1", "last deployment before it")}

    def test_none_before_the_window_or_after_the_start(self, company: Company) -> None:
        assert self.linked(company, incident("I1", at("06 09:31")), incident("I2", at("01 12:59"))) == {}

    @pytest.mark.parametrize(
        "other",
        [{"cause": "capacity"}, {"provider": "bank"}, {"maintenance": True}, {"deployment": "elsewhere"}],
        ids=lambda other: next(iter(other)),
    )
    def test_none_where_it_cannot_be_a_change_of_ours(self, company: Company, other: dict[str, object]) -> None:
        assert self.linked(company, incident("I1", at("05 10:00"), **other)) == {}

    def test_a_cause_that_is_a_change_counts(self, company: Company) -> None:
        found = self.linked(company, incident("I1", at("05 10:00"), cause="Own change"))
        assert found == {"d2": ("I1", "last deployment before it")}

    def test_an_incident_that_comes_later_moves_the_day_of_the_deployment(self, company: Company) -> None:
        company.cover("deployment", "wallet", FIRST, AFTER)
        assert self.linked(company) == {}
        before = company.rows("change_fail_rate", "wallet", "numerator")
        company.store(incident("I1", at("05 10:00")))
        company.roll_up()
        after = company.rows("change_fail_rate", "wallet", "numerator")
        assert {day: numbers for day, numbers in after.items() if before[day] != numbers} == {
            (date(2026, 10, 5), ""): (1_000_000,)
        }

    def test_the_recovery_moves_with_the_end_of_the_deployment(self, company: Company) -> None:
        covered(company, "wallet")
        self.linked(company, incident("I1", at("09 10:00"), at("09 11:00"), deployment="d1"))
        company.store(deployment("d1", at("08 11:00"), "c1"))
        company.roll_up()
        recovery = company.rows("deployment_recovery_time", "wallet", "numerator")
        assert recovery[date(2026, 10, 9), ""] == (24_000_000,)

    @pytest.mark.parametrize(
        "other", [{"cause": "capacity"}, {"maintenance": True}], ids=lambda other: next(iter(other))
    )
    def test_one_that_proves_to_be_no_failure_is_none_in_any_scope_that_it_hurt(
        self, company: Company, other: dict[str, object]
    ) -> None:
        hurts = {"key": "kyc", "touches": (("kyc", "down"), ("wallet", "down"))}
        found = self.linked(company, incident("I1", at("05 10:00"), at("05 11:00"), **hurts))
        assert found == {"d2": ("I1", "last deployment before it")}
        company.store(incident("I1", at("05 10:00"), at("05 11:00"), **hurts, **other))
        company.roll_up()
        assert failed(company) == {}
