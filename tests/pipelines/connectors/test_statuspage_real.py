"""607 real incidents of a public status page become facts: none is lost for want of a length or a component."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from data.facts import Incident
from pipelines.connectors._statuspage.records import incident_record
from pipelines.connectors.base import Record
from tests.pipelines.connectors.statuspage_world import connector

pytestmark = pytest.mark.real

_STATES = {"Update": "identified", "In progress": "in_progress"}
_IMPACTS = {"critical": "down", "major": "partial", "minor": "degraded", "none": "none"}


def answer(row: dict[str, str]) -> dict[str, object]:
    """A row in the form of Statuspage's answers: its updates with their times, its components by name."""
    updates = [one.strip().split(" ", 1) for one in row["updates"].split(";")]
    told = [{"status": _STATES.get(state, state.lower()), "created_at": at} for at, state in updates]
    return {
        "id": row["id"],
        "name": row["title"],
        "impact": row["impact"],
        "status": told[-1]["status"],
        "created_at": row["started_at"],
        "scheduled_for": row["started_at"] if row["impact"] == "maintenance" else None,
        "components": [{"id": name, "name": name} for name in row["components"].split(";") if name],
        "incident_updates": told[::-1],
        "shortlink": row["url"],
    }


@pytest.fixture(scope="module")
def rows(inputs: Path) -> list[dict[str, str]]:
    """The rows as they are."""
    with (inputs / "incidents" / "github_status_incidents.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def facts(rows: list[dict[str, str]]) -> list[Incident]:
    """The fact of each row, through the connector's own records."""
    source = connector("http://127.0.0.1:9", provider="github")
    records: list[Record] = [incident_record("githubstatus", answer(row)) for row in rows]
    return [fact for record in records for fact in source.facts(record) if isinstance(fact, Incident)]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_every_row_is_a_fact_of_its_own(rows: list[dict[str, str]], facts: list[Incident]) -> None:
    assert len(facts) == len({fact.source_id for fact in facts}) == len(rows) == 607
    assert {fact.provider for fact in facts} == {"github"}


def test_maintenances_are_told_apart_and_begin_in_progress(rows: list[dict[str, str]], facts: list[Incident]) -> None:
    planned = [(row, fact) for row, fact in zip(rows, facts, strict=True) if fact.maintenance]
    assert len(planned) == 18
    for row, fact in planned:
        (begun,) = [one.strip()[:20] for one in row["updates"].split(";") if "In progress" in one]
        assert (fact.started, fact.resolved) == (at(begun), at(row["resolved_at"]))


def test_the_others_last_as_long_as_the_rows_say(rows: list[dict[str, str]], facts: list[Incident]) -> None:
    spans = [
        (fact.started, fact.resolved) == (at(row["started_at"]), at(row["resolved_at"]))
        for row, fact in zip(rows, facts, strict=True)
        if not fact.maintenance
    ]
    assert spans == [True] * 589


def test_those_without_length_or_component_are_counted_not_lost(facts: list[Incident]) -> None:
    unplanned = [fact for fact in facts if not fact.maintenance]
    assert sum(fact.resolved == fact.started for fact in unplanned) == 19
    assert sum(fact.key_kind == "page" for fact in facts) == 113
    assert {fact.key for fact in facts if fact.key_kind == "page"} == {"githubstatus"}


def test_each_component_of_a_row_is_touched_with_the_impact_of_the_row(
    rows: list[dict[str, str]], facts: list[Incident]
) -> None:
    told = Counter(
        (name, _IMPACTS.get(row["impact"], "down")) for row in rows for name in row["components"].split(";") if name
    )
    touched = Counter((key, impact) for fact in facts for kind, key, impact, *_ in fact.touches if kind == "component")
    assert touched == told
    assert touched.total() == 830


def test_the_longest_ones_are_as_long_as_a_plain_look_at_the_rows_finds(
    rows: list[dict[str, str]], facts: list[Incident]
) -> None:
    plain = sorted(at(row["resolved_at"]) - at(row["started_at"]) for row in rows if row["impact"] != "maintenance")
    ours = sorted(fact.resolved - fact.started for fact in facts if fact.resolved and not fact.maintenance)
    assert ours == plain
    assert ours[len(ours) // 2] > timedelta(minutes=10)
