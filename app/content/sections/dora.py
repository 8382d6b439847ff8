"""DORA: the cluster that each of our numbers is closest to, and our answers to the Quick Check beside an industry's."""

from __future__ import annotations

from decimal import Decimal

from app.content import format as text
from app.content.blocks import Block, Cell, Column, Row, Section, Table
from app.content.sections import words
from app.content.sections.base import Context, SectionKind
from app.content.sections.published import compared, published_text
from data.benchmarks.clusters import LEVELS, closest, clusters_of, editions
from data.benchmarks.load import Edition, Reference, Spread, Survey
from data.benchmarks.quick_check import (
    QUESTIONS,
    SPREAD_MATTERS,
    answer,
    industry,
    industry_overall,
    overall,
    surveys,
)
from data.metrics.base import Value
from data.warehouse.readings import Reading

MEASURES = ("lead_time", "deployment_frequency", "change_fail_rate", "deployment_recovery_time")
_SEGMENTS = ("Financial services", "All industries")
_ABOUT = (
    "A cluster is a group of answers to a survey and its figures are the group's centre, no limits: a number is "
    "closest to a cluster and never reaches it. Levels are told measure by measure; there is none overall."
)
_NOT_IN_ORDER = "In 2024 the high cluster fails more often than the medium one, so no level follows from it alone."


def clusters(context: Context) -> Section:
    """A table for each edition, the closest clusters marked."""
    readings = context.readings(MEASURES)
    tables: tuple[Block, ...] = tuple(_clusters(edition, readings) for edition in editions())
    return Section("clusters", "Closest DORA clusters", tables, _ABOUT)


def _clusters(edition: Edition, readings: tuple[Reading, ...]) -> Table:
    columns = (
        Column("Measure"),
        Column("Ours", kind="number"),
        *(Column(level.capitalize()) for level in LEVELS),
        Column("In words"),
    )
    rows = tuple(_cluster_row(edition, one) for one in readings)
    falling = [one.low for one in clusters_of(edition, "change_fail_rate") if one.low is not None]
    note = text.joined(edition.title, _NOT_IN_ORDER if falling != sorted(falling) else "")
    return Table(f"clusters-{edition.vintage}", edition.name, columns, rows, note)


def _cluster_row(edition: Edition, reading: Reading) -> Row:
    published: dict[str | None, Reference] = {one.cluster: one for one in clusters_of(edition, reading.metric.id)}
    ours = compared(reading)
    found = closest(ours.value, tuple(published.values())) if ours.value is not None else None
    near = found.levels if found else ()
    cells = (Cell(_cluster_text(reading, published.get(level), level in near)) for level in LEVELS)
    said = found.words if found else words.missing(reading)
    named = _name(reading)
    return Row((Cell(named), Cell(_ours(reading, ours)), *cells, Cell(said)))


def _ours(reading: Reading, ours: Value) -> str:
    return words.marked(words.amount(reading.metric, ours.value, reading.currency), ours)


def _cluster_text(reading: Reading, one: Reference | None, near: bool) -> str:
    if one is None:
        return text.ABSENT
    return text.joined(published_text(reading.metric, one), "closest" if near else "")


def _name(reading: Reading) -> str:
    median = "median_service" in reading.value.statistics
    return f"{reading.metric.name}, median service" if median else reading.metric.name


def quick_check(context: Context) -> Section:
    """Our answers as scores beside the mean of two segments, newest edition."""
    newest = max(one.vintage for one in surveys())
    segments = [one for name in _SEGMENTS for one in surveys() if (one.segment, one.vintage) == (name, newest)]
    columns = (
        Column("Question"),
        Column("Our answer"),
        Column("Our score", kind="number"),
        *(Column(one.label, kind="number") for one in segments),
    )
    readings = context.readings(QUESTIONS)
    scores = {one.metric.id: _score(one) for one in readings}
    rows = [_question(one, scores[one.metric.id], segments) for one in readings]
    ours = words.marked(text.number(overall(scores), 2), *(compared(one) for one in readings))
    total = [ours, *(text.number(industry_overall(one), 2) for one in segments)]
    rows.append(Row((Cell("Overall"), Cell("mean of the five"), *(Cell(one) for one in total)), strong=True))
    note = "Scores from 0 to 10, mean ± standard deviation; answers are categories, so a score is no number of hours."
    table = Table("quick-check", f"DORA Quick Check {newest}", columns, tuple(rows), note)
    return Section("quick-check", "What we would answer in the Quick Check", (table,), SPREAD_MATTERS)


def _score(reading: Reading) -> Decimal | None:
    ours = compared(reading).value
    return None if ours is None else answer(reading.metric.id, ours).score


def _question(reading: Reading, score: Decimal | None, segments: list[Survey]) -> Row:
    ours = compared(reading)
    if ours.value is None:
        said = words.missing(reading)
    elif reading.metric.id in ("change_fail_rate", "rework_rate"):
        said = _ours(reading, ours)
    else:
        said = answer(reading.metric.id, ours.value).words
    means = (_spread_text(industry(one, reading.metric.id)) for one in segments)
    return Row(
        (
            Cell(_name(reading)),
            Cell(said),
            Cell(words.marked(text.number(score, 1), ours)),
            *(Cell(one) for one in means),
        )
    )


def _spread_text(found: Spread | None) -> str:
    return text.ABSENT if found is None else f"{text.number(found.mean, 1)}\u00a0±\u00a0{text.number(found.sd, 1)}"


CLUSTERS = SectionKind("benchmarks.clusters", clusters)
QUICK_CHECK = SectionKind("benchmarks.quick_check", quick_check)
