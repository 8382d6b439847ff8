"""Settings: frozen, validated, read once; the only reader of the environment."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from data.finance.at_risk import AtRisk
from data.sign_in import SignIn

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = Path(__file__).with_name("settings.toml")
SAMPLE = Path(__file__).parent / "sample" / "settings.toml"
OWN = Path("plumbline.toml")

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=80)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Said = Annotated[str, Field(min_length=1, pattern=r"\S")]


class ConfigurationError(Exception):
    """A setting is missing or wrong; the message names it and the fix."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Company(_Frozen):
    """Who the numbers are about, and the calendar and currency they are told in."""

    name: str = "Unnamed company"
    time_zone: str = "UTC"
    currency: Currency = "EUR"
    fiscal_year_start_month: Annotated[int, Field(ge=1, le=12)] = 1

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{name!r} is no IANA time zone such as Europe/Berlin") from error
        return name

    @field_validator("fiscal_year_start_month", mode="before")
    @classmethod
    def _months_only(cls, value: object) -> object:
        if isinstance(value, str) and "4-4-5" in value:
            raise ValueError(
                "a 4-4-5 calendar is not supported: give the month in which the fiscal year starts, 1 to 12"
            )
        return value

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Warehouse(_Frozen):
    """Where the warehouse is: `sqlite:///path` (embedded) or `postgresql://user@host/name`."""

    url: str


class HttpLimits(_Frozen):
    """Time limits and retries of every call to a source."""

    connect_seconds: float = 5
    read_seconds: float = 30
    retries: Annotated[int, Field(ge=0, le=10)] = 4
    backoff_seconds: float = 0.5
    longest_wait_seconds: float = 60


class MetricRules(_Frozen):
    """The choices that definitions leave to a company."""

    production: tuple[str, ...] = ("production", "prod", "live")
    count_rollbacks: bool = True
    tier_one: int = 1
    change_causes: tuple[str, ...] = ("change", "own change", "deployment", "release", "code", "configuration")
    failure_window_hours: Annotated[float, Field(gt=0, le=24 * 30)] = 24
    min_answers: Annotated[int, Field(ge=1)] = 30
    impact_weights: dict[Literal["down", "partial", "degraded", "none"], Annotated[float, Field(ge=0, le=1)]] = {
        "down": 1,
        "partial": 0.3,
        "degraded": 0,
        "none": 0,
    }
    audit_grace_days: Annotated[int, Field(ge=0, le=92)] = 0
    effort_scale: tuple[int, int] = (1, 7)
    usage_window_days: tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(le=366)]] = (28, 31)
    log_threshold_seconds: Annotated[Decimal, Field(gt=0)] = Decimal(60)

    @field_validator("effort_scale")
    @classmethod
    def _two_ends(cls, ends: tuple[int, int]) -> tuple[int, int]:
        if ends[0] == ends[1]:
            raise ValueError("give the hardest and the easiest answer, for example [1, 7]")
        return ends

    @field_validator("usage_window_days")
    @classmethod
    def _shortest_first(cls, days: tuple[int, int]) -> tuple[int, int]:
        if days[0] > days[1]:
            raise ValueError("give the shortest and the longest window, for example [28, 31]")
        return days

    @field_validator("production", "change_causes")
    @classmethod
    def _whatever_the_case(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name.casefold() for name in names)


class BudgetRules(_Frozen):
    """What a budget is held against: edges of the integration share, both part of it, and what may be unclassified."""

    share_low: Annotated[Decimal, Field(ge=0, le=1)] = Decimal("0.15")
    share_high: Annotated[Decimal, Field(ge=0, le=1)] = Decimal("0.25")
    unclassified_most: Annotated[Decimal, Field(ge=0, le=1)] = Decimal("0.05")

    @field_validator("share_high")
    @classmethod
    def _above_the_low_edge(cls, high: Decimal, info: ValidationInfo) -> Decimal:
        if high < info.data.get("share_low", high):
            raise ValueError("lies below share_low: exchange the two")
        return high


class Retention(_Frozen):
    """For how many days things are kept; None is for ever. Facts, numbers and the log of changes always stay."""

    raw_days: Annotated[int, Field(ge=1)] | None = None
    text_days: Annotated[int, Field(ge=1)] | None = None
    rejected_days: Annotated[int, Field(ge=1)] | None = None
    run_days: Annotated[int, Field(ge=1)] | None = None


