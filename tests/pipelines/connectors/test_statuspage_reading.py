"""How far back a status page is read, what is covered by that, and how days of uptime are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from data.facts import Incident, ProbeDay
from data.settings import HttpLimits
from pipelines.connectors.base import Covered
from pipelines.errors import StopSource, TryAgain
from tests.pipelines.connectors.github_world import Answer, Kept, Request, text
from tests.pipelines.connectors.statuspage_world import (
    API,
    NOW,
    PAGE,
    WITHDRAWALS,
    Site,
    connector,
    days_ago,
    sample,
    site,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
THINGS = (("page", PAGE), ("component", API), ("component", WITHDRAWALS))


@pytest.fixture
def status(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A page without incidents."""
    with site(monkeypatch) as made:
        yield made


def incidents(kept: Kept) -> set[str]:
    return {fact.source_id.rpartition("/")[2] for fact in kept.facts.values() if isinstance(fact, Incident)}


def uptime(kept: Kept, component: str) -> dict[date, int]:
    """Seconds down of each stored day."""
    facts = (fact for fact in kept.facts.values() if isinstance(fact, ProbeDay) and fact.key == component)
    return {fact.day: int(fact.down) for fact in facts}


def test_a_public_page_with_less_than_fifty_incidents_is_covered_from_the_first_day(status: Site) -> None:
    for n in range(49):
        status.add(f"i{n}", days_ago(49 - n), days_ago(49 - n) + HOUR)
    kept = Kept().read(connector(status.hub.base_url))
    assert len(kept.facts) == 49
    assert kept.covered == [Covered("incident", *thing, SINCE, NOW) for thing in THINGS]
    assert kept.notes == []


def test_a_public_page_that_tells_its_latest_fifty_is_covered_since_then_and_the_report_says_so(status: Site) -> None:
    for n in range(60):
        status.add(f"i{n}", days_ago(60 - n), days_ago(60 - n) + HOUR)
    kept = Kept().read(connector(status.hub.base_url))
    assert incidents(kept) == {f"i{n}" for n in range(10, 60)}
    assert kept.covered == [Covered("incident", *thing, days_ago(50), NOW) for thing in THINGS]
    assert kept.notes == [
        (
            f"Example Exchange: history from 2026-01-01T00:00:00Z to {text(days_ago(50))} is cut short: "
            "a public page tells the latest 50 incidents and maintenances only."
        )
    ]


def test_history_grows_with_each_reading_and_what_came_and_went_between_two_is_told(status: Site) -> None:
    for n in range(60):
        status.add(f"i{n}", days_ago(60 - n), days_ago(60 - n) + HOUR)
    kept, source = Kept(), connector(status.hub.base_url)
    kept.read(source)
    kept.notes.clear()
    for n in range(40):
        status.add(f"j{n}", NOW + n * HOUR, NOW + n * HOUR + HOUR / 2)
    kept.read(source, now=NOW + 2 * DAY)
    assert len(kept.facts) == 90
    assert kept.notes == []
    for n in range(60):
        status.add(f"k{n}", NOW + 3 * DAY + n * HOUR, NOW + 3 * DAY + n * HOUR + HOUR / 2)
    kept.read(source, now=NOW + 6 * DAY)
    assert len(kept.facts) == 140
    assert kept.notes == [
        (
            f"Example Exchange: history from {text(NOW + 2 * DAY)} to {text(NOW + 3 * DAY + 10 * HOUR)} is cut short: "
            "a public page tells the latest 50 incidents and maintenances only."
        )
    ]
    assert {(one.start, one.end) for one in kept.covered[-3:]} == {(NOW + 3 * DAY + 10 * HOUR, NOW + 6 * DAY)}


def test_maintenances_are_cut_short_apart_from_incidents(status: Site) -> None:
    for n in range(50):
        status.add(f"m{n}", days_ago(50 - n), days_ago(50 - n) + HOUR, impact="maintenance", scheduled_for=None)
    status.add("i1", days_ago(100), days_ago(100) + HOUR)
    kept = Kept().read(connector(status.hub.base_url))
    assert len(kept.facts) == 51
    assert {one.start for one in kept.covered} == {days_ago(50)}


