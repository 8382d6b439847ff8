"""The demo's survey tool, in the form of Zigpoll's API: polls with counters, slides, responses behind a cursor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from data.sample import Story
from data.sample.chance import revision
from data.sample.company import COMPANY
from data.sample.feedback import SURVEYS, Survey, feedback
from data.sample.records import Answer, Wave
from data.sample.seasons import company_midnight
from pipelines.demo.answers import answer, number_in

Json = dict[str, Any]

ACCOUNT: Final = "64b7d2a90c5e11f8a3d09e01"
_PAGE: Final = 50
_MOST: Final = 1_000
_SLIDES: Final = {"nps": "nps", "csat": "star-rating", "ces": "multiple-choice"}
_AGREES: Final = (
    "1 - Strongly disagree", "2 - Disagree", "3 - Somewhat disagree", "4 - Neutral", "5 - Somewhat agree", "6 - Agree",
    "7 - Strongly agree",
)  # fmt: skip
_WHY: Final = "<p>What is the <b>main reason</b> for your score?</p>"


@dataclass(frozen=True, eq=False, slots=True)
class Poll:
    """A survey of the story as the tool keeps it, with all of its sendings."""

    survey: Survey
    waves: tuple[Wave, ...]

    @property
    def id(self) -> str:
        return number("poll", self.survey.id)

    @property
    def slides(self) -> tuple[str, str]:
        """The ids of its two questions: the score, and what the score is for."""
        return number("slide", self.survey.id, "score"), number("slide", self.survey.id, "why")

    @property
    def created(self) -> datetime:
        """The morning before its first sending."""
        return datetime.fromtimestamp(company_midnight(min(wave.start for wave in self.waves)), UTC)


class Zigpoll:
    """Answers from the story's surveys."""

    def __init__(self, told: Story) -> None:
        self._told = told

    def routes(self) -> list[Route]:
        """Where it answers, below its base address."""
        return [
            Route("/me", self._me),
            Route("/accounts", self._accounts),
            Route("/polls", self._polls),
            Route("/poll", self._poll),
            Route("/slides", self._slides),
            Route("/responses", self._responses),
        ]

    @cached_property
    def _feedback(self) -> tuple[tuple[Wave, ...], tuple[Answer, ...]]:
        return feedback(self._told)

    @cached_property
    def _known(self) -> dict[str, Poll]:
        found: dict[str, Poll] = {}
        for survey in SURVEYS:
            waves = tuple(wave for wave in self._feedback[0] if wave.survey == survey.id)
            if waves:
                poll = Poll(survey, waves)
                found[poll.id] = poll
        return found

    @cached_property
    def _by_poll(self) -> dict[str, list[Json]]:
        """The responses to each poll, oldest first."""
        found: dict[str, list[Json]] = {poll: [] for poll in self._known}
        for one in self._given:
            found[one["pollId"]].append(one)
        return found

    @cached_property
    def _given(self) -> list[Json]:
        """All responses, oldest first."""
        polls = {poll.survey.id: poll for poll in self._known.values()}
        found = [body for one in self._feedback[1] for body in _written(polls[one.survey], one)]
        until = written(self._told.until)
        return sorted(
            (one for one in found if one["createdAt"] < until), key=lambda one: (one["createdAt"], one["_id"])
        )

    async def _me(self, _: Request) -> Response:
        return answer(200, {"_id": number("user"), "accounts": [ACCOUNT]})

    async def _accounts(self, _: Request) -> Response:
        return answer(200, [{"_id": ACCOUNT, "name": COMPANY}])

    async def _polls(self, request: Request) -> Response:
        if request.query_params.get("accountId", ACCOUNT) != ACCOUNT:
            return answer(404, {"error": "Account not found"})
        return answer(200, [self._body(poll) for poll in self._known.values()])

    async def _poll(self, request: Request) -> Response:
        poll = self._known.get(request.query_params.get("pollId", ""))
        return answer(404, {"error": "Poll not found"}) if poll is None else answer(200, self._body(poll))

    async def _slides(self, request: Request) -> Response:
        asked = request.query_params
        if not (asked.get("pollId") or asked.get("accountId")):
            return answer(400, {"error": "pollId is required"})
        wanted = [poll for poll in self._known.values() if asked.get("pollId") in (None, poll.id)]
        return answer(200, [slide for poll in wanted for slide in _questions(poll)])

    async def _responses(self, request: Request) -> Response:
        asked = request.query_params
        scopes = {name: asked[name] for name in ("accountId", "pollId", "slideId") if name in asked}
        if not scopes:
            return answer(400, {"error": "accountId, pollId or slideId is required"})
        after, before = (_milliseconds(asked.get(name)) for name in ("createdAfter", "createdBefore"))
        found = [
            one
            for one in (self._by_poll.get(scopes["pollId"], []) if "pollId" in scopes else self._given)
            if all(one[name] == wanted for name, wanted in scopes.items())
            and (after is None or one["createdAt"] >= after)
            and (before is None or one["createdAt"] < before)
        ]
        return _page(request, found)

    def _body(self, poll: Poll) -> Json:
        shown = sum(wave.shown for wave in poll.waves)
        last = max((one.at for one in self._feedback[1] if one.survey == poll.survey.id), default=poll.created)
        return {
            "_id": poll.id,
            "accountId": ACCOUNT,
            "title": poll.survey.title,
            "isVisible": True,
            "slides": list(poll.slides),
            "createdAt": written(poll.created),
            "updatedAt": written(last),
            "renderCount": shown,
            "presentationCount": shown,
            "openCount": sum(wave.opened for wave in poll.waves),
            "responseCount": sum(wave.responded for wave in poll.waves),
            "completeCount": sum(wave.completed for wave in poll.waves),
        }


