"""GitHub: deployments, pull requests and commits, work items. Cloud and Enterprise, by GraphQL or REST alone."""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property, partial
from typing import Annotated, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, field_validator

from data.facts import Change, Deployment, Fact, WorkItem
from data.period import day_of, day_start
from pipelines.connectors._github.changes import commit_fact, cut_short, pull_request_fact
from pipelines.connectors._github.commits import commit_pages
from pipelines.connectors._github.deployments import deployment_fact
from pipelines.connectors._github.findings import Named, findings
from pipelines.connectors._github.graphql import Graphql, graphql_base
from pipelines.connectors._github.issues import issue_fact, issue_record, labelled, labels_of
from pipelines.connectors._github.projects import Board, project_pages
from pipelines.connectors._github.rest import Rest, connected
from pipelines.connectors._github.streams import Listing, read
from pipelines.connectors._github.terms import KEEP, Reading
from pipelines.connectors.base import Connector, Count, Finding, Name, Need, Options, Page, Position, Record
from pipelines.connectors.spans import Span
from pipelines.connectors.texts import Json
from pipelines.errors import SkipRecord, StopSource, SyncError, TryAgain

TOKEN = Need("GITHUB_TOKEN", "a token that may read deployments, pull requests, contents and issues")

_OF_ONE_STREAM = (403, 404, 409, 410, 422)
"""What GitHub may refuse in one place and grant in the next."""

_AN_OUTAGE = 3
"""Streams that fail after all retries before the rest is left for the next run."""

_REPOSITORY = re.compile(r"[A-Za-z0-9._-]+/[A-Za-z0-9._-]+")
Form = Literal["feature", "bug", "other"]


class Project(Options):
    """A project whose items are work items, and what the names of its Status field mean; case does not matter."""

    owner: str
    number: Annotated[int, Field(gt=0)]
    in_progress: tuple[str, ...] = ("In progress",)
    done: tuple[str, ...] = ("Done",)
    cancelled: tuple[str, ...] = ()


