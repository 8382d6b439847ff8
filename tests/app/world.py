"""A small company whose numbers can be checked by hand: three services, two integrations, fourteen months.

October 2026: Wallet was down 720 s, Ledger never, Back office 1,800 s. Eight deployments, one undone. 31 EUR days.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Connection, Engine, insert

from data import settings as settings_file
from data.access import command_line_actor
from data.clock import fix_clock
from data.facts import Change, Deployment, Fact, FxRate, ProbeDay, RequestDay, Spend
from data.period import day_seconds, day_start
from data.settings import Settings
from data.warehouse import schema
from data.warehouse.catalog import apply_settings, load_resolver
from data.warehouse.engine import create_engine_for, writing
from data.warehouse.migrate import migrate
from data.warehouse.policy import claim_mode, seed_targets
from data.warehouse.rollup import rollup
from data.warehouse.write import bump_version, note_covered, note_open_items, reject, store_facts
from tests.app import world_registers

NOW = datetime(2026, 11, 9, 6, 0, tzinfo=UTC)
FIRST, LAST = date(2025, 9, 1), date(2026, 11, 8)
SERVICES = ("wallet", "ledger", "admin")
INTEGRATIONS = ("exchange", "bank")

SETTINGS = """
mode = "demo"
[company]
name = "Testmoor"
time_zone = "Europe/Berlin"
currency = "EUR"

[[source]]
id = "github"
type = "github"
base_url = "http://127.0.0.1:9"
[[source]]
id = "prometheus"
type = "prometheus"
base_url = "http://127.0.0.1:9"
[[source]]
id = "billing"
type = "focus"

