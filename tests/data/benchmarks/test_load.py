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
REFERENCE = """
[[reference]]
id = "peers"
metric = "availability"
low = "0.999"
label = "Peers"
segment = "Banks"
method = "Probes"
confidence = "S"
"""
DUTY = """
[[obligation]]
id = "report"
regime = "EU DORA"
duty = "Report"
limit = "within 4 hours"
segment = "Banks"
method = "Art. 5"
confidence = "P*"
"""
SURVEY = """
[[survey]]
id = "peers"
label = "Peers"
segment = "Banks"
method = "Answers"
confidence = "P"
lead_time = { mean = "5.4", sd = "2.3" }
deployment_frequency = { mean = "5.1", sd = "2.6" }
deployment_recovery_time = { mean = "7.7", sd = "1.9" }
change_fail_rate = { mean = "1.7", sd = "2.1" }
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
    assert edition.entries
    assert {entry.metric for entry in (*edition.target, *edition.reference)} <= {metric.id for metric in METRICS}
    for entry in (*edition.target, *edition.reference):
        assert entry.low is None or entry.high is None or entry.low <= entry.high
    for one in (*edition.reference, *edition.survey, *edition.figure, *edition.obligation):
        assert all((one.publisher, one.vintage, one.source, one.segment, one.method, one.confidence))
    assert file.sha256 == hashlib.sha256((FOLDER / file.name).read_bytes()).hexdigest()


def test_ids_are_unique_over_all_files() -> None:
    ids = [entry.id for file in FILES for entry in file.edition.entries]
    assert len(ids) == len(set(ids))


def test_the_house_policy_of_2026_holds_the_six_targets_of_the_company() -> None:
    house = next(file.edition for file in FILES if file.name == "house_2026.toml")
    assert [(one.metric, one.low, one.high, one.statistic) for one in house.target] == [
        ("availability", Decimal("0.9999"), None, "ratio of sums"),
        ("feature_cycle_time", None, Decimal(14 * 24), "mean"),
        ("integration_error_rate", None, Decimal("0.01"), "ratio of sums"),
        ("integration_share", Decimal("0.15"), Decimal("0.25"), "ratio of sums"),
        ("audit_on_time", Decimal(1), None, "ratio of sums"),
        ("compliance_log_timeliness", Decimal("0.95"), None, "ratio of sums"),
    ]
    assert {(one.valid_from, one.valid_to, one.scope) for one in house.target} == {(date(2026, 1, 1), None, None)}


def test_references_come_with_the_edition_that_published_them() -> None:
    found = [(edition.publisher, one.label) for edition, one in references("integration_share")]
    assert found == [("MuleSoft (vendor)", "MuleSoft survey 2018")]
    assert references("spend_billed") == ()


def test_an_entry_has_publisher_vintage_and_source_of_its_own_or_those_of_its_file(tmp_path: Path) -> None:
    file = tmp_path / "own_2027.toml"
    own = REFERENCE.replace('label = "Peers"', 'label = "Peers"\npublisher = "Bank"\nvintage = "Q1 2027"')
    file.write_text(HEAD + REFERENCE + own.replace("peers", "bank"), encoding="utf-8")
    said = [(one.publisher, one.vintage, one.source) for one in read_file(file).edition.reference]
    assert said == [("Board", "2026", "Board policy"), ("Bank", "Q1 2027", "Board policy")]


def test_no_chart_is_crowded_by_more_than_three_references() -> None:
    shown = [one.metric for file in FILES for one in file.edition.reference if one.show]
    assert max(shown.count(metric) for metric in shown) == 3


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
    "a duty that binds nobody": (
        HEAD + DUTY,
        "own_2027.toml, line 1: obligation: only a legal file holds what a law or a standard asks for.",
    ),
    "no confidence": (
        HEAD + REFERENCE.replace('confidence = "S"\n', ""),
        "own_2027.toml, line 9: reference.confidence: Field required.",
    ),
    "an unverified value": (
        HEAD + REFERENCE.replace('"S"', '"unverified"'),
        "line 16: reference.confidence: Input should be 'P', 'P*', 'P(copy)', 'S' or 'W'.",
    ),
    "a survey on another scale": (
        HEAD.replace('kind = "house"', 'kind = "external"') + SURVEY.replace('mean = "5.4"', 'mean = "lots"'),
        "survey.lead_time.mean: 'lots' is not a number.",
    ),
    "not TOML": ("name = [", "own_2027.toml:"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_what_cannot_hold_is_named_by_file_line_and_field(tmp_path: Path, text: str, said: str) -> None:
    sentence = refusal(tmp_path, text)
    assert sentence.startswith("own_2027.toml")
    assert said in sentence
    assert "\n" not in sentence