class Source(_Frozen):
    """One configured instance of a connector; facts carry its id."""

    id: Slug
    type: Slug
    base_url: str | None = None
    since: date | None = None
    lookback_days: Annotated[int, Field(ge=0, le=365)] = 7
    fresh_within_hours: Annotated[float, Field(gt=0)] = 26
    scope: Slug | None = None
    secrets: dict[str, str] = {}
    options: dict[str, Any] = {}


class ScopeSetting(_Frozen):
    """A thing that a number is about."""

    id: Slug
    kind: Literal["portfolio", "entity", "business_unit", "service", "integration", "journey", "feature", "provider"]
    name: str
    parent: Slug | None = None
    tier: Annotated[int, Field(ge=1, le=5)] | None = None
    currency: Currency | None = None
    valid_from: date | None = None
    valid_to: date | None = None


class AliasSetting(_Frozen):
    """A source's own name for a scope."""

    source: Slug
    kind: str
    key: str
    scope: Slug
    valid_from: date | None = None
    valid_to: date | None = None


class Takes(_Frozen):
    """The one source from which a scope, and what lies below it, takes a kind of fact."""

    fact: str
    scope: Slug
    source: Slug


class MeasurementSetting(_Frozen):
    """A number of the company's own: the sum of what was measured over the sum of what it is divided by."""

    id: Slug
    name: Said
    meaning: Said
    unit: Literal["ratio", "number", "hours"] = "ratio"
    better: Literal["higher", "lower", "within", "neither"] = "higher"
    origin: Said = "the company's own definition"
    sampled: bool = False
    connect: Said = "Connect a source that delivers measurements (for example one of type csv) under this name."
    domain: Literal["delivery", "reliability", "feedback", "compliance", "spend"] = "reliability"
    version: Annotated[int, Field(ge=1)] = 1


class Job(_Frozen):
    """A command that the schedule starts: a cron line in a zone of its own."""

    id: Slug
    cron: str
    command: tuple[str, ...]
    time_zone: str | None = None


class Settings(_Frozen):
    """Everything that a company may set."""

    mode: Literal["real", "demo"] = "real"
    company: Company = Company()
    warehouse: Warehouse
    http: HttpLimits = HttpLimits()
    metrics: MetricRules = MetricRules()
    budget: BudgetRules = BudgetRules()
    retention: Retention = Retention()
    kpis: tuple[str, ...]
    source: tuple[Source, ...] = ()
    scope: tuple[ScopeSetting, ...] = ()
    alias: tuple[AliasSetting, ...] = ()
    takes: tuple[Takes, ...] = ()
    measurement: tuple[MeasurementSetting, ...] = ()
    at_risk: tuple[AtRisk, ...] = ()
    job: tuple[Job, ...] = ()
    sign_in: SignIn | None = None
    fonts: Path | None = None
    packs: Path = Path("packs")
    files: tuple[Path, ...] = ()
    clock: datetime | None = None

    @model_validator(mode="after")
    def _refers_to_what_exists(self) -> Settings:
        scopes = [scope.id for scope in self.scope]
        sources = [source.id for source in self.source]
        _one_row_a_day(self.scope)
        measured, jobs = [one.id for one in self.measurement], [job.id for job in self.job]
        risky = [one.service for one in self.at_risk]
        for what, ids in (("source", sources), ("job", jobs), ("measurement", measured), ("at_risk", risky)):
            if twice := sorted({one for one in ids if ids.count(one) > 1}):
                raise ValueError(f"{what} {twice[0]!r} is declared twice: give one of them another id")
        wanted = [("parent", scope.parent) for scope in self.scope] + [("scope", alias.scope) for alias in self.alias]
        wanted += [("scope", source.scope) for source in self.source] + [("scope", take.scope) for take in self.takes]
        wanted += [("entity", name) for name in self.sign_in.reach] if self.sign_in else []
        wanted += [("at_risk", name) for one in self.at_risk for name in (one.service, one.revenue)]
        for field, name in wanted:
            if name is not None and name not in scopes:
                raise ValueError(f"{field} {name!r} is not declared: add a [[scope]] with that id")
        for name in [alias.source for alias in self.alias] + [take.source for take in self.takes]:
            if name not in sources:
                raise ValueError(f"source {name!r} is not declared: add a [[source]] with that id")
        if self.clock is not None and self.mode != "demo":
            raise ValueError("PLUMBLINE_CLOCK is for the demo company only: unset it")
        return self

    @property
    def zone(self) -> ZoneInfo:
        return self.company.zone

    def source_named(self, name: str) -> Source:
        """The configured source of that id; ConfigurationError where there is none."""
        for source in self.source:
            if source.id == name:
                return source
        known = ", ".join(source.id for source in self.source) or "none"
        raise ConfigurationError(f"No source is called {name!r}; configured are: {known}.")


