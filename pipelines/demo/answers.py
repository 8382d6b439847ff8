"""What the demo's sources share: JSON answers, and the parameters of a request."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response


class Unprocessable(Exception):
    """A parameter that cannot be read."""


def answer(status: int, body: Any) -> Response:
    """A JSON answer."""
    return Response(json.dumps(body, separators=(",", ":")), status, media_type="application/json")


def number_in(request: Request, name: str, default: int, least: int, most: int) -> int:
    """A whole query parameter, brought between `least` and `most`; what is no number counts as absent."""
    text = request.query_params.get(name, "")
    return min(most, max(least, int(text))) if text.isascii() and text.isdigit() else default


def instant_in(request: Request, name: str) -> datetime | None:
    """A query parameter that is an instant; one without a zone is UTC. Raises Unprocessable."""
    if not (text := request.query_params.get(name, "")):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise Unprocessable(f"{name} is not an ISO 8601 timestamp") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
