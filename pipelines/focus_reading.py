"""One reading of a billing folder: the files that changed are reduced, and each billing period they touch is a page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from data.facts import Spend
from data.period import add_months
from pipelines import lake
from pipelines.connectors.base import Covered, FileSeen, Page, Rejected, Replacement
from pipelines.focus_files import File, Listing, Refused
from pipelines.focus_ledger import FILES, Entry, Ledger, cursor_of

if TYPE_CHECKING:
    from pipelines.focus_reduction import Reduced, Reduction, Sum

TAG = "tag:"
_STAYS = "The last good data stay."


@dataclass(frozen=True)
class Rules:
    """What a company chose: which dimension names the thing a charge is about, and the first day asked for.

    `choices` change the facts of an unchanged file: where they differ from those recorded, it is read again.
    """

    source: str
    scope_by: tuple[str, ...]
    choices: tuple[str, ...]
    since: date | None = None


@dataclass(frozen=True)
class Survey:
    """The listed files held against the ledger: `fresh` must be read, `settled` are stored as they are.

    `copies` name the file of the same contents that counts in their stead.
    """

    listing: Listing
    digests: Mapping[str, str]
    stamps: Mapping[str, tuple[int, ...]]
    files: Mapping[str, File]
    copies: Mapping[str, str]
    settled: Mapping[str, Entry]

    @property
    def fresh(self) -> tuple[File, ...]:
        return tuple(file for name, file in self.files.items() if name not in self.settled)


def survey(listing: Listing, ledger: Ledger) -> Survey:
    """What must be read: no file is opened that nobody wrote since."""
    stamps = {file.name: file.stamp for file in listing.files}  # before the digest: a write in between shows next time
    digests = {file.name: ledger.digest(file) for file in listing.files}
    first: dict[str, str] = {}
    copies = {name: kept for name, digest in digests.items() if (kept := first.setdefault(digest, name)) != name}
    files = {file.name: file for file in listing.files if file.name not in copies}
    settled = {name: entry for name in files if (entry := ledger.settled(name, digests[name]))}
    return Survey(listing, digests, stamps, files, copies, settled)


@dataclass
class Reading:
    """The state of one reading: what was reduced, which periods must stay as they are and why, and which files were
    counted for each of the others."""

    rules: Rules
    ledger: Ledger
    survey: Survey
    reduced: dict[str, Reduced] = field(default_factory=dict)
    held: dict[date, list[str]] = field(default_factory=dict)
    empty: dict[str, Entry] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    counted: dict[date, tuple[File, ...]] = field(default_factory=dict)

    def pages(self, reduction: Reduction) -> Iterator[Page]:
        """Progress and troubles first, then a page per touched period, then what was lost."""
        fresh = self.survey.fresh
        for done, file in enumerate(fresh, 1):
            yield replace(self._read(reduction, file), done=done, total=len(fresh))
        for one in self.survey.listing.awaited:
            self._hold(one.month, one.names, f"{one.reason}. {_STAYS}")
        wanted = sorted({period for one in self.reduced.values() for period in self._wanted(one)})
        for done, period in enumerate(wanted, 1):
            yield replace(self._period(reduction, period), done=done, total=len(wanted))
        yield from self.standing(frozenset(wanted))

    def standing(self, done: frozenset[date] = frozenset()) -> Iterator[Page]:
        """Deliveries that are awaited; then, told once, each period that lost a file and got nothing new."""
        for one in self.survey.listing.awaited:
            note = f"{one.reason}. {_STAYS}"
            self._hold(one.month, one.names, note)
            yield Page(FILES, notes=(note,), message=note)
        for period in sorted(self.ledger.entries):
            lost = self._lost(period)
            if period in done or period in self.held or not lost - self.ledger.gone(period):
                continue
            note = f"{period:%Y-%m}: {', '.join(sorted(lost))} no longer holds it. {_STAYS}"
            yield Page(str(period), cursor=self.ledger.without(period, lost), notes=(note,), message=note)

    def _read(self, reduction: Reduction, file: File) -> Page:
        try:
            reduced = self._reduce(reduction, file)
        except lake.Damaged as error:
            note = f"{error} {_STAYS}"
            self._hold(file.month, frozenset({file.name}), note)
            return Page(FILES, notes=(note,), message=note)
        except Refused as error:
            return self._nothing_in(file, str(error), refused=True)
        if not reduced.periods:
            return self._nothing_in(file, f"{file.name}: no charge of it can be counted.", refused=True)
        if not self._wanted(reduced):
            return self._nothing_in(file, f"{file.name} ends before {self.rules.since}: left out.", refused=False)
        return Page(FILES, message=f"{file.name}: {reduced.rows} charges")

    def _reduce(self, reduction: Reduction, file: File) -> Reduced:
        if file.name not in self.reduced:
            self.reduced[file.name] = reduction.reduce(file)
        return self.reduced[file.name]

    def _wanted(self, reduced: Reduced) -> tuple[date, ...]:
        since = self.rules.since
        return tuple(one for one in reduced.periods if since is None or add_months(one, 1) > since)

    def _hold(self, month: date | None, names: frozenset[str], note: str) -> None:
        """Keeps the periods that files had, or that their names tell, as they are."""
        periods = {one for name in names for entry in self.ledger.of_name(name) for one in entry.periods}
        for period in periods | ({month} if month else set()):
            notes = self.held.setdefault(period, [])
            notes += [note] if note not in notes else []

    def _nothing_in(self, file: File, reason: str, *, refused: bool) -> Page:
        kept = {name: one for name, one in self.ledger.empty.items() if name in self.survey.settled}
        self.empty[file.name] = self._entry(file, ())
        seen, rejected = self._seen(file, reason)
        return Page(
            FILES,
            files=(seen,),
            rejected=(*((Rejected("file", file.name, reason),) if refused else ()), *rejected),
            cursor=cursor_of(kept | self.empty, self.rules.choices),
            message=reason,
            notes=(reason,),
        )

    def _entry(self, file: File, periods: tuple[date, ...]) -> Entry:
        return Entry(self.survey.digests[file.name], self.survey.stamps[file.name], periods)

    def _seen(self, file: File, note: str = "") -> tuple[FileSeen, tuple[Rejected, ...]]:
        size, digest = self.survey.stamps[file.name][0], self.survey.digests[file.name]
        if (one := self.reduced.get(file.name)) is None:
            return FileSeen(file.name, size, digest, 0, 0, note), ()
        rejected = tuple(Rejected("charge", f"{file.name}, {fault.place}", fault.reason) for fault in one.faults)
        return FileSeen(file.name, size, digest, one.rows, one.rejected, note or f"FOCUS {one.version}"), rejected

    def _members(self, reduction: Reduction, period: date) -> list[File]:
        """The files that hold the period now; those that did not change are reduced too."""
        for name, entry in self.survey.settled.items():
            if period in entry.periods:
                self._reduce(reduction, self.survey.files[name])
        return [self.survey.files[name] for name, one in sorted(self.reduced.items()) if period in one.periods]

    def _lost(self, period: date) -> frozenset[str]:
        """Files that stood behind the period and are not there any more, or hold it no longer."""
        return frozenset(name for name in self.ledger.entries.get(period, {}) if self._left(name, period))

    def _left(self, name: str, period: date) -> bool:
        if name in self.survey.copies:
            name = self.survey.copies[name]
        if name in self.reduced:
            return period not in self.reduced[name].periods
        if name in self.survey.settled:
            return period not in self.survey.settled[name].periods
        return name not in self.survey.files

    def _period(self, reduction: Reduction, period: date) -> Page:
        members = self._members(reduction, period)
        if waits := self.held.get(period):
            return Page(str(period), notes=tuple(waits), message=waits[0])
        counted, overlaps, contradicted = _without_overlaps(
            reduction, period, [self.reduced[one.name] for one in members]
        )
        if contradicted:
            return Page(str(period), notes=tuple(overlaps), message=overlaps[0])
        facts = tuple(_spend(self.rules, period, one) for one in reduction.sums(period, counted))
        self.counted[period] = tuple(one.file for one in counted)
        news = [file for file in members if file.name not in self.survey.settled and file.name not in self.told]
        self.told |= {file.name for file in news}
        seen = [self._seen(file) for file in news]
        entries = {file.name: self._entry(file, self._wanted(self.reduced[file.name])) for file in members}
        return Page(
            str(period),
            facts=facts,
            replaces=(Replacement("spend", "billing_period", period),),
            covered=tuple(_covered(period, facts)),
            files=tuple(file for file, _ in seen),
            rejected=tuple(one for _, rejected in seen for one in rejected),
            cursor=cursor_of(entries, self.rules.choices),
            message=f"billing period {period:%Y-%m}: {len(facts)} daily sums of {len(counted)} files",
            notes=(*overlaps, *self._notes(period, members)),
        )

    def _notes(self, period: date, members: Sequence[File]) -> Iterator[str]:
        names = {file.name for file in members}
        for copy, original in self.survey.copies.items():
            if original in names:
                yield f"{copy} is a copy of {original}: counted once."
        for name in sorted(self._lost(period)):
            yield f"{period:%Y-%m}: {name} no longer holds it and is not counted any more."
        for file in members:
            if file.name not in self.survey.settled and (unread := self.reduced[file.name].unread_tags):
                yield f"{file.name}: {unread} charges have tags that are no JSON object; they count without tags."
        yield from self.survey.listing.notes


def _without_overlaps(
    reduction: Reduction, period: date, members: Sequence[Reduced]
) -> tuple[list[Reduced], list[str], bool]:
    """The files to count, what is to be told, and whether two files contradict each other."""
    counted, notes, contradicted = [*members], [], False
    for smaller, larger, share in reduction.alike(period, [one for one in members if not one.file.governed]):
        if smaller not in counted or larger not in counted:
            continue
        one, other = smaller.file.name, larger.file.name
        if share == 1:
            counted.remove(smaller)
            notes.append(f"{period:%Y-%m}: all charges of {one} are in {other} too: counted once.")
        else:
            contradicted = True
            notes.append(
                f"{period:%Y-%m}: {share:.0%} of the charges of {one} are in {other} too: "
                f"remove the outdated one of them. {_STAYS}"
            )
    return counted, notes, contradicted


def _spend(rules: Rules, period: date, one: Sum) -> Spend:
    key_kind, key = _key(rules, one)
    tags = [part for tag in one.tags for part in tag]
    grain = "\x1f".join((one.day.isoformat(), period.isoformat(), *one.dimensions.values(), *tags))
    return Spend(
        source=rules.source,
        source_id=hashlib.blake2b(grain.encode(), digest_size=16).hexdigest(),
        key_kind=key_kind,
        key=key,
        day=one.day,
        billing_period=period,
        tags=one.tags,
        billed=one.billed,
        effective=one.effective,
        **one.dimensions,
    )


def _key(rules: Rules, one: Sum) -> tuple[str, str]:
    """The first dimension of `scope_by` that the charge has; the source itself where it has none."""
    tags = dict(one.tags)
    for name in rules.scope_by:
        value = tags.get(name.removeprefix(TAG), "") if name.startswith(TAG) else one.dimensions[name]
        if value:
            return name, value
    return "source", rules.source


def _covered(period: date, facts: Sequence[Spend]) -> Iterator[Covered]:
    """From the period's first day to its last day with a charge: what comes after may only not be billed yet."""
    days = [fact.day for fact in facts if period <= fact.day < add_months(period, 1)]
    if days:
        yield Covered("spend", "", "", _midnight(period), _midnight(max(days) + timedelta(days=1)))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
