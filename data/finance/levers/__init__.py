"""LEVERS: what a business case can count, benefits first."""

from __future__ import annotations

from data.finance.levers import (
    avoided_penalties,
    build,
    compliance,
    cost_savings,
    dual_running,
    earlier_launch,
    instability,
    integration_bugs,
    licences,
    manual_interventions,
    migration,
    partner_revenue,
    productivity_dip,
    retention,
    run,
    time_to_market,
    training,
)
from data.finance.levers.base import Lever

LEVERS: tuple[Lever, ...] = (
    time_to_market.LEVER,
    earlier_launch.LEVER,
    instability.LEVER,
    retention.LEVER,
    avoided_penalties.LEVER,
    partner_revenue.LEVER,
    cost_savings.LEVER,
    integration_bugs.LEVER,
    manual_interventions.LEVER,
    build.LEVER,
    run.LEVER,
    licences.LEVER,
    migration.LEVER,
    dual_running.LEVER,
    training.LEVER,
    compliance.LEVER,
    productivity_dip.LEVER,
)

_BY_ID = {lever.id: lever for lever in LEVERS}


def lever_named(name: str) -> Lever:
    """The lever of that id. KeyError where there is none."""
    return _BY_ID[name]
