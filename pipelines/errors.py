"""Errors of a sync, named by what happens next.

SyncError
├── StopSource   this source's run ends; what was stored stays (wrong address, credentials, permission)
├── TryAgain     this source's run ends in part and resumes at its cursor later (rate limit, outage)
└── SkipRecord   one record is set aside with its reason; the run goes on
"""

from __future__ import annotations

from datetime import datetime


class SyncError(Exception):
    """A sentence that says what happened and what to do."""


class StopSource(SyncError):
    """The source cannot be read until a person acts; `status` is the HTTP status behind it, where there is one."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class TryAgain(SyncError):
    """The source cannot be read just now; `at` is when it may answer again, where it said so."""

    def __init__(self, message: str, at: datetime | None = None) -> None:
        super().__init__(message)
        self.at = at


class SkipRecord(SyncError):
    """A record that cannot become a fact; the message is the reason."""
