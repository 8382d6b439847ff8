"""Reviews of what approved cases promised, on measured values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from data.access import NotPermitted
from data.finance.case import Assumption, BadCase, Case, Line, Promise
from data.finance.ledger import Attribution, Realised, due, months_after, promises, realised
from data.period import Period
from data.warehouse.cases import ChangedMeanwhile, Status, approve, create, submit
from data.warehouse.change_log import entries as logged
from data.warehouse.engine import reading
from data.warehouse.ledger import Entry, entries, look, review
from data.warehouse.readings import Reader
from tests.data.happenings import deployment, noon, request_day
from tests.data.warehouse.test_cases import ANNA, BEN, EVA
from tests.data.warehouse.world import Company, days

START = date(2026, 7, 1)


def case(*more: Line) -> Case:
    stability = Line(
        id="stability", lever="instability", ramp=(0, "0.5", 1), owner="Ben",
        promise=Promise(measure="change_fail_rate", scope="wallet"),
        values={
            "deployments_before": 100, "deployments_after": 100, "recovery_hours_before": 2, "recovery_hours_after": 2,
            "fail_rate_before": "0.10", "fail_rate_after": Assumption(value="0.04"), "downtime_cost": 1_000,
        },
    )  # fmt: skip
    errors = Line(
        id="errors", lever="integration_bugs", values={"bugs": 200, "reduction": "0.4", "cost_of_one": 1_000},
        promise=Promise(measure="integration_error_rate", scope="bank", baseline="0.02", planned="0.01"),
    )  # fmt: skip
    given = {"name": "Gateway", "owner": "Anna", "currency": "EUR", "start": START, "years": 2, "scope": "europe"}
    return Case(**given, discount_rate="0.1", line=(stability, errors, Line(id="run", lever="run"), *more))


@pytest.fixture
def ledger(company: Company) -> Company:
    """An approved case, of whose first three months 1 in 20 deployments failed and 1.5 % of calls."""
    engine = company.engine
    company.cover("deployment", "wallet", date(2026, 7, 1), date(2026, 11, 9))
    found = days(date(2026, 7, 2), 40)
    facts = [deployment(f"d{place}", noon(day), f"r{place}") for place, day in enumerate(found)]
    facts += [
        deployment(f"b{place}", noon(found[place]).replace(hour=14), f"r{place - 1}", rollback=True)
        for place in (5, 25)
    ]
    calls = [
        request_day(day, "15", "1000", "bank", "transport", key_kind="integration")
        for day in days(date(2026, 7, 1), 92)
    ]
    company.store(*facts, *calls)
    company.roll_up()
    approve(engine, BEN, submit(engine, ANNA, create(engine, ANNA, case(), "w"), "w"), "w")
    return company


def told(company: Company) -> tuple[Entry, ...]:
    with reading(company.engine) as connection:
        return entries(connection, EVA)


def test_every_promise_is_looked_at_after_three_six_and_twelve_months() -> None:
    assert [(one.line, one.month, one.day, one.period) for one in due(case())] == [
        (line, month, day, Period(since, day))
        for month, since, day in (
            (3, date(2026, 7, 1), date(2026, 10, 1)),
            (6, date(2026, 10, 1), date(2027, 1, 1)),
            (12, date(2027, 4, 1), date(2027, 7, 1)),
        )
        for line in ("errors", "stability")
    ]


def test_a_promise_takes_baseline_and_plan_from_the_lever_or_from_itself() -> None:
    found = {one.line: (one.baseline, one.planned, one.amount, one.owner) for one in promises(case())}
    assert found == {
        "stability": (Decimal("0.10"), Decimal("0.04"), Decimal(12_000), "Ben"),
        "errors": (Decimal("0.02"), Decimal("0.01"), Decimal(80_000), "Anna"),
    }


def test_realised_is_worked_out_by_the_lever_or_by_how_far_the_measure_came() -> None:
    one = case()
    assert realised(one, one.named("stability"), Decimal("0.07"), 3) == Realised(
        Decimal("0.07"), Decimal("0.5"), Decimal(6_000), Decimal(6_000)
    )
    assert realised(one, one.named("errors"), Decimal("0.025"), 6) == Realised(
        Decimal("0.025"), Decimal("-0.5"), Decimal(80_000), Decimal(-40_000)
    )


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 7, 1), 0, date(2026, 7, 1)),
    ],
)
def test_months_end_where_the_month_ends(day: date, months: int, after: date) -> None:
    assert months_after(day, months) == after


def test_a_review_that_nobody_made_is_overdue_from_its_day_on(ledger: Company) -> None:
    found = told(ledger)
    assert [(one.due.line, one.due.month) for one in found if one.overdue(date(2026, 11, 9))] == [
        ("errors", 3), ("stability", 3),
    ]  # fmt: skip
    assert not any(one.overdue(date(2026, 9, 30)) for one in found)
    assert {one.kept.status for one in found} == {Status.APPROVED}


def test_a_review_sets_the_measured_value_against_the_plan_and_keeps_who_said_why(ledger: Company) -> None:
    key = ("gateway", 1, "errors", 3)
    made = review(ledger.engine, ledger.settings, ANNA, key, Attribution.UNCLEAR, "The bank changed its limits too.")
    assert (made.value, made.baseline, made.planned) == (Decimal("0.015"), Decimal("0.02"), Decimal("0.01"))
    assert (made.planned_amount, made.realised_amount, made.currency) == (80_000, 40_000, "EUR")
    assert (made.attribution, made.reviewed_by) == (Attribution.UNCLEAR.value, "oidc:anna")
    assert made.period == "2026-07-01..2026-10-01"
    kept = {(one.due.line, one.due.month): one.review for one in told(ledger)}
    assert kept["errors", 3] == made
    with reading(ledger.engine) as connection:
        last = logged(connection)[-1]
    assert (last.actor, last.action, last.why) == ("oidc:anna", "reviewed", "The bank changed its limits too.")
    assert last.object == "business case gateway v1, errors after 3 months"
    assert last.new == {"value": "0.015", "realised": "40000", "attribution": Attribution.UNCLEAR.value}


def test_the_fail_rate_goes_through_the_lever(ledger: Company) -> None:
    made = review(ledger.engine, ledger.settings, ANNA, ("gateway", 1, "stability", 3), Attribution.PLAUSIBLE, "w")
    assert made.value is not None
    assert float(made.value) == pytest.approx(2 / 42)
    assert (made.planned_amount, made.realised_amount) == (6_000, Decimal("10476.19"))
    assert made.sources == "github"


def test_what_cannot_be_measured_is_kept_as_unknown(ledger: Company) -> None:
    extra = Line(
        id="staff", lever="licences", promise=None,
    )  # fmt: skip
    nps = Line(
        id="score", lever="retention", values={"customers": 10},
        promise=Promise(measure="nps", scope="group", baseline=10, planned=20),
    )  # fmt: skip
    one = case(nps, extra).model_copy(update={"name": "Other"})
    engine = ledger.engine
    approve(engine, BEN, submit(engine, ANNA, create(engine, ANNA, one, "w"), "w"), "w")
    made = review(engine, ledger.settings, ANNA, ("other", 1, "score", 3), Attribution.UNCLEAR, "no poll yet")
    assert (made.value, made.realised_amount) == (None, None)
    assert made.reason == "no source is connected for this scope"


def test_what_a_review_would_read_can_be_looked_at_before(ledger: Company) -> None:
    entry = next(one for one in told(ledger) if one.due.line == "errors")
    with reading(ledger.engine) as connection:
        assert look(Reader(connection, ledger.settings), EVA, entry.key).value == Decimal("0.015")


def test_a_review_is_made_once_when_it_is_due_by_who_may(ledger: Company) -> None:
    engine, settings, why = ledger.engine, ledger.settings, Attribution.UNCLEAR
    review(engine, settings, ANNA, ("gateway", 1, "errors", 3), why, "w")
    with pytest.raises(ChangedMeanwhile, match="oidc:anna has made this review"):
        review(engine, settings, ANNA, ("gateway", 1, "errors", 3), why, "w")
    with pytest.raises(BadCase, match="due on 2027-01-01"):
        review(engine, settings, ANNA, ("gateway", 1, "errors", 6), why, "w")
    with pytest.raises(BadCase, match="promises nothing on 'run'"):
        review(engine, settings, ANNA, ("gateway", 1, "run", 3), why, "w")
    with pytest.raises(BadCase, match="Say in a sentence"):
        review(engine, settings, ANNA, ("gateway", 1, "stability", 3), why, " ")
    with pytest.raises(NotPermitted):
        review(engine, settings, EVA, ("gateway", 1, "stability", 3), why, "w")
    create(engine, ANNA, case().model_copy(update={"name": "Draft"}), "w")
    with pytest.raises(BadCase, match="only an approved one has reviews"):
        review(engine, settings, ANNA, ("draft", 1, "errors", 3), why, "w")
