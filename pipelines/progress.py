"""What a person sees of a sync: bars on a terminal, plain lines elsewhere, a table at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Protocol

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from pipelines.connectors.base import Page
from pipelines.sync import SyncReport

console = Console(stderr=True)


class Watch(Protocol):
    """What is told while work goes on."""

    def page(self, page: Page, report: SyncReport) -> None: ...

    def say(self, line: str) -> None: ...

    def end(self) -> None: ...


class _Bars:
    def __init__(self, progress: Progress, title: str) -> None:
        self._progress, self._title = progress, title
        self._task: TaskID = progress.add_task(title, total=None)

    def page(self, page: Page, report: SyncReport) -> None:
        said = escape(f"{self._title}: {page.message or page.stream}, {report.stored:,} facts")
        self._progress.update(self._task, description=said, completed=page.done, total=page.total)

    def say(self, line: str) -> None:
        self._progress.update(self._task, description=escape(f"{self._title}: {line}"))

    def end(self) -> None:
        self._progress.remove_task(self._task)


class _Lines:
    """A line when the work moves on to another stream, so that a log stays readable."""

    def __init__(self, title: str) -> None:
        self._title, self._last = title, ""

    def page(self, page: Page, report: SyncReport) -> None:
        said = page.message or page.stream
        if said != self._last:
            self._last = said
            console.print(f"{self._title}: {said}, {report.stored:,} facts so far", markup=False, highlight=False)

    def say(self, line: str) -> None:
        if not self._last:
            console.print(f"{self._title}: {line}", markup=False, highlight=False)
            self._last = line

    def end(self) -> None:
        """A log keeps what was said."""


@contextmanager
def watching_all() -> Iterator[Callable[[str], Watch]]:
    """What makes a watcher for each piece of work by its title; they may go on at the same time."""
    if not console.is_terminal:
        yield _Lines
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield partial(_Bars, progress)


@contextmanager
def watching(title: str) -> Iterator[Watch]:
    """A watcher for one piece of work."""
    with watching_all() as watch:
        yield watch(title)


def report_table(reports: Sequence[SyncReport]) -> Table:
    """Fetched, stored, skipped with reasons, took; one row a source."""
    table = Table(title=None, header_style="bold", show_edge=False)
    for name, side in (("source", "left"), ("outcome", "left"), ("fetched", "right"), ("stored", "right")):
        table.add_column(name, justify=side)  # type: ignore[arg-type]
    table.add_column("skipped", justify="right")
    table.add_column("took", justify="right")
    for one in reports:
        skipped = str(sum(one.skipped.values()))
        table.add_row(one.source, one.outcome, f"{one.fetched:,}", f"{one.stored:,}", skipped, f"{one.seconds:.1f} s")
    return table


def remarks(report: SyncReport) -> list[str]:
    """What is worth a line of its own: the message, reasons of skipping, notes."""
    lines = [report.message] if report.message else []
    lines += [f"{count} set aside: {reason}" for reason, count in sorted(report.skipped.items())]
    return [f"{report.source}: {line}" for line in (*lines, *report.notes)]


def as_json(report: SyncReport) -> dict[str, Any]:
    """The report as others read it."""
    return {
        "source": report.source,
        "outcome": report.outcome,
        "message": report.message or None,
        "fetched": report.fetched,
        "stored": report.stored,
        "skipped": dict(sorted(report.skipped.items())),
        "notes": report.notes,
        "seconds": round(report.seconds, 3),
        "resumes_at": report.resumes_at.isoformat() if report.resumes_at else None,
    }