[[scope]]
id = "group"
kind = "portfolio"
name = "Testmoor Group"
[[scope]]
id = "europe"
kind = "entity"
name = "Testmoor Europe"
parent = "group"
[[scope]]
id = "wallet"
kind = "service"
name = "Wallet"
parent = "europe"
tier = 1
[[scope]]
id = "ledger"
kind = "service"
name = "Ledger"
parent = "europe"
tier = 1
[[scope]]
id = "admin"
kind = "service"
name = "Back office"
parent = "europe"
tier = 3
[[scope]]
id = "exchange"
kind = "integration"
name = "Exchange orders"
parent = "wallet"
[[scope]]
id = "bank"
kind = "integration"
name = "Bank payments"
parent = "ledger"
"""


@dataclass(frozen=True)
class World:
    """Where the company's warehouse and settings lie."""

    url: str
    settings_file: Path

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to see this world."""
        return {
            "PLUMBLINE_WAREHOUSE": self.url,
            "PLUMBLINE_SETTINGS": str(self.settings_file),
            "PLUMBLINE_CLOCK": NOW.isoformat(),
        }

    @property
    def settings(self) -> Settings:
        return settings_file.load(environ=self.environment)

    def engine(self) -> Engine:
        return create_engine_for(self.url)


def write_settings(folder: Path) -> Path:
    """The settings file of this company."""
    path = folder / "plumbline.toml"
    path.write_text(SETTINGS + world_registers.SETTINGS, encoding="utf-8")
    return path


_BUILT: dict[tuple[str, frozenset[str]], bytes] = {}
"""The files that this process has filled, by the settings and the kinds of fact that never arrived."""


def build(world: World, without: Collection[str] = ()) -> None:
    """Migrate the warehouse and fill it; kinds of fact in `without` never arrived. One more of the same is a copy."""
    file = Path(world.url.removeprefix("sqlite:///"))
    what = world.settings_file.read_text(encoding="utf-8"), frozenset(without)
    if not world.url.startswith("sqlite:///") or file.exists():
        _build(world, without)
    elif what in _BUILT:
        file.write_bytes(_BUILT[what])
    else:
        _build(world, without)
        _BUILT[what] = file.read_bytes()


def _build(world: World, without: Collection[str]) -> None:
    engine, settings = world.engine(), world.settings
    actor = command_line_actor("tester")
    with held_clock(NOW):
        migrate(engine)
        claim_mode(engine, settings)
        apply_settings(engine, settings, actor)
        seed_targets(engine, actor)
        facts = [fact for fact in all_facts() if fact.kind not in without]
        if facts:
            with writing(engine) as connection:
                _store(connection, facts, settings)
            rollup(engine, settings)
    engine.dispose()


@contextmanager
def held_clock(instant: datetime) -> Iterator[None]:
    """The clock at an instant for as long as the block runs."""
    fix_clock(instant)
    try:
        yield
    finally:
        fix_clock(None)


def _store(connection: Connection, facts: list[Fact], settings: Settings) -> None:
    resolver, zone = load_resolver(connection), settings.zone
    store_facts(connection, facts, resolver, zone)
    start, end = day_start(FIRST, zone), day_start(LAST + timedelta(days=1), zone)
    for kind in {fact.kind for fact in facts}:
        source = {"probe_day": "prometheus", "request_day": "prometheus", "spend": "billing", "fx_rate": "billing"}
        source |= world_registers.SOURCES
        keys = [("repository", name) for name in SERVICES] if kind in ("deployment", "change") else [("", "")]
        for key_kind, key in keys:
            scopes = [key] if key else []
            note_covered(connection, source.get(kind, "github"), (kind, key_kind, key, start, end), scopes, zone)
    note_open_items(connection, "github", "deployments/wallet", ["d-open"], [])
    why = "BilledCost is not a number: 'abc'"
    reject(connection, "billing", "charge", "october.csv:17", why, {"BilledCost": "abc"})
    for source, hours, outcome, message in (
        ("github", 1, "done", ""),
        ("prometheus", 2, "done", ""),
        ("billing", 40, "done", ""),
        ("billing", 3, "stopped", "The folder of the exports does not answer."),
        ("polls", 4, "done", ""),
        ("registers", 5, "done", ""),
    ):
        started = NOW - timedelta(hours=hours)
        times = {"started": started, "finished": started + timedelta(seconds=95)}
        counts = {"fetched": 120, "stored": 40, "skipped": 1, "outcome": outcome, "message": message}
        connection.execute(insert(schema.sync_run).values(source=source, **times, **counts))
    manifest = {"path": "october.csv", "size": 48_213, "sha256": "ab" * 32, "rows": 620, "rejected": 1}
    connection.execute(insert(schema.file_manifest).values(source="billing", note="FOCUS 1.2", read_at=NOW, **manifest))
    bump_version(connection, "test world")


def days() -> Iterator[date]:
    """Each day of the story."""
    return (FIRST + timedelta(days=i) for i in range((LAST - FIRST).days + 1))


def all_facts() -> list[Fact]:
    """Everything that happened."""
    makers: tuple[Callable[[], Iterator[Fact]], ...] = (probes, requests, deliveries, charges, rates)
    return [*(fact for make in makers for fact in make()), *world_registers.everything()]


def down(service: str, day: date) -> int:
    """Seconds for which a service did not answer on a day."""
    october = {("wallet", 3): 120, ("wallet", 14): 600, ("admin", 20): 1800}
    if (day.year, day.month) == (2026, 10):
        return october.get((service, day.day), 0)
    return 60 if service == "wallet" and day.day == 10 else 0


def probes() -> Iterator[Fact]:
    """A probe every 30 s for each service."""
    from zoneinfo import ZoneInfo

    zone = ZoneInfo("Europe/Berlin")
    for day in days():
        seconds = day_seconds(day, zone)
        for service in SERVICES:
            lost = down(service, day)
            yield ProbeDay(
                source="prometheus", source_id=f"probe/{service}/{day}", key_kind="service", key=service, day=day,
                up=Decimal(seconds - lost), down=Decimal(lost), unknown=Decimal(0), samples=seconds // 30,
            )  # fmt: skip


def requests() -> Iterator[Fact]:
    """100,000 requests a day to each service, 10,000 calls a day through each integration."""
    for day in days():
        for name in (*SERVICES, *INTEGRATIONS):
            calls = name in INTEGRATIONS
            failed = {"exchange": 90, "bank": 40}.get(name, 25) + (60 if name == "exchange" and day.month == 10 else 0)
            yield RequestDay(
                source="prometheus", source_id=f"req/{name}/{day}", key_kind="integration" if calls else "service",
                key=name, day=day, failed=Decimal(failed), total=Decimal(10_000 if calls else 100_000),
                form="transport" if calls else "5xx", known=Decimal(90_000),
            )  # fmt: skip


def deliveries() -> Iterator[Fact]:
    """Each service is deployed on the 5th and 19th; Wallet's of the 5th of October was undone an hour later."""
    for day in days():
        for service in SERVICES if day.day in (5, 19) else ():
            yield from _delivery(service, day)
        if day == date(2026, 10, 5):
            yield _deployment("wallet", day, 13, "rollback", "r-wallet-2026-09-19", rollback=True)
        if day == date(2026, 10, 20):
            yield _deployment("ledger", day, 9, "broken", "r-broken", outcome="failure")
        if day.day == 7:
            yield _deployment("legacy", day, 9, "legacy", f"r-legacy-{day}")


