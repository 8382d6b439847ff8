"""The demo's server for tests: one for all that only ask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import requests


def asking() -> requests.Session:
    """A session that is signed in."""
    session = requests.Session()
    session.headers["Authorization"] = "Bearer demo"
    return session


def pages(session: requests.Session, address: str, **asked: Any) -> Iterator[list[dict[str, Any]]]:
    """The pages of a listing, followed by their links."""
    response = session.get(address, params={"per_page": 100, **asked}, timeout=10)
    for _ in range(500):
        assert response.status_code == 200, response.text
        yield response.json()
        if "next" not in response.links:
            return
        response = session.get(response.links["next"]["url"], timeout=10)
    raise AssertionError("more than 500 pages")