def _questions(poll: Poll) -> Iterator[Json]:
    """The slides of a poll: a score, then a free text."""
    form = poll.survey.form
    titles = {"nps": [str(n) for n in range(11)], "csat": [str(n) for n in range(1, 6)], "ces": list(_AGREES)}[form]
    score, why = poll.slides
    both = {"accountId": ACCOUNT, "pollId": poll.id, "createdAt": written(poll.created)}
    answers = [{"_id": number("answer", score, n), "title": title} for n, title in enumerate(titles)]
    title = f"<p>{poll.survey.question}</p>"
    yield {"_id": score, **both, "type": _SLIDES[form], "title": title, "answers": answers, "index": 0}
    yield {"_id": why, **both, "type": "long-answer", "title": _WHY, "answers": [], "index": 1}


def _written(poll: Poll, one: Answer) -> Iterator[Json]:
    """The responses of one customer: the score, and a minute later the reason where one was given."""
    score = _AGREES[one.score - 1] if poll.survey.form == "ces" else str(one.score)
    texts = [(poll.slides[0], score, "vote"), (poll.slides[1], one.comment, "dynamic-response")]
    for n, (slide, text, kind) in enumerate(texts):
        if text is None:
            continue
        yield {
            "_id": number("response", one.id, n),
            "createdAt": written(one.at + timedelta(seconds=40 * n)),
            "accountId": ACCOUNT,
            "pollId": poll.id,
            "slideId": slide,
            "participantId": number("participant", one.respondent),
            "response": text,
            "valueType": kind,
            "orderValue": 0,
            "userAgent": "Mozilla/5.0 (demo)",
            "metadata": {
                "ipAddress": "192.0.2.7",
                "country": "DE",
                "audience": poll.survey.audience,
                "channel": "e-mail" if poll.survey.quarterly else "app",
            },
        }


def _page(request: Request, found: Sequence[Json]) -> Response:
    """The part of a listing after the cursor, which is the id of the last one seen."""
    limit, cursor = number_in(request, "limit", _PAGE, 1, _MOST), request.query_params.get("startCursor")
    start = 0
    if cursor:
        places = [n for n, one in enumerate(found) if one["_id"] == cursor]
        if not places:
            return answer(400, {"error": "Invalid cursor"})
        start = places[0] + 1
    chosen = found[start : start + limit]
    more = start + limit < len(found)
    return answer(200, {"data": list(chosen), "hasNextPage": more, "endCursor": chosen[-1]["_id"] if chosen else None})


def written(moment: datetime) -> str:
    """An instant as the tool writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _milliseconds(text: str | None) -> str | None:
    """An instant given in milliseconds since 1970, as the tool writes it; what is no number counts as absent."""
    return written(datetime.fromtimestamp(int(text) / 1000, UTC)) if text and text.isdigit() else None


def number(*key: object) -> str:
    """An id as the tool gives them: 24 hexadecimal digits."""
    return revision(0, "zigpoll", *key)[:24]