def test_an_own_page_is_read_down_to_the_first_day_and_then_no_further_than_the_lookback(status: Site) -> None:
    for n in range(350):
        status.add(f"i{n}", days_ago(350 - n), days_ago(350 - n) + HOUR)
    kept, source = Kept(), connector(status.hub.base_url, page=PAGE, uptime=False)
    kept.read(source)
    assert len(kept.facts) == 312
    assert kept.covered == [Covered("incident", *thing, SINCE, NOW) for thing in THINGS]
    listing = f"pages/{PAGE}/incidents"
    assert status.paths().count(listing) == 4
    status.hub.asked.clear()
    status.add("new", NOW + HOUR)
    kept.read(source, now=NOW + DAY)
    assert status.paths().count(listing) == 2
    assert incidents(kept) >= {"new"}
    assert {(one.start, one.end) for one in kept.covered[-3:]} == {(NOW - 7 * DAY, NOW + DAY)}


def test_an_open_incident_of_an_own_page_is_asked_for_until_it_ends(status: Site) -> None:
    status.add("old", days_ago(60))
    for n in range(150):
        status.add(f"i{n}", days_ago(50) + n * HOUR, days_ago(50) + n * HOUR + HOUR / 2)
    kept, source = Kept(), connector(status.hub.base_url, page=PAGE, uptime=False)
    kept.read(source)
    assert kept.open_items["incidents"] == {"old"}
    status.resolve("old", NOW + HOUR)
    kept.read(source, now=NOW + DAY)
    fact = kept.facts["incident", "incidents/old"]
    assert isinstance(fact, Incident)
    assert fact.resolved == NOW + HOUR
    assert kept.open_items["incidents"] == set()
    assert f"pages/{PAGE}/incidents/old" in status.paths()


def test_an_open_incident_of_a_public_page_is_found_among_those_that_go_on(status: Site) -> None:
    status.add("old", days_ago(60))
    kept, source = Kept(), connector(status.hub.base_url)
    kept.read(source)
    for n in range(60):
        status.add(f"i{n}", days_ago(50) + n * HOUR, days_ago(50) + n * HOUR + HOUR / 2)
    kept.read(source, now=NOW + DAY)
    assert "old" in incidents(kept)
    assert kept.open_items["incidents"] == {"old"}


def test_one_that_ended_unseen_is_set_aside_and_taken_back(status: Site) -> None:
    status.add("old", days_ago(60))
    kept, source = Kept(), connector(status.hub.base_url)
    kept.read(source)
    for n in range(60):
        status.add(f"i{n}", days_ago(50) + n * HOUR, days_ago(50) + n * HOUR + HOUR / 2)
    status.resolve("old", days_ago(1))
    kept.read(source, now=NOW + DAY)
    assert "old" not in incidents(kept)
    assert kept.open_items["incidents"] == set()
    assert [(one.where, one.reason) for one in kept.rejected] == [(
        "incidents/old",
        "It was not over when last seen, and the page lists it no more: when it ended is not known.",
    )]  # fmt: skip


def test_ninety_days_of_uptime_are_stored_and_then_the_last_days_asked_for_again(status: Site) -> None:
    status.outages[API, date(2026, 10, 1)] = (600, 0)
    status.outages[WITHDRAWALS, date(2026, 11, 8)] = (0, 1000)
    kept, source = Kept(), connector(status.hub.base_url, page=PAGE)
    kept.read(source)
    days = [date(2026, 8, 11) + n * DAY for n in range(90)]
    assert uptime(kept, API) == {day: 600 if day == date(2026, 10, 1) else 0 for day in days}
    assert uptime(kept, WITHDRAWALS) == {day: 300 if day == date(2026, 11, 8) else 0 for day in days}
    assert [one for one in kept.covered if one.fact == "probe_day"] == [
        Covered("probe_day", "component", one, datetime(2026, 8, 11, tzinfo=UTC), datetime(2026, 11, 9, tzinfo=UTC))
        for one in (API, WITHDRAWALS)
    ]
    assert kept.notes == ["Example Exchange: Statuspage tells the uptime of the last 90 days only."] * 2
    status.outages[API, date(2026, 11, 3)] = (60, 0)  # entered later
    kept.notes.clear()
    status.hub.asked.clear()
    kept.read(source, now=NOW + DAY)
    assert uptime(kept, API)[date(2026, 11, 3)] == 60
    assert max(uptime(kept, API)) == date(2026, 11, 9)
    asked = [one.query["start"] for one in status.hub.asked if one.path.endswith(f"{API}/uptime")]
    assert asked[0] == "2026-11-02"
    assert kept.notes == []


