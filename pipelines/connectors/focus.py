"""Billing in FOCUS 1.0 to 1.4 from files: a billing period whose files changed is reduced anew and replaced whole."""

from __future__ import annotations

import builtins
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, field_validator

from data.facts import Fact
from data.period import add_months
from data.warehouse.reconcile import BILLED
from pipelines import lake
from pipelines.connectors.base import Connector, Count, Finding, Options, Page, Position, Record
from pipelines.errors import SkipRecord, StopSource, TryAgain
from pipelines.focus_files import File, Refused, listed
from pipelines.focus_ledger import ledger_of
from pipelines.focus_reading import TAG, Reading, Rules, survey

if TYPE_CHECKING:
    from pipelines.focus_columns import Grain
    from pipelines.focus_reduction import Reduction

_SCOPES = ("sub_account", "account", "provider", "service")
_LOOKED_AT = 3
_REDUCTION = "1"
"""Raised when the same file gives other facts than before, so that all files are read again."""


class FocusOptions(Options):
    """Options of a source of type focus; docs/connectors/focus.md says what each is for."""

    path: Annotated[str, Field(description="Folder, file or pattern of the billing exports")]
    tag_keys: tuple[str, ...] = ("cost_class",)
    scope_by: tuple[str, ...] = ("sub_account", "account")
    accounts_by: Literal["id", "name"] = "id"
    memory: str = "2GB"
    threads: int | None = None
    scratch: Path | None = None

    @field_validator("scope_by")
    @classmethod
    def _known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if name not in _SCOPES and not (name.startswith(TAG) and len(name) > len(TAG)):
                raise ValueError(f"{name!r} is none of {', '.join(_SCOPES)} or tag:<key>")
        return names

    @property
    def grain(self) -> Grain:
        """The grain of the facts: keys named in `scope_by` are kept too."""
        from pipelines.focus_columns import Grain

        keys = [*self.tag_keys, *(name.removeprefix(TAG) for name in self.scope_by if name.startswith(TAG))]
        return Grain(tuple(dict.fromkeys(keys)), self.accounts_by)

    @property
    def limits(self) -> lake.Limits:
        return lake.Limits(self.memory, self.threads, self.scratch)

    def rules(self, source: str, since: date | None) -> Rules:
        """What decides the facts of a file."""
        choices = (_REDUCTION, *self.grain.tag_keys, "|", *self.scope_by, self.accounts_by, str(since))
        return Rules(source, self.scope_by, choices, since)


class Focus(Connector):
    """Files are read when their contents changed; what is kept of them is a manifest, never their rows."""

    type: ClassVar[str] = "focus"
    title: ClassVar[str] = "FOCUS billing files"
    fact_kinds: ClassVar[tuple[str, ...]] = ("spend",)
    options: ClassVar[builtins.type[Options]] = FocusOptions
    _counted: Mapping[date, tuple[File, ...]] = MappingProxyType({})

    def fetch(self, position: Position) -> Iterator[Page]:
        options = self.read_options(FocusOptions)
        rules = options.rules(self.source.id, self.source.since)
        ledger = ledger_of(position.cursors, rules.choices)
        with _reachable():
            found = survey(listed(options.path), ledger)
        if not found.fresh:
            yield from Reading(rules, ledger, found).standing()
            return
        from pipelines.focus_reduction import Reduction

        try:
            with lake.opened(options.limits) as engine:
                reading = Reading(rules, ledger, found)
                yield from reading.pages(Reduction(engine, options.grain))
            self._counted = reading.counted
        except lake.Damaged as error:
            raise TryAgain(f"{error} It was written while it was read; the next run reads it again.") from error

    def facts(self, record: Record) -> tuple[Fact, ...]:
        raise SkipRecord("Billing files are reduced where they lie; no record of them is kept.")

    def counts(self, position: Position) -> Iterator[Count]:
        """What the files of the billing periods that were just read bill on each invoice, added up a second time."""
        found: dict[tuple[date, str, str], Decimal] = defaultdict(Decimal)
        if not self._counted:
            return
        from pipelines.focus_reduction import invoices

        try:
            with lake.opened(self.read_options(FocusOptions).limits) as engine:
                for file in {file for files in self._counted.values() for file in files}:
                    for invoice, currency, period, billed in invoices(engine, file):
                        if period is not None and file in self._counted.get(period, ()):
                            found[period, invoice, currency] += billed
        except lake.Damaged as error:
            raise TryAgain(f"{error} It was written while it was added up.") from error
        for (period, invoice, currency), billed in sorted(found.items()):
            after = add_months(period, 1)
            yield Count("spend", "invoice", invoice, f"{BILLED} {currency}", period, after, billed)

    def check(self) -> Iterator[Finding]:
        options = self.read_options(FocusOptions)
        try:
            with _reachable():
                listing = listed(options.path)
                for file in listing.files:
                    file.path.open("rb").close()
        except (StopSource, TryAgain) as error:
            yield Finding("path", False, str(error))
            return
        yield Finding("path", True, f"Current files of charges at {options.path}: {len(listing.files)}.")
        for one in listing.awaited:
            yield Finding("delivery", False, f"{one.reason}: wait for it, or remove the manifest.")
        yield from (Finding("files", True, note) for note in listing.notes)
        from pipelines.focus_reduction import Reduction

        newest = sorted(listing.files, key=lambda file: (file.month or date.min, file.name))[-_LOOKED_AT:]
        with lake.opened(options.limits) as engine:
            reduction = Reduction(engine, options.grain)
            for file in newest:
                yield from _look(reduction, file, options)


@contextmanager
def _reachable() -> Iterator[None]:
    """Turns what the file system refuses into a sentence."""
    try:
        yield
    except OSError as error:
        says = f"{error.filename} cannot be opened ({error.strerror}): give this user the right to read it."
        raise TryAgain(f"{says} The next run tries again.") from error


def _look(reduction: Reduction, file: File, options: FocusOptions) -> Iterator[Finding]:
    try:
        reduced = reduction.reduce(file)
    except (Refused, lake.Damaged) as error:
        yield Finding(file.name, False, str(error))
        return
    sums = [one for period in reduced.periods for one in reduction.sums(period, [reduced])]
    months = ", ".join(f"{period:%Y-%m}" for period in reduced.periods) or "no billing period"
    currencies = ", ".join(sorted({one.dimensions["currency"] for one in sums})) or "no currency"
    yield Finding(file.name, True, f"FOCUS {reduced.version}, {reduced.rows} charges of {months} in {currencies}.")
    if reduced.rejected:
        first = f" ({reduced.faults[0].place}: {reduced.faults[0].reason})" if reduced.faults else ""
        yield Finding(file.name, False, f"{reduced.rejected} charges cannot be counted{first}: have them corrected.")
    for key in options.grain.tag_keys:
        tagged = sum(1 for one in sums if dict(one.tags).get(key))
        share = 100 * tagged // len(sums) if sums else 0
        yield Finding(f"{file.name}, tag {key}", True, f"{share} % of the daily sums carry it.")
