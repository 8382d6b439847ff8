"""What a source counts by itself is held against what is stored of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete

from data.clock import fix_clock
from data.settings import Settings, Source, Warehouse
from data.warehouse.engine import create_engine_for, reading, writing
from data.warehouse.reconcile import Reconciliation, reconciliations
from data.warehouse.schema import FACT_TABLES
from pipelines.connectors._github.counting import Tally
from pipelines.connectors.base import Count, Page
from pipelines.errors import StopSource, TryAgain
from pipelines.sync import sync
from tests.pipelines.billing import charge, write
from tests.pipelines.connectors.github_world import Answer, Hub, empty_hub, rest
from tests.pipelines.scripted import NOW, Company, Scripted, covered, deployment, page, released
from tests.servers.demo import CLOCK, DemoSources

OCTOBER, NOVEMBER, DECEMBER = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)


def counted(at_source: int, start: date = OCTOBER, end: date = NOVEMBER, **other: str) -> Count:
    about = {"fact": "deployment", "key_kind": "repository", "key": "acme/wallet", "measure": "count", **other}
    return Count(**about, start=start, end=end, at_source=Decimal(at_source))


def found(engine: Engine) -> tuple[Reconciliation, ...]:
    with reading(engine) as connection:
        return reconciliations(connection)


def figures(company: Company) -> list[tuple[Any, ...]]:
    return [(one.key, one.measure, one.start, one.at_source, one.stored, one.gap) for one in found(company.engine)]


def test_a_count_stands_beside_ours_of_the_same_days_and_key(scripted: Company) -> None:
    Scripted.told = (counted(4), counted(1, NOVEMBER, DECEMBER), counted(7, key="acme/other"))
    report = scripted.sync(page(released("1"), released("2"), released("3", "2026-11-02"), covered=(covered(),)))
    assert (report.outcome, report.notes) == ("done", [])
    assert figures(scripted) == [
        ("acme/other", "count", OCTOBER, 7, 0, 7),
        ("acme/wallet", "count", OCTOBER, 4, 2, 2),
        ("acme/wallet", "count", NOVEMBER, 1, 1, 0),
    ]
    assert found(scripted.engine)[0] == Reconciliation(
        "code", "deployment", "repository", "acme/other", "count", OCTOBER, NOVEMBER, Decimal(7), Decimal(0), NOW
    )


def test_an_environment_and_the_whole_source_can_be_counted(scripted: Company) -> None:
    everywhere = counted(2, key_kind="", key="")
    Scripted.told = (counted(2, measure="count production"), counted(5, measure="count staging"), everywhere)
    scripted.sync(page(released("1"), released("2")))
    assert [(one.measure, one.key, one.gap) for one in found(scripted.engine)] == [
        ("count staging", "acme/wallet", 5), ("count", "", 0), ("count production", "acme/wallet", 0),
    ]  # fmt: skip


def test_what_another_source_told_of_the_same_thing_is_not_counted(scripted: Company) -> None:
    other = replace(deployment("1", "2026-10-05T10:00:00+00:00", "success"), source="other")
    Scripted.told = (counted(1),)
    scripted.sync(page(released("1")), Page("more", facts=(other,)))
    assert [one.gap for one in found(scripted.engine)] == [0]


def test_a_new_count_takes_the_place_of_those_of_the_same_facts_and_days(scripted: Company) -> None:
    Scripted.told = (counted(1), counted(9, key="acme/gone"), counted(1, NOVEMBER, DECEMBER))
    scripted.sync(page(released("1")))
    Scripted.told = (counted(1, date(2026, 10, 15)),)
    scripted.sync(page(released("1")))
    assert [row[:3] for row in figures(scripted)] == [
        ("acme/wallet", "count", date(2026, 10, 15)),
        ("acme/wallet", "count", NOVEMBER),
    ]


def test_a_count_of_all_days_stays_beside_those_of_the_last_few_and_these_follow_each_other(scripted: Company) -> None:
    long = counted(1, date(2025, 1, 1), date(2026, 11, 9))
    for told in (
        long,
        counted(1, date(2026, 11, 1), date(2026, 11, 8)),
        counted(0, date(2026, 11, 2), date(2026, 11, 9)),
    ):
        Scripted.told = (told,)
        scripted.sync(page(released("1")))
    assert [(start, ours) for _, _, start, _, ours, _ in figures(scripted)] == [(long.start, 1), (date(2026, 11, 2), 0)]


def test_the_same_again_makes_no_new_version(scripted: Company) -> None:
    Scripted.told = (counted(1),)
    scripted.sync(page(released("1")))
    before = scripted.rows("data_version", "version")
    scripted.sync(page(released("1")))
    assert scripted.rows("data_version", "version") == before
    Scripted.told = (counted(2),)
    scripted.sync(page(released("1")))
    assert len(scripted.rows("data_version", "version")) == len(before) + 1


@pytest.mark.parametrize("fault", [TryAgain("GET /count: 502: later."), StopSource("GET /count: 403: no.")])
def test_a_source_that_does_not_tell_its_count_was_read_all_the_same(scripted: Company, fault: Exception) -> None:
    Scripted.told = (counted(1),)
    scripted.sync(page(released("1")))
    Scripted.told = fault
    report = scripted.sync(page(released("1")))
    assert (report.outcome, report.notes) == ("done", [f"Not held against the source's own counts: {fault}"])
    assert len(found(scripted.engine)) == 1


def test_a_reading_that_was_not_complete_is_not_held_against_anything(scripted: Company) -> None:
    Scripted.told = (counted(1),)
    scripted.sync(page(released("1")), TryAgain("later"))
    assert found(scripted.engine) == ()


def test_what_is_older_than_the_first_day_read_keeps_a_count_from_being_compared() -> None:
    def at(day: int) -> datetime:
        return datetime(2026, 10, day, tzinfo=UTC)

    tally = Tally(10, (at(30), at(29), at(20)), at(2))
    assert [tally.between(at(1), at(28)), tally.between(at(3), at(28)), Tally(0, (), None).between(at(1), at(2))] == [
        8, None, 0,
    ]  # fmt: skip


@pytest.fixture
def read_from(migrated_warehouse_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Engine]]:
    """read_from(type, base_url, options) -> a warehouse in which that source was read."""
    monkeypatch.setenv("GITHUB_TOKEN", "demo")
    fix_clock(datetime.fromisoformat(CLOCK))
    engine = create_engine_for(migrated_warehouse_url)

    def read(kind: str, base_url: str | None, options: dict[str, Any]) -> Engine:
        source = Source(id="one", type=kind, base_url=base_url, since=date(2020, 1, 1), options=options)
        settings = Settings(warehouse=Warehouse(url=migrated_warehouse_url), kpis=(), source=(source,))
        report = sync(engine, settings, source)
        assert (report.outcome, report.notes) == ("done", [])
        return engine

    yield read
    engine.dispose()
    fix_clock(None)


@pytest.mark.parametrize("api", ["graphql", "rest"])
@pytest.mark.parametrize("environments", [(), ("production",)], ids=["all", "production"])
def test_github_counts_the_deployments_of_a_repository(
    read_from: Callable[..., Engine], demo_sources: DemoSources, api: str, environments: tuple[str, ...]
) -> None:
    [made] = [one.deployments for one in demo_sources.story.repositories if one.name == "legacy-batch"]
    wanted = [one for one in made if not environments or one.environment in environments]
    options = {"repositories": ["larkmoor/legacy-batch"], "api": api, "environments": list(environments)}
    engine = read_from("github", f"{demo_sources.base_url}/github", options)
    assert [(one.at_source, one.gap) for one in found(engine)] == [(len(wanted), 0)]


def test_github_by_rest_counts_by_the_number_of_the_last_page(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [{"created_at": f"2026-10-{31 - n:02}T00:00:00Z"} for n in range(30)]

    def listing(link: str) -> Callable[[Any], Answer]:
        def answer(request: Any) -> Answer:
            if request.query.get("page") == "3":
                return Answer(entries[20:])
            return Answer(entries[:20], headers={"Link": link})

        return answer

    with empty_hub(monkeypatch) as hub:
        assert tally(hub, Answer(entries)) == 30
        paged = '<https://api.example/x?page=2>; rel="next", <https://api.example/x?page=3>; rel="last"'
        assert tally(hub, listing(paged)) == 210
        assert tally(hub, listing('<https://api.example/x?page=2>; rel="next"')) is None


def tally(hub: Hub, answer: Any) -> int | None:
    hub.answers["repos/acme/wallet/deployments"] = answer
    made = rest(hub).rest.tally("acme/wallet", None)
    return made.between(datetime(2026, 1, 1, tzinfo=UTC), NOW) if made else None


def test_the_bill_of_each_invoice_equals_what_the_files_say(read_from: Callable[..., Engine], tmp_path: Path) -> None:
    write(tmp_path / "a.csv", [
        charge(InvoiceId="A", BilledCost="1.000000000001"), charge(InvoiceId="A", BilledCost="2"),
        charge(InvoiceId="B", BilledCost="0.1", BillingCurrency="EUR"),
        charge(InvoiceId="C", BilledCost="5", ChargePeriodStart="yesterday"),
    ])  # fmt: skip
    write(tmp_path / "b.parquet", [charge(InvoiceId="A", BilledCost="4", ResourceId="other"), charge(InvoiceId="")])
    engine = read_from("focus", None, {"path": str(tmp_path), "threads": 1})
    assert [(one.key, one.measure, one.at_source, one.stored) for one in found(engine)] == [
        ("C", "billed USD", Decimal(5), Decimal(0)),
        ("", "billed USD", Decimal(1), Decimal(1)),
        ("A", "billed USD", Decimal("7.000000000001"), Decimal("7.000000000001")),
        ("B", "billed EUR", Decimal("0.1"), Decimal("0.1")),
    ]
    assert {(one.start, one.end, one.currency) for one in found(engine)} == {
        (date(2026, 9, 1), OCTOBER, "USD"), (date(2026, 9, 1), OCTOBER, "EUR"),
    }  # fmt: skip
    table = FACT_TABLES["spend"]
    with writing(engine) as connection:
        connection.execute(delete(table).where(table.c.invoice == "B"))
    read_from("focus", None, {"path": str(tmp_path), "threads": 1})
    assert [one.gap for one in found(engine)] == [5, 0, 0, 0], "files that did not change are not added up again"
