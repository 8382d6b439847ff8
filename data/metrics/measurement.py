"""Numbers of the company's own, declared in settings without code."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache, partial

from data.facts import Measurement
from data.metrics.base import DAY, Better, Denominator, Domain, Evidence, Metric, Row, ScopeDay, Unit
from data.metrics.intervals import counted_interval, unseen_bounds
from data.money import millionths
from data.settings import MeasurementSetting

_BETTER = {one.name.casefold(): one for one in Better}


@lru_cache(maxsize=256)
def own(setting: MeasurementSetting) -> Metric:
    """The metric that a company declares; the same declaration gives the same metric.

    Only a sampled ratio is taken for a proportion and has an interval and bounds: any other may lie above one.
    """
    share = setting.sampled and setting.unit == "ratio"
    return Metric(
        id=setting.id,
        name=setting.name,
        version=setting.version,
        meaning=setting.meaning,
        formula=f"sum of the numerators / sum of the denominators of the measurements named {setting.id}",
        origin=setting.origin,
        unit=Unit(setting.unit),
        better=_BETTER[setting.better],
        denominator=Denominator.OBSERVED,
        evidence=Evidence.SAMPLED if setting.sampled else Evidence.COUNTED,
        domain=Domain(setting.domain),
        fact_kinds=(Measurement.kind,),
        connect=setting.connect,
        daily=partial(_daily, setting.id),
        unknown_bounds=unseen_bounds if share else None,
        interval=counted_interval if share else None,
    )


def _daily(name: str, day: ScopeDay) -> tuple[Row, ...]:
    found = [one for one in day.facts.get(Measurement.kind, ()) if isinstance(one, Measurement) and one.metric == name]
    if not found and Measurement.kind not in day.covered:
        return ()
    top = sum((one.numerator for one in found), Decimal(0))
    bottom = sum((one.denominator for one in found), Decimal(0))
    return (Row("", millionths(top), millionths(bottom), sample=len(found), known=DAY, expected=DAY),)
