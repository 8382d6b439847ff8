"""What a connector declares and yields. The runner (`pipelines.sync`) stores; a connector only reads and maps."""

from __future__ import annotations

import builtins
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError
from pydantic.config import JsonDict

from data.facts import Fact
from data.settings import Settings, Source, secret
from pipelines.errors import StopSource


@dataclass(frozen=True)
class Need:
    """A secret that a connector reads from the environment, and the permission it must carry."""

    variable: str
    purpose: str
    optional: bool = False


@dataclass(frozen=True)
class Record:
    """One record of a source, cut down to the fields that its connector declares in `keep`."""

    kind: str
    source_id: str
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class Rejected:
    """A record set aside: `where` locates it for a person (id, or file and line)."""

    kind: str
    where: str
    reason: str
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Covered:
    """Proof that a kind of fact was read completely for a key between two instants (half open)."""

    fact: str
    key_kind: str
    key: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Replacement:
    """The facts of a page are all that the source has where `field` equals `value`; others there are removed."""

    fact: str
    field: str
    value: object


@dataclass(frozen=True)
class FileSeen:
    """A bulk file that was read, kept instead of its rows."""

    path: str
    size: int
    sha256: str
    rows: int
    rejected: int
    note: str = ""


@dataclass(frozen=True)
class Page:
    """What is stored in one transaction, together with the cursor of its stream.

    `records` become facts through `Connector.facts`; `facts` are already reduced (bulk data). `opened` and `ended` are
    ids of things still in progress and of those that ended; `covered` comes with the page that completes a reading.
    `message` is for the person who watches, `notes` are kept in the report (partial data, history cut short).
    """

    stream: str
    records: tuple[Record, ...] = ()
    facts: tuple[Fact, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    cursor: Mapping[str, Any] | None = None
    opened: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    covered: tuple[Covered, ...] = ()
    replaces: tuple[Replacement, ...] = ()
    files: tuple[FileSeen, ...] = ()
    message: str = ""
    notes: tuple[str, ...] = ()
    done: int = 0
    total: int | None = None


@dataclass(frozen=True)
class Position:
    """Where a reading starts. `since` is the first day asked for, `now` the end of it; cursors are per stream.

    `full` asks for everything from `since` on again. `stored_days(fact, key)` are days already in the warehouse;
    `files` maps path to sha256 of the files already read.
    """

    since: date
    now: datetime
    cursors: Mapping[str, Mapping[str, Any]]
    open_items: Mapping[str, tuple[str, ...]]
    stored_days: Callable[[str, str], frozenset[date]]
    files: Mapping[str, str]
    full: bool = False


@dataclass(frozen=True)
class Count:
    """What the source itself counts of a kind of fact for a key, to be held against what is stored.

    `measure` is "count" for the number of facts, "billed XXX" for billed charges in a currency. The days go from
    `start` up to but not including `end`: of charges by the first day of their billing period, of others by the day.
    """

    fact: str
    key_kind: str
    key: str
    measure: str
    start: date
    end: date
    at_source: Decimal


@dataclass(frozen=True)
class Name:
    """How a source names a thing: kind and key as facts carry them, and what people call it there."""

    kind: str
    key: str
    title: str


@dataclass(frozen=True)
class Finding:
    """One line of `check`: what was looked at, whether it is right, and the missing step where it is not."""

    subject: str
    good: bool
    says: str


ASKED: JsonDict = {"asked": True}
"""Marks an option (`json_schema_extra=ASKED`) that `init` asks for though it is not required."""


class Options(BaseModel):
    """The options of a source, validated; unknown ones are refused. By a field's `description` `init` asks for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


T = TypeVar("T", bound=Options)


class Connector(ABC):
    """Reads one configured source.

    `lists` names the kinds of record that a full reading lists wholly, each with the fields of the payload that date
    it: what such a reading does not come by any more is gone at the source. `address` is the usual base_url, empty
    where each company has one of its own, None where a source has none.
    """

    type: ClassVar[str]
    title: ClassVar[str]
    fact_kinds: ClassVar[tuple[str, ...]]
    needs: ClassVar[tuple[Need, ...]] = ()
    keep: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    lists: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    options: ClassVar[builtins.type[Options]] = Options
    address: ClassVar[str | None] = None

    def __init__(self, source: Source, settings: Settings) -> None:
        self.source = source
        self.settings = settings

    @abstractmethod
    def fetch(self, position: Position) -> Iterator[Page]:
        """Pages in the order in which they may be committed. Raises StopSource or TryAgain."""

    @abstractmethod
    def facts(self, record: Record) -> tuple[Fact, ...]:
        """The facts that a stored record states: pure. Raises SkipRecord with the reason.

        A fact's source_id is that of its record; of several facts of one record, it begins with it and a colon.
        """

    @abstractmethod
    def check(self) -> Iterator[Finding]:
        """Whether address, credentials, permissions and names are right, without storing anything."""

    def names(self) -> Iterator[Name]:
        """The things that the source tells of, to be mapped to scopes; nothing where it names none beforehand."""
        return iter(())

    def counts(self, position: Position) -> Iterator[Count]:
        """What the source counts by itself, asked at the end of a complete reading; nothing where it cannot."""
        return iter(())

    def listed_at(self, record: Record) -> datetime | None:
        """An instant not after the one by which a full reading lists the record; None where it may not list it."""
        found = [at for name in self.lists.get(record.kind, ()) if (at := _instant(record.payload.get(name)))]
        return max(found, default=None)

    def read_options(self, model: builtins.type[T]) -> T:
        """The source's options in the connector's own form; StopSource names the first wrong one."""
        try:
            return model.model_validate(self.source.options)
        except ValidationError as error:
            fault = error.errors()[0]
            where = ".".join(str(part) for part in fault["loc"])
            says = fault["msg"].removeprefix("Value error, ").rstrip(".")
            named = f"option {where}" if where else "options"
            raise StopSource(f"Source {self.source.id}: {named}: {says}.") from error

    def base_url(self) -> str:
        """The configured address; StopSource where there is none."""
        if not self.source.base_url:
            raise StopSource(f"Source {self.source.id}: set base_url to the address of {self.title}.")
        return self.source.base_url

    def credential(self, need: Need) -> SecretStr | None:
        """The secret for a need, from the variable that the source names for it, else from the usual one."""
        variable = self.source.secrets.get(need.variable, need.variable)
        found = secret(variable)
        if found is None and not need.optional:
            raise StopSource(f"Source {self.source.id}: set the environment variable {variable} to {need.purpose}.")
        return found


def _instant(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
