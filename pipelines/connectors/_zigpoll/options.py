"""The options of a source of type zigpoll, and where feature, audience and channel of an answer are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import field_validator, model_validator

from pipelines.connectors.base import Options

METADATA, TITLE = "metadata.", "poll.title"

Form = Literal["nps", "csat", "ces", "other", "none"]


class Poll(Options):
    """What a company knows of one poll beside what Zigpoll says."""

    id: str
    feature: str | None = None
    audience: str | None = None
    channel: str | None = None


class Slide(Options):
    """How the answers to one question are to be read; `answers` are in order from the worst to the best."""

    id: str
    form: Form | None = None
    low: float | None = None
    high: float | None = None
    high_is_good: bool | None = None
    answers: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Slide:
        if (self.low is None) != (self.high is None):
            raise ValueError("give low and high together, the ends of the scale")
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise ValueError("low is the lower end of the scale: it must be below high")
        if len(self.answers) == 1:
            raise ValueError("answers needs two or more, from the worst to the best")
        return self


class ZigpollOptions(Options):
    """What a source of this type reads. No `polls`: all of them."""

    accounts: tuple[str, ...] = ()
    polls: tuple[str, ...] = ()
    authorization: Literal["raw", "bearer"] = "raw"
    feature_from: str | None = None
    audience_from: str | None = None
    channel_from: str | None = None
    poll: tuple[Poll, ...] = ()
    slide: tuple[Slide, ...] = ()

    @field_validator("feature_from", "audience_from", "channel_from")
    @classmethod
    def _readable(cls, place: str | None) -> str | None:
        if place in (None, TITLE) or (place and place.startswith(METADATA) and len(place) > len(METADATA)):
            return place
        raise ValueError(f"{place!r} is neither {TITLE} nor {METADATA}<name>")

    @model_validator(mode="after")
    def _once(self) -> ZigpollOptions:
        for what, ids in (("poll", [one.id for one in self.poll]), ("slide", [one.id for one in self.slide])):
            if len(set(ids)) < len(ids):
                raise ValueError(f"a {what} is described twice: describe each once")
        return self

    def metadata(self) -> tuple[str, ...]:
        """The names of the metadata that are kept: those that an option reads, and no other."""
        places = (self.feature_from, self.audience_from, self.channel_from)
        return tuple(sorted({one.removeprefix(METADATA) for one in places if one and one.startswith(METADATA)}))

    def slide_of(self, slide: str) -> Slide:
        """What is said of a question."""
        return next((one for one in self.slide if one.id == slide), Slide(id=slide))

    def poll_of(self, poll: str) -> Poll:
        """What is said of a poll."""
        return next((one for one in self.poll if one.id == poll), Poll(id=poll))

    def feature(self, answer: Mapping[str, Any]) -> str:
        """The feature that an answer is about, empty where nobody says."""
        return self.poll_of(answer["poll"]).feature or _read(self.feature_from, answer)

    def audience(self, answer: Mapping[str, Any]) -> str:
        """The part of the users that gave the answer, empty where nobody says."""
        return self.poll_of(answer["poll"]).audience or _read(self.audience_from, answer)

    def channel(self, answer: Mapping[str, Any]) -> str:
        """The way by which the question was asked, empty where nobody says."""
        return self.poll_of(answer["poll"]).channel or _read(self.channel_from, answer)


def _read(place: str | None, answer: Mapping[str, Any]) -> str:
    if place is None:
        return ""
    if place == TITLE:
        return str(answer["poll_title"])
    return str(answer["metadata"].get(place.removeprefix(METADATA), ""))
