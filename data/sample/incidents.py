"""What went wrong, why, and for how long: incidents and the windows in which services and integrations failed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np

from data.sample.chance import HOUR, MINUTE, around, generator, instant, one_of, unix
from data.sample.company import INTEGRATIONS, PROVIDERS, SERVICES, Integration, Service
from data.sample.deployments import deployment_id
from data.sample.plot import SCENES, Scene
from data.sample.records import Cause, Incident, Outage
from data.sample.rollouts import Rollout
from data.sample.seasons import DAY_SHARE, UPGRADE, days_of, in_bad_quarter, load, midnight

DOWN: Final = 0.72
DEGRADED: Final = 0.06
PROVIDER_DOWN: Final = 0.85


@dataclass(frozen=True, slots=True)
class Trouble:
    """The incidents of a month and all failing windows, those without an incident too."""

    incidents: tuple[Incident, ...]
    outages: tuple[Outage, ...]


def trouble(seed: int, month: int, rollouts: dict[str, list[Rollout]]) -> Trouble:
    """All that went wrong in a month, given its production rollouts by service."""
    found: list[tuple[Incident, list[Outage]]] = [_scene(scene) for scene in SCENES if scene.month == month]
    found += _own_changes(seed, month, rollouts)
    found += _providers(seed, month)
    found += _capacity(seed, month)
    found += _chain_halts(seed, month)
    found.sort(key=lambda pair: (pair[0].started, pair[0].title))
    incidents = [
        replace(incident, id=f"{month // 12}-{month % 12 + 1:02d}-{n:02d}") for n, (incident, _) in enumerate(found, 1)
    ]
    named = zip(incidents, (windows for _, windows in found), strict=True)
    outages = [replace(window, incident=incident.id) for incident, windows in named for window in windows]
    return Trouble(tuple(incidents), tuple(outages + _blips(seed, month)))


def disjoint(outages: Iterable[Outage]) -> tuple[Outage, ...]:
    """The windows of each subject without overlap: where two meet, the later one gives way."""
    kept: list[Outage] = []
    for window in sorted(outages, key=lambda w: (w.subject, w.start, -w.failing, w.end)):
        before = kept[-1] if kept and kept[-1].subject == window.subject else None
        start = max(window.start, before.end) if before else window.start
        if start < window.end:
            kept.append(replace(window, start=start))
    return tuple(kept)


def _minute(seconds: float) -> int:
    return int(seconds) // MINUTE * MINUTE


def _window(subject: str, start: float, end: float, failing: float, down: bool) -> Outage:
    first = _minute(start)
    return Outage(subject, instant(first), instant(max(first + MINUTE, _minute(end))), failing, down, None)


@dataclass(frozen=True, slots=True)
class _Trigger:
    """Why an incident was opened, and what it hurt."""

    title: str
    cause: Cause
    services: tuple[str, ...]
    integrations: tuple[str, ...] = ()
    provider: str | None = None
    deployment: int | None = None


def _incident(random: np.random.Generator, trigger: _Trigger, start: float, end: float) -> Incident:
    """An incident with the usual course: noticed, taken, mitigated when the window ends, closed after a watch."""
    length = end - start
    detected = start + min(length * 0.4, around(random, 150, 0.5, 30, 900))
    acknowledged = detected + min(length * 0.3, around(random, 180, 0.6, 20, 1200))
    resolved = end + around(random, 25 * MINUTE, 0.5, 5 * MINUTE, 4 * HOUR)
    tiers = [service.tier for service in SERVICES if service.id in trigger.services]
    return Incident(
        id="",
        title=trigger.title,
        severity=(1 if length >= 90 * MINUTE else 2) if 1 in tiers else 3,
        cause=trigger.cause,
        provider=trigger.provider,
        services=trigger.services,
        integrations=trigger.integrations,
        started=instant(start),
        detected=instant(detected),
        acknowledged=instant(acknowledged),
        mitigated=instant(end),
        resolved=instant(resolved),
        deployment=trigger.deployment,
    )


def _scene(scene: Scene) -> tuple[Incident, list[Outage]]:
    start, end = unix(scene.start), unix(scene.end)
    random = generator(0, "scene", scene.title)
    failing = scene.failing
    windows = [_window(service, start, end, failing, failing >= 0.5) for service in scene.services]
    windows += [_window(integration, start, end, PROVIDER_DOWN, False) for integration in scene.integrations]
    trigger = _Trigger(scene.title, scene.cause, scene.services, scene.integrations, scene.provider)
    return _incident(random, trigger, start, end), windows


def _own_changes(seed: int, month: int, rollouts: dict[str, list[Rollout]]) -> list[tuple[Incident, list[Outage]]]:
    found = []
    for position, service in enumerate(SERVICES):
        random = generator(seed, "own change", service.id, month)
        for rollout in rollouts[service.id]:
            if not rollout.hurts or rollout.undone_finished is None:
                continue
            start = rollout.finished - (60 if rollout.fate == "broke" else 0)
            own = deployment_id(position, month, rollout.number, 1)
            trigger = _Trigger(f"{service.name}: errors after a release", "own change", (service.id,), deployment=own)
            incident = _incident(random, trigger, start, rollout.undone_finished)
            failing = DOWN if rollout.outage else DEGRADED
            found.append((incident, [_window(service.id, start, rollout.undone_finished, failing, rollout.outage)]))
    return found


def _providers(seed: int, month: int) -> list[tuple[Incident, list[Outage]]]:
    found = []
    for integration in INTEGRATIONS:
        random = generator(seed, "provider", integration.id, month)
        for _ in range(int(random.poisson(0.34))):
            day, second = one_of(random, tuple(days_of(month))), _load_weighted_second(random)
            kept, spreads, length = (
                random.random(),
                random.random() < 0.5,
                around(random, 34 * MINUTE, 0.7, 6 * MINUTE, 300 * MINUTE),
            )
            if day < UPGRADE or kept < 0.32:
                found.append(
                    _provider_outage(random, integration, midnight(day) + second, length, integration.hard and spreads)
                )
    return found


def _provider_outage(
    random: np.random.Generator, integration: Integration, start: float, length: float, spreads: bool
) -> tuple[Incident, list[Outage]]:
    """Calls fail for the whole window; a caller that cannot work without them is down until it falls back."""
    name = next(provider.name for provider in PROVIDERS if provider.id == integration.provider)
    windows = [_window(integration.id, start, start + length, PROVIDER_DOWN, False)]
    services: tuple[str, ...] = ()
    if spreads:
        services = (integration.caller,)
        windows.append(_window(integration.caller, start + MINUTE, start + min(length, 25 * MINUTE), DOWN, True))
    trigger = _Trigger(f"{name} unreachable", "provider", services, (integration.id,), integration.provider)
    incident = _incident(random, trigger, start, start + length)
    return incident, windows


def _capacity(seed: int, month: int) -> list[tuple[Incident, list[Outage]]]:
    random = generator(seed, "capacity", month)
    crowded = tuple(service for service in SERVICES if service.requests >= 1_000_000)
    found = []
    for _ in range(int(random.poisson(0.55))):
        days = days_of(month)
        weights = np.array([load(day) ** 3 for day in days])
        day = days[int(random.choice(len(days), p=weights / weights.sum()))]
        service, start = one_of(random, crowded), midnight(day) + _load_weighted_second(random)
        length = around(random, 13 * MINUTE, 0.6, 3 * MINUTE, 80 * MINUTE)
        down = bool(random.random() < 0.35)
        windows = [_window(service.id, start, start + length, DOWN if down else DEGRADED, down)]
        trigger = _Trigger(f"{service.name} overloaded", "capacity", (service.id,))
        found.append((_incident(random, trigger, start, start + length), windows))
    return found


def _chain_halts(seed: int, month: int) -> list[tuple[Incident, list[Outage]]]:
    """A public chain stops making blocks: its gateway cannot answer, and node calls fail, whoever runs the nodes."""
    found = []
    for chain, node, calls in (
        ("Bitcoin", "node-bitcoin", "nodes-nodewright"),
        ("Ethereum", "node-ethereum", "nodes-chainspan"),
    ):
        random = generator(seed, "chain", chain, month)
        if random.random() >= 0.03:
            continue
        start = midnight(one_of(random, tuple(days_of(month)))) + int(random.integers(0, 23 * HOUR))
        end = start + around(random, 95 * MINUTE, 0.6, 20 * MINUTE, 400 * MINUTE)
        windows = [_window(node, start, end, DOWN, True), _window(calls, start, end, PROVIDER_DOWN, False)]
        windows.append(_window("wallet", start, end, DEGRADED, False))
        trigger = _Trigger(f"{chain} produced no blocks", "chain halt", (node, "wallet"), (calls,))
        incident = _incident(random, trigger, start, end)
        found.append((incident, windows))
    return found


def _blips(seed: int, month: int) -> list[Outage]:
    """A minute or two in which a service did not answer, too short for anyone to open an incident."""
    found = []
    for service in SERVICES:
        random = generator(seed, "blip", service.id, month)
        for _ in range(int(random.poisson(_blip_rate(service, days_of(month)[0])))):
            start = midnight(one_of(random, tuple(days_of(month)))) + int(random.integers(0, 23 * HOUR))
            found.append(_window(service.id, start, start + MINUTE * int(random.integers(1, 4)), 0.5, True))
    return found


def _blip_rate(service: Service, day: date) -> float:
    rate = 0.12 if service.tier == 1 else 0.55
    return rate * (3.0 if in_bad_quarter(day) else 1.0)


def _load_weighted_second(random: np.random.Generator) -> int:
    hours = np.arange(len(DAY_SHARE)) * HOUR
    return min(int(np.interp(random.random(), DAY_SHARE, hours)), 24 * HOUR - 1)
