"""What a complete full reading did not come by any more: gone at the source, kept here and marked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from sqlalchemy import Connection, Engine

from data.warehouse.engine import writing
from data.warehouse.raw import latest_records, mark_gone
from data.warehouse.write import bump_version
from pipelines.connectors.base import Connector, Covered, Page, Record
from pipelines.errors import SkipRecord


class Listed:
    """The records that a full reading came by, and what it proved to have read completely."""

    def __init__(self, connector: Connector) -> None:
        self.connector = connector
        self._seen: dict[str, set[str]] = defaultdict(set)
        self._covered: list[Covered] = []
        self._doubtful: set[str] = set()

    def page(self, page: Page) -> None:
        """Take note of a page that was stored."""
        for record in page.records:
            if record.kind in self.connector.lists:
                self._seen[record.kind].add(record.source_id)
        # a record that came but could not be read has no id to know it by: then none of its kind is taken for gone
        self._doubtful |= {one.kind for one in page.rejected}
        self._covered += page.covered

    def mark(self, engine: Engine) -> list[str]:
        """Mark what is gone, once the reading is complete; a sentence for each kind of which there is any."""
        source = self.connector.source.id
        with writing(engine) as connection:
            found = [(kind, list(self._missing(connection, kind))) for kind in self.connector.lists]
            for kind, ids in found:
                mark_gone(connection, source, kind, ids)
            counts = Counter({kind: len(ids) for kind, ids in found if ids})
            if counts:
                bump_version(connection, f"sync {source}: gone at the source")
        return [f"{n} of kind {kind} are gone at the source; their facts stay." for kind, n in sorted(counts.items())]

    def _missing(self, connection: Connection, kind: str) -> Iterator[str]:
        if kind in self._doubtful:
            return
        for one in latest_records(connection, self.connector.source.id, kind):
            known = one.gone or one.source_id in self._seen[kind]
            if not known and self._was_listed(Record(kind, one.source_id, one.payload)):
                yield one.source_id

    def _was_listed(self, record: Record) -> bool:
        """Whether the reading would have come by the record, were it still there."""
        at = self.connector.listed_at(record)
        if at is None:
            return False
        try:
            names = {(fact.kind, fact.key_kind, fact.key) for fact in self.connector.facts(record)}
        except SkipRecord:
            return False
        names |= {(kind, "", "") for kind, _, _ in names}
        return any((one.fact, one.key_kind, one.key) in names and one.start <= at < one.end for one in self._covered)
