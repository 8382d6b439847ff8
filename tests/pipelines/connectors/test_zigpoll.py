"""Answers of Zigpoll become scores with the words beside them, and nothing that leads to a person is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from data.facts import Response, SurveyCount
from pipelines.connectors.base import Covered, Finding, Name, Record
from pipelines.errors import SkipRecord, StopSource
from pipelines.people import pseudonym
from tests.pipelines.connectors.github_world import Answer, Kept
from tests.pipelines.connectors.zigpoll_world import (
    CHECKOUT,
    KEY,
    NOW,
    NPS,
    ONBOARDING,
    REASON,
    World,
    connector,
    zigpoll,
)

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
ATTRIBUTION = "6600000000000000000000a3"
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
BY_METADATA = {"feature_from": "metadata.feature", "audience_from": "metadata.plan"}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The polls of the samples; the question that is no scale is declared to be none."""
    with zigpoll(monkeypatch) as world:
        world.slides[2]["title"] = "How did you hear about us?"
        yield world


QUIET = {"slide": [{"id": ATTRIBUTION, "form": "none"}]}


def responses(kept: Kept) -> dict[str, Response]:
    return {fact.source_id[-1]: fact for fact in kept.facts.values() if isinstance(fact, Response)}


def comments(kept: Kept) -> dict[str, str | None]:
    return {fact.source_id: fact.comment for fact in kept.facts.values() if isinstance(fact, Response)}


def test_a_score_is_read_from_its_question_with_what_the_participant_wrote(world: World) -> None:
    source = connector(world.hub.base_url, **QUIET, **BY_METADATA)
    found = responses(Kept().read(source))
    assert found.keys() == {"1", "4"}
    assert found["1"] == Response(
        source="polls", source_id="670000000000000000000001", key_kind="feature", key="instant-transfer",
        survey=CHECKOUT, form="nps", at=datetime(2026, 10, 20, 10, tzinfo=UTC), score=Decimal(9), scale_low=Decimal(0),
        scale_high=Decimal(10), high_is_good=True, feature="instant-transfer", audience="pro", channel="",
        respondent=pseudonym(source.settings, "68000000000000000000ann1"),
        comment="Quick & clear. Reach me at [e-mail]",
    )  # fmt: skip
    anonymous = found["4"]
    assert (anonymous.score, anonymous.key_kind, anonymous.key, anonymous.respondent, anonymous.comment) == (
        Decimal(3), "poll", CHECKOUT, None, None,
    )  # fmt: skip


def test_nothing_that_leads_to_a_person_is_kept(world: World) -> None:
    source = connector(world.hub.base_url, **QUIET, **BY_METADATA)
    kept = Kept().read(source)
    for (kind, _), payload in kept.records.items():
        assert set(payload) <= set(source.keep[kind])
    everything = repr(kept)
    for private in ("ann1", "example.com", "203.0.113.7", "Lisbon", "Mozilla", "acme.example", "120.5", KEY):
        assert private not in everything
    assert kept.records["response", "670000000000000000000001"]["metadata"] == {
        "feature": "instant-transfer", "plan": "pro",
    }  # fmt: skip


def test_a_question_that_is_no_scale_is_set_aside_once_and_its_answers_are_left_out(world: World) -> None:
    source = connector(world.hub.base_url)
    slide = Record("slide", ATTRIBUTION, {
        "poll": CHECKOUT, "slide_type": "multiple-choice", "slide_title": "How did you hear about us?",
        "slide_answers": ["Google", "A friend", "Other"],
    })  # fmt: skip
    with pytest.raises(SkipRecord) as told:
        source.facts(slide)
    assert str(told.value) == (
        "The question 'How did you hear about us?' is left out: its answers are no scale: "
        "say what they measure under options.slide, or form = none."
    )
    assert connector(world.hub.base_url, **QUIET).facts(slide) == ()


def test_counters_of_a_poll_are_kept_day_by_day_and_a_missing_one_is_no_zero(world: World) -> None:
    del world.polls[1]["openCount"]
    kept = Kept().read(connector(world.hub.base_url, **QUIET))
    assert [fact for fact in kept.facts.values() if isinstance(fact, SurveyCount)] == [
        SurveyCount(
            source="polls", source_id=f"{CHECKOUT}/2026-11-09", key_kind="poll", key=CHECKOUT, survey=CHECKOUT,
            title="Payments after checkout", day=date(2026, 11, 9), since=date(2026, 9, 1), shown=4000, opened=900,
            responded=812, completed=590,
        )
    ]  # fmt: skip
    assert kept.notes == ["Poll Onboarding: Zigpoll tells no openCount of the poll. Its response rate is unknown."]


