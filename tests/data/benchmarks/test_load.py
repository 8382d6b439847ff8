"""Benchmark files: what ships is sound, and what is not sound is named with its line."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from data.benchmarks.load import FOLDER, BadBenchmark, BenchmarkFile, load, read_file, references
from data.metrics import METRICS

FILES = load()
HEAD = """name = "house"
kind = "house"
publisher = "Board"
title = "Policy"
vintage = "2026"
owner = "CTO"
source = "Board policy"
"""
ENTRY = """
[[target]]
id = "uptime"
metric = "availability"
low = "0.9999"
from = 2026-01-01
"""


def refusal(folder: Path, text: str) -> str:
    file = folder / "own_2027.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadBenchmark) as raised:
        read_file(file)
    return str(raised.value)


def test_every_file_of_the_folder_is_shipped_by_name() -> None:
    assert [file.name for file in FILES] == sorted(path.name for path in FOLDER.glob("*.toml"))
    assert {"house_2026.toml", "dora_2024.toml", "uptimes_published.toml"} <= {file.name for file in FILES}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_shipped_file_names_source_publisher_vintage_and_owner_and_known_metrics(file: BenchmarkFile) -> None:
    edition = file.edition
    assert all((edition.source, edition.publisher, edition.vintage, edition.owner, edition.title))
    entries = (*edition.target, *edition.reference)
    assert entries
    assert {entry.metric for entry in entries} <= {metric.id for metric in METRICS}
    for entry in entries:
        assert entry.low is None or entry.high is None or entry.low <= entry.high
    assert file.sha256 == hashlib.sha256((FOLDER / file.name).read_bytes()).hexdigest()


def test_ids_are_unique_over_all_files() -> None:
    ids = [entry.id for file in FILES for entry in (*file.edition.target, *file.edition.reference)]
    assert len(ids) == len(set(ids))


def test_the_house_policy_of_2026_holds_exactly_the_targets_whose_metrics_exist() -> None:
    house = next(file.edition for file in FILES if file.name == "house_2026.toml")
    assert [(one.metric, one.low, one.high, one.valid_from, one.valid_to, one.scope) for one in house.target] == [
        ("availability", Decimal("0.9999"), None, date(2026, 1, 1), None, None),
        ("integration_error_rate", None, Decimal("0.01"), date(2026, 1, 1), None, None),
        ("integration_share", Decimal("0.15"), Decimal("0.25"), date(2026, 1, 1), None, None),
        ("audit_on_time", Decimal(1), None, date(2026, 1, 1), None, None),
        ("compliance_log_timeliness", Decimal("0.95"), None, date(2026, 1, 1), None, None),
    ]


def test_references_come_with_the_edition_that_published_them() -> None:
    found = [(edition.publisher, one.label) for edition, one in references("integration_share")]
    assert found == [("MuleSoft (vendor)", "MuleSoft survey 2018")]
    assert references("deployment_frequency") == ()


def test_a_well_formed_file_is_read_with_its_fingerprint(tmp_path: Path) -> None:
    file = tmp_path / "own_2027.toml"
    file.write_text(HEAD + ENTRY, encoding="utf-8")
    found = read_file(file)
    assert (found.name, found.sha256) == ("own_2027.toml", hashlib.sha256(file.read_bytes()).hexdigest())
    assert found.edition.target[0].low == Decimal("0.9999")


WRONG = {
    "crossed edges": (
        HEAD + ENTRY.replace('low = "0.9999"', 'low = "0.3"\nhigh = "0.2"'),
        "own_2027.toml, line 9: target: low 0.3 lies above high 0.2.",
    ),
    "no edge": (HEAD + ENTRY.replace('low = "0.9999"\n', ""), "line 9: target: low or high: give at least one edge."),
    "unknown metric": (HEAD + ENTRY.replace("availability", "uptimes"), "metric 'uptimes' is not one of ours."),
    "a binary fraction": (
        HEAD + ENTRY.replace('"0.9999"', "0.9999"),
        "own_2027.toml, line 12: target.low: write the number in quotes, so that it stays exact.",
    ),
    "no number": (HEAD + ENTRY.replace('"0.9999"', '"high"'), "line 12: target.low: 'high' is not a number."),
    "not a number": (HEAD + ENTRY.replace('"0.9999"', '"NaN"'), "line 12: target.low: 'NaN' is not a number."),
    "a truth": (HEAD + ENTRY.replace('"0.9999"', "true"), "line 12: target.low: True is not a number."),
    "a misspelt field": (HEAD + ENTRY.replace("low =", "lo ="), "line 12: target.lo: Extra inputs are not permitted."),
    "no start": (HEAD + ENTRY.replace("from = 2026-01-01\n", ""), "line 9: target.from: Field required."),
    "no owner": (HEAD.replace('owner = "CTO"\n', "") + ENTRY, "own_2027.toml, line 1: owner: Field required."),
    "empty source": (HEAD.replace('"Board policy"', '""') + ENTRY, "own_2027.toml, line 7: source: String should have"),
    "no vintage": (HEAD.replace('vintage = "2026"\n', "") + ENTRY, "own_2027.toml, line 1: vintage: Field required."),
    "no publisher": (HEAD.replace('publisher = "Board"\n', "") + ENTRY, "line 1: publisher: Field required."),
    "twice": (HEAD + ENTRY + ENTRY, "id 'uptime' is used twice."),
    "the second one": (
        HEAD + ENTRY + ENTRY.replace('"uptime"', '"more"').replace("[[target]]", "[[target]]  # more")
        .replace("2026-01-01", '"soon"'),
        "own_2027.toml, line 19: target.from:",
    ),
    "external target": (
        HEAD.replace('kind = "house"', 'kind = "external"') + ENTRY,
        "a published measurement is a reference; only house and legal files set targets.",
    ),
    "not TOML": ("name = [", "own_2027.toml:"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_what_cannot_hold_is_named_by_file_line_and_field(tmp_path: Path, text: str, said: str) -> None:
    sentence = refusal(tmp_path, text)
    assert sentence.startswith("own_2027.toml")
    assert said in sentence
    assert "\n" not in sentence
