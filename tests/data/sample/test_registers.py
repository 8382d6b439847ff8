"""The registers of the demo company: audits, compliance records, travel rule messages, use, revenue, people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import pytest

from data.sample import Story
from data.sample.business import FEATURES, revenue_days, staff, usage_months
from data.sample.company import UNITS
from data.sample.registers import LOST, OBLIGATIONS, RECORDS, control_runs, log_days, travel_rule_messages
from tests.data.sample.stories import END, told

OCTOBER = date(2026, 10, 1)


@pytest.mark.parametrize("write", [log_days, travel_rule_messages, usage_months, revenue_days, staff])
def test_a_later_end_only_adds_days(write: Callable[[Story], Iterable[Any]]) -> None:
    later = told(date(2026, 12, 18))
    kept = [one for one in write(told()) if one.day >= later.start]
    assert kept == [one for one in write(later) if one.day <= END]
    assert len(kept) > 100


def test_a_later_end_only_adds_runs_and_what_was_done_since() -> None:
    later = told(date(2026, 12, 18))
    after = {run.id: run for run in control_runs(later)}
    for run in control_runs(told()):
        if run.due < later.start:
            continue
        assert (after[run.id].due, run.completed or after[run.id].completed) == (run.due, after[run.id].completed)
        assert run.completed is not None or after[run.id].completed is None or after[run.id].completed > END


def test_each_obligation_is_met_on_time_but_for_one_review_in_the_bad_quarter() -> None:
    runs = control_runs(told())
    late = [(run.obligation, run.due, run.completed) for run in runs if run.completed and run.completed > run.due]
    assert late == [("access-review", date(2026, 2, 15), date(2026, 3, 9))]
    assert {run.obligation for run in runs} == {one.id for one in OBLIGATIONS}
    assert len(runs) == 75


def test_a_run_that_is_late_stays_open_until_it_is_done() -> None:
    overdue = [
        run for run in control_runs(told(date(2026, 2, 28))) if run.due <= date(2026, 2, 28) and not run.completed
    ]
    assert [(run.obligation, run.due, run.evidence) for run in overdue] == [("access-review", date(2026, 2, 15), None)]


def test_what_is_not_due_yet_is_in_the_register_without_proof() -> None:
    open_runs = [run for run in control_runs(told()) if run.completed is None]
    assert {run.evidence for run in open_runs} == {None}
    assert [(run.obligation, run.due) for run in open_runs] == [
        ("access-review", date(2026, 11, 15)),
        ("penetration-test", date(2026, 12, 10)),
        ("pci-asv-scan", date(2026, 12, 28)),
        ("access-review", date(2027, 1, 15)),
        ("security-audit", date(2027, 1, 20)),
        ("security-audit", date(2027, 1, 27)),
    ]


def test_four_runs_were_due_in_october() -> None:
    due = [run for run in control_runs(told()) if OCTOBER <= run.due <= END]
    assert Counter(run.obligation for run in due) == {"security-audit": 2, "access-review": 1, "soc-2-report": 1}
    assert all(run.completed and run.completed <= run.due and run.evidence for run in due)


def test_every_type_of_record_has_a_row_for_each_day() -> None:
    days = (END - told().start).days + 1
    assert Counter(one.record_type for one in log_days(told())) == dict.fromkeys(RECORDS, days)


def test_records_are_stored_within_a_minute_but_for_some_days() -> None:
    found = list(log_days(told()))
    assert all(one.within <= one.stored <= one.expected for one in found)
    incomplete = {(one.record_type, one.day) for one in found if one.stored < one.expected}
    assert set(LOST) < incomplete
    assert 40 < len(incomplete) < 120
    slow = {(one.record_type, one.day) for one in found if one.latency > 60}
    assert slow == set(LOST)


def test_nearly_all_records_of_october_were_stored_in_time() -> None:
    found = [one for one in log_days(told()) if one.day >= OCTOBER]
    share = sum(one.within for one in found) / sum(one.expected for one in found)
    assert 0.9985 < share < 0.9995


def test_more_and_more_travel_rule_messages_are_accepted() -> None:
    found = list(travel_rule_messages(told()))
    shares = [
        sum(one.accepted for one in found if one.day.year == year)
        / sum(one.sent for one in found if one.day.year == year)
        for year in (2024, 2025, 2026)
    ]
    assert 0.94 < shares[0] < shares[1] < shares[2] < 0.98


def test_use_of_instant_payouts_grew_from_15_to_50_per_cent_in_a_year() -> None:
    shares = {one.day: one.used / one.eligible for one in usage_months(told()) if one.feature == "instant-payouts"}
    assert (round(shares[date(2025, 10, 31)], 2), round(shares[END], 1)) == (0.15, 0.5)


def test_two_features_grow_and_the_others_stay() -> None:
    grew = {}
    for feature in FEATURES:
        shares = [one.used / one.eligible for one in usage_months(told()) if one.feature == feature.id]
        grew[feature.id] = shares[-1] > 1.5 * shares[0]
    assert grew == {
        "instant-payouts": True,
        "virtual-cards": True,
        "delegated-approvals": False,
        "account-opening": False,
    }


def test_nobody_uses_a_feature_who_is_not_active() -> None:
    assert all(one.used < one.active < one.eligible for one in usage_months(told()))


def test_revenue_and_people_belong_to_business_units() -> None:
    units = {unit.id for unit in UNITS}
    assert {one.unit for one in revenue_days(told())} < units
    assert {one.unit for one in staff(told())} == units
    assert all(one.amount > 0 for one in revenue_days(told()))
