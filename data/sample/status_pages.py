"""What providers tell on their public status pages: outages, trouble that nobody here felt, planned maintenance."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from data.sample.chance import DAY, HOUR, MINUTE, around, generator, instant, one_of, revision, unix
from data.sample.company import PROVIDERS
from data.sample.records import Incident, Notice, PublicIncident
from data.sample.seasons import days_of, midnight, month_of
from data.sample.story import Story

GOOD: Final = "operational"
_WIDE: Final = 0.7
"""The share of outages that a provider calls major rather than partial."""

_NOTICE: Final = 7 * DAY
"""How long before it begins a maintenance is announced."""

_TRADE: Final = {
    "norvane": ("Trading API", "Market data", "Customer reports"),
    "bitsund": ("Trading API", "Market data", "Customer reports"),
    "verisuno": ("Document checks", "Webhooks", "Dashboard"),
    "idenfolk": ("Video checks", "Agent booking", "Dashboard"),
    "listwarden": ("Screening API", "List updates", "Portal"),
    "hansaclear": ("Payments API", "Account statements", "Portal"),
    "albiontrust": ("Payments API", "Confirmation of payee", "Portal"),
    "chainspan": ("RPC nodes", "Archive nodes", "Dashboard"),
    "nodewright": ("RPC nodes", "Webhooks", "Dashboard"),
    "unischeme": ("Authorisations", "Clearing files", "Portal"),
}

_TEXTS: Final = {
    "investigating": "We are looking into failing requests.",
    "identified": "The cause is found, and a correction is under way.",
    "monitoring": "Requests succeed again. We keep watching.",
    "resolved": "This is over.",
    "scheduled": "We will do planned work in the window given here.",
    "in_progress": "The planned work has begun.",
    "completed": "The planned work is done.",
}


@dataclass(frozen=True, slots=True)
class Page:
    """A provider's status page: its components, the first being what the company depends on."""

    provider: str
    name: str
    components: tuple[str, ...]


PAGES: Final = tuple(Page(provider.id, provider.name, _TRADE[provider.id]) for provider in PROVIDERS)


def published(story: Story) -> tuple[PublicIncident, ...]:
    """What all providers have told of the story's years, oldest first, as it stands at its end."""
    found: list[PublicIncident] = []
    for page in PAGES:
        own = (incident for incident in story.incidents if incident.provider == page.provider)
        found += (_outage(story.seed, page, incident) for incident in own)
        for month in range(month_of(story.start), month_of(story.end) + 2):
            found += _elsewhere(story.seed, page, month)
            found += _maintenance(story.seed, page, month)
    seen = (_seen(one, story.until) for one in found)
    told = [one for one in seen if one.notices and one.notices[-1].at >= story.since]
    return tuple(sorted(told, key=lambda one: (one.notices[0].at, one.id)))


def _seen(one: PublicIncident, at: datetime) -> PublicIncident:
    return replace(one, notices=tuple(notice for notice in one.notices if notice.at < at))


def _outage(seed: int, page: Page, incident: Incident) -> PublicIncident:
    """An outage that the company felt, told some minutes after it began: a short one when it is over already."""
    random = generator(seed, "page", incident.id)
    start, end = unix(incident.started), unix(incident.mitigated) if incident.mitigated else None
    posted, found, watched = (around(random, median * MINUTE, 0.5, MINUTE, 40 * MINUTE) for median in (6, 12, 25))
    component, wide = page.components[0], random.random() < _WIDE
    worst = "major_outage" if wide else "partial_outage"
    first = start + posted
    notices = [_notice("investigating", first, (component, GOOD, worst))]
    if end is None or first + found < end:
        notices.append(_notice("identified", first + found, (component, worst, worst)))
    if end is not None and first < end:
        notices.append(_notice("monitoring", end, (component, worst, GOOD)))
        notices.append(_notice("resolved", end + watched, (component, GOOD, GOOD)))
    elif end is not None:
        notices.append(_notice("resolved", first + watched, (component, worst, GOOD)))
    name = f"{component}: {'requests fail' if wide else 'some requests fail'}"
    own, impact = _id(seed, incident.id), "critical" if wide else "major"
    return PublicIncident(own, page.provider, name, impact, tuple(notices), incident=incident.id)


def _elsewhere(seed: int, page: Page, month: int) -> Iterator[PublicIncident]:
    """Trouble with something that the company does not use."""
    random = generator(seed, "elsewhere", page.provider, month)
    for n in range(int(random.poisson(0.22))):
        first = midnight(one_of(random, tuple(days_of(month)))) + int(random.integers(6 * HOUR, 20 * HOUR))
        end = first + around(random, 70 * MINUTE, 0.6, 10 * MINUTE, 6 * HOUR)
        component, slow = one_of(random, page.components[1:]), "degraded_performance"
        notices = (
            _notice("investigating", first, (component, GOOD, slow)),
            _notice("identified", first + (end - first) / 3, (component, slow, slow)),
            _notice("resolved", end, (component, slow, GOOD)),
        )
        own = _id(seed, page.provider, "elsewhere", month, n)
        yield PublicIncident(own, page.provider, f"{component}: slow answers", "minor", notices)


def _maintenance(seed: int, page: Page, month: int) -> Iterator[PublicIncident]:
    """Three planned maintenances a year, in a night from Saturday to Sunday, announced a week before."""
    place = [one.provider for one in PAGES].index(page.provider)
    if (month + place) % 4:
        return
    random = generator(seed, "maintenance", page.provider, month)
    sunday = one_of(random, tuple(day for day in days_of(month) if day.weekday() == 6))
    start = midnight(sunday) + int(random.integers(1, 4)) * HOUR
    until = start + int(random.integers(1, 5)) * HOUR
    done = until - int(random.integers(0, 20)) * MINUTE
    component = page.components[0]
    notices = (
        _notice("scheduled", start - _NOTICE),
        _notice("in_progress", start, (component, GOOD, "under_maintenance")),
        _notice("completed", done, (component, "under_maintenance", GOOD)),
    )
    own, name = _id(seed, page.provider, "maintenance", month), f"{component}: planned maintenance"
    planned = (instant(start), instant(until))
    yield PublicIncident(own, page.provider, name, "maintenance", notices, planned)


def _notice(status: str, at: float, *components: tuple[str, str, str]) -> Notice:
    return Notice(status, instant(at), _TEXTS[status], components)


def _id(seed: int, *key: object) -> str:
    """Twelve characters, as ids of status pages have."""
    return revision(seed, "page", *key)[:12]
