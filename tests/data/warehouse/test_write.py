"""What a sync stores, and the days it touches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, select

from data.clock import fix_clock
from data.period import day_start
from data.warehouse import schema
from data.warehouse.engine import reading, writing
from data.warehouse.write import (
    accept,
    move_cursor,
    note_covered,
    note_open_items,
    reject,
    replace_facts,
    store_records,
)
from tests.data.happenings import DAY, at, change, deployment, fx_rate, probe_day, spend
from tests.data.warehouse.world import NOW, Company, settings

LATER = NOW + timedelta(hours=1)


def records(engine: Engine) -> list[tuple[Any, ...]]:
    table = schema.raw_record
    columns = ("source_id", "version", "payload", "seen_at", "last_seen", "times_seen", "gone_at")
    with reading(engine) as connection:
        query = select(*(table.c[name] for name in columns)).order_by(table.c.source_id, table.c.version)
        return [tuple(row) for row in connection.execute(query)]


def stored_records(engine: Engine, payloads: Mapping[str, Mapping[str, Any]]) -> int:
    with writing(engine) as connection:
        return store_records(connection, "github", "deployment", payloads)


def test_a_record_gets_a_new_version_only_when_its_payload_changed(company: Company) -> None:
    engine = company.engine
    assert stored_records(engine, {"1": {"state": "queued", "tags": ["a", "b"]}, "2": {"state": "success"}}) == 2
    fix_clock(LATER)
    assert stored_records(engine, {"1": {"tags": ["a", "b"], "state": "queued"}, "2": {"state": "failure"}}) == 1
    assert records(engine) == [
        ("1", 1, {"state": "queued", "tags": ("a", "b")}, NOW, LATER, 2, None),
        ("2", 1, {"state": "success"}, NOW, NOW, 1, None),
        ("2", 2, {"state": "failure"}, LATER, LATER, 1, None),
    ]


def test_a_payload_that_turns_back_is_a_new_version_too(company: Company) -> None:
    for state in ("a", "b", "a"):
        assert stored_records(company.engine, {"1": {"state": state}}) == 1
    assert [version for _, version, *_ in records(company.engine)] == [1, 2, 3]


def test_many_records_are_stored_at_once(company: Company) -> None:
    many = {str(number): {"number": number} for number in range(1203)}
    assert stored_records(company.engine, many) == 1203
    assert stored_records(company.engine, many) == 0


def test_a_new_fact_touches_its_day_and_a_same_one_nothing(company: Company) -> None:
    first = company.store(deployment("1", at("05 10:00"), "a"), probe_day())
    assert (first.facts, first.touched) == (2, {("deployment", "wallet", DAY), ("probe_day", "wallet", DAY)})
    again = company.store(deployment("1", at("05 10:00"), "a"), probe_day())
    assert (again.facts, again.touched, again.anything) == (0, set(), False)


def test_a_fact_that_moved_touches_the_old_day_and_the_new_one_and_the_old_scope_and_the_new_one(
    company: Company,
) -> None:
    company.store(deployment("1", at("05 10:00"), "a"))
    moved = company.store(deployment("1", at("07 10:00"), "a", key="ledger"))
    assert (moved.facts, moved.touched) == (
        1,
        {("deployment", "wallet", date(2026, 10, 5)), ("deployment", "ledger", date(2026, 10, 7))},
    )
    assert company.facts("deployment") == {"1": "ledger"}


def test_a_deployment_that_still_runs_touches_the_day_it_started(company: Company) -> None:
    running = deployment("1", at("05 23:58"), outcome="running", started=at("05 23:50"))
    done = deployment("1", at("06 00:04"), started=at("05 23:50"))
    assert company.store(running).touched == {("deployment", "wallet", date(2026, 10, 5))}
    assert company.store(done).touched == {
        ("deployment", "wallet", date(2026, 10, 5)),
        ("deployment", "wallet", date(2026, 10, 6)),
    }


def test_a_day_is_one_of_the_companys_zone(engine: Engine) -> None:
    berlin = Company(engine, settings(company={"time_zone": "Europe/Berlin"}))
    assert berlin.store(deployment("1", at("05 22:30"))).touched == {("deployment", "wallet", date(2026, 10, 6))}


def test_numbers_finer_than_a_millionth_are_the_same_fact_again(company: Company) -> None:
    fine = probe_day(down="0.0000004999", up=Decimal("86399.9999999"))
    assert company.store(fine).facts == 1
    assert company.store(fine).facts == 0


def test_an_unmapped_key_is_stored_and_touches_nothing(company: Company) -> None:
    stored = company.store(deployment("1", at("05 10:00"), key="acme/unknown"))
    assert (stored.facts, stored.touched) == (1, set())
    assert company.facts("deployment") == {"1": None}


def test_of_two_facts_with_one_id_in_a_page_the_last_counts(company: Company) -> None:
    stored = company.store(deployment("1", at("05 10:00")), deployment("1", at("06 10:00")))
    assert (stored.facts, {day for _, _, day in stored.touched}) == (1, {date(2026, 10, 6)})


def test_a_change_that_was_not_merged_touches_no_day(company: Company) -> None:
    assert company.store(change("1", None)).touched == set()


def test_a_rate_touches_its_day_everywhere(company: Company) -> None:
    assert company.store(fx_rate()).touched == {("fx_rate", "", DAY)}


def test_a_renewed_period_loses_what_it_no_longer_holds(company: Company) -> None:
    october, november = date(2026, 10, 5), date(2026, 11, 2)
    company.store(spend("a", october), spend("b", october), spend("c", november), spend("x", october, source="other"))
    company.roll_up()
    with writing(company.engine) as connection:
        gone = replace_facts(
            connection, "billing", "spend", "billing_period", date(2026, 10, 1), [spend("a")], company.settings.zone
        )
    assert (gone.facts, gone.touched) == (1, {("spend", "wallet", october)})
    assert company.facts("spend").keys() == {"a", "c", "x"}
    assert company.touched() == {("spend", "wallet", october)}


def spans(company: Company) -> list[tuple[date, date]]:
    with reading(company.engine) as connection:
        table = schema.covered
        rows = connection.execute(select(table.c.start, table.c.end).order_by(table.c.start))
        return [(row.start.date(), row.end.date()) for row in rows]


def test_covered_spans_join_and_touch_only_new_days(company: Company) -> None:
    first, second, third, fourth = (date(2026, 10, day) for day in (1, 3, 5, 9))
    assert len(company.cover("deployment", "wallet", first, second).touched) == 2
    assert len(company.cover("deployment", "wallet", third, fourth).touched) == 4
    assert spans(company) == [(first, second), (third, fourth)]
    bridge = company.cover("deployment", "wallet", second, third)
    assert bridge.touched == {("deployment", "wallet", date(2026, 10, day)) for day in (3, 4)}
    assert spans(company) == [(first, fourth)]
    assert company.cover("deployment", "wallet", second, third).touched == set()
    assert company.cover("deployment", "ledger", second, third).touched != set()


def test_a_day_that_two_readings_cover_together_is_whole(company: Company) -> None:
    def cover(start: str, end: str) -> set[tuple[str, str, date]]:
        proof = ("deployment", "repository", "wallet", at(start), at(end))
        with writing(company.engine) as connection:
            return note_covered(connection, "github", proof, ["wallet"], company.settings.zone).touched

    assert cover("05 06:00", "06 14:00") == set()
    assert cover("06 14:00", "07 03:00") == {("deployment", "wallet", date(2026, 10, 6))}


def test_billing_is_covered_by_days_of_utc(engine: Engine) -> None:
    berlin = Company(engine, settings(company={"time_zone": "Europe/Berlin"}))
    utc = (at("2026-10-01 00:00"), at("2026-10-03 00:00"))
    with writing(engine) as connection:
        proof = ("spend", "tag", "wallet", *utc)
        touched = note_covered(connection, "billing", proof, ["wallet"], berlin.settings.zone).touched
    assert touched == {("spend", "wallet", date(2026, 10, day)) for day in (1, 2)}
    assert day_start(date(2026, 10, 1), berlin.settings.zone) < utc[0]


def test_a_rejected_record_is_kept_with_its_reason_until_it_is_well_formed(company: Company) -> None:
    def rejected(reason: str) -> bool:
        with writing(company.engine) as connection:
            return reject(connection, "github", "deployment", "7", reason, {"id": 7})

    def kept() -> list[tuple[Any, ...]]:
        table = schema.rejected_record
        columns = (table.c.place, table.c.reason, table.c.first_seen, table.c.last_seen, table.c.times_seen)
        with reading(company.engine) as connection:
            return [tuple(row) for row in connection.execute(select(*columns))]

    assert rejected("it has no date")
    fix_clock(LATER)
    assert not rejected("it has no date")
    assert kept() == [("7", "it has no date", NOW, LATER, 2)]
    assert rejected("its date is wrong")
    assert kept() == [("7", "its date is wrong", NOW, LATER, 3)]
    with writing(company.engine) as connection:
        accept(connection, "github", "deployment", ["1", "7"])
    assert kept() == []


def test_a_cursor_moves_and_open_items_stay_until_they_end(company: Company) -> None:
    with writing(company.engine) as connection:
        for place in (1, 2):
            move_cursor(connection, "github", "wallet", {"at": place})
        note_open_items(connection, "github", "wallet", ["a", "b", "a"], [])
        note_open_items(connection, "github", "wallet", ["b", "c"], ["a"])
    with reading(company.engine) as connection:
        assert [row.value for row in connection.execute(select(schema.cursor))] == [{"at": 2}]
        items = connection.execute(select(schema.open_item.c.item).order_by(schema.open_item.c.item))
        assert list(items.scalars()) == ["b", "c"]
