"""What a person types for an edge is read in the unit of the metric, or refused with the way to write it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.content.entered import BadEntry, edge, hint
from data.metrics import METRICS, metric_named

READ = [
    ("availability", "99.95", "0.9995"),
    ("availability", " 99.95 % ", "0.9995"),
    ("availability", "99.95\u202f%", "0.9995"),
    ("feature_cycle_time", "14 d", "336"),
    ("feature_cycle_time", "336", "336"),
    ("feature_cycle_time", "2 weeks", "336"),
    ("time_to_restore", "90 min", "1.5"),
    ("deployment_frequency", "2 / day", "2"),
    ("deployment_frequency", "14 / week", "2"),
    ("nps", "−5", "-5"),
    ("nps", "+30 points", "30"),
    ("ces", "5.5", "5.5"),
]


@pytest.mark.parametrize(("metric", "words", "value"), READ)
def test_a_number_is_read_in_the_unit_of_its_metric(metric: str, words: str, value: str) -> None:
    assert edge(metric_named(metric), words) == Decimal(value)


@pytest.mark.parametrize("words", ["", "  ", "\u00a0"])
def test_nothing_typed_is_no_edge(words: str) -> None:
    assert edge(metric_named("availability"), words) is None


@pytest.mark.parametrize("words", ["high", "99,95", "1e3", "NaN", "Infinity", "5 5", "99.95 % %", "--3", "٣"])
def test_what_is_no_number_is_refused_with_the_way_to_write_it(words: str) -> None:
    with pytest.raises(BadEntry) as raised:
        edge(metric_named("availability"), words)
    assert "write it in percent, such as 99.95" in str(raised.value)


@pytest.mark.parametrize(
    ("metric", "words"),
    [("lead_time", "5 %"), ("availability", "5 h"), ("deployment_frequency", "5 d"), ("nps", "5 %")],
)
def test_a_unit_of_another_kind_is_refused_by_name(metric: str, words: str) -> None:
    with pytest.raises(BadEntry, match="is no unit of"):
        edge(metric_named(metric), words)


def test_there_is_a_hint_for_every_metric() -> None:
    assert all(hint(metric) for metric in METRICS)
