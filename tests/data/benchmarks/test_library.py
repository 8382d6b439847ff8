"""What is not to be believed is not in the library: unverified figures, and the traps of public sources."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from data.benchmarks.load import FOLDER, MEANING, Obligation, Reference, load

FILES = load()
TEXT = {file.name: (FOLDER / file.name).read_text(encoding="utf-8") for file in FILES}
ALL = "\n".join(TEXT.values())
REFERENCES = [one for file in FILES for one in file.edition.reference]
OBLIGATIONS = {one.id: one for file in FILES for one in file.edition.obligation}


def named(start: str) -> list[Reference]:
    return [one for one in REFERENCES if one.id.startswith(start)]


UNVERIFIED = {
    "DORA 2025 profiles and their shares": r"Foundational|Legacy bottleneck|Constrained|High impact",
    "invented names of DORA 2025": r"Accelerators|Stable [Ss]hippers",
    "shares of the clusters of 2024": r"\b(19|22|35|25) % of answers",
    "the share of the low cluster of 2023": r"\b17 % of answers",
    "Flexera 2026": r"Flexera 2026|\b32 %",
    "uptime of exchanges that publish none": r"Coinbase uptime|Kraken",
    "time to acknowledge": r'metric = "time_to_acknowledge"',
    "satisfaction and effort of fintechs": r'metric = "(csat|ces)"',
    "weekly scans under EU DORA": r"(?i)weekly (vulnerability )?scan|scans?.*\bweekly",
    "an outage's cost in financial services of an unknown year": r"1\.8 M",
    "savings and gains without a source": r"\b(300|40|50) %(?! of)",
}
TRAPS = {
    "editions mixed": r"973",
    "penalties of EU DORA as a share of turnover": r"\b2 % of",
    "the end of MiCA's transition, true of some states only": r"30 December 2025",
    "rows of LinearB shifted": r'id = "linearb-(recovery|change-fail)',
    "the file by size of organisation": r"organization_size",
}


@pytest.mark.parametrize("said", UNVERIFIED.values(), ids=UNVERIFIED)
def test_no_unverified_figure_is_shipped(said: str) -> None:
    assert re.findall(said, ALL) == []


@pytest.mark.parametrize("said", TRAPS.values(), ids=TRAPS)
def test_no_trap_of_a_public_source_was_walked_into(said: str) -> None:
    assert re.findall(said, ALL) == []


def test_every_value_carries_a_mark_that_is_explained_and_none_is_unverified() -> None:
    used = {one.confidence for file in FILES for one in (*file.edition.reference, *file.edition.survey,
                                                        *file.edition.figure, *file.edition.obligation)}  # fmt: skip
    assert used == set(MEANING)
    assert "unverified" not in ALL


def test_weak_values_are_in_no_chart_but_the_range_of_the_net_promoter_score_which_says_that_it_is_directional() -> (
    None
):
    weak = [one for one in REFERENCES if one.confidence == "W"]
    assert [one.label for one in weak if one.show] == ["Financial services, directional"]
    spread = next(one for one in weak if one.show)
    assert (spread.low, spread.high) == (Decimal(20), Decimal(47))
    assert all(one.confidence == "W" for one in REFERENCES if one.metric == "nps")


def test_the_clusters_keep_to_their_editions() -> None:
    fails = {one.id: one.low for one in REFERENCES if one.cluster and one.metric == "change_fail_rate"}
    assert [fails[f"dora-2023-change-fail-rate-{level}"] for level in ("elite", "high", "medium", "low")] == [
        Decimal("0.05"), Decimal("0.10"), Decimal("0.15"), Decimal("0.64"),
    ]  # fmt: skip
    frequencies = {one.id: (one.low, one.high) for one in REFERENCES if one.metric == "deployment_frequency"}
    assert frequencies["dora-2024-deployment-frequency-low"] != frequencies["dora-2024-deployment-frequency-medium"]
    assert {one.source for one in REFERENCES if one.cluster == "elite" and one.vintage == "2023"} == {
        "DORA, 2023 infographic (PDF)"
    }


def test_ordinal_means_are_scores_and_no_references_in_hours() -> None:
    quick_check = named("dora-qc-")
    assert {one.metric for one in quick_check} == {"change_fail_rate", "rework_rate"}


def test_the_clocks_of_eu_dora_run_from_the_report_before() -> None:
    def limit(name: str) -> str:
        found: Obligation = OBLIGATIONS[f"eu-dora-{name}"]
        assert found.confidence == "P*"
        return found.limit

    assert "within 4 hours of its classification" in limit("initial-notification")
    assert "24 hours from becoming aware" in limit("initial-notification")
    assert limit("late-classification") == "within 4 hours of the classification"
    assert limit("intermediate-report").startswith("within 72 hours of the submission of the initial notification")
    assert limit("final-report").startswith("no later than one month after the intermediate report")
    assert "1 July 2026 at the latest" in OBLIGATIONS["mica-casp"].limit


def test_the_published_availabilities_are_all_there() -> None:
    found = {one.id: (one.low, one.high) for one in REFERENCES if one.metric == "availability"}
    assert len(found) == 19
    months = [found[f"gitlab-com-2026-{month:02}"][0] for month in range(1, 9)]
    assert months == [
        Decimal(one) for one in ("1", "0.9995", "0.9993", "0.9931", "0.9947", "0.9991", "0.9998", "0.9974")
    ]
    assert found["cater-allen-2024-q2"] == (Decimal("0.9842"), Decimal("0.9966"))
    assert all(
        one.low is not None and Decimal("0.98") < one.low <= 1 for one in REFERENCES if one.metric == "availability"
    )
