"""How many deployments GitHub itself counts in a repository."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pipelines.connectors.texts import Json, when


@dataclass(frozen=True)
class Tally:
    """A number of deployments, and when the newest of them and the oldest were made."""

    total: int
    newest: tuple[datetime, ...]
    oldest: datetime | None

    def between(self, since: datetime, until: datetime) -> int | None:
        """How many were made from `since` to `until`; None where older ones are among them, which are not read."""
        if self.oldest is not None and self.oldest < since:
            return None
        return self.total - sum(at > until for at in self.newest)


def made(entries: Sequence[Json], name: str) -> tuple[datetime, ...]:
    """When entries of a listing were made."""
    return tuple(at for entry in entries if (at := when(entry.get(name))))
