"""What `check` says of a PagerDuty source: address, token, permissions, and the names in its options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.connectors._pagerduty.rest import answer, everything
from pipelines.connectors.base import Finding
from pipelines.connectors.texts import Json
from pipelines.errors import StopSource, SyncError
from pipelines.http import Http

URGENCIES = ("high", "low")
_NAMED = 20
_ONE = {"limit": 1}


@dataclass(frozen=True)
class Named:
    """The names in a source's options, and the variable that holds its token."""

    services: Sequence[str]
    impacts: Sequence[str]
    maintenance: bool
    variable: str


def findings(http: Http, named: Named) -> Iterator[Finding]:
    """Address and token first; where those are wrong, nothing else is tried."""
    token = _token(http, named.variable)
    yield token
    if not token.good:
        return
    yield _readable(http, "incidents", "incidents", "Incidents: read (incidents.read)")
    yield _readable(http, "times of acknowledgement", "log_entries", "Incidents: read (incidents.read)")
    if named.maintenance:
        yield _readable(http, "maintenance windows", "maintenance_windows", "Services: read (services.read)")
    yield from _services(http, named.services)
    yield from _priorities(http, named.impacts)


def _token(http: Http, variable: str) -> Finding:
    try:
        abilities = answer(http, "abilities").get("abilities")
    except SyncError as fault:
        if _status(fault) == 401:
            return Finding("token", False, f"PagerDuty refuses the token: renew it and set it in {variable}.")
        if _status(fault) == 403:
            return Finding("token", True, "accepted; it may not tell the account's abilities")
        return Finding("address", False, str(fault))
    if not isinstance(abilities, list):
        return Finding("address", False, "answers no abilities: check that base_url is https://api.pagerduty.com.")
    if "urgencies" in abilities:
        return Finding("token", True, "accepted; the account knows urgencies")
    return Finding("token", True, "accepted; the account knows no urgencies: every incident counts as high")


def _readable(http: Http, subject: str, path: str, permission: str) -> Finding:
    try:
        answer(http, path, _ONE)
    except SyncError as fault:
        denied = _status(fault) in (402, 403)
        return Finding(subject, False, f"give the token '{permission}'." if denied else str(fault))
    return Finding(subject, True, "may be read")


def _services(http: Http, wanted: Sequence[str]) -> Iterator[Finding]:
    """What the services are called, so that a person can map them."""
    if not wanted:
        try:
            found = everything(http, "services")
        except SyncError as fault:
            denied = _status(fault) in (402, 403)
            yield Finding("services", False, "give the token 'Services: read'." if denied else str(fault))
            return
        more = f", and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        names = ", ".join(f"{one.get('id')} is {one.get('name')}" for one in found[:_NAMED])
        none = "the token sees none: give it 'Services: read', or let it see the teams' services."
        yield Finding("services", bool(found), f"{names}{more}" if found else none)
    for number in wanted:
        try:
            name = (answer(http, f"services/{number}").get("service") or {}).get("name")
        except SyncError as fault:
            gone = "is hidden or not there: correct `services` in the options, or let the token see it."
            yield Finding(f"service {number}", False, gone if _status(fault) in (403, 404) else str(fault))
            continue
        yield Finding(f"service {number}", True, f"is {name}")


def _priorities(http: Http, impacts: Sequence[str]) -> Iterator[Finding]:
    """Whether the names in `impacts` are priorities of the account or urgencies."""
    try:
        found: list[Json] = everything(http, "priorities")
    except SyncError as fault:
        switched_off = _status(fault) in (402, 403, 404)
        says = "are switched off, or hidden from the token: severity and impact follow the urgency"
        yield Finding("priorities", switched_off, says if switched_off else str(fault))
        found = []
    else:
        named = ", ".join(_names(found)) or "none"
        yield Finding("priorities", True, f"{named}; where an incident has none, its urgency counts")
    for wanted in impacts:
        if wanted not in (*URGENCIES, *_names(found)):
            yield Finding(f"impact of {wanted}", False, "is no priority of this account: correct `impacts`.")


def _names(found: Sequence[Mapping[str, Any]]) -> list[str]:
    return [str(one["name"]) for one in found if one.get("name")]


def _status(fault: SyncError) -> int | None:
    return fault.status if isinstance(fault, StopSource) else None
