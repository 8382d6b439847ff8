"""Zigpoll: answers with a score, what people wrote beside them, and how often each poll was shown and answered."""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property, partial
from typing import Any, ClassVar

from data.facts import Fact, Response, SurveyCount
from data.period import day_of, day_start
from pipelines import people
from pipelines.connectors._zigpoll.answers import (
    KEEP,
    TOGETHER,
    Poll,
    answer_of,
    count_record,
    joined,
    plain_title,
    poll_of,
    response_record,
    slide_record,
    sorted_out,
    when,
)
from pipelines.connectors._zigpoll.api import HOME, Json, Zigpoll
from pipelines.connectors._zigpoll.options import ZigpollOptions
from pipelines.connectors._zigpoll.scales import Question, is_open, scale_of, score_of
from pipelines.connectors.base import Connector, Covered, Finding, Name, Need, Options, Page, Position, Record
from pipelines.errors import SkipRecord, StopSource
from pipelines.http import Http

KEY = Need("ZIGPOLL_KEY", "a private key of Zigpoll, which may read polls, slides and responses")

_STEP = timedelta(days=31)
"""The span of one page: what it holds is in memory, and an interrupted reading begins at it again."""

_OF_ONE_POLL = (400, 404)


class ZigpollSource(Connector):
    """Reads the polls that one key may see."""

    type: ClassVar[str] = "zigpoll"
    title: ClassVar[str] = "Zigpoll"
    fact_kinds: ClassVar[tuple[str, ...]] = (Response.kind, SurveyCount.kind)
    needs: ClassVar[tuple[Need, ...]] = (KEY,)
    keep: ClassVar[Mapping[str, tuple[str, ...]]] = KEEP
    lists: ClassVar[Mapping[str, tuple[str, ...]]] = {"response": ("created_at",)}
    options: ClassVar[builtins.type[Options]] = ZigpollOptions
    address: ClassVar[str | None] = HOME

    @cached_property
    def chosen(self) -> ZigpollOptions:
        """The options, validated."""
        return self.read_options(ZigpollOptions)

    @cached_property
    def api(self) -> Zigpoll:
        """The API under the source's key."""
        key = self.credential(KEY)
        text = key.get_secret_value() if key else ""
        header = f"Bearer {text}" if self.chosen.authorization == "bearer" else text
        http = Http(self.source.base_url or HOME, self.settings.http, {"Authorization": header})
        return Zigpoll(http, self.source.secrets.get(KEY.variable, KEY.variable))

    def fetch(self, position: Position) -> Iterator[Page]:
        """Every poll; what one of them refuses does not keep the others from being read."""
        refused: list[StopSource] = []
        polls = list(self._polls())
        for done, found in enumerate(polls, 1):
            try:
                yield from (replace(page, done=done, total=len(polls)) for page in self._poll(found, position))
            except StopSource as fault:
                if fault.status not in _OF_ONE_POLL:
                    raise
                refused.append(fault)
        if refused:
            raise StopSource(" ".join(str(fault) for fault in refused[:3]), refused[0].status)
        start = day_start(position.since, self.settings.zone)
        yield Page("polls", covered=(Covered(Response.kind, "", "", start, position.now),))

    def facts(self, record: Record) -> tuple[Fact, ...]:
        """The score of a response, or a poll's counters of a day; none of a question."""
        seen = record.payload
        match record.kind:
            case "response":
                return (self._response(record.source_id, seen),)
            case "count":
                return (self._count(record.source_id, seen),)
            case "slide":
                self._require_scale(record.source_id, _question(seen))
                return ()
            case _:
                raise SkipRecord(f"Zigpoll has no records of kind {record.kind!r}.")

    def check(self) -> Iterator[Finding]:
        """The key; then each poll with what its questions measure, and whether the polls named exist."""
        found = list(self._polls())
        yield Finding("key", True, f"It reads {len(found)} polls.")
        for name in sorted({*self.chosen.polls, *(one.id for one in self.chosen.poll)} - {_id(one) for one in found}):
            yield Finding(name, False, "No poll of the key's accounts has this id: correct polls.")
        slides = {told.id for told in self.chosen.slide}
        for one in found:
            poll = poll_of(one, self.api.slides(_id(one)))
            slides -= poll.questions.keys()
            yield self._finding(poll)
        for name in sorted(slides):
            yield Finding(name, False, "No question has this id: correct slide.")

    def names(self) -> Iterator[Name]:
        """The features that polls are declared to be about, and the other polls."""
        for found in self._polls():
            told = self.chosen.poll_of(_id(found)).feature
            yield Name("feature", told, told) if told else Name("poll", _id(found), plain_title(found))

    def _polls(self) -> Iterator[Json]:
        """The polls to read, those named in the options or all."""
        wanted, api = self.chosen, self.api
        people.require_salt(self.settings)
        for account in api.accounts():
            if wanted.accounts and _id(account) not in wanted.accounts:
                continue
            polls = api.polls(_id(account))
            yield from (one for one in polls if _id(one) and (not wanted.polls or _id(one) in wanted.polls))

    def _poll(self, found: Json, position: Position) -> Iterator[Page]:
        poll = poll_of(found, self.api.slides(_id(found)))
        stream, named = f"poll {poll.id}", f"poll {poll.title or poll.id}"
        slides = tuple(slide_record(poll, slide) for slide in poll.questions)
        records, notes = self._counted(poll, found, position)
        yield Page(stream, (*slides, *records), notes=notes, message=named)
        cursor = position.cursors.get(stream, {})
        zero = day_start(position.since, self.settings.zone)
        lowest = max(zero, poll.created) if poll.created else zero
        asks = {"metadata": list(self.chosen.metadata()), "kinds": self._kinds(poll)}
        anew = not cursor or _asks_otherwise(cursor["asks"], asks)
        start = lowest if anew else _start(cursor, lowest, timedelta(days=self.source.lookback_days))
        while start < position.now:
            end = min(start + _STEP, position.now)
            since = lowest if anew else min(lowest, when(cursor["from"]) or lowest)
            reached = {"from": since.isoformat(), "until": end.isoformat(), "asks": asks}
            covered = Covered(Response.kind, "poll", poll.id, start, end)
            page = self._span(poll, max(start - TOGETHER, lowest), end)
            yield replace(
                page, stream=stream, cursor=reached, covered=(covered,), message=f"{named}, up to {end:%Y-%m-%d}"
            )
            start = end

    def _span(self, poll: Poll, start: datetime, end: datetime) -> Page:
        """The scored responses of a span; what was written a day before or after it may belong to them."""
        make = partial(answer_of, kept=self.chosen.metadata(), pseudonym=partial(people.pseudonym, self.settings))
        found = sorted_out(self.api.responses(poll.id, start - TOGETHER, end), make, self._kinds(poll))
        comments = joined(found.scored, found.written)
        scored = (one for one in found.scored if one.at >= start)
        records = tuple(response_record(poll, one, comments.get(one.id)) for one in scored)
        return Page("", records, rejected=found.rejected)

    def _counted(self, poll: Poll, found: Json, position: Position) -> tuple[tuple[Record, ...], tuple[str, ...]]:
        zone = self.settings.zone
        since = str(day_of(poll.created, zone)) if poll.created else None
        try:
            return (count_record(poll, found, str(day_of(position.now, zone)), since),), ()
        except SkipRecord as reason:
            return (), (f"Poll {poll.title or poll.id}: {reason} Its response rate is unknown.",)

    def _kinds(self, poll: Poll) -> dict[str, str]:
        """Of each question whether its answers are scored, written or neither."""
        return {slide: self._kind(slide, question) for slide, question in poll.questions.items()}

    def _kind(self, slide: str, question: Question) -> str:
        told = self.chosen.slide_of(slide)
        if is_open(question, told):
            return "written"
        try:
            scale_of(question, told)
        except SkipRecord:
            return ""
        return "scored"

    def _require_scale(self, slide: str, question: Question) -> None:
        """SkipRecord where the answers to a question are no scores and nobody said so."""
        told = self.chosen.slide_of(slide)
        if told.form == "none" or is_open(question, told):
            return
        try:
            scale_of(question, told)
        except SkipRecord as reason:
            raise SkipRecord(f"The question {question.title!r} is left out: {reason}.") from reason

    def _response(self, source_id: str, seen: Mapping[str, Any]) -> Response:
        scale = scale_of(_question(seen), self.chosen.slide_of(seen["slide"]))
        at = when(seen["created_at"])
        if at is None:
            raise SkipRecord("The response has no createdAt.")
        feature = self.chosen.feature(seen)
        return Response(
            source=self.source.id,
            source_id=source_id,
            key_kind="feature" if feature else "poll",
            key=feature or seen["poll"],
            survey=seen["poll"],
            form=scale.form,
            at=at,
            score=score_of(seen["answer"], scale),
            scale_low=scale.low,
            scale_high=scale.high,
            high_is_good=scale.high_is_good,
            feature=feature,
            audience=self.chosen.audience(seen),
            channel=self.chosen.channel(seen),
            respondent=seen["participant"],
            comment=seen["comment"],
        )

    def _count(self, source_id: str, seen: Mapping[str, Any]) -> SurveyCount:
        feature = self.chosen.poll_of(seen["poll"]).feature
        return SurveyCount(
            source=self.source.id,
            source_id=source_id,
            key_kind="feature" if feature else "poll",
            key=feature or seen["poll"],
            survey=seen["poll"],
            title=seen["poll_title"],
            day=date.fromisoformat(seen["day"]),
            since=date.fromisoformat(seen["since"]) if seen["since"] else None,
            shown=seen["shown"],
            opened=seen["opened"],
            responded=seen["responded"],
            completed=seen["completed"],
        )

    def _finding(self, poll: Poll) -> Finding:
        said, scored = [], False
        for slide, question in poll.questions.items():
            title = question.title or slide
            if is_open(question, self.chosen.slide_of(slide)):
                said.append(f"{title!r} is written")
                continue
            try:
                scale = scale_of(question, self.chosen.slide_of(slide))
            except SkipRecord as reason:
                said.append(f"{title!r} ({slide}) counts for nothing: {reason}")
                continue
            scored = True
            good = "high" if scale.high_is_good else "low"
            said.append(f"{title!r} is {scale.form} from {scale.low} to {scale.high}, {good} is good")
        return Finding(f"poll {poll.title or poll.id}", scored, "; ".join(said or ["it has no question"]) + ".")


def _asks_otherwise(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether answers that were left out before are wanted now, or other metadata with them: all are read again."""
    changed = [slide for slide, kind in before["kinds"].items() if now["kinds"].get(slide, kind) != kind]
    return bool(changed) or before["metadata"] != now["metadata"]


def _start(cursor: Mapping[str, Any], lowest: datetime, lookback: timedelta) -> datetime:
    """Where the reading of a poll goes on: its cursor less the lookback, unless earlier days are asked for."""
    until, known = when(cursor["until"]), when(cursor["from"])
    if until is None or known is None or lowest < known:
        return lowest
    return max(lowest, until - lookback)


def _question(seen: Mapping[str, Any]) -> Question:
    return Question(seen["slide_type"], seen["slide_title"], tuple(seen["slide_answers"]))


def _id(found: Json) -> str:
    return str(found.get("_id") or "")