def test_a_quiet_component_takes_one_call_and_one_with_an_outage_a_few(status: Site) -> None:
    status.outages[API, date(2026, 10, 1)] = (600, 0)
    Kept().read(connector(status.hub.base_url, page=PAGE))
    calls = {one: sum(path.endswith(f"{one}/uptime") for path in status.paths()) for one in (API, WITHDRAWALS)}
    assert calls[WITHDRAWALS] == 1
    assert 8 <= calls[API] <= 15


def test_days_before_a_component_was_there_are_not_known(status: Site) -> None:
    status.shown_from[API] = date(2026, 11, 1)
    kept, source = Kept(), connector(status.hub.base_url, page=PAGE)
    kept.read(source)
    assert min(uptime(kept, API)) == date(2026, 11, 1)
    assert min(one.start for one in kept.covered if one.key == API and one.fact == "probe_day") == datetime(
        2026, 11, 1, tzinfo=UTC
    )


def test_a_component_that_shows_no_uptime_is_noted_and_the_others_are_read(status: Site) -> None:
    answer = Answer({"message": "Uptime showcase is not enabled"}, 422)
    status.hub.answers[f"pages/{PAGE}/components/{API}/uptime"] = answer
    kept = Kept().read(connector(status.hub.base_url, page=PAGE))
    assert uptime(kept, API) == {}
    assert len(uptime(kept, WITHDRAWALS)) == 90
    assert "Example Exchange: uptime of API is not shown: switch it on in Statuspage." in kept.notes


def test_days_of_another_time_zone_are_noted(status: Site) -> None:
    kept = Kept().read(connector(status.hub.base_url, page=PAGE, zone="Europe/Berlin"))
    assert "Example Exchange: the days of its uptime are those of Etc/UTC, not of Europe/Berlin." in kept.notes


def test_a_limit_of_statuspage_is_waited_for(status: Site) -> None:
    listed = status.hub.answers[f"pages/{PAGE}/incidents"]
    refusals = iter([420, 429])

    def limited(asked: Request) -> Answer:
        code = next(refusals, None)
        return Answer({"error": "limited"}, code, {"Retry-After": "1"}) if code else listed(asked)  # type: ignore[operator]

    status.add("i1", days_ago(1), days_ago(1) + HOUR)
    status.hub.answers[f"pages/{PAGE}/incidents"] = limited
    patient = HttpLimits(retries=4, backoff_seconds=0, longest_wait_seconds=2)
    assert incidents(Kept().read(connector(status.hub.base_url, patient, page=PAGE, uptime=False))) == {"i1"}


def test_a_limit_that_says_nothing_is_over_in_a_minute(status: Site) -> None:
    status.hub.answers[f"pages/{PAGE}/incidents"] = Answer({"error": "limited"}, 420)
    with pytest.raises(TryAgain) as told:
        Kept().read(connector(status.hub.base_url, page=PAGE))
    assert told.value.at == NOW + timedelta(minutes=1)


def test_a_listing_that_comes_again_and_again_ends_the_run_and_what_it_told_stays(status: Site) -> None:
    for n in range(100):
        status.add(f"i{n}", days_ago(1) + n * timedelta(minutes=1), NOW)
    one_page = Answer([status.found[f"i{n}"] for n in range(100)])
    status.hub.answers[f"pages/{PAGE}/incidents"] = one_page
    kept = Kept()
    with pytest.raises(StopSource, match=f"GET /pages/{PAGE}/incidents answers the same page again and again"):
        kept.read(connector(status.hub.base_url, page=PAGE))
    assert len(kept.facts) == 100


@pytest.mark.parametrize("body", [[], {"error": "no"}, {"page": None, "components": None}])
def test_what_is_no_statuspage_is_told_as_such(status: Site, body: object) -> None:
    status.hub.answers["api/v2/components.json"] = Answer(body)
    with pytest.raises(StopSource) as told:
        Kept().read(connector(status.hub.base_url))
    assert str(told.value) == "GET /api/v2/components.json does not answer as Statuspage does: check base_url."


def test_an_incident_without_its_id_is_set_aside_and_the_others_are_read(status: Site) -> None:
    status.add("i1", days_ago(1), NOW)
    status.found["i2"] = sample("incident") | {"id": None}
    kept = Kept().read(connector(status.hub.base_url))
    assert incidents(kept) == {"i1"}
    assert [one.reason for one in kept.rejected] == ["An incident came without its id."]
