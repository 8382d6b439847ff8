"""Files that are written for a test, and what a warehouse would keep of their reading."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from data.facts import Fact
from data.settings import Company, Settings, Source, Warehouse
from pipelines.connectors.base import Page, Position
from pipelines.connectors.csv_files import Csv

NOW = datetime(2026, 11, 9, 6, tzinfo=UTC)


@dataclass
class Folder:
    """A source of type csv with the cursor and the facts that its pages left."""

    path: Path
    options: dict[str, Any]
    zone: str = "UTC"
    since: date | None = None
    mode: str = "demo"
    cursors: dict[str, Any] = field(default_factory=dict)
    stored: dict[str, Fact] = field(default_factory=dict)

    def write(self, name: str, text: str, encoding: str = "utf-8") -> Path:
        """A file of the folder, its line ends as given."""
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode(encoding))
        return file

    def connector(self) -> Csv:
        settings = Settings.model_validate(
            {
                "warehouse": Warehouse(url="sqlite://"),
                "kpis": (),
                "mode": self.mode,
                "company": Company(time_zone=self.zone),
            }
        )
        options = {"path": str(self.path), **self.options}
        return Csv(Source(id="sheet", type="csv", since=self.since, options=options), settings)

    def read(self, *, full: bool = False, now: datetime = NOW) -> list[Page]:
        """The pages of one reading, stored as a sync stores them."""
        position = Position(
            since=date(2020, 1, 1),
            now=now,
            cursors={} if full else self.cursors,
            open_items={},
            stored_days=lambda _fact, _key: frozenset(),
            files={},
            full=full,
        )
        pages = list(self.connector().fetch(position))
        for page in pages:
            for fact in page.facts:
                self.stored[fact.source_id] = fact
            kept = {fact.source_id for fact in page.facts}
            for gone in page.replaces:
                for key, fact in list(self.stored.items()):
                    if fact.kind == gone.fact and getattr(fact, gone.field) == gone.value and key not in kept:
                        del self.stored[key]
            if page.cursor is not None:
                self.cursors[page.stream] = json.loads(json.dumps(page.cursor))
        return pages


def facts(pages: Sequence[Page]) -> list[Fact]:
    """All facts of the pages."""
    return [fact for page in pages for fact in page.facts]


def refused(pages: Sequence[Page]) -> dict[str, str]:
    """Where and why rows and files were set aside."""
    return {one.where: one.reason for page in pages for one in page.rejected}


def notes(pages: Sequence[Page]) -> list[str]:
    """What the report says of the reading."""
    return [note for page in pages for note in page.notes]
