"""Zigpoll's API: accounts, polls, slides and responses. Lists come bare or as `data`, responses in pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from pipelines.errors import StopSource, TryAgain
from pipelines.http import Http, json_of

Json = Mapping[str, Any]

HOME = "https://v1.zigpoll.com"

_PAGE = 1000
_MOST_PAGES = 10_000
_REFUSED_KEY = (401, 403, 422)
"""Zigpoll answers a missing or wrong key with 422, before it looks at anything else."""


class Zigpoll:
    """What one key may read. `variable` is where the key comes from."""

    def __init__(self, http: Http, variable: str) -> None:
        self._http = http
        self._variable = variable

    def accounts(self) -> list[Json]:
        """The accounts of the key; asked first, so it is here that a wrong key shows."""
        try:
            return self._list("accounts", {})
        except StopSource as fault:
            if fault.status not in _REFUSED_KEY:
                raise
            says = f"GET /accounts: {fault.status}: Zigpoll refuses the key: renew {self._variable}"
            raise StopSource(f"{says}, or set authorization to bearer.", fault.status) from fault

    def polls(self, account: str) -> list[Json]:
        """The polls of an account, with their counters."""
        return self._list("polls", {"accountId": account})

    def slides(self, poll: str) -> list[Json]:
        """The questions of a poll."""
        return self._list("slides", {"pollId": poll})

    def responses(self, poll: str, start: datetime, end: datetime) -> Iterator[Json]:
        """The responses to a poll that were made between two instants."""
        asked = {
            "pollId": poll,
            "createdAfter": int(start.timestamp() * 1000) - 1,
            "createdBefore": int(end.timestamp() * 1000) + 1,
            "limit": _PAGE,
        }
        seen: set[str] = set()
        cursor = ""
        for _ in range(_MOST_PAGES):
            page = self._page(asked | ({"startCursor": cursor} if cursor else {}))
            yield from _objects("responses", page["data"])
            cursor = str(page.get("endCursor") or "")
            if not page.get("hasNextPage") or not cursor:
                return
            if cursor in seen:
                raise TryAgain("GET /responses: the same page came twice; the next run begins here again.")
            seen.add(cursor)
        raise StopSource(f"GET /responses: more than {_MOST_PAGES} pages in a month: correct base_url.")

    def _page(self, asked: Json) -> dict[str, Any]:
        found = json_of(self._http.get("responses", asked))
        if not isinstance(found, dict) or not isinstance(found.get("data"), list):
            raise StopSource("GET /responses answers no page of responses: check that base_url is the API's.")
        return found

    def _list(self, path: str, asked: Json) -> list[Json]:
        found = json_of(self._http.get(path, asked))
        return _objects(path, found.get("data") if isinstance(found, dict) else found)


def _objects(path: str, found: Any) -> list[Json]:
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise StopSource(f"GET /{path} answers no list of {path}: check that base_url is the API's.")
    return found
