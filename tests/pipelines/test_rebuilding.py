"""A rebuild makes everything anew beside what is there, tells what differs, and swaps it whole or not at all."""

from __future__ import annotations

import os
import signal
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from data.access import Actor, NotPermitted, Role
from data.clock import fix_clock
from data.facts import Fact
from data.warehouse import schema
from data.warehouse.engine import create_engine_for, writing
from data.warehouse.retention import drop_unseen_records
from data.warehouse.rollup import rollup
from pipelines.connectors.base import Page, Record
from pipelines.errors import SkipRecord
from pipelines.rebuilding import as_json, as_text, rebuild_all
from tests.pipelines.scripted import (
    MARIA,
    NOW,
    SETTINGS,
    Company,
    Scripted,
    answered,
    covered,
    deployment,
    page,
    released,
    settings_in,
)
from tests.pipelines.state import content, difference


def rebuilt(company: Company, *, dry_run: bool = False, tell: Any = lambda _said: None) -> dict[str, Any]:
    done = rebuild_all(company.engine, company.settings, MARIA, company.settings.source, dry_run=dry_run, tell=tell)
    return as_json(*done, dry_run=dry_run)


def loaded(company: Company, *records: Record) -> None:
    company.sync(page(*records, covered=(covered(),)))
    rollup(company.engine, company.settings)


def months(told: dict[str, Any], metric: str) -> list[tuple[Any, ...]]:
    return [
        (one["scope"], one["month"], one["closed"], one["old"] and one["old"]["numerator"], one["new"]["numerator"])
        for one in told["months"]
        if one["metric"] == metric
    ]


def test_what_is_right_already_is_left_as_it_is(scripted: Company) -> None:
    loaded(
        scripted, released("1"), released("2", "2026-11-03"), released("odd", finished=False), answered("3", "a" * 32)
    )
    before = content(scripted.engine)
    done = rebuilt(scripted)
    assert difference(before, content(scripted.engine)) == {}
    [facts] = done["sources"]
    assert facts == {"source": "code", "records": 4, "gone": 0, "changed": 0, "removed": 0, "rejected": 1}
    assert (done["rows"], done["restated"], done["months"], done["data_version"]) == (0, 0, [], None)


def test_a_changed_classification_is_told_by_month_and_taken_over(scripted: Company) -> None:
    loaded(scripted, released("1"), released("2", "2026-10-06"), released("3", "2026-11-03"))
    Scripted.outcome = "failure"
    told = rebuilt(scripted)
    both = [(scope, month, closed, old, 0.0) for scope in ("group", "wallet") for month, closed, old in (
        ("2026-10", True, 2.0), ("2026-11", False, 1.0))]  # fmt: skip
    assert months(told, "deployment_frequency") == both
    assert told["sources"][0]["changed"] == 3
    assert sum(scripted.days("deployment_frequency").values()) == 0
    rows = scripted.rows("restatement", "metric", "scope", "day", "old_numerator", "new_numerator", "cause")
    assert [row for row in rows if row[:2] == ("deployment_frequency", "wallet")] == [
        ("deployment_frequency", "wallet", day, 1_000_000, 0, "rebuild")
        for day in (date(2026, 10, 5), date(2026, 10, 6))
    ]
    assert told["restated"] == len(rows)
    assert rebuilt(scripted)["months"] == []


def test_a_dry_run_tells_the_same_and_leaves_everything_as_it_was(scripted: Company) -> None:
    loaded(scripted, released("1"), released("2", "2026-10-06"))
    Scripted.outcome = "failure"
    before = content(scripted.engine)
    tried = rebuilt(scripted, dry_run=True)
    assert difference(before, content(scripted.engine)) == {}
    done = rebuilt(scripted)
    assert tried["data_version"] is None
    assert done["data_version"] is not None
    same = ("sources", "rows", "restated", "months")
    assert {name: tried[name] for name in same} == {name: done[name] for name in same}
    assert done["months"] != []


def test_readers_see_the_old_numbers_until_all_of_it_is_there(scripted: Company) -> None:
    loaded(scripted, released("1"))
    Scripted.outcome = "failure"
    seen: dict[str, int] = {}

    def look(said: str) -> None:
        seen[said.split(" ", maxsplit=1)[0]] = sum(scripted.days("deployment_frequency").values())

    rebuilt(scripted, tell=look)
    assert seen == {"the": 1_000_000, "facts": 1_000_000, "roll-up": 1_000_000}
    assert sum(scripted.days("deployment_frequency").values()) == 0


def test_what_breaks_off_leaves_the_old_state(scripted: Company) -> None:
    loaded(scripted, released("1"))
    Scripted.outcome = "failure"
    before = content(scripted.engine)

    def stop(said: str) -> None:
        if "as they would be" in said:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuilt(scripted, tell=stop)
    assert difference(before, content(scripted.engine)) == {}


def test_a_kill_before_the_swap_leaves_the_old_state(scripted: Company) -> None:
    loaded(scripted, released("1"))
    Scripted.outcome = "failure"
    before = content(scripted.engine)

    def die(said: str) -> None:
        if "as they would be" in said:
            os.kill(os.getpid(), signal.SIGKILL)

    url = scripted.engine.url.render_as_string(hide_password=False)
    scripted.engine.dispose()
    if (child := os.fork()) == 0:
        rebuilt(Company(create_engine_for(url), scripted.settings), tell=die)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert difference(before, content(scripted.engine)) == {}