def _delivery(service: str, day: date) -> Iterator[Fact]:
    revision = f"r-{service}-{day}"
    merged = datetime(day.year, day.month, day.day, 10, tzinfo=UTC)
    yield Change(
        source="github", source_id=f"pr/{service}/{day}", key_kind="repository", key=service, form="pull_request",
        url=f"https://code.example/{service}/pull/{day:%y%m%d}", first_commit=merged - timedelta(hours=30),
        opened=merged - timedelta(hours=20), first_review=merged - timedelta(hours=8), merged=merged,
        merge_revision=revision, parents=(), revisions=(),
    )  # fmt: skip
    yield _deployment(service, day, 12, "release", revision)


def _deployment(
    key: str, day: date, hour: int, name: str, revision: str, outcome: str = "success", rollback: bool | None = None
) -> Deployment:
    at = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    return Deployment(
        source="github", source_id=f"{name}/{key}/{day}", key_kind="repository", key=key,
        url=f"https://code.example/{key}/deployments/{name}-{day:%y%m%d}", environment="production", outcome=outcome,
        started=at - timedelta(minutes=6), finished=at, revision=revision, rollback=rollback,
    )  # fmt: skip


def charges() -> Iterator[Fact]:
    """A day costs 1,000 EUR of cloud, 200 EUR of integration and 100 USD of a provider that no rule knows."""
    lines = (
        ("Nimbra", "Compute", "Virtual machines", "EUR", "700", "wallet"),
        ("Nimbra", "Databases", "Managed database", "EUR", "300", "ledger"),
        ("Flowmere", "Integration", "Message bus", "EUR", "200", "europe"),
        ("Oddity", "Other", "Misc", "USD", "100", "group"),
    )
    for day in days():
        for provider, category, service, currency, cost, scope in lines:
            amount = Decimal(cost) * (Decimal("1.1") if day.month == 10 else 1)
            yield Spend(
                source="billing", source_id=f"{provider}/{service}/{day}", key_kind="tag:scope", key=scope, day=day,
                billing_period=day.replace(day=1), account="acc", sub_account="sub", provider=provider, service=service,
                category=category, subcategory="", charge_category="Usage", charge_class="", invoice=f"I-{day:%y%m}",
                commitment="", commitment_status="", currency=currency, tags=(), billed=amount, effective=amount,
            )  # fmt: skip


def rates() -> Iterator[Fact]:
    """A dollar is 0.90 EUR."""
    for day in days():
        yield FxRate(
            source="billing", source_id=f"USD/EUR/{day}", key_kind="currency", key="USD", day=day,
            base="USD", quote="EUR", rate=Decimal("0.90"),
        )  # fmt: skip
