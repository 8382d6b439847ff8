"""Down time in money beside uptime, on a company whose numbers can be worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import Engine

from app.content.blocks import Notice, Section, Table
from app.content.sections import section_named
from app.content.sections.base import Comparison, Context
from data.facts import Revenue
from data.finance.at_risk import AtRisk
from data.period import parse
from data.settings import Settings
from data.warehouse.catalog import load_resolver
from data.warehouse.engine import reading, writing
from data.warehouse.readings import Reader
from data.warehouse.write import bump_version, store_facts
from tests.app.world import NOW, World, days

RISK = {"low": "0.1", "base": "0.5", "high": "1", "source": "a study", "owner": "Ben", "noted": "2026-01-05"}


def settings(world: World, *services: str) -> Settings:
    declared = tuple(AtRisk.model_validate(RISK | {"service": one, "revenue": "europe"}) for one in services)
    return world.settings.model_copy(update={"at_risk": declared})


def paid(world: World) -> Engine:
    """Europe earns 24,000 EUR a day, 48,000 on Wednesdays."""
    engine = world.engine()
    facts = [
        Revenue(
            source="registers", source_id=f"r/{day}", key_kind="entity", key="europe", day=day, stream="fees",
            currency="EUR", amount=Decimal(48_000 if day.weekday() == 2 else 24_000),
        )
        for day in days()
    ]  # fmt: skip
    with writing(engine) as connection:
        store_facts(connection, facts, load_resolver(connection), world.settings.zone)
        bump_version(connection, "test")
    return engine


def section(engine: Engine, known: Settings, period: str = "2026-10") -> Section:
    with reading(engine) as connection:
        chosen = Context(Reader(connection, known), "group", parse(period), Comparison.PREVIOUS, NOW)
        return section_named("reliability.downtime").build(chosen)


def exact(table: object) -> list[list[object]]:
    assert isinstance(table, Table)
    return [[cell.exact if cell.exact is not None else cell.text for cell in row.cells] for row in table.rows]


def test_minutes_times_revenue_times_what_is_lost(world: World) -> None:
    engine = paid(world)
    made = section(engine, settings(world, "wallet", "ledger"))
    engine.dispose()
    services, hours, rest = made.blocks
    # Wallet: 2 minutes on Saturday the 3rd at 1,000 EUR an hour, 10 on Wednesday the 14th at 2,000 EUR an hour
    rows = exact(services)
    low, base, high = (Decimal(text) for text in ("36.67", "183.33", "366.67"))
    assert rows[0][0] == "Wallet"
    assert rows[0][2:5] == [low, base, high]
    assert rows[1][:1] + rows[1][2:5] == ["Ledger", 0, 0, 0]
    assert rows[0][6:] == ["Testmoor Europe", "a study · Ben · 5\u00a0Jan\u00a02026"]
    assert [(row[0], row[1], row[3], row[5]) for row in exact(hours)] == [
        ("Wednesday, hour not known", "Wallet", 2_000, Decimal("166.67")),
        ("Saturday, hour not known", "Wallet", 1_000, Decimal("16.67")),
    ]
    assert isinstance(rest, Notice)
    assert rest.sentence.startswith("1 service is not told")
    assert made.summary.replace("\u202f", " ") == "Dearest was Wallet: €183 lost in 12 minutes down (€36.67–€367)"


@pytest.mark.parametrize(
    ("services", "said"), [((), "no revenue at risk is declared"), (("wallet",), "no revenue of europe")]
)
def test_what_cannot_be_told_says_why(world: World, services: tuple[str, ...], said: str) -> None:
    engine = world.engine()
    made = section(engine, settings(world, *services))
    engine.dispose()
    (notice,) = made.blocks
    assert isinstance(notice, Notice)
    assert said in notice.sentence
    assert "[[at_risk]]" in notice.action


def test_a_month_without_down_time_costs_nothing(world: World) -> None:
    engine = paid(world)
    made = section(engine, settings(world, "ledger"))
    engine.dispose()
    assert made.summary == "No service was down whose revenue is known"
    table = made.blocks[1]
    assert isinstance(table, Table)
    assert table.rows == ()
