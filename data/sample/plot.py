"""What the story is about: the few events that have a date of their own, whatever the seed."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from data.sample.records import Cause


@dataclass(frozen=True, slots=True)
class Scene:
    """One incident of the plot; services fail `failing` of their requests, and are down from one half on."""

    title: str
    cause: Cause
    start: datetime
    end: datetime
    services: tuple[str, ...]
    failing: float
    integrations: tuple[str, ...] = ()
    provider: str | None = None

    @property
    def month(self) -> int:
        """The running number of the month in which it began."""
        return self.start.year * 12 + self.start.month - 1


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


SCENES: Final = (
    Scene("Order flood at a record price", "capacity", _at("2024-03-13 15:42"), _at("2024-03-13 16:51"),
          ("api-gateway", "exchange-connector", "payments-api"), 0.55),
    Scene("Sign-ins fail in a market crash", "capacity", _at("2024-08-05 06:20"), _at("2024-08-05 07:02"),
          ("identity", "mobile-bff"), 0.6),
    Scene("Ethereum finality lost", "chain halt", _at("2025-05-22 11:05"), _at("2025-05-22 13:48"),
          ("node-ethereum",), 0.75, ("nodes-chainspan",)),
    Scene("Ledger migration locks the journal", "own change", _at("2026-02-10 08:12"), _at("2026-02-10 11:46"),
          ("ledger", "payments-api", "settlement", "reconciliation"), 0.8),
    Scene("Ledger migration: second attempt undone", "own change", _at("2026-02-24 21:05"), _at("2026-02-24 22:57"),
          ("ledger", "payments-api", "settlement"), 0.75),
    Scene("Journal replay doubles the load", "own change", _at("2026-03-12 13:31"), _at("2026-03-12 14:36"),
          ("ledger", "payments-api"), 0.62),
    Scene("Norvane order gateway down", "provider", _at("2026-10-14 13:18"), _at("2026-10-14 15:29"),
          ("exchange-connector",), 0.6, ("exchange-norvane",), "norvane"),
    Scene("Card authorisations time out", "own change", _at("2026-10-21 09:44"), _at("2026-10-21 10:33"),
          ("card-issuing",), 0.58),
)  # fmt: skip

PROBE_GAP: Final = (_at("2026-08-19 01:00"), _at("2026-08-19 04:00"))
"""Three hours in which nothing was scraped: the monitoring host was moved."""

BILLING_CREDIT: Final = datetime(2025, 11, 17, tzinfo=UTC)
"""The day on which the cloud granted a migration credit."""
