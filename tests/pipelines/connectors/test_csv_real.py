"""A register kept by others, read by a declared map of columns."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from data.facts import Incident
from tests.pipelines.connectors.csv_world import Folder, facts, refused


@pytest.mark.real
def test_a_register_of_607_real_incidents_is_read_whole(inputs: Path) -> None:
    options = {
        "fact": "incident",
        "columns": {
            "title": "title", "started": "started_at", "resolved": "resolved_at", "touches": "components",
            "impact": "impact", "severity": "impact", "maintenance": "impact", "url": "url",
        },
        "constants": {"key": "github"},
        "values": {
            "impact": {"critical": "down", "major": "partial", "minor": "degraded", "maintenance": "down"},
            "maintenance": {"maintenance": True, "*": False},
        },
        "id": "id",
        "key_kind": "page",
        "touch_kind": "component",
    }  # fmt: skip
    path = inputs / "incidents" / "github_status_incidents.csv"
    pages = Folder(path, options).read()
    found = [fact for fact in facts(pages) if isinstance(fact, Incident)]
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert refused(pages) == {}
    assert [fact.source_id for fact in found] == [row["id"] for row in rows]
    assert len(found) == 607
    assert sum(fact.maintenance for fact in found) == 18
    whole_page = [row["id"] for row in rows if not row["components"].strip()]
    assert [fact.source_id for fact in found if fact.touches[0][0] == "page"] == whole_page
    union = [fact for fact in found if len(fact.touches) == 9]
    assert {kind for fact in union for kind, *_ in fact.touches} == {"component"}
    assert union
