"""However facts arrive, the numbers are those of all of them at once."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from data.clock import fix_clock
from data.facts import Fact
from tests.data.happenings import (
    change,
    commit,
    control_run,
    deployment,
    fx_rate,
    incident,
    noon,
    probe_day,
    request_day,
    response,
    spend,
    work_item,
)
from tests.data.warehouse.world import GROUP, NOW, Company, days
from tests.data.warehouse.world import settings as company_settings

START = date(2026, 9, 26)
DAYS = days(START, 9)
SERVICES = ("wallet", "ledger", "kyc")
MOVING = (
    *(one for one in GROUP if one["id"] != "ledger"),
    {"id": "ledger", "kind": "service", "name": "Ledger", "parent": "europe", "tier": 1, "valid_to": DAYS[4]},
    {"id": "ledger", "kind": "service", "name": "Ledger", "parent": "america", "tier": 1, "valid_from": DAYS[4]},
)
Step = Fact | tuple[str, str, date, date]
"""A fact that a source tells, or a reading that it completed."""


def happenings(chance: random.Random) -> list[Fact]:
    """Nine days of three services around the end of a month; each number may come twice, the second time corrected."""
    found: list[Fact] = []
    for service in SERVICES:
        tip = "base"
        for place, day in enumerate(DAYS):
            if chance.random() < 0.6:
                found.append(probe_day(day, down=str(chance.randint(0, 900)), key=service))
            if chance.random() < 0.6:
                found.append(request_day(day, str(chance.randint(0, 9)), key=service))
            if chance.random() < 0.6:
                tip, above = f"{service}-{place}", tip
                when = noon(day)
                found.append(commit(tip, when, above, key=service))
                found.append(
                    change(f"pr-{tip}", when, tip, key=service, first_commit=when - timedelta(hours=place + 1))
                )
                ends = when + timedelta(hours=chance.randint(1, 9))
                found.append(deployment(f"d-{tip}", ends, chance.choice([tip, "base", "image"]), key=service))
            if chance.random() < 0.5:
                name = f"{service}-{place}"
                found.append(spend(name, day, f"{chance.randint(1, 99)}.5", chance.choice(["EUR", "USD"]), key=service))
            if service == "wallet" and chance.random() < 0.4:
                found.append(fx_rate(day, f"0.{chance.randint(7, 9)}"))
            found += _of_people(chance, service, place, day)
    return found


def _of_people(chance: random.Random, service: str, place: int, day: date) -> list[Fact]:
    """What people wanted, suffered, said and checked on a day."""
    found: list[Fact] = []
    name, when, same = f"{service}-{place}", noon(day), {"source": "github", "key": service}
    if chance.random() < 0.4:
        began = when - timedelta(days=chance.randint(0, 4))
        found.append(work_item(f"item-{name}", began, form=chance.choice(["feature", "bug"]), key=service))
        pull = {"work_items": (f"item-{name}", f"item-{chance.choice(SERVICES)}-{place}"), "key": service}
        found.append(change(f"pull-{name}", when, f"{service}-{place}", first_commit=began, **pull))
    if chance.random() < 0.4:
        ended = when + timedelta(hours=chance.randint(0, 60)) if chance.random() < 0.7 else None
        hurt = ((service, "down"), (chance.choice(SERVICES), chance.choice(["partial", "degraded"])))
        cause = {"cause": chance.choice(["", "capacity"]), "maintenance": chance.random() < 0.2}
        found.append(incident(f"incident-{name}", when, ended, touches=hurt, **cause, **same, key_kind="repository"))
    if chance.random() < 0.5:
        who = {"respondent": f"hash-{chance.randint(0, 2)}", "survey": "wave"}
        found.append(response(f"answer-{name}", chance.randint(0, 10), "nps", when, **who, **same))
    if chance.random() < 0.3:
        done = day + timedelta(days=chance.randint(-2, 2)) if chance.random() < 0.7 else None
        found.append(control_run(f"audit-{name}", day, done, **same))
    return found


def steps(seed: int) -> list[Step]:
    """Facts and completed readings in any order; a fact may first come wrong and be corrected later."""
    chance = random.Random(seed)
    facts = happenings(chance)
    found: list[tuple[float, Step]] = []
    for fact in facts:
        place = chance.random()
        found.append((place, fact))
        if chance.random() < 0.2:
            found.append((place * chance.random(), wrongly(fact, chance)))
    for service in SERVICES:
        for kind in ("deployment", "change", "work_item", "incident", "response", "control_run"):
            cut = chance.choice(DAYS)
            for first, after in ((START, cut), (cut, DAYS[-1] + timedelta(days=1))):
                if first < after:
                    found.append((chance.random(), (kind, service, first, after)))
    return [step for _, step in sorted(found, key=lambda one: one[0])]


def wrongly(fact: Fact, chance: random.Random) -> Fact:
    """The same fact on another day, or of another service."""
    other = random.Random(chance.random())
    made = {type(one): one for one in happenings(other)}.get(type(fact))
    if made is None:
        return fact
    return replace(made, source=fact.source, source_id=fact.source_id)


def numbers(engine: Engine, story: list[Step], cuts: set[int]) -> dict[str, list[tuple[object, ...]]]:
    company = Company(engine, company_settings(MOVING))
    page: list[Fact] = []
    for place, step in enumerate(story):
        if isinstance(step, Fact):
            page.append(step)
        if not isinstance(step, Fact) or place in cuts or place == len(story) - 1:
            company.store(*page)
            page.clear()
        if not isinstance(step, Fact):
            company.cover(*step)
        if place in cuts:
            company.roll_up()
    company.roll_up()
    assert company.roll_up().rows == 0
    assert company.touched() == set()
    return company.numbers()


def compared(make: Callable[[], Engine], seed: int) -> None:
    fix_clock(NOW)
    try:
        story = steps(seed)
        chance = random.Random(seed + 1)
        cuts = {chance.randrange(len(story)) for _ in range(chance.randint(1, 5))} if story else set()
        at_once, bit_by_bit = numbers(make(), story, set()), numbers(make(), story, cuts)
    finally:
        fix_clock(None)
    assert at_once["daily"]
    assert bit_by_bit == at_once


@settings(max_examples=4, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@example(seed=3101)  # an audit that came too late, told before its source was read so far
@example(seed=172)  # a feature whose deployment in another scope no longer contains its last change
@example(seed=241)  # an entity whose only service so far moved away, before its next one begins
@given(seed=st.integers(0, 2**32))
def test_rolling_up_in_between_changes_no_number(new_warehouse: Callable[[], Engine], seed: int) -> None:
    compared(new_warehouse, seed)