def test_a_poll_may_be_declared_to_be_about_a_feature(world: World) -> None:
    poll = {"id": CHECKOUT, "feature": "checkout", "audience": "retail", "channel": "on-site"}
    kept = Kept().read(connector(world.hub.base_url, **QUIET, poll=[poll], feature_from="poll.title"))
    told = {(fact.key_kind, fact.key) for fact in kept.facts.values()}
    assert told == {("feature", "checkout"), ("poll", ONBOARDING)}
    assert {(one.audience, one.channel) for one in responses(kept).values()} == {("retail", "on-site")}


def test_every_poll_is_covered_from_its_making_on_and_the_source_when_all_were_read(world: World) -> None:
    kept = Kept().read(connector(world.hub.base_url, **QUIET))
    spans: dict[tuple[str, str], tuple[datetime, datetime]] = {}
    for one in kept.covered:
        start, _ = spans.get((one.key_kind, one.key), (one.start, one.end))
        spans[one.key_kind, one.key] = (start, one.end)
    assert spans == {
        ("poll", CHECKOUT): (datetime(2026, 9, 1, 8, tzinfo=UTC), NOW),
        ("poll", ONBOARDING): (datetime(2026, 10, 15, 8, tzinfo=UTC), NOW),
        ("", ""): (SINCE, NOW),
    }
    assert kept.covered[-1] == Covered("response", "", "", SINCE, NOW)


def test_pages_are_walked_to_their_end_and_a_span_is_one_transaction(world: World) -> None:
    for number in range(7):
        world.add(f"n{number}", NOW - 3 * DAY + number * MINUTE, str(number))
    kept = Kept().read(connector(world.hub.base_url, polls=[CHECKOUT], **QUIET))
    assert set(responses(kept)) >= {str(number) for number in range(7)}
    asked = [one.query for one in world.hub.asked if one.path == "/responses"]
    assert {one["limit"] for one in asked} == {"1000"}
    assert [one.get("startCursor") for one in asked[-4:]] == [None, "2", "4", "6"]
    assert [len(page.records) for page in kept.pages if page.cursor][-1] == 7
    assert all(one.headers["Authorization"] == KEY for one in world.hub.asked)


def test_the_next_reading_asks_a_week_back_and_finds_what_came_late(world: World) -> None:
    source = connector(world.hub.base_url, polls=[CHECKOUT], **QUIET)
    kept = Kept().read(source)
    world.add("late", NOW - 6 * DAY, "10")
    world.add("lost", NOW - 20 * DAY, "10")
    world.hub.asked.clear()
    kept.read(source, now=NOW + DAY)
    (asked,) = [one.query for one in world.hub.asked if one.path == "/responses"]
    assert int(asked["createdAfter"]) == int((NOW - 9 * DAY).timestamp() * 1000) - 1
    assert ("response", "late") in kept.facts
    assert ("response", "lost") not in kept.facts
    kept.read(source, now=NOW + DAY, full=True)
    assert ("response", "lost") in kept.facts


def test_an_interrupted_reading_goes_on_at_the_span_it_had_reached(world: World) -> None:
    source = connector(world.hub.base_url, polls=[CHECKOUT], **QUIET)
    kept = Kept().read(source, pages=3)
    assert kept.cursors[f"poll {CHECKOUT}"]["until"] == datetime(2026, 11, 2, 8, tzinfo=UTC).isoformat()
    kept.read(source)
    assert kept.facts.keys() == Kept().read(source).facts.keys()


def test_a_comment_is_found_whatever_day_the_reading_stopped_at(world: World) -> None:
    source = connector(world.hub.base_url, polls=[CHECKOUT], **QUIET)
    world.responses.clear()
    kept = Kept().read(source, now=NOW - DAY)
    world.add("score", NOW - DAY - MINUTE, "2", who="p1")
    kept.read(source, now=NOW - DAY)
    assert comments(kept) == {"score": None}
    world.add("words", NOW - DAY + MINUTE, "Too dear", slide=REASON, who="p1")
    kept.read(source)
    assert comments(kept) == {"score": "Too dear"}
    for day in range(1, 12):
        kept.read(source, now=NOW + day * DAY)
        assert comments(kept) == {"score": "Too dear"}


def test_words_go_to_the_score_they_follow_and_to_nobody_else(world: World) -> None:
    world.responses.clear()
    world.add("a", NOW - 9 * DAY, "2", who="p1")
    world.add("b", NOW - 2 * DAY, "8", who="p1")
    world.add("c", NOW - 2 * DAY, "9", who="p2")
    world.add("t1", NOW - 2 * DAY + MINUTE, "Better now", slide=REASON, who="p1")
    world.add("t2", NOW - 2 * DAY + 2 * MINUTE, "and faster", slide=REASON, who="p1")
    world.add("t3", NOW - 2 * DAY - MINUTE, "Before the score", slide=REASON, who="p2")
    world.add("t4", NOW - 5 * DAY, "Long after", slide=REASON, who="p1")
    world.add("t5", NOW - 2 * DAY, "From nobody", slide=REASON)
    kept = Kept().read(connector(world.hub.base_url, polls=[CHECKOUT], **QUIET))
    assert comments(kept) == {"a": None, "b": "Better now\nand faster", "c": "Before the score"}


