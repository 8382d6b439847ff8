"""How sources write instants and addresses, and the one form in which records keep them: UTC, to the second."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

Json = Mapping[str, Any]


def when(text: object) -> datetime | None:
    """The aware instant that a text of a source names, None where it names none."""
    if not isinstance(text, str):
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant.astimezone(UTC) if instant.tzinfo else None


def stamp(instant: datetime) -> str:
    """An instant as records and most sources write it: 2026-10-31T09:15:00Z."""
    return instant.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def text_of(instant: object) -> str | None:
    """An instant of a source in the form that is kept, None where it is none."""
    at = when(instant)
    return stamp(at) if at else None


def link_of(address: object) -> str | None:
    """A web address without what may hold a secret: user, query, fragment."""
    parts = urlsplit(address) if isinstance(address, str) else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