def test_a_fact_that_its_record_no_longer_states_goes_and_comes_back_with_it(
    scripted: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded(scripted, released("1"), released("2", "2026-10-06"), answered("3", "a" * 32))
    before = content(scripted.engine, counters=False)
    with monkeypatch.context() as otherwise:
        otherwise.setattr(Scripted, "facts", lambda _self, _record: ())
        assert rebuilt(scripted)["sources"][0]["removed"] == 3
    assert scripted.rows("fact_deployment", "source_id") == scripted.rows("fact_response", "source_id") == []
    assert sum(scripted.days("deployment_frequency").values()) == 0
    assert rebuilt(scripted)["sources"][0]["changed"] == 3
    assert difference(before, content(scripted.engine, counters=False)) == {}


def test_a_record_that_cannot_become_a_fact_any_more_is_set_aside(
    scripted: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded(scripted, released("1"), released("2"))
    usual = Scripted.facts

    def strict(self: Scripted, record: Record) -> tuple[Fact, ...]:
        if record.source_id == "2":
            raise SkipRecord("Two is too many.")
        return usual(self, record)

    with monkeypatch.context() as otherwise:
        otherwise.setattr(Scripted, "facts", strict)
        [facts] = rebuilt(scripted)["sources"]
    assert (facts["rejected"], facts["removed"]) == (1, 1)
    assert scripted.rows("rejected_record", "place", "reason") == [("2", "Two is too many.")]
    rebuilt(scripted)
    assert scripted.rows("rejected_record", "place") == []
    assert scripted.rows("fact_deployment", "source_id") == [("1",), ("2",)]


def test_facts_without_a_record_and_of_records_that_are_gone_stay_as_they_are(scripted: Company) -> None:
    scripted.sync(page(released("let go", "2026-10-02")))
    fix_clock(NOW + timedelta(days=10))
    bulk = deployment("bulk", "2026-10-07T10:00:00+00:00", "success")
    scripted.sync(Page("bulk", facts=(bulk,)), page(released("1"), released("gone"), covered=(covered(),)))
    scripted.sync(page(released("1"), covered=(covered(),)), full=True)
    with writing(scripted.engine) as connection:
        drop_unseen_records(connection, NOW + timedelta(days=1))
    Scripted.outcome = "failure"
    [facts] = rebuilt(scripted)["sources"]
    assert (facts["records"], facts["gone"], facts["changed"], facts["removed"]) == (1, 1, 1, 0)
    assert scripted.rows("fact_deployment", "source_id", "outcome") == [
        ("1", "failure"), ("bulk", "success"), ("gone", "success"), ("let go", "success"),
    ]  # fmt: skip


def test_a_changed_mapping_is_tried_without_being_taken_over(scripted: Company, tmp_path: Path) -> None:
    loaded(scripted, released("1"))
    mine = '[[scope]]\nid = "web"\nkind = "service"\nname = "Web"\nparent = "group"\n[[source]]'
    text = SETTINGS.replace("[[source]]", mine)
    text = text.replace('"acme/wallet"\nscope = "wallet"', '"acme/wallet"\nscope = "web"')
    scripted.settings = settings_in(tmp_path, text)
    before = content(scripted.engine)
    for dry_run in (True, False):
        told = [one for one in rebuilt(scripted, dry_run=dry_run)["months"] if one["month"] == "2026-10"]
        moved = {one["scope"]: (one["old"], one["new"]) for one in told if one["metric"] == "deployment_frequency"}
        once = {"value": 1 / 31, "numerator": 1.0, "denominator": 31.0}
        assert moved == {"wallet": (once, None), "web": (None, once)}
        assert (difference(before, content(scripted.engine)) == {}) is dry_run
    assert scripted.rows("fact_deployment", "scope") == [("web",)]


def test_a_changed_rule_of_a_metric_is_told_as_well(scripted: Company) -> None:
    loaded(scripted, released("1"))
    rules = scripted.settings.metrics.model_copy(update={"production": ("live",)})
    scripted.settings = scripted.settings.model_copy(update={"metrics": rules})
    told = months(rebuilt(scripted, dry_run=True), "deployment_frequency")
    assert told == [(scope, "2026-10", True, 1.0, 0.0) for scope in ("group", "wallet")]


def test_a_number_that_no_fact_makes_is_found_though_nothing_else_changed(scripted: Company) -> None:
    loaded(scripted, released("1"))
    right = scripted.days("deployment_frequency", "wallet")
    table = schema.daily_metric
    wrong = update(table).where(table.c.metric == "deployment_frequency", table.c.day == date(2026, 10, 9))
    with writing(scripted.engine) as connection:
        connection.execute(wrong.values(numerator=7_000_000))
    told = months(rebuilt(scripted), "deployment_frequency")
    assert told == [(scope, "2026-10", True, 8.0, 1.0) for scope in ("group", "wallet")]
    assert scripted.days("deployment_frequency", "wallet") == right


def test_people_read_each_source_and_each_month(scripted: Company) -> None:
    loaded(scripted, released("1"))
    Scripted.outcome = "failure"
    done = rebuild_all(
        scripted.engine, scripted.settings, MARIA, scripted.settings.source, dry_run=True, tell=lambda _said: None
    )
    lines = as_text(*done, dry_run=True).splitlines()
    assert lines[0] == "code: 1 records, 1 facts changed, 0 removed, 0 set aside, 0 gone at the source"
    assert "deployment_frequency wallet 2026-10: 0.0322581 → 0, closed" in lines
    assert lines[-1].endswith("months tell another number.")


def test_only_who_operates_may_rebuild(scripted: Company) -> None:
    viewer = Actor("local:eve", frozenset({Role.VIEWER}))
    with pytest.raises(NotPermitted, match="local:eve"):
        rebuild_all(scripted.engine, scripted.settings, viewer, (), dry_run=True, tell=lambda _said: None)