def test_words_between_two_scores_of_one_visit_go_to_the_one_before_them(world: World) -> None:
    world.responses.clear()
    for minute, known in enumerate(("first", "second", "third")):
        world.add(known, NOW - DAY + 10 * minute * MINUTE, "8", who="p1")
    world.add("words", NOW - DAY + 11 * MINUTE, "About the second", slide=REASON, who="p1")
    kept = Kept().read(connector(world.hub.base_url, polls=[CHECKOUT], **QUIET))
    assert comments(kept) == {"first": None, "second": "About the second", "third": None}


def test_polls_and_declared_features_are_told_before_anything_is_stored(world: World) -> None:
    source = connector(world.hub.base_url, poll=[{"id": ONBOARDING, "feature": "onboarding"}])
    assert list(source.names()) == [
        Name("poll", CHECKOUT, "Payments after checkout"),
        Name("feature", "onboarding", "onboarding"),
    ]


def test_an_answer_outside_the_scale_is_set_aside_without_being_quoted(world: World) -> None:
    source = connector(world.hub.base_url, **QUIET)
    world.responses.clear()
    world.add("x", NOW - DAY, "call ann@example.com", valueType="dynamic-response")
    (record,) = [one for page in source.fetch(Kept().position()) for one in page.records if one.kind == "response"]
    with pytest.raises(SkipRecord) as told:
        source.facts(record)
    assert str(told.value) == "The answer is none of those that the question offers."
    world.responses = [{"_id": "y", "createdAt": "yesterday", "pollId": CHECKOUT, "slideId": NPS, "response": "5"}]
    world.hub.answers["responses"] = Answer({"data": world.responses, "hasNextPage": False})
    rejected = {(one.where, one.reason) for page in source.fetch(Kept().position()) for one in page.rejected}
    assert rejected == {("y", "A response came without _id, createdAt or slideId.")}


def test_the_key_may_be_sent_as_bearer_and_lists_may_come_as_data(world: World) -> None:
    world.hub.answers["polls"] = Answer({"data": world.polls})
    kept = Kept().read(connector(world.hub.base_url, authorization="bearer", **QUIET))
    assert len(responses(kept)) == 2
    assert {one.headers["Authorization"] for one in world.hub.asked} == {f"Bearer {KEY}"}


def test_check_says_what_each_question_measures_and_which_names_are_wrong(world: World) -> None:
    world.slides.append({"_id": "s9", "pollId": ONBOARDING, "type": "open-ended", "title": "Anything else?"})
    found = list(connector(world.hub.base_url, slide=[{"id": "gone"}], poll=[{"id": "p9"}]).check())
    assert found == [
        Finding("key", True, "It reads 2 polls."),
        Finding("p9", False, "No poll of the key's accounts has this id: correct polls."),
        Finding(
            "poll Payments after checkout", True,
            "'How likely are you to recommend Acme Pay to a friend?' is nps from 0 to 10, high is good; "
            "'What is the main reason for your score?' is written; "
            f"'How did you hear about us?' ({ATTRIBUTION}) counts for nothing: its answers are no scale: "
            "say what they measure under options.slide, or form = none.",
        ),
        Finding("poll Onboarding", False, "'Anything else?' is written."),
        Finding("gone", False, "No question has this id: correct slide."),
    ]  # fmt: skip


def test_without_key_or_salt_nothing_is_asked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLUMBLINE_SALT")
    with pytest.raises(StopSource, match="Set the environment variable PLUMBLINE_SALT"):
        Kept().read(connector(world.hub.base_url))
    monkeypatch.delenv("ZIGPOLL_KEY")
    with pytest.raises(StopSource, match=r"Source polls: set the environment variable ZIGPOLL_KEY to a private key"):
        Kept().read(connector(world.hub.base_url))
    assert world.hub.asked == []


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"feature_from": "feature"}, "option feature_from: 'feature' is neither poll.title nor metadata.<name>."),
        ({"slide": [{"id": "a", "low": 1}]}, "option slide.0: give low and high together, the ends of the scale."),
        (
            {"slide": [{"id": "a", "low": 5, "high": 1}]},
            "option slide.0: low is the lower end of the scale: it must be below high.",
        ),
        ({"slide": [{"id": "a"}, {"id": "a"}]}, "options: a slide is described twice: describe each once."),
        ({"authorization": "basic"}, "option authorization: Input should be 'raw' or 'bearer'."),
    ],
)  # fmt: skip
def test_a_wrong_option_is_named(options: dict[str, object], says: str) -> None:
    with pytest.raises(StopSource) as told:
        Kept().read(connector("http://127.0.0.1:9", **options))
    assert str(told.value) == f"Source polls: {says}"
