"""What `check` says of a Statuspage source: address, key, page, and what its components are called."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from data.clock import clock
from pipelines.connectors._statuspage.pages import LATEST, About, Keyed, Page
from pipelines.connectors.base import Finding
from pipelines.errors import StopSource, SyncError
from pipelines.http import Http, json_of

_NAMED = 20
_DAY = timedelta(days=1)


def findings(page: Page, variable: str, *, uptime: bool) -> Iterator[Finding]:
    """Address and key first; where those are wrong, nothing else is tried. `variable` holds the key."""
    try:
        about = page.about()
    except SyncError as fault:
        yield _fault(page, fault, variable)
        return
    yield Finding("page", True, f"{about.id} is {about.name}, in the time zone {about.zone or 'not told'}")
    yield _components(about)
    yield _incidents(page)
    if uptime and isinstance(page, Keyed):
        yield _uptime(page, about)


def _fault(page: Page, fault: SyncError, variable: str) -> Finding:
    status = fault.status if isinstance(fault, StopSource) else None
    if isinstance(page, Keyed):
        if status in (401, 403):
            return Finding("key", False, f"Statuspage refuses the key: renew it and set it in {variable}.")
        if status == 404:
            return Finding("page", False, _not_among(page.http))
    elif status in (401, 403):
        return Finding("page", False, "is not public: set `page` to its id, and give a key.")
    elif status == 404:
        return Finding("address", False, "is no public Statuspage: set base_url to the page's own address.")
    return Finding("address", False, str(fault))


def _not_among(http: Http) -> str:
    try:
        found = json_of(http.get("pages"))
    except SyncError:
        found = []
    pages = [f"{one.get('id')} is {one.get('name')}" for one in found if isinstance(one, dict)]
    return f"is not among those of the key ({', '.join(pages) or 'none'}): correct `page`."


def _components(about: About) -> Finding:
    """What the components are called, so that a person can map them."""
    if not about.components:
        return Finding("components", True, "none: everything is told of the page as a whole")
    names = ", ".join(f"{one.id} is {one.name}" for one in about.components[:_NAMED])
    more = f", and {len(about.components) - _NAMED} more" if len(about.components) > _NAMED else ""
    return Finding("components", True, names + more)


def _incidents(page: Page) -> Finding:
    try:
        told = next(iter(page.incidents(clock())))
    except SyncError as fault:
        return Finding("incidents", False, str(fault))
    if told.back_to is not None:
        says = f"the public page tells the latest {LATEST} only, since {told.back_to:%Y-%m-%d}"
        return Finding("incidents", True, f"{says}: sync often, or set `page` and give a key where the page is yours")
    many = "the latest" if isinstance(page, Keyed) else "all"
    return Finding("incidents", True, f"may be read: {many} {len(told.incidents)}")


def _uptime(page: Keyed, about: About) -> Finding:
    shown = [one for one in about.components if one.showcase]
    none = "no component shows its uptime: switch it on in Statuspage, or set `uptime = false`."
    if not shown:
        return Finding("uptime", False, none)
    yesterday = (clock() - _DAY).date()
    try:
        list(page.outage_days(shown[0].id, yesterday, yesterday))
    except SyncError as fault:
        unknown = isinstance(fault, StopSource) and fault.status in (404, 422)
        return Finding("uptime", False, none if unknown else str(fault))
    return Finding("uptime", True, f"may be read; shown by {len(shown)} of {len(about.components)} components")
