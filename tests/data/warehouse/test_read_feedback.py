"""Questions about answers, polls, controls and logs."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from data.period import parse
from data.warehouse.engine import reading
from data.warehouse.read_compliance import log_days, runs_due, runs_open
from data.warehouse.read_feedback import people, polls, voices
from tests.data.happenings import at, control_run, log_delivery, response, survey_count
from tests.data.warehouse.world import Company

OCTOBER = parse("2026-10")
SPAN = at("2026-10-01 00:00"), at("2026-11-01 00:00")
BOTH = ("wallet", "ledger")


def said(company: Company, most: int = 9, end: datetime = SPAN[1]) -> list[tuple[str, str | None]]:
    with reading(company.engine) as connection:
        return [(one.scope, one.response.comment) for one in voices(connection, BOTH, SPAN[0], end, most)]


def test_the_latest_words_of_each_scope_and_form_come_first_and_no_more_than_asked_for(company: Company) -> None:
    company.store(
        response("a", 9, when=at("02 10:00"), comment="first"),
        response("b", 9, when=at("03 10:00"), comment="second"),
        response("c", 2, when=at("04 10:00"), comment="third"),
        response("d", 2, when=at("05 10:00")),
        response("e", 5, "csat", at("06 10:00"), comment="of another form"),
        response("f", 9, when=at("07 10:00"), key="ledger", comment="of another scope"),
        response("g", 9, when=at("2026-09-30 10:00"), comment="of another month"),
        response("h", 9, when=at("08 10:00"), key="kyc", comment="of a scope that was not asked for"),
    )
    assert said(company, most=2) == [
        ("ledger", "of another scope"), ("wallet", "of another form"), ("wallet", "third"), ("wallet", "second"),
    ]  # fmt: skip


def test_of_a_person_who_answered_anew_only_the_last_words_are_told(company: Company) -> None:
    company.store(
        response("a", 2, when=at("02 10:00"), comment="angry", respondent="p"),
        response("b", 9, when=at("09 10:00"), comment="mended", respondent="p"),
        response("c", 2, when=at("03 10:00"), comment="quiet since", respondent="q"),
        response("d", 9, when=at("10 10:00"), respondent="q"),
        response("e", 3, when=at("04 10:00"), comment="nobody in particular"),
        response("f", 3, when=at("05 10:00"), comment="nobody in particular either"),
    )
    assert said(company) == [
        ("wallet", "mended"), ("wallet", "nobody in particular either"), ("wallet", "nobody in particular"),
    ]  # fmt: skip
    assert ("wallet", "angry") in said(company, end=at("08 00:00"))


def test_people_are_counted_once_for_each_scope_and_form(company: Company) -> None:
    company.store(
        response("a", 2, when=at("02 10:00"), respondent="p"),
        response("b", 9, when=at("09 10:00"), respondent="p"),
        response("c", 9, when=at("09 11:00")),
        response("d", 4, "csat", at("09 12:00"), respondent="p"),
        response("e", 4, "csat", at("09 12:00"), key="ledger"),
    )
    with reading(company.engine) as connection:
        assert people(connection, BOTH, *SPAN) == {("wallet", "nps"): 2, ("wallet", "csat"): 1, ("ledger", "csat"): 1}
        assert people(connection, (), *SPAN) == {}


def test_a_poll_is_told_by_its_last_count_up_to_a_day_and_one_counted_later_by_its_first(company: Company) -> None:
    company.store(
        *(survey_count(date(2026, 10, day), day, source_id=f"w/{day}") for day in (1, 15, 31)),
        *(survey_count(date(2026, 11, day), day, source_id=f"l/{day}", key="ledger", survey="late") for day in (3, 8)),
    )
    with reading(company.engine) as connection:
        found = {day: polls(connection, BOTH, date(2026, 10, day)) for day in (15, 30, 31)}
        assert polls(connection, ("kyc",), date(2026, 10, 31)) == ()
    told = {day: [(one.scope, one.count.day, one.count.responded) for one in of] for day, of in found.items()}
    late = ("ledger", date(2026, 11, 3), 3)
    assert told == {
        15: [late, ("wallet", date(2026, 10, 15), 15)],
        30: [late, ("wallet", date(2026, 10, 15), 15)],
        31: [late, ("wallet", date(2026, 10, 31), 31)],
    }


def test_what_was_due_in_a_period_and_what_is_open_on_a_day(company: Company) -> None:
    company.store(
        control_run("done", date(2026, 10, 5), date(2026, 10, 4)),
        control_run("later", date(2026, 10, 31), date(2026, 11, 20)),
        control_run("cancelled", date(2026, 10, 20), None, evidence=None, cancelled="retired"),
        control_run("next", date(2026, 11, 1), None, evidence=None, key="ledger"),
        control_run("foreign", date(2026, 10, 6), None, key="kyc"),
    )
    with reading(company.engine) as connection:
        due = runs_due(connection, BOTH, OCTOBER)
        open_ = runs_open(connection, BOTH, date(2026, 11, 9))
    assert [one.run.source_id for one in due] == ["done", "cancelled", "later"]
    assert [(one.run.source_id, one.scope) for one in open_] == [("later", "wallet"), ("next", "ledger")]


def test_deliveries_of_the_log_come_by_type_scope_and_day(company: Company) -> None:
    first = date(2026, 10, 1)
    company.store(
        *(log_delivery(first + timedelta(days=day), source_id=f"t/{day}") for day in (30, 0, 31)),
        log_delivery(first, source_id="access", key="ledger", record_type="access"),
    )
    with reading(company.engine) as connection:
        found = log_days(connection, BOTH, OCTOBER)
    assert [(one.delivery.record_type, one.scope, one.delivery.day.day) for one in found] == [
        ("access", "ledger", 1), ("transfer", "wallet", 1), ("transfer", "wallet", 31),
    ]  # fmt: skip