class GitHubOptions(Options):
    """What a source of this type reads. No `environments`: all of them. `issue_labels`: label → form of work item."""

    repositories: Annotated[tuple[str, ...], Field(description="Repositories, as in acme/wallet, acme/ledger")]
    environments: tuple[str, ...] = ()
    issue_labels: Mapping[str, Form] = Field(default_factory=dict)
    projects: tuple[Project, ...] = ()
    in_progress_label: str | None = None
    default_branch: str | None = None
    api: Literal["graphql", "rest"] = "graphql"

    @field_validator("repositories")
    @classmethod
    def _named_once_each(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if not names:
            raise ValueError("name at least one, as in acme/wallet")
        if wrong := [name for name in names if not _REPOSITORY.fullmatch(name)]:
            raise ValueError(f"{wrong[0]!r} is none: write owner/name, as in acme/wallet")
        if len({name.lower() for name in names}) < len(names):
            raise ValueError("one is listed twice: name each once")
        return names

    @field_validator("in_progress_label")
    @classmethod
    def _one_way_to_start(cls, label: str | None, before: ValidationInfo) -> str | None:
        if label and before.data.get("projects"):
            raise ValueError("projects tell when work started: leave it out")
        if label and not before.data.get("issue_labels"):
            raise ValueError("it needs issue_labels: name the labels of planned work")
        return label


class GitHub(Connector):
    """Reads the repositories of one configured GitHub."""

    type: ClassVar[str] = "github"
    title: ClassVar[str] = "GitHub"
    fact_kinds: ClassVar[tuple[str, ...]] = (Deployment.kind, Change.kind, WorkItem.kind)
    needs: ClassVar[tuple[Need, ...]] = (TOKEN,)
    keep: ClassVar[Mapping[str, tuple[str, ...]]] = KEEP
    # no commits: a listing by date may leave out one that was pushed late
    lists: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "deployment": ("created_at",),
        "pull_request": ("created_at", "closed_at"),
        "issue": ("created_at", "closed_at"),
    }
    options: ClassVar[builtins.type[Options]] = GitHubOptions
    address: ClassVar[str | None] = "https://api.github.com"

    @cached_property
    def chosen(self) -> GitHubOptions:
        """The options, validated."""
        return self.read_options(GitHubOptions)

    @cached_property
    def rest(self) -> Rest:
        """The REST API."""
        return Rest(connected(self.base_url(), self.settings.http, self._token()))

    @cached_property
    def graphql(self) -> Graphql:
        """The GraphQL API, which leaves the rest of long nested lists to REST."""
        home = graphql_base(self.base_url())
        beside = home == self.base_url()
        http = self.rest.http if beside else connected(home, self.settings.http, self._token())
        return Graphql(http, self.rest)

    @cached_property
    def reading(self) -> Reading:
        """What facts are made with, beside the record."""
        chosen = self.chosen
        labelled = (chosen.in_progress_label,) if chosen.in_progress_label else ()
        return Reading(
            source=self.source.id,
            web=web_base(self.base_url()),
            labels=chosen.issue_labels,
            in_progress=_folded(*labelled, *(name for one in chosen.projects for name in one.in_progress)),
            done=_folded(*(name for one in chosen.projects for name in one.done)),
            cancelled=_folded(*(name for one in chosen.projects for name in one.cancelled)),
            repositories={name.casefold(): name for name in chosen.repositories},
        )

    def fetch(self, position: Position) -> Iterator[Page]:
        """Every stream of every repository; what one of them refuses does not keep the others from being read."""
        refused: list[StopSource] = []
        failed: list[TryAgain] = []
        for stream in self._streams(position):
            try:
                yield from stream()
            except StopSource as fault:
                if fault.status not in _OF_ONE_STREAM:
                    raise
                refused.append(fault)
            except TryAgain as fault:
                failed.append(fault)
                if fault.at is not None or len(failed) == _AN_OUTAGE:
                    raise
        if refused:
            raise StopSource(_together([*refused, *failed]), refused[0].status)
        if failed:
            raise TryAgain(_together(failed))

    def facts(self, record: Record) -> tuple[Fact, ...]:
        """One deployment, change or work item; none for what was given up or is no planned work."""
        made: Fact | None
        match record.kind:
            case "deployment":
                made = deployment_fact(record, self.reading)
            case "pull_request":
                made = pull_request_fact(record, self.reading)
            case "commit":
                made = commit_fact(record, self.reading)
            case "issue":
                made = issue_fact(record, self.reading)
            case _:
                raise SkipRecord(f"GitHub has no records of kind {record.kind!r}.")
        return (made,) if made else ()

    def names(self) -> Iterator[Name]:
        """The repositories, which are told by name."""
        return (Name("repository", name, name.partition("/")[2]) for name in self.chosen.repositories)

    def counts(self, position: Position) -> Iterator[Count]:
        """The deployments of each repository, to each environment asked for; none where older ones count too."""
        api, since = self._api(), day_start(position.since, self.settings.zone)
        after = day_of(position.now, self.settings.zone) + timedelta(days=1)
        for name in self.chosen.repositories:
            for environment in sorted(self.chosen.environments) or (None,):
                tally = api.tally(name, environment)
                if tally and (total := tally.between(since, position.now)) is not None:
                    measure = f"count {environment}" if environment else "count"
                    yield Count("deployment", "repository", name, measure, position.since, after, Decimal(total))

    def listed_at(self, record: Record) -> datetime | None:
        """As declared, but for deployments that are not asked for, and issues that come from projects."""
        asked = self.chosen.environments
        unasked = record.kind == "deployment" and asked and record.payload["environment"] not in asked
        return None if unasked or (record.kind == "issue" and self.chosen.projects) else super().listed_at(record)

    def check(self) -> Iterator[Finding]:
        """Address and token; then what the token may read of each repository, and whether the names given exist."""
        chosen, boards = self.chosen, self._boards()
        named = Named(
            repositories=chosen.repositories,
            environments=chosen.environments,
            branch=chosen.default_branch,
            labels=() if boards else tuple(chosen.issue_labels),
            boards=boards,
            variable=self.source.secrets.get(TOKEN.variable, TOKEN.variable),
        )
        return findings(self.rest, self.graphql if chosen.api == "graphql" or boards else None, named)

    def _streams(self, position: Position) -> Iterator[Callable[[], Iterator[Page]]]:
        lookback = timedelta(days=self.source.lookback_days)
        span = Span(day_start(position.since, self.settings.zone), position.now, lookback, position.full)
        chosen, boards = self.chosen, self._boards()
        for name in chosen.repositories:
            yield partial(self._deployments, name, position, span)
            yield partial(self._changes, name, position, span)
            if chosen.issue_labels and not boards:
                yield partial(self._issues, name, position, span)
        if boards:
            yield partial(project_pages, self.graphql, boards, position, span)

    def _deployments(self, name: str, position: Position, span: Span) -> Iterator[Page]:
        api, wanted = self._api(), self.chosen.environments
        listing = Listing(
            kind="deployment",
            fact=Deployment.kind,
            repository=name,
            pages=lambda _walk: api.deployments(name, wanted),
            dated_by="created_at",
            record=partial(api.deployment, name),
            wanted=lambda entry: not wanted or entry.get("environment") in wanted,
            fleeting=True,
            asks=", ".join(sorted(wanted)),
        )
        return read(listing, position, span, again=partial(self.rest.running_deployment, name))

    def _changes(self, name: str, position: Position, span: Span) -> Iterator[Page]:
        api = self._api()
        pull_requests = Listing(
            kind="pull_request",
            fact=Change.kind,
            repository=name,
            pages=lambda _walk: api.pull_requests(name),
            dated_by="updated_at",
            record=partial(api.pull_request, name),
            states=lambda entry: bool(entry.get("merged_at") or not entry.get("closed_at")),
            jumps=True,
            covers=False,
            remark=cut_short,
        )
        yield from read(pull_requests, position, span)
        # last, because they alone say that changes are covered: by then the pull requests are there as well
        yield from commit_pages(self.rest, name, self.chosen.default_branch, position, span)

    def _issues(self, name: str, position: Position, span: Span) -> Iterator[Page]:
        label, planned = self.chosen.in_progress_label, _folded(*self.chosen.issue_labels)

        def record(entry: Json) -> Record:
            of_interest = label is not None and bool(planned & labels_of(entry))
            events = self.rest.events(name, entry.get("number")) if of_interest else []
            return issue_record(name, entry, labelled(events, label or ""))

        listing = Listing(
            kind="issue",
            fact=WorkItem.kind,
            repository=name,
            pages=lambda walk: self.rest.issues(name, walk.floor),
            dated_by="updated_at",
            record=record,
            wanted=lambda entry: "pull_request" not in entry,
            states=lambda entry: bool(planned & labels_of(entry)),
            fleeting=True,
            jumps=True,
            asks=", ".join([*sorted(planned), f"started: {label}"]),
        )
        return read(listing, position, span)

    def _boards(self) -> tuple[Board, ...]:
        chosen = self.chosen
        labels = _folded(*chosen.issue_labels)
        return tuple(
            Board(one.owner, one.number, chosen.repositories, labels, (*one.in_progress, *one.done, *one.cancelled))
            for one in chosen.projects
        )

    def _api(self) -> Rest | Graphql:
        return self.graphql if self.chosen.api == "graphql" else self.rest

    def _token(self) -> str:
        found = self.credential(TOKEN)
        return found.get_secret_value() if found else ""


def web_base(base_url: str) -> str:
    """Where people see what the API tells: github.com, or the Enterprise Server that the API is part of."""
    base = base_url.rstrip("/")
    if urlsplit(base).hostname == "api.github.com":
        return "https://github.com"
    return base.removesuffix("/api/v3")


def _together(faults: Sequence[SyncError]) -> str:
    more = f" {len(faults) - 3} more like these." if len(faults) > 3 else ""
    return " ".join(str(fault) for fault in faults[:3]) + more


def _folded(*names: str) -> frozenset[str]:
    return frozenset(name.casefold() for name in names)
