"""What went wrong at the small company in October 2026, who worked on what, and what a provider told of itself.

Own incidents: an hour after the release of the 5th, two hours after that of the 19th, one of no length, one of 40
seconds that nobody took up, one still open since the 30th; two hours of maintenance on the 11th. Norvane was partly
down for an hour on the 14th. Two features were delivered, after 4 and 15 days; one has been worked on for 8 days.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from data.facts import Change, Fact, Incident, RequestDay, WorkItem
from data.period import day_start
from data.warehouse.catalog import load_resolver
from data.warehouse.engine import writing
from data.warehouse.rollup import rollup
from data.warehouse.write import bump_version, note_covered, store_facts
from tests.app import world as small
from tests.app.world import FIRST, LAST, NOW, SERVICES, World, build, held_clock, write_settings
from tests.data import happenings

SETTINGS = """
[[source]]
id = "pager"
type = "pagerduty"
base_url = "http://127.0.0.1:9"
[[source]]
id = "status-norvane"
type = "statuspage"
base_url = "http://127.0.0.1:9"

[[scope]]
id = "norvane"
kind = "provider"
name = "Norvane"
parent = "group"
[[scope]]
id = "orders-norvane"
kind = "integration"
name = "Norvane orders"
parent = "wallet"
"""


def october(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """An instant of the month, in UTC."""
    return datetime(2026, 10, day, hour, minute, second, tzinfo=UTC)


def make(folder: Path) -> World:
    """The small company with all of this."""
    file = write_settings(folder)
    file.write_text(file.read_text(encoding="utf-8") + SETTINGS, encoding="utf-8")
    world = World(f"sqlite:///{folder / 'incidents.db'}", file)
    build(world)
    engine, settings = world.engine(), world.settings
    zone = settings.zone
    start, end = day_start(FIRST, zone), day_start(LAST + timedelta(days=1), zone)
    with held_clock(NOW):
        with writing(engine) as connection:
            store_facts(connection, [*incidents(), *items(), *changes(), *calls()], load_resolver(connection), zone)
            for service in SERVICES:
                note_covered(connection, "pager", ("incident", "service", service, start, end), [service], zone)
                note_covered(connection, "github", ("work_item", "repository", service, start, end), [service], zone)
            theirs = ("incident", "page", "norvane", start, end)
            note_covered(connection, "status-norvane", theirs, ["norvane"], zone)
            bump_version(connection, "incidents and features")
        rollup(engine, settings)
    engine.dispose()
    return world


def _incident(name: str, start: datetime, end: datetime | None, **other: object) -> Incident:
    common = {"title": f"Incident {name}", "url": f"https://pager.example/{name}", "severity": "P2"}
    return happenings.incident(name, start, end, **common | other)


def incidents() -> Iterator[Incident]:
    """All of them, ours and theirs."""
    yield _incident("p1", october(5, 12, 30), october(5, 13, 30), acknowledged=october(5, 12, 35))
    named = {"deployment": "r-ledger-2026-10-19", "touches": (("ledger", "degraded"), ("wallet", "partial"))}
    yield _incident("p2", october(19, 12, 10), october(19, 14, 10), key="ledger", cause="own change", **named)
    yield _incident("p3", october(20, 9), october(20, 9), cause="chain halt", acknowledged=None)
    brief = {"key": "admin", "cause": "capacity", "acknowledged": None, "touches": (("admin", "none"),)}
    yield _incident("p4", october(22, 8), october(22, 8, 0, 40), **brief)
    still = {"key": "ledger", "cause": "capacity", "severity": "P1", "touches": (("ledger", "partial"),)}
    yield _incident("p5", october(30, 6), None, acknowledged=october(30, 6, 10), **still)
    yield _incident("m1", october(11, 1), october(11, 3), maintenance=True, title="Database upgrade")
    status = {"source": "status-norvane", "key_kind": "page", "key": "norvane", "provider": "norvane"}
    page = (("page", "norvane", "partial", "", ""),)
    yield _incident("s1", october(14, 10), october(14, 11), severity="major", touches=page, **status)
    planned = {"severity": "maintenance", "maintenance": True, "touches": page}
    yield _incident("s2", october(18, 2), october(18, 3), **planned, **status)


_FEATURES = {
    "wallet/issues/1": ("wallet", "feature", october(1, 12), "pr/wallet/2026-10-05"),
    "ledger/issues/2": ("ledger", "feature", datetime(2026, 9, 20, 12, tzinfo=UTC), "pr/ledger/2026-10-05"),
    "admin/issues/3": ("admin", "feature", datetime(2026, 9, 9, 12, tzinfo=UTC), "pr/admin/2026-09-19"),
    "ledger/issues/4": ("ledger", "bug", october(19, 1), "pr/ledger/2026-10-19"),
    "wallet/issues/5": ("wallet", "feature", datetime(2026, 11, 1, 6, tzinfo=UTC), ""),
    "wallet/issues/6": ("wallet", "feature", None, ""),
}


def items() -> Iterator[WorkItem]:
    """Features and a bug; one feature is in progress, one waits."""
    for name, (service, form, started, _) in _FEATURES.items():
        yield WorkItem(
            source="github", source_id=name, key_kind="repository", key=service, form=form, started=started,
            url=f"https://code.example/acme/{name}", created=started or october(2, 9), in_production=None,
            closed=None, cancelled=False,
        )  # fmt: skip


def changes() -> Iterator[Change]:
    """The changes that were made for them."""
    made_for = {change: name for name, (_, _, _, change) in _FEATURES.items()}
    for fact in small.deliveries():
        if isinstance(fact, Change) and fact.source_id in made_for:
            yield replace(fact, work_items=(made_for[fact.source_id],))


def calls() -> Iterator[Fact]:
    """A thousand calls a day to Norvane, of which twenty fail."""
    for day in small.days():
        yield RequestDay(
            source="prometheus", source_id=f"req/orders-norvane/{day}", key_kind="integration", key="orders-norvane",
            day=day, failed=Decimal(20), total=Decimal(1000), form="transport", known=Decimal(86_400),
        )  # fmt: skip
