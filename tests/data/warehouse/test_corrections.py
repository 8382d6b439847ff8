"""Numbers that two people corrected: shown as corrected wherever they count, with what was counted beside them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from data.access import Actor, NotPermitted, Role, local_actor
from data.clock import fix_clock
from data.metrics import metric_named
from data.metrics.base import Value
from data.period import parse
from data.warehouse.approvals import approve
from data.warehouse.change_log import Change, entries, first_fault
from data.warehouse.corrections import (
    BadCorrection,
    MovedMeanwhile,
    Wanted,
    counted,
    propose_correction,
    propose_lifting,
)
from data.warehouse.engine import reading
from data.warehouse.policy import seed_targets
from data.warehouse.readings import Reader
from tests.data.happenings import DAY, deployment, noon, probe_day
from tests.data.warehouse.test_readings import delivered
from tests.data.warehouse.world import MARIA, NOW, Company, days

ANA, CHAIR = Actor("oidc:ana", frozenset({Role.ANALYST})), Actor("oidc:chair", frozenset({Role.APPROVER}))
OCTOBER = days(date(2026, 10, 1), 31)
PERIOD = {"day": "2026-10-05", "week": "2026-W41", "month": "2026-10", "quarter": "2026-Q4"}


@pytest.fixture
def probed(company: Company) -> Company:
    """Wallet and KYC were observed all October for 86,400 s a day; Wallet was down 6,400 s of the 5th."""
    company.store(*(probe_day(day, down="6400" if day == DAY else "0") for day in OCTOBER if day.day != 25))
    company.store(*(probe_day(day, down="0", key="kyc") for day in OCTOBER if day.day != 25))
    company.roll_up()
    return company


def seen(company: Company, metric: str, scope: str, period: str) -> str:
    with reading(company.engine) as connection:
        reader = Reader(connection, company.settings)
        return counted(reader, metric_named(metric), scope, parse(period)).seen


def propose(
    company: Company, period: str, numerator: str | None, denominator: str | None, scope: str = "wallet", *,
    metric: str = "availability", value: str | None = None, actor: Actor = ANA, opened: str = "",
) -> int:  # fmt: skip
    numbers = [None if one is None else Decimal(one) for one in (numerator, denominator, value)]
    looked_at = opened or seen(company, metric, scope, period)
    new = Wanted(metric, scope, parse(period), *numbers)
    return propose_correction(company.engine, company.settings, actor, new, looked_at, "the probe itself was down")


def correct(company: Company, *told: str | None, **other: str) -> int:
    number = propose(company, *told, **other)  # type: ignore[arg-type]
    approve(company.engine, company.settings, CHAIR, number)
    return number


def value(company: Company, scope: str, period: str, metric: str = "availability") -> Value:
    return company.reading(metric, scope, PERIOD.get(period, period)).value


def sums(company: Company, scope: str, period: str) -> tuple[Decimal | None, Decimal | None]:
    found = value(company, scope, period)
    return found.numerator, found.denominator


def test_a_corrected_day_counts_in_every_time_and_scope_that_holds_it(probed: Company) -> None:
    before = {
        (scope, name): sums(probed, scope, name) for scope in ("wallet", "europe", "group", "kyc") for name in PERIOD
    }
    version = probed.version()
    number = correct(probed, "2026-10-05", "86340", "86400")
    assert probed.version() == version + 1
    for (scope, name), (numerator, denominator) in before.items():
        assert numerator is not None
        more = 0 if scope == "kyc" else 6340
        assert sums(probed, scope, name) == (numerator + more, denominator), (scope, name)
    shown = value(probed, "wallet", "day")
    assert (shown.value, shown.counted, shown.corrections) == (
        Decimal(86340) / 86400, Decimal(80000) / 86400, (number,),
    )  # fmt: skip
    assert value(probed, "wallet", "2026-10-06").corrections == value(probed, "kyc", "month").corrections == ()


def test_what_is_counted_stays_and_a_roll_up_does_not_take_the_correction_back(probed: Company) -> None:
    rows = probed.rows("availability", "wallet")
    correct(probed, "2026-10-05", "86340", "86400")
    assert probed.rows("availability", "wallet") == rows
    probed.store(probe_day(DAY, down="9000"), probe_day(DAY + timedelta(days=1), down="100"))
    probed.roll_up()
    shown = value(probed, "wallet", "day")
    assert (shown.numerator, shown.counted) == (86340, Decimal(77400) / 86400)
    assert probed.count("restatement") > 0
    whole = 30 * 86400
    assert sums(probed, "wallet", "month") == (whole - 60 - 100, whole)


def test_a_corrected_month_holds_for_it_and_longer_and_not_for_its_days(probed: Company) -> None:
    correct(probed, "2026-10", "2591000", "2592000")
    assert sums(probed, "wallet", "month") == sums(probed, "wallet", "quarter") == (2591000, 2592000)
    assert sums(probed, "wallet", "day") == (80000, 86400)
    assert value(probed, "wallet", "week").corrections == ()
    assert sums(probed, "group", "month") == (2591000 + 30 * 86400, 2592000 + 30 * 86400)


def test_of_corrections_within_each_other_the_wider_one_holds(probed: Company) -> None:
    inner = correct(probed, "2026-10-05", "86340", "86400")
    outer = correct(probed, "2026-10", "2500000", "2592000", "europe")
    assert sums(probed, "europe", "month") == (2500000, 2592000)
    assert value(probed, "europe", "month").corrections == (outer,)
    assert (value(probed, "wallet", "month").corrections, value(probed, "europe", "day").corrections) == (
        (inner,), (inner,),
    )  # fmt: skip


def test_what_follows_from_a_corrected_number_follows_from_the_corrected_one(probed: Company) -> None:
    seed_targets(probed.engine, MARIA)
    correct(probed, "2026-10", "2591999", "2592000")
    budget = value(probed, "wallet", "month", "error_budget")
    assert budget.corrections
    assert budget.value is not None
    assert budget.counted is not None
    assert budget.value < 1 < budget.counted


def test_an_earlier_state_is_told_without_what_was_corrected_later(probed: Company) -> None:
    fix_clock(NOW + timedelta(days=2))
    number = correct(probed, "2026-10", "2591000", "2592000")
    fix_clock(NOW + timedelta(days=4))
    number = propose_lifting(probed.engine, probed.settings, ANA, number, "the probe was right")
    approve(probed.engine, probed.settings, CHAIR, number)
    states = [probed.reading("availability", "wallet", "2026-10", NOW + timedelta(days=day)) for day in (1, 3, 5)]
    assert [one.value.numerator for one in states] == [2585600, 2591000, 2585600]
    assert sums(probed, "wallet", "month") == (2585600, 2592000)


def test_a_median_is_corrected_by_its_value_for_its_own_scope_and_time(company: Company) -> None:
    delivered(company)
    before = value(company, "wallet", "month", "lead_time")
    assert before.value is not None
    number = correct(company, "2026-10", None, None, metric="lead_time", value="12.5")
    shown = value(company, "wallet", "month", "lead_time")
    assert (shown.value, shown.counted, shown.corrections) == (Decimal("12.5"), before.value, (number,))
    assert shown.statistics["median"] == Decimal("12.5")
    assert value(company, "europe", "month", "lead_time").value == before.value


def test_a_number_of_events_is_corrected_by_its_numerator_alone(company: Company) -> None:
    company.store(*(deployment(f"d{n}", noon(DAY) + timedelta(minutes=n)) for n in range(4)))
    company.cover("deployment", "wallet", date(2026, 10, 1), date(2026, 11, 1))
    company.roll_up()
    correct(company, "2026-10", "6", None, metric="deployment_frequency")
    assert value(company, "wallet", "month", "deployment_frequency").value == Decimal(6) / 31
    with pytest.raises(BadCorrection, match="is corrected by its numerator: give that"):
        propose(company, "2026-10-05", "6", "30", metric="deployment_frequency")


def logged(company: Company) -> list[Change]:
    with reading(company.engine) as connection:
        found = entries(connection)
    assert first_fault(found) is None
    return found


def test_both_people_and_both_numbers_stand_in_the_log(probed: Company) -> None:
    number = correct(probed, "2026-10-05", "86340", "86400")
    proposed, approved, done = logged(probed)[-3:]
    assert [(one.actor, one.action) for one in (proposed, approved, done)] == [
        ("oidc:ana", "proposed"), ("oidc:chair", "approved"), ("oidc:chair", "corrected"),
    ]  # fmt: skip
    assert proposed.object == approved.object == f"proposal {number}: Uptime of wallet in 2026-10-05"
    assert (done.object, done.old["numerator"], done.new["numerator"]) == (
        "Uptime of wallet in 2026-10-05", "80000", "86340",
    )  # fmt: skip
    assert done.why == "the probe itself was down (proposed by oidc:ana)"


def test_nothing_is_corrected_that_changed_after_it_was_looked_at(probed: Company) -> None:
    opened = seen(probed, "availability", "wallet", "2026-10-05")
    number = propose(probed, "2026-10-05", "86340", "86400", opened=opened)
    probed.store(probe_day(DAY, down="9000"))
    probed.roll_up()
    with pytest.raises(MovedMeanwhile, match="changed after it was proposed: nothing was saved"):
        approve(probed.engine, probed.settings, CHAIR, number)
    with pytest.raises(MovedMeanwhile, match="changed after you opened it"):
        propose(probed, "2026-10-05", "86340", "86400", opened=opened)
    assert value(probed, "wallet", "day").corrections == ()


def test_a_number_that_is_corrected_is_not_corrected_twice(probed: Company) -> None:
    first, second = (propose(probed, "2026-10-05", one, "86400") for one in ("86340", "86341"))
    approve(probed.engine, probed.settings, CHAIR, first)
    with pytest.raises(MovedMeanwhile):
        approve(probed.engine, probed.settings, CHAIR, second)
    with pytest.raises(BadCorrection, match=f"Correction {first} is of the same days: end it first"):
        propose(probed, "2026-10", "2591000", "2592000")


def test_nobody_corrects_a_number_alone(probed: Company) -> None:
    number = propose(probed, "2026-10-05", "86340", "86400", actor=local_actor("ana"))
    with pytest.raises(NotPermitted, match="needs two people"):
        approve(probed.engine, probed.settings, Actor("cli:ana", frozenset(Role)), number)
    assert value(probed, "wallet", "day").corrections == ()


@pytest.mark.parametrize("role", Role)
def test_analysts_finance_editors_and_admins_propose_corrections(probed: Company, role: Role) -> None:
    eve = Actor("oidc:eve", frozenset({role}), frozenset({"europe"}))
    if role in (Role.ANALYST, Role.FINANCE_EDITOR, Role.ADMIN):
        propose(probed, "2026-10-05", "86340", "86400", actor=eve)
        with pytest.raises(NotPermitted, match="may correct numbers for europe only"):
            propose(probed, "2026-10-05", "86340", "86400", scope="kyc", actor=eve)
    else:
        with pytest.raises(NotPermitted, match="may not correct numbers"):
            propose(probed, "2026-10-05", "86340", "86400", actor=eve)


WRONG: dict[str, tuple[Callable[[Company], object], str]] = {
    "above the whole": (lambda c: propose(c, "2026-10-05", "86401", "86400"), "the numerator lies above"),
    "below zero": (lambda c: propose(c, "2026-10-05", "-1", "86400"), "is never below 0"),
    "of nothing": (lambda c: propose(c, "2026-10-05", "0", "0"), "The denominator must be above 0."),
    "half": (lambda c: propose(c, "2026-10-05", "1", None), "corrected by its numerator and denominator"),
    "the same": (lambda c: propose(c, "2026-10-05", "80000", "86400"), "there is nothing to correct"),
    "too fine": (lambda c: propose(c, "2026-10-05", "1.0000001", "86400"), "at most six decimals"),
    "endless": (lambda c: propose(c, "2026-10-05", "NaN", "86400"), "at most six decimals"),
    "money": (
        lambda c: propose(c, "2026-10-05", "1", None, metric="spend_effective", opened="x"),
        "correct it in the billing",
    ),
    "what follows": (
        lambda c: propose(c, "2026-10-05", "1", None, metric="error_budget", opened="x"),
        "follows from availability: correct that",
    ),
    "no such metric": (lambda c: propose(c, "2026-10-05", "1", None, metric="x", opened="x"), "There is no metric 'x'"),
    "no such scope": (
        lambda c: propose(c, "2026-10-05", "1", "2", scope="mars", opened="x"),
        "There is no scope 'mars'",
    ),
    "never counted": (lambda c: propose(c, "2026-10-25", "1", "86400", opened="x"), "was never counted"),
    "no such correction": (
        lambda c: propose_lifting(c.engine, c.settings, ANA, 77, "why"),
        "No correction 77 is in force",
    ),
}


@pytest.mark.parametrize(("act", "said"), WRONG.values(), ids=WRONG)
def test_what_cannot_hold_is_refused_in_a_sentence(
    probed: Company, act: Callable[[Company], object], said: str
) -> None:
    with pytest.raises(BadCorrection) as raised:
        act(probed)
    assert said in str(raised.value)
    assert probed.count("proposal") == 0