def load(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """The shipped defaults with the company's file over them; the demo company's where it has none.

    `path` goes before $PLUMBLINE_SETTINGS, that before ./plumbline.toml. Raises ConfigurationError.
    """
    environ = os.environ if environ is None else environ
    shipped, own = files(path, environ)
    merged = _merged(_read(shipped), _read(own))
    merged["files"] = (shipped, own)
    if url := environ.get("PLUMBLINE_WAREHOUSE"):
        merged["warehouse"] = {"url": url}
    if instant := environ.get("PLUMBLINE_CLOCK"):
        merged["clock"] = _instant(instant)
    try:
        settings = Settings.model_validate(merged)
    except ValidationError as error:
        raise ConfigurationError(_first_fault(error, own)) from error
    _check_metrics(settings, own)
    return settings


def files(path: Path | None = None, environ: Mapping[str, str] | None = None) -> tuple[Path, Path]:
    """The files that `load` reads: the shipped defaults and what goes over them. ConfigurationError."""
    environ = os.environ if environ is None else environ
    named = path or (own_file(environ) if environ.get("PLUMBLINE_SETTINGS") else None)
    if named is not None and not named.is_file():
        raise ConfigurationError(f"The settings file {named} does not exist: create it or correct PLUMBLINE_SETTINGS.")
    return SHIPPED, named or (OWN if OWN.is_file() else SAMPLE)


def own_file(environ: Mapping[str, str] | None = None) -> Path:
    """Where the company's own settings file is, or would be."""
    environ = os.environ if environ is None else environ
    return Path(environ["PLUMBLINE_SETTINGS"]) if environ.get("PLUMBLINE_SETTINGS") else OWN


def _one_row_a_day(scopes: tuple[ScopeSetting, ...]) -> None:
    """A scope that moved is declared once for each span of time; no two of them may hold on the same day."""
    ordered = sorted(scopes, key=lambda one: (one.id, one.valid_from or date.min))
    for before, after in pairwise(ordered):
        if before.id == after.id and (before.valid_to or date.max) > (after.valid_from or date.min):
            raise ValueError(
                f"scope {after.id!r} is declared twice for the same days: give one of them another id, "
                "or valid_to and valid_from where it moved"
            )


def secret(name: str) -> SecretStr | None:
    """A secret of the environment, which prints as stars; None where it is unset or empty."""
    value = os.environ.get(name, "")
    return SecretStr(value) if value else None


def lend_secret(name: str, value: str) -> None:
    """Put a secret into the environment of this process and its children: the demo's, which is none."""
    os.environ[name] = value


def environment() -> dict[str, str]:
    """A copy of the environment for a child process."""
    return dict(os.environ)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not valid TOML: {error}.") from error
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from error


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        merged[key] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigurationError(f"PLUMBLINE_CLOCK is {text!r}: write an instant such as 2026-11-09T06:00Z.") from error
    if instant.tzinfo is None:
        raise ConfigurationError(f"PLUMBLINE_CLOCK is {text!r}: add its zone, for example Z for UTC.")
    return instant.astimezone(UTC)


def _check_metrics(settings: Settings, path: Path) -> None:
    """Measurements have ids of their own, and kpis name metrics that there are."""
    from data.metrics import METRICS, metrics_of  # metrics know the settings

    shipped = {metric.id for metric in METRICS}
    for own in settings.measurement:
        if own.id in shipped:
            raise ConfigurationError(
                f"{path}: measurement: {own.id!r} is a metric of Plumbline's: give yours another id."
            )
    known = [metric.id for metric in metrics_of(settings)]
    for name in settings.kpis:
        if name not in known:
            raise ConfigurationError(f"{path}: kpis: there is no metric {name!r}; there are: {', '.join(known)}.")


def _first_fault(error: ValidationError, path: Path) -> str:
    fault = error.errors()[0]
    where = ".".join(str(part) for part in fault["loc"]) or "settings"
    message = fault["msg"].removeprefix("Value error, ").rstrip(".")
    return f"{path}: {where}: {message}."
