"""Zigpoll's responses as the records that are kept, without what leads to a person; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pipelines.connectors._zigpoll.api import Json
from pipelines.connectors._zigpoll.scales import Question
from pipelines.connectors.base import Record, Rejected
from pipelines.errors import SkipRecord
from pipelines.people import masked

KEEP: Mapping[str, tuple[str, ...]] = {
    "response": (
        "poll", "poll_title", "slide", "slide_type", "slide_title", "slide_answers", "answer", "created_at",
        "participant", "metadata", "comment",
    ),
    "slide": ("poll", "slide_type", "slide_title", "slide_answers"),
    "count": ("poll", "poll_title", "day", "since", "shown", "opened", "responded", "completed"),
}  # fmt: skip

TOGETHER = timedelta(days=1)
"""How far apart a score and the words for it may be given."""

_COUNTERS = {
    "shown": ("presentationCount", "renderCount"),
    "opened": ("openCount",),
    "responded": ("responseCount",),
    "completed": ("completeCount",),
}


@dataclass(frozen=True)
class Answer:
    """One response, already without what may not be kept; `participant` is a pseudonym or None."""

    id: str
    slide: str
    at: datetime
    participant: str | None
    text: str
    metadata: Mapping[str, str]


@dataclass(frozen=True)
class Poll:
    """A poll with its questions by id."""

    id: str
    title: str
    created: datetime | None
    questions: Mapping[str, Question]


def poll_of(found: Json, slides: Sequence[Json]) -> Poll:
    """A poll as Zigpoll tells it."""
    questions = {_text(one.get("_id")): question_of(one) for one in slides}
    return Poll(_text(found.get("_id")), plain_title(found), when(found.get("createdAt")), questions)


def plain_title(found: Json) -> str:
    """What a poll is called, without HTML."""
    return masked(_text(found.get("title")))


def question_of(slide: Json) -> Question:
    """A slide as a question, in plain text."""
    offered = slide.get("answers")
    listed = offered if isinstance(offered, list) else []
    titles = (masked(_text(one.get("title"))) if isinstance(one, dict) else masked(_text(one)) for one in listed)
    return Question(_text(slide.get("type")), masked(_text(slide.get("title"))), tuple(one for one in titles if one))


def answer_of(found: Json, kept: Sequence[str], pseudonym: Callable[[str], str]) -> Answer:
    """A response without address, place and device; SkipRecord where it has no id, time or question."""
    at, known = when(found.get("createdAt")), _text(found.get("_id"))
    if not known or at is None or not found.get("slideId"):
        raise SkipRecord("A response came without _id, createdAt or slideId.")
    who, said = _text(found.get("participantId")), found.get("metadata")
    metadata = said if isinstance(said, dict) else {}
    return Answer(
        id=known,
        slide=_text(found["slideId"]),
        at=at,
        participant=pseudonym(who) if who else None,
        text=masked(_text(found.get("response"))),
        metadata={name: masked(_text(metadata[name])) for name in kept if metadata.get(name) not in (None, "")},
    )


def joined(scored: Sequence[Answer], written: Sequence[Answer]) -> dict[str, str]:
    """The comment of each scored answer, by its id: what its participant wrote within a day, mostly right after it."""
    comments: dict[str, list[str]] = {}
    by_participant: dict[str, list[Answer]] = {}
    for one in sorted(scored, key=_in_order):
        if one.participant:
            by_participant.setdefault(one.participant, []).append(one)
    for text in sorted(written, key=_in_order):
        near = [one for one in by_participant.get(text.participant or "", ()) if abs(one.at - text.at) <= TOGETHER]
        before = [one for one in near if one.at <= text.at]
        if near and text.text:
            comments.setdefault((before[-1] if before else near[0]).id, []).append(text.text)
    return {known: "\n".join(said) for known, said in comments.items()}


def response_record(poll: Poll, answer: Answer, comment: str | None) -> Record:
    """A scored answer with all that its fact is made of."""
    question = poll.questions[answer.slide]
    return Record("response", answer.id, {
        "poll": poll.id,
        "poll_title": poll.title,
        "slide": answer.slide,
        "slide_type": question.type,
        "slide_title": question.title,
        "slide_answers": list(question.answers),
        "answer": answer.text,
        "created_at": answer.at.isoformat(),
        "participant": answer.participant,
        "metadata": dict(answer.metadata),
        "comment": comment,
    })  # fmt: skip


def slide_record(poll: Poll, slide: str) -> Record:
    """A question as it is asked."""
    question = poll.questions[slide]
    return Record("slide", slide, {
        "poll": poll.id,
        "slide_type": question.type,
        "slide_title": question.title,
        "slide_answers": list(question.answers),
    })  # fmt: skip


def count_record(poll: Poll, found: Json, day: str, since: str | None) -> Record:
    """A poll's counters as they stand on a day; SkipRecord where one is missing, which is not a 0."""
    counts: dict[str, Any] = {}
    for name, places in _COUNTERS.items():
        values = [found[place] for place in places if isinstance(found.get(place), int) and found[place] >= 0]
        if not values:
            raise SkipRecord(f"Zigpoll tells no {' or '.join(places)} of the poll.")
        counts[name] = values[0]
    return Record("count", f"{poll.id}/{day}", {
        "poll": poll.id, "poll_title": poll.title, "day": day, "since": since, **counts,
    })  # fmt: skip


@dataclass(frozen=True)
class Sorted:
    """The responses of a span: scored ones, written ones, those to questions without a scale, and faulty ones."""

    scored: tuple[Answer, ...] = ()
    written: tuple[Answer, ...] = ()
    other: int = 0
    rejected: tuple[Rejected, ...] = ()


def sorted_out(found: Iterator[Json], make: Callable[[Json], Answer], kinds: Mapping[str, str]) -> Sorted:
    """The responses by what their question is: `kinds` maps slide to "scored" or "written"."""
    scored, written, rejected, other = [], [], [], 0
    for one in found:
        try:
            answer = make(one)
        except SkipRecord as reason:
            rejected.append(Rejected("response", _text(one.get("_id")) or "a response without _id", str(reason)))
            continue
        kind = kinds.get(answer.slide)
        if kind == "scored":
            scored.append(answer)
        elif kind == "written":
            written.append(answer)
        else:
            other += 1
    return Sorted(tuple(scored), tuple(written), other, tuple(rejected))


def when(found: object) -> datetime | None:
    """The instant that Zigpoll tells as ISO text or in milliseconds; None where it is none."""
    try:
        if isinstance(found, (int, float)) and not isinstance(found, bool):
            return datetime.fromtimestamp(found / 1000, UTC)
        moment = datetime.fromisoformat(found) if isinstance(found, str) else None
    except (ValueError, OverflowError, OSError):
        return None
    return moment.astimezone(UTC) if moment is not None and moment.tzinfo is not None else None


def _in_order(answer: Answer) -> tuple[datetime, str]:
    return answer.at, answer.id


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else "" if value is None else str(value)
