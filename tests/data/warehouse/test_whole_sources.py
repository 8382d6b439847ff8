"""Spend that nobody mapped counts for its whole source and stays listed; rates count everywhere."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Engine, select

from data.access import command_line_actor
from data.facts import FxRate, Spend
from data.settings import Settings, load
from data.warehouse import read_sources, schema
from data.warehouse.catalog import apply_settings, load_resolver, map_key
from data.warehouse.engine import reading, writing
from data.warehouse.rollup import rollup
from data.warehouse.write import store_facts

MARIA = command_line_actor("maria")
SETTINGS = """
[[scope]]
id = "group"
kind = "portfolio"
name = "Group"
[[scope]]
id = "wallet"
kind = "service"
name = "Wallet"
parent = "group"
[[source]]
id = "billing"
type = "focus"
scope = "group"
"""


def charge(key: str, amount: str) -> Spend:
    empty = ("account", "sub_account", "provider", "service", "category", "subcategory", "charge_category")
    more = ("charge_class", "invoice", "commitment", "commitment_status")
    return Spend(
        source="billing",
        source_id=key,
        key_kind="tag:service",
        key=key,
        day=date(2026, 10, 5),
        billing_period=date(2026, 10, 1),
        currency="EUR",
        tags=(),
        billed=Decimal(amount),
        effective=Decimal(amount),
        **dict.fromkeys((*empty, *more), ""),
    )


def settings_of(folder: Path) -> Settings:
    file = folder / "plumbline.toml"
    file.write_text(SETTINGS)
    return load(file, {})


def spend(engine: Engine) -> dict[str, int]:
    table = schema.daily_metric
    query = select(table.c.scope, table.c.numerator).where(table.c.metric == "spend_billed", table.c.variant == "EUR")
    with reading(engine) as connection:
        return dict(connection.execute(query).all())


def test_unmapped_spend_is_in_the_total_and_on_the_list_until_it_is_mapped(engine: Engine, tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    apply_settings(engine, settings, MARIA)
    with writing(engine) as connection:
        charges = [charge("wallet", "7"), charge("nobody", "2.5")]
        store_facts(connection, charges, load_resolver(connection), settings.zone)
    rollup(engine, settings)
    assert spend(engine) == {"wallet": 7_000_000, "group": 9_500_000}
    with reading(engine) as connection:
        assert [(one.kind, one.key, one.count) for one in read_sources.unmapped_keys(connection)] == [
            ("tag:service", "nobody", 1)
        ]
    map_key(engine, settings, MARIA, ("billing", "tag:service", "nobody"), "wallet", "they said so")
    rollup(engine, settings)
    assert spend(engine) == {"wallet": 9_500_000, "group": 9_500_000}
    with reading(engine) as connection:
        assert read_sources.unmapped_keys(connection) == ()


def test_exchange_rates_stay_everywhere_when_scopes_change(engine: Engine, tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    rate = FxRate(
        source="fx", source_id="1", key_kind="pair", key="EUR/USD", day=date(2026, 10, 5), base="EUR", quote="USD",
        rate=Decimal("1.1"),
    )  # fmt: skip
    with writing(engine) as connection:
        store_facts(connection, [rate], load_resolver(connection), settings.zone)
    apply_settings(engine, settings, MARIA)
    table = schema.FACT_TABLES["fx_rate"]
    with reading(engine) as connection:
        assert connection.execute(select(table.c.scope)).scalars().all() == [""]
        assert read_sources.unmapped_keys(connection) == ()
