"""Two people edit one budget in two browsers, for a few rounds or for many: nothing is lost, doubled or unexplained."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import Browser

from data.finance.budget_edits import MONTH_FIELDS, cells
from data.warehouse import budget_rows
from data.warehouse.budgets import create
from data.warehouse.change_log import entries, first_fault
from data.warehouse.engine import reading
from tests.app.world import World, held_clock
from tests.browser.budget_typist import Typist
from tests.data.finance.budgets import BASE
from tests.data.warehouse.budget_world import EDITOR, replay
from tests.servers.app import AppServer

LINES, MONTHS = 3, 5


def check_rounds(
    browser: Browser, app_server: Callable[..., AppServer], world: World, rounds: int, seed: int
) -> tuple[int, int]:
    """So many rounds in which both type and save; how many saves there were and how many conflicts."""
    engine = world.engine()
    with held_clock(world.settings.clock):  # type: ignore[arg-type]
        create(engine, world.settings, EDITOR, BASE, "the plan")
    people = {}
    for name in ("erin", "otto"):
        context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        people[name] = Typist(context.new_page(), app_server(world.environment | {"LOGNAME": name}).base_url)
        people[name].open()
    chance, told, conflicts = random.Random(seed), 0, 0
    expected = {line.id: list(line.months) for line in BASE.lines[:LINES]}
    for number in range(rounds):
        typed = {name: _typed(chance, number, who) for who, name in enumerate(people)}
        for name, (line, month, value) in typed.items():
            people[name].type(line, month, value)
            people[name].unsaved(1)
        order = list(people)
        chance.shuffle(order)
        for name in order:  # both look at the difference before either saves
            people[name].ask_to_save()
        for name in order:
            line, month, value = typed[name]
            people[name].confirm(f"round {number} of {name}")
            word = "Mine"
            if people[name].outcome() == "conflict":
                conflicts += 1
                if people[name].dialog.get_by_role("radiogroup").count():
                    word = chance.choice(("Mine", "Theirs"))
                people[name].choose(word, f"round {number} of {name}, settled")
            if word == "Mine":
                told += 1
                expected[BASE.lines[line].id][month] = Decimal(value)
            people[name].settle()
    _check(world, expected, told)
    for one in people.values():
        one.page.context.close()
    engine.dispose()
    return told, conflicts


def _typed(chance: random.Random, number: int, who: int) -> tuple[int, int, str]:
    """Where somebody types in a round, and a value that nobody types again."""
    return chance.randrange(LINES), chance.randrange(MONTHS), str(1000 + 2 * number + who)


def _check(world: World, expected: dict[str, list[Decimal]], told: int) -> None:
    engine = world.engine()
    with reading(engine) as connection:
        stored = budget_rows.stored(connection, world.settings, EDITOR, "fy2026-base-1")
        found = entries(connection)
    engine.dispose()
    assert {name: list(stored.scenario.line(name).months) for name in expected} == expected
    assert first_fault(found) is None
    log = [(one.actor, one.action, one.object, one.old, one.new, one.why) for one in found if "budget" in one.object]
    assert cells(replay(log, "fy2026-base-1", stored.scenario)) == cells(stored.scenario)
    values = [
        value
        for _, action, _, _, new, _ in log
        if action == "changed"
        for name, value in new.items()
        if name in MONTH_FIELDS
    ]
    assert len(values) == len(set(values)) == told


def own_world(folder: Path, of: World) -> World:
    """A copy of a world to write into."""
    copy = folder / "plumbline.db"
    copy.write_bytes(Path(of.url.removeprefix("sqlite:///")).read_bytes())
    return World(f"sqlite:///{copy}", of.settings_file)
