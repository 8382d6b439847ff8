"""A person who asks for it is forgotten, and what is old enough is let go; numbers stay as they are."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert

from data.access import Actor, NotPermitted, Role
from data.clock import fix_clock
from data.settings import Settings
from data.warehouse import change_log, schema
from data.warehouse.engine import reading, writing
from data.warehouse.retention import Forgotten, forget
from data.warehouse.rollup import rollup
from pipelines.connectors.base import Page, Record, Replacement
from pipelines.errors import StopSource
from pipelines.forgetting import Removed, retain
from pipelines.people import pseudonym
from tests.pipelines.scripted import MARIA, NOW, Company, answered, page, released, response

ANNA, BERT = "a1b2c3d4e5f60718293a4b5c6d7e8f90", "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
ANSWERS = ("source_id", "score", "respondent", "comment")
NINE = Decimal(9)


def forgotten(company: Company, respondent: str = ANNA, source: str | None = None) -> Forgotten | None:
    return forget(company.engine, company.settings.zone, MARIA, respondent, source, "asked")


def keeping(company: Company, **days: int) -> Settings:
    return company.settings.model_copy(update={"retention": type(company.settings.retention)(**days)})


def later(days: int) -> None:
    fix_clock(NOW + timedelta(days=days))


def numbers(company: Company) -> Any:
    rollup(company.engine, company.settings)
    daily = company.rows("daily_metric", "metric", "scope", "variant", "day", "numerator", "denominator", "sample")
    period = company.rows("period_metric", "metric", "scope", "start", "statistic", "value", "n")
    return daily, period


def log(company: Company) -> list[change_log.Change]:
    with reading(company.engine) as connection:
        return change_log.entries(connection)


def test_a_forgotten_person_leaves_the_score_and_nothing_else(scripted: Company) -> None:
    scripted.sync(page(answered("1", ANNA, comment="Too slow"), answered("2", BERT, comment="Fine")))
    scripted.sync(page(answered("1", ANNA, comment="Too slow, still")))  # a second version of the raw record
    before = numbers(scripted)
    assert forgotten(scripted) == Forgotten(answers=1, superseded=0, records=2, rejected=0)
    assert scripted.rows("fact_response", *ANSWERS) == [("1:q1", NINE, None, None), ("2:q1", NINE, BERT, "Fine")]
    assert [source_id for (source_id,) in scripted.rows("raw_record", "source_id")] == ["2"]
    assert numbers(scripted) == before


def test_of_answers_given_anew_the_last_stays_so_that_no_number_moves(scripted: Company) -> None:
    scripted.sync(page(answered("1", ANNA, "2026-10-05"), answered("2", ANNA, "2026-10-20"), answered("3", BERT)))
    scripted.sync(page(answered("4", ANNA, "2026-11-02")))
    before = numbers(scripted)
    assert forgotten(scripted) == Forgotten(answers=2, superseded=1, records=3, rejected=0)
    assert [row[:3] for row in scripted.rows("fact_response", *ANSWERS)] == [
        ("2:q1", NINE, None), ("3:q1", NINE, BERT), ("4:q1", NINE, None),
    ]  # fmt: skip
    with writing(scripted.engine) as connection:
        touched = [{"fact": "response", "scope": "wallet", "day": at} for at in days("2026-10-05", "2026-10-20")]
        connection.execute(insert(schema.touched_day), touched)
    assert numbers(scripted) == before


def days(*texts: str) -> list[Any]:
    return [(NOW.fromisoformat(text)).date() for text in texts]


def test_the_log_names_the_hash_and_the_counts_only(scripted: Company) -> None:
    scripted.sync(page(answered("1", ANNA, comment="Too slow")))
    forgotten(scripted)
    entry = log(scripted)[-1]
    told = {"answers": 1, "superseded": 0, "records": 1, "rejected": 0, "source": None}
    assert (entry.actor, entry.action, entry.object, entry.old, entry.new, entry.why) == (
        "cli:maria", "forgot", f"respondent {ANNA}", None, told, "asked",
    )  # fmt: skip
    assert change_log.first_fault(log(scripted)) is None


def test_a_record_set_aside_that_names_the_person_goes_too(scripted: Company) -> None:
    faulty = Record("deployment", "odd", {"created_at": "2026-10-05T10:00:00+00:00", "by": ANNA})
    scripted.sync(page(faulty, released("faulty", finished=False)))
    assert forgotten(scripted) == Forgotten(answers=0, superseded=0, records=1, rejected=1)
    assert scripted.rows("rejected_record", "place") == [("faulty",)]


def test_of_another_source_nothing_is_forgotten(scripted: Company) -> None:
    scripted.sync(page(answered("1", ANNA)))
    assert forgotten(scripted, source="other") is None
    assert forgotten(scripted, "f" * 32) is None
    assert scripted.rows("fact_response", *ANSWERS) == [("1:q1", NINE, ANNA, None)]
    assert [entry.action for entry in log(scripted)].count("forgot") == 0
    assert forgotten(scripted, source="code") == Forgotten(answers=1, superseded=0, records=1, rejected=0)


def test_what_the_source_still_tells_of_the_person_does_not_come_back(scripted: Company) -> None:
    told = page(answered("1", ANNA, "2026-10-05", "Slow"), answered("2", ANNA, "2026-10-20"), answered("3", BERT))
    scripted.sync(told)
    forgotten(scripted)
    kept = scripted.rows("fact_response", *ANSWERS)
    odd = Record("deployment", "odd", {"created_at": "2026-10-05T10:00:00+00:00", "by": ANNA})
    report = scripted.sync(page(*told.records, odd), full=True)
    assert (report.fetched, report.stored) == (4, 0)
    assert scripted.rows("fact_response", *ANSWERS) == kept
    assert scripted.rows("raw_record", "source_id") == [("3",)]
    assert scripted.rows("rejected_record", "place") == []


def test_a_file_that_is_read_anew_keeps_the_answers_without_name(scripted: Company) -> None:
    facts = tuple(response(one) for one in (answered("1", ANNA), answered("2", BERT)))
    whole = Page("file", facts=facts, replaces=(Replacement("response", "survey", "p1"),))
    scripted.sync(whole)
    forgotten(scripted)
    scripted.sync(whole)
    assert scripted.rows("fact_response", *ANSWERS) == [("1:q1", NINE, None, None), ("2:q1", NINE, BERT, None)]


def test_who_answers_again_after_being_forgotten_is_heard_again(scripted: Company) -> None:
    scripted.sync(page(answered("1", ANNA)))
    forgotten(scripted)
    later(30)
    scripted.sync(page(answered("9", ANNA, "2026-11-20")))
    assert scripted.rows("fact_response", *ANSWERS) == [("1:q1", NINE, None, None), ("9:q1", NINE, ANNA, None)]


def test_only_who_operates_may_forget_and_let_go(scripted: Company) -> None:
    viewer = Actor("local:eve", frozenset({Role.VIEWER}))
    with pytest.raises(NotPermitted, match="local:eve"):
        forget(scripted.engine, scripted.settings.zone, viewer, ANNA, None, "")
    with pytest.raises(NotPermitted, match="local:eve"):
        retain(scripted.engine, scripted.settings, viewer)


def test_a_person_is_found_by_the_id_that_the_source_knows(scripted: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLUMBLINE_SALT", "a salt of more than sixteen characters")
    hashed = pseudonym(scripted.settings, "anna@example.com")
    scripted.sync(page(answered("1", hashed)))
    assert "anna" not in json.dumps(scripted.rows("raw_record", "payload"))
    assert forgotten(scripted, pseudonym(scripted.settings, " Anna@Example.com ")) is not None


def history(company: Company) -> None:
    """Answers and deployments of October; everything was seen on 9 November, and the deployments again a month on."""
    told = (released("1"), released("bad", finished=False))
    company.sync(page(*told, answered("2", ANNA, "2026-10-05", "Slow"), answered("3", BERT, "2026-11-08", "Good")))
    later(30)
    company.sync(page(*told))


KEPT = {
    "raw_record": [("1",), ("2",), ("3",), ("bad",)],
    "fact_response": [("2:q1",), ("3:q1",)],
    "rejected_record": [("code",)],
    "sync_run": [("code",), ("code",)],
}
IDS = {"raw_record": "source_id", "fact_response": "source_id", "rejected_record": "source", "sync_run": "source"}


@pytest.mark.parametrize(
    ("days", "removed", "left"),
    [
        ({}, Removed(0, 0, 0, 0), {}),
        ({"raw_days": 20}, Removed(2, 0, 0, 0), {"raw_record": [("1",), ("bad",)]}),
        ({"text_days": 50}, Removed(1, 1, 0, 0), {"raw_record": [("1",), ("3",), ("bad",)]}),
        ({"rejected_days": 20}, Removed(0, 0, 0, 0), {}),
        ({"run_days": 20}, Removed(0, 0, 0, 1), {"sync_run": [("code",)]}),
    ],
    ids=lambda one: "-".join(one) if isinstance(one, dict) else "",
)
def test_each_kind_is_kept_for_its_days_and_no_number_changes(
    scripted: Company, days: dict[str, int], removed: Removed, left: dict[str, Any]
) -> None:
    history(scripted)
    before = numbers(scripted), scripted.rows("fact_response", "source_id", "score", "respondent")
    entries = log(scripted)
    assert retain(scripted.engine, keeping(scripted, **days), MARIA) == removed
    assert {table: scripted.rows(table, name) for table, name in IDS.items()} == KEPT | left
    assert (numbers(scripted), scripted.rows("fact_response", "source_id", "score", "respondent")) == before
    assert log(scripted)[: len(entries)] == entries
    assert [entry.action for entry in log(scripted)[len(entries) :]] == (["let go"] if any(days) and left else [])
    assert retain(scripted.engine, keeping(scripted, **days), MARIA) == Removed(0, 0, 0, 0)


def test_a_comment_goes_when_its_days_are_over_and_a_full_reading_does_not_bring_it_back(scripted: Company) -> None:
    history(scripted)
    scripted.settings = keeping(scripted, text_days=50)
    retain(scripted.engine, scripted.settings, MARIA)
    cut = [("2:q1", NINE, ANNA, None), ("3:q1", NINE, BERT, "Good")]
    assert scripted.rows("fact_response", *ANSWERS) == cut
    old = answered("2", ANNA, "2026-10-05", "Slow")
    scripted.sync(page(old, answered("3", BERT, "2026-11-08", "Good")), full=True)
    assert scripted.rows("fact_response", *ANSWERS) == cut
    assert ("2",) not in scripted.rows("raw_record", "source_id")


def test_what_was_set_aside_goes_when_no_source_told_of_it_for_its_days(scripted: Company) -> None:
    history(scripted)
    later(90)
    assert retain(scripted.engine, keeping(scripted, rejected_days=20), MARIA) == Removed(0, 0, 1, 0)


def test_the_last_success_and_the_last_run_of_a_job_stay_however_old(scripted: Company) -> None:
    scripted.sync(page(released("1")))
    scripted.sync(page(), StopSource("no"))
    scripted.sync(page(), StopSource("no"))
    runs = [
        {"job": "nightly", "local_time": f"2026-11-0{n}T02:30", "due_at": NOW - timedelta(days=9 - n),
         "started": NOW, "finished": NOW, "exit_code": 0}
        for n in (7, 8)
    ]  # fmt: skip
    with writing(scripted.engine) as connection:
        connection.execute(insert(schema.schedule_run), runs)
    later(400)
    assert retain(scripted.engine, keeping(scripted, run_days=30), MARIA) == Removed(0, 0, 0, 2)
    assert scripted.rows("schedule_run", "local_time") == [("2026-11-08T02:30",)]
    assert scripted.rows("sync_run", "outcome") == [("done",), ("stopped",)]


def test_what_a_source_told_that_is_no_longer_configured_goes_by_when_it_last_told_of_it(scripted: Company) -> None:
    scripted.sync(page(answered("1", ANNA, comment="Slow")))
    later(60)
    alone = keeping(scripted, text_days=50).model_copy(update={"source": ()})
    assert retain(scripted.engine, alone, MARIA) == Removed(1, 1, 0, 0)
    assert scripted.rows("fact_response", *ANSWERS) == [("1:q1", NINE, ANNA, None)]
