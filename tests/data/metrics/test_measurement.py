"""A company's own numbers, declared without code."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from data.metrics import METRICS, metric_in, metrics_of
from data.metrics.base import DAY, Better, Domain, Evidence, Metric, Row, ScopeDay, Totals, Unit, value_of
from data.metrics.intervals import wilson
from data.metrics.measurement import own
from data.scopes import Scope
from data.settings import MeasurementSetting, MetricRules, load
from tests.data.happenings import DAY as MONDAY
from tests.data.happenings import measurement

KYC = MeasurementSetting(id="kyc", name="KYC at once", meaning="Passed at the first attempt.")
SCOPE = Scope("wallet", "service", "Wallet")


def rows(metric: Metric, *facts: object, covered: bool = True) -> tuple[Row, ...]:
    read = frozenset({"measurement"} if covered else ())
    return metric.daily(ScopeDay(SCOPE, MONDAY, 86_400, {"measurement": facts} if facts else {}, read, MetricRules()))  # type: ignore[dict-item]


def test_a_declared_number_is_a_metric_that_takes_the_measurements_of_its_name() -> None:
    metric = own(KYC)
    found = rows(metric, measurement(top="9"), measurement(top="3", source_id="b"), measurement(metric="kyb"))
    assert found == (Row("", 12 * DAY, 20 * DAY, 2, DAY, DAY),)
    assert value_of(metric, Totals(12 * DAY, 20 * DAY, 0, 2, DAY, DAY, 1, 1)).value == Decimal("0.6")
    assert (metric.id, metric.name, metric.unit, metric.better) == ("kyc", "KYC at once", Unit.RATIO, Better.HIGHER)
    assert (metric.domain, metric.evidence, metric.fact_kinds) == (
        Domain.RELIABILITY,
        Evidence.COUNTED,
        ("measurement",),
    )


def test_a_day_read_without_the_measurement_counts_none_and_one_not_read_has_no_row() -> None:
    assert rows(own(KYC)) == (Row("", 0, 0, 0, DAY, DAY),)
    assert rows(own(KYC), measurement(metric="kyb"), covered=False) == ()
    assert rows(own(KYC), measurement(), covered=False) == (Row("", 9 * DAY, 10 * DAY, 1, DAY, DAY),)


def test_only_a_sampled_ratio_has_an_interval_since_any_other_may_lie_above_one() -> None:
    sums = Totals(104 * DAY, 100 * DAY, 0, 1, DAY, 2 * DAY, 2, 2)
    counted = value_of(own(KYC), sums)
    assert (counted.value, counted.interval, counted.bounds) == (Decimal("1.04"), None, None)
    sampled = own(KYC.model_copy(update={"sampled": True}))
    value = value_of(sampled, Totals(9 * DAY, 10 * DAY, 0, 1, DAY, DAY, 1, 1))
    assert (sampled.evidence, value.interval) == (Evidence.SAMPLED, wilson(9, 10))
    hours = own(KYC.model_copy(update={"sampled": True, "unit": "hours", "better": "within"}))
    assert (hours.unit, hours.better, hours.interval, hours.unknown_bounds) == (Unit.HOURS, Better.WITHIN, None, None)


@pytest.mark.parametrize("better", ["higher", "lower", "within", "neither"])
@pytest.mark.parametrize("unit", ["ratio", "number", "hours"])
@pytest.mark.parametrize("domain", ["delivery", "reliability", "feedback", "compliance", "spend"])
def test_every_choice_of_the_settings_makes_a_metric(better: str, unit: str, domain: str) -> None:
    metric = own(MeasurementSetting(id="x", name="X", meaning="X.", better=better, unit=unit, domain=domain))  # type: ignore[arg-type]
    assert (metric.better.name.casefold(), metric.unit, metric.domain) == (better, unit, domain)


def test_a_companys_metrics_are_the_shipped_ones_and_then_its_own(tmp_path: Path) -> None:
    file = tmp_path / "plumbline.toml"
    file.write_text('[[measurement]]\nid = "kyc"\nname = "KYC at once"\nmeaning = "Passed at the first attempt."\n')
    settings = load(file, {})
    assert metrics_of(settings) == (*METRICS, own(KYC))
    assert metric_in(settings, "kyc") is own(KYC)
    assert metric_in(settings, "nps").id == "nps"
    with pytest.raises(KeyError, match=r"There is no metric 'kyb'; there are: availability, .*, kyc\."):
        metric_in(settings, "kyb")


def test_another_version_of_a_declaration_has_another_fingerprint() -> None:
    assert own(KYC).definition_hash != own(KYC.model_copy(update={"version": 2})).definition_hash
