"""Questions about sources: how fresh, how complete, what was set aside."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import insert

from data.metrics import metric_named
from data.warehouse import schema
from data.warehouse.engine import reading, writing
from data.warehouse.read_sources import SourceState, rejected_records, source_states, sources_of
from data.warehouse.readings import Reader
from data.warehouse.write import note_covered, note_open_items, reject
from tests.data.happenings import DAY
from tests.data.warehouse.world import NOW, Company

HOUR = timedelta(hours=1)


def ran(company: Company, source: str, started: datetime, outcome: str = "done", message: str = "") -> None:
    row = {"source": source, "started": started, "finished": started + HOUR, "outcome": outcome, "message": message}
    with writing(company.engine) as connection:
        connection.execute(insert(schema.sync_run).values(**row, fetched=1, stored=1, skipped=0))


def covers(company: Company, source: str, fact: str) -> None:
    with writing(company.engine) as connection:
        proof = (fact, "service", "wallet", NOW - 48 * HOUR, NOW)
        note_covered(connection, source, proof, [], company.settings.zone)


def test_a_source_is_told_with_its_last_success_its_last_run_and_what_it_left_open(company: Company) -> None:
    ran(company, "github", NOW - 10 * HOUR)
    ran(company, "github", NOW - 5 * HOUR, "stopped", "The token may not read deployments.")
    ran(company, "prometheus", NOW - 3 * HOUR, "in part", "Asked to wait.")
    with writing(company.engine) as connection:
        note_open_items(connection, "github", "wallet", ["1", "2"], [])
        reject(connection, "prometheus", "range", "wallet", "no samples", {})
    with reading(company.engine) as connection:
        assert source_states(connection) == (
            SourceState(
                "github", NOW - 9 * HOUR, NOW - 5 * HOUR, "stopped", "The token may not read deployments.", 2, 0
            ),
            SourceState("prometheus", None, NOW - 3 * HOUR, "in part", "Asked to wait.", 0, 1),
        )
        earlier = source_states(connection, NOW - 6 * HOUR)
    assert [(one.source, one.last_run, one.last_outcome) for one in earlier] == [("github", NOW - 10 * HOUR, "done")]


def test_a_number_is_as_fresh_as_the_oldest_of_the_sources_behind_it(company: Company) -> None:
    for source, fact in (("github", "deployment"), ("github", "change"), ("argo", "deployment"), ("argo", "probe_day")):
        covers(company, source, fact)
    ran(company, "github", NOW - 3 * HOUR)
    ran(company, "argo", NOW - 9 * HOUR)
    ran(company, "argo", NOW - 2 * HOUR, "stopped")
    with reading(company.engine) as connection:
        assert sources_of(connection) == {
            "change": ("github",), "deployment": ("argo", "github"), "probe_day": ("argo",),
        }  # fmt: skip
        reader = Reader(connection, company.settings)
        fresh = {one: reader.fresh_at(metric_named(one)) for one in ("lead_time", "availability", "spend_billed")}
        assert reader.sources_of(metric_named("lead_time")) == ("argo", "github")
    assert fresh == {"lead_time": NOW - 8 * HOUR, "availability": NOW - 8 * HOUR, "spend_billed": None}


def test_a_source_that_never_succeeded_makes_a_number_of_no_age(company: Company) -> None:
    covers(company, "github", "deployment")
    ran(company, "github", NOW - HOUR, "stopped")
    with reading(company.engine) as connection:
        assert Reader(connection, company.settings).fresh_at(metric_named("deployment_frequency")) is None


def test_the_latest_rejected_records_come_first_and_no_more_than_asked_for(company: Company) -> None:
    with writing(company.engine) as connection:
        for place in "cab":
            reject(connection, "github", "deployment", place, f"{DAY} is no instant", {})
    with reading(company.engine) as connection:
        assert [one.place for one in rejected_records(connection)] == ["a", "b", "c"]
        assert len(rejected_records(connection, limit=2)) == 2
