"""Targets from benchmark files, and what a warehouse is for."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select, update

from data.benchmarks.load import BenchmarkFile, load, read_file
from data.warehouse import schema
from data.warehouse.change_log import entries, first_fault
from data.warehouse.engine import reading, writing
from data.warehouse.policy import WrongMode, claim_mode, seed_targets
from data.warehouse.read import targets
from tests.data.warehouse.world import MARIA, Company, settings

FILE = """name = "house"
kind = "house"
publisher = "Board"
title = "Policy"
vintage = "{year}"
owner = "CTO"
source = "Board policy"

[[target]]
id = "uptime"
metric = "availability"
low = "{low}"
from = 2026-01-01

[[target]]
id = "calls"
metric = "integration_error_rate"
high = "0.01"
from = 2026-01-01
"""


def house(folder: Path, low: str = "0.9999", year: str = "2026") -> BenchmarkFile:
    file = folder / "house.toml"
    file.write_text(FILE.format(low=low, year=year), encoding="utf-8")
    return read_file(file)


def in_force(company: Company) -> list[tuple[str, str | None, str | None, str]]:
    with reading(company.engine) as connection:
        found = targets(connection)
    return [(one.benchmark, str(one.low), str(one.high), one.vintage) for one in found]


def test_the_shipped_files_seed_the_house_targets_once(company: Company) -> None:
    assert seed_targets(company.engine, MARIA) == 6
    before, version, logged = in_force(company), company.version(), company.count("change_log")
    assert before == [
        ("house-2026-audits-quarterly", "1", "None", "2026"),
        ("house-2026-uptime", "0.9999", "None", "2026"),
        ("house-2026-compliance-logging", "0.95", "None", "2026"),
        ("house-2026-feature-cycle", "None", "336", "2026"),
        ("house-2026-integration-error-rate", "None", "0.01", "2026"),
        ("house-2026-integration-share", "0.15", "0.25", "2026"),
    ]
    assert seed_targets(company.engine, MARIA) == 0
    assert (in_force(company), company.version(), company.count("change_log")) == (before, version, logged)


def test_each_target_and_each_file_is_logged_with_the_files_fingerprint(company: Company, tmp_path: Path) -> None:
    file = house(tmp_path)
    seed_targets(company.engine, MARIA, [file])
    with reading(company.engine) as connection:
        found = entries(connection)[-3:]
        assert first_fault(entries(connection)) is None
    assert [(one.action, one.object, one.why) for one in found] == [
        ("set", "target uptime", f"house.toml {file.sha256[:12]}"),
        ("set", "target calls", f"house.toml {file.sha256[:12]}"),
        ("loaded", "benchmark file house.toml", "benchmark file"),
    ]
    assert (found[-1].old, found[-1].new) == (None, file.sha256)
    assert found[0].new["low"] == "0.9999"


def test_a_changed_file_changes_its_targets_and_says_what_they_were(company: Company, tmp_path: Path) -> None:
    seed_targets(company.engine, MARIA, [house(tmp_path)])
    assert seed_targets(company.engine, MARIA, [house(tmp_path, low="0.999")]) == 1
    assert in_force(company) == [("uptime", "0.999", "None", "2026"), ("calls", "None", "0.01", "2026")]
    with reading(company.engine) as connection:
        change = entries(connection)[-2]
    assert (change.object, change.old["low"], change.new["low"]) == ("target uptime", "0.9999", "0.999")


def test_what_a_person_has_set_stays_until_a_person_changes_it(company: Company, tmp_path: Path) -> None:
    seed_targets(company.engine, MARIA, [house(tmp_path)])
    with writing(company.engine) as connection:
        edited = update(schema.target).where(schema.target.c.benchmark == "uptime")
        connection.execute(edited.values(low="0.9995", approved_by="local:cfo"))
    seed_targets(company.engine, MARIA, [house(tmp_path, low="0.999", year="2026b")])
    assert in_force(company) == [("uptime", "0.9995", "None", "2026"), ("calls", "None", "0.01", "2026b")]


def test_published_values_become_no_targets(company: Company) -> None:
    external = [file for file in load() if file.edition.kind == "external"]
    assert external
    assert seed_targets(company.engine, MARIA, external) == 0
    assert in_force(company) == []


def test_an_empty_warehouse_becomes_one_of_the_mode_it_is_first_used_in(engine: Engine) -> None:
    claim_mode(engine, settings(mode="demo"))
    claim_mode(engine, settings(mode="demo"))
    with reading(engine) as connection:
        info = connection.execute(select(schema.warehouse_info.c.value).where(schema.warehouse_info.c.key == "mode"))
        assert info.scalars().all() == ["demo"]


@pytest.mark.parametrize(
    ("first", "then", "said"),
    [
        ("demo", "real", "This warehouse holds the demo company, these settings are for real data: start a clean one"),
        ("real", "demo", "This warehouse holds real data, these settings are for the demo company: start a clean one"),
    ],
)
def test_demo_and_real_never_meet_and_the_refusal_names_the_command(
    engine: Engine, first: str, then: str, said: str
) -> None:
    claim_mode(engine, settings(mode=first))
    with pytest.raises(WrongMode) as raised:
        claim_mode(engine, settings(mode=then))
    assert str(raised.value).startswith(said)
    assert "`PLUMBLINE_WAREHOUSE=sqlite:///data/company.db python -m pipelines init`" in str(raised.value)


def test_a_target_row_of_a_scope_stands_beside_the_companys(company: Company, tmp_path: Path) -> None:
    seed_targets(company.engine, MARIA, [house(tmp_path)])
    with writing(company.engine) as connection:
        row = dict(connection.execute(select(schema.target).limit(1)).mappings().one())
        own = row | {"id": None, "scope": "wallet", "low": "0.999", "valid_from": date(2026, 7, 1)}
        connection.execute(insert(schema.target).values(**{key: one for key, one in own.items() if key != "id"}))
    assert len(in_force(company)) == 3
    assert seed_targets(company.engine, MARIA, [house(tmp_path)]) == 0
    assert len(in_force(company)) == 3
