"""CONNECTORS: every kind of source, in the order of the documentation."""

from __future__ import annotations

from pipelines.connectors.base import Connector
from pipelines.connectors.csv_files import Csv
from pipelines.connectors.focus import Focus
from pipelines.connectors.fx import Fx
from pipelines.connectors.git_local import GitLocal
from pipelines.connectors.github import GitHub
from pipelines.connectors.pagerduty import PagerDuty
from pipelines.connectors.prometheus import Prometheus
from pipelines.connectors.statuspage import Statuspage
from pipelines.connectors.zigpoll import ZigpollSource
from pipelines.errors import StopSource

CONNECTORS: tuple[type[Connector], ...] = (
    GitHub,
    Prometheus,
    PagerDuty,
    Statuspage,
    ZigpollSource,
    Focus,
    Fx,
    Csv,
    GitLocal,
)


def connector_of(kind: str) -> type[Connector]:
    """The connector of a source's type; StopSource names those that exist."""
    for connector in CONNECTORS:
        if connector.type == kind:
            return connector
    raise StopSource(f"There is no connector of type {kind!r}; there are: {', '.join(c.type for c in CONNECTORS)}.")
