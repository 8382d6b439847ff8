"""Every source of a company read, several at a time: while one waits for its answer, another is stored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Engine

from data.settings import Settings, Source
from data.warehouse.runs import Held
from pipelines.connectors.base import Page
from pipelines.progress import Watch
from pipelines.side_by_side import Stopping, side_by_side
from pipelines.sync import STOPPED, SyncReport, sync

SOURCES_AT_ONCE = 3


def sync_all(
    engine: Engine, settings: Settings, sources: Sequence[Source], watcher: Callable[[str], Watch], **options: Any
) -> list[SyncReport]:
    """A report for each source, in their order; one that somebody else is reading says so. `options` are sync's."""

    def one(source: Source, stopping: Stopping) -> SyncReport:
        watch = watcher(source.id)

        def stored(page: Page, report: SyncReport) -> None:
            watch.page(page, report)
            stopping()

        try:
            return sync(engine, settings, source, watch=stored, **options)
        except Held as error:
            return SyncReport(source.id, STOPPED, str(error))
        finally:
            watch.end()

    return side_by_side([partial(one, source) for source in sources], SOURCES_AT_ONCE)
