"""Windows, offsets and open incidents: nothing is lost between them, and no list keeps a reading for ever."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest

from data.facts import Incident
from pipelines.connectors._pagerduty import rest
from pipelines.errors import StopSource, TryAgain
from tests.pipelines.connectors.github_world import Answer, Kept, Request, text
from tests.pipelines.connectors.pagerduty_world import NOW, ONCE, Account, account, connector

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def pager(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """An account without incidents."""
    with account(monkeypatch) as made:
        yield made


@pytest.fixture
def capped(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """An account that tells the first 300 entries of a list, as the real one tells 10,000."""
    monkeypatch.setattr(rest, "CAP", 300)
    with account(monkeypatch, cap=300) as made:
        yield made


def numbers(kept: Kept) -> set[str]:
    return {fact.source_id.rpartition("/")[2] for fact in kept.facts.values()}


def acknowledged(kept: Kept) -> dict[str, float | None]:
    """Minutes to the acknowledgement of each incident."""
    return {
        fact.source_id.rpartition("/")[2]: (fact.acknowledged - fact.started) / MINUTE if fact.acknowledged else None
        for fact in kept.facts.values()
        if isinstance(fact, Incident)
    }


def test_three_years_are_asked_for_in_windows_of_a_month(pager: Account) -> None:
    for days in (1, 40, 400, 1000):
        pager.add(f"Q{days}", NOW - days * DAY, resolved=NOW - days * DAY + HOUR)
    kept = Kept().read(connector(pager.hub.base_url), since=(NOW - 1090 * DAY).date())
    assert numbers(kept) == {"Q1", "Q40", "Q400", "Q1000"}
    asked = [one.query for one in pager.hub.asked if one.path == "/incidents"]
    assert len(asked) == 37
    assert {one["time_zone"] for one in asked} == {"UTC"}


def test_an_incident_on_the_edge_of_a_window_is_in_one_of_them(pager: Account) -> None:
    start = NOW.replace(hour=0) - 300 * DAY
    for n in range(3):
        edge = start + (n + 1) * rest.WINDOW
        for seconds in (-1, 0, 1):
            pager.add(f"Q{n}{seconds + 1}", edge + timedelta(seconds=seconds), resolved=edge + HOUR)
    assert len(Kept().read(connector(pager.hub.base_url), since=start.date()).facts) == 9


def test_a_window_that_holds_more_than_pagerduty_tells_goes_on_where_it_was_cut_off(capped: Account) -> None:
    for n in range(1000):
        began = NOW - 20 * DAY + n * 20 * MINUTE
        capped.add(f"Q{n:04}", began, resolved=began + HOUR)
        capped.acknowledge(f"Q{n:04}", began + 5 * MINUTE)
    kept = Kept().read(connector(capped.hub.base_url))
    assert len(kept.facts) == 1000
    assert set(acknowledged(kept).values()) == {5}
    assert {int(one.query["offset"]) for one in capped.hub.asked if one.path == "/incidents"} == {0, 100, 200}


def test_more_than_can_be_told_of_one_second_ends_the_run_with_a_sentence(capped: Account) -> None:
    for n in range(400):
        capped.add(f"Q{n:03}", NOW - DAY, resolved=NOW)
    kept = Kept()
    with pytest.raises(StopSource) as told:
        kept.read(connector(capped.hub.base_url))
    assert str(told.value) == "More than 300 incidents at 2026-11-08T06:00:00Z: name fewer `services` in the options."
    assert len(kept.facts) == 300


def test_a_log_that_is_cut_off_is_asked_for_by_halves(capped: Account) -> None:
    for n in range(20):
        began = NOW - 20 * HOUR + n * HOUR
        capped.add(f"Q{n:02}", began, resolved=began + HOUR / 2)
        capped.acknowledge(f"Q{n:02}", *(began + timedelta(seconds=60 + second) for second in range(60)))
    kept = Kept().read(connector(capped.hub.base_url))
    assert set(acknowledged(kept).values()) == {1}
    assert not [path for path in capped.paths() if path.startswith("incidents/")]


def test_acknowledgements_take_a_call_for_many_incidents_and_a_call_each_only_for_those_that_lasted(
    pager: Account,
) -> None:
    for n in range(50):
        began = NOW - 9 * DAY + n * HOUR
        lasted = n == 7  # acknowledged long after what is read of the account's log
        pager.add(f"Q{n}", began, resolved=began + (8 * DAY if lasted else HOUR))
        if n % 2:
            pager.acknowledge(f"Q{n}", began + (7 * DAY if lasted else 3 * MINUTE))
    kept = Kept().read(connector(pager.hub.base_url))
    assert acknowledged(kept) == {f"Q{n}": (None if n % 2 == 0 else 10080 if n == 7 else 3) for n in range(50)}
    assert pager.paths().count("log_entries") == 1
    assert [path for path in pager.paths() if path.startswith("incidents/")] == ["incidents/Q7/log_entries"]


def test_where_services_are_named_no_log_of_the_others_is_read(pager: Account) -> None:
    for n in range(20):
        pager.add(f"Q{n}", NOW - DAY, resolved=NOW - DAY + HOUR)
        pager.acknowledge(f"Q{n}", NOW - DAY + MINUTE)
    pager.add("QOTHER", NOW - DAY, service={"id": "PLEDGER", "summary": "Ledger"})
    kept = Kept().read(connector(pager.hub.base_url, services=["PWALLET"]))
    assert acknowledged(kept) == {f"Q{n}": 1 for n in range(20)}
    assert "log_entries" not in pager.paths()


def test_an_incident_that_goes_on_is_asked_for_until_it_ends_however_old_it_is(pager: Account) -> None:
    pager.add("QOLD", NOW - 300 * DAY)
    kept, source = Kept(), connector(pager.hub.base_url)
    kept.read(source)
    assert kept.open_items["incidents"] == {"QOLD"}
    pager.acknowledge("QOLD", NOW + HOUR)
    kept.read(source, now=NOW + DAY)
    assert kept.open_items["incidents"] == {"QOLD"}
    pager.resolve("QOLD", NOW + 26 * HOUR)
    kept.read(source, now=NOW + 2 * DAY)
    fact = kept.facts["incident", "incidents/QOLD"]
    assert isinstance(fact, Incident)
    assert (fact.acknowledged, fact.resolved) == (NOW + HOUR, NOW + 26 * HOUR)
    assert kept.open_items["incidents"] == set()
    pager.hub.asked.clear()
    kept.read(source, now=NOW + 3 * DAY)
    assert not [path for path in pager.paths() if "QOLD" in path]


def test_one_that_is_hidden_before_it_ended_stays_as_it_was_and_is_asked_for_no_more(pager: Account) -> None:
    pager.add("QOLD", NOW - 300 * DAY)
    kept, source = Kept(), connector(pager.hub.base_url)
    kept.read(source)
    del pager.found["QOLD"], pager.hub.answers["incidents/QOLD"]
    kept.read(source, now=NOW + DAY)
    assert kept.notes == ["Incident QOLD is hidden or deleted: it stays as it was last seen."]
    assert numbers(kept) == {"QOLD"}
    assert kept.open_items["incidents"] == set()


def test_what_is_reopened_within_the_lookback_is_open_again_with_its_last_end(pager: Account) -> None:
    pager.add("Q1", NOW - DAY, resolved=NOW - DAY + HOUR)
    kept, source = Kept(), connector(pager.hub.base_url)
    kept.read(source)
    pager.found["Q1"] |= {"status": "triggered", "resolved_at": None}
    kept.read(source, now=NOW + HOUR)
    assert kept.open_items["incidents"] == {"Q1"}
    pager.resolve("Q1", NOW + 2 * HOUR)
    kept.read(source, now=NOW + 3 * HOUR)
    fact = kept.facts["incident", "incidents/Q1"]
    assert isinstance(fact, Incident)
    assert fact.resolved == NOW + 2 * HOUR


def test_a_reading_that_was_stopped_goes_on_where_it_was_and_covers_what_both_have_read(pager: Account) -> None:
    for n in range(450):
        pager.add(f"Q{n:03}", NOW - 50 * DAY + n * HOUR, resolved=NOW - 50 * DAY + (n + 1) * HOUR)
    kept, source = Kept(), connector(pager.hub.base_url, lookback=0)
    kept.read(source, pages=12)  # the windows of nine months without incidents come first
    assert 0 < len(kept.facts) < 450
    assert kept.covered == []
    pager.hub.asked.clear()
    kept.read(source)
    assert len(kept.facts) == 450
    assert pager.paths().count("incidents") < 6
    assert {(one.start.isoformat(), one.end) for one in kept.covered} == {("2026-01-01T00:00:00+00:00", NOW)}
    assert kept.cursors["incidents"] == {"from": "2026-01-01T00:00:00Z", "until": text(NOW)}


def test_other_services_are_read_from_the_first_day(pager: Account) -> None:
    pager.add("Q1", NOW - 100 * DAY, resolved=NOW - 99 * DAY)
    pager.add("Q2", NOW - 100 * DAY, resolved=NOW - 99 * DAY, service={"id": "PLEDGER", "summary": "Ledger"})
    kept = Kept().read(connector(pager.hub.base_url, services=["PWALLET"]))
    assert numbers(kept) == {"Q1"}
    assert numbers(kept.read(connector(pager.hub.base_url, services=["PLEDGER"]))) == {"Q1", "Q2"}


def test_a_page_that_comes_again_and_again_ends_the_run_and_what_it_told_stays(pager: Account) -> None:
    pager.add("Q1", NOW - DAY, resolved=NOW)
    one = Answer({"incidents": [pager.found["Q1"]], "limit": 1, "offset": 0, "more": True})
    pager.hub.answers["incidents"] = one
    kept = Kept()
    with pytest.raises(StopSource) as told:
        kept.read(connector(pager.hub.base_url))
    assert str(told.value) == (
        "GET /incidents answers the same page again and again: check base_url and what lies between."
    )
    assert numbers(kept) == {"Q1"}


def test_a_list_that_never_ends_though_its_pages_differ_is_left_after_what_pagerduty_tells(capped: Account) -> None:
    fresh = count()

    def endless(asked: Request) -> Answer:
        body = {"id": f"Q{next(fresh)}", "created_at": asked.query["since"], "status": "resolved",
                "resolved_at": text(NOW), "service": {"id": "PWALLET"}}  # fmt: skip
        return Answer({"incidents": [body], "limit": 1, "offset": int(asked.query["offset"]), "more": True})

    capped.hub.answers["incidents"] = endless
    with pytest.raises(StopSource, match="More than 300 incidents at 2026-01-01T00:00:00Z"):
        Kept().read(connector(capped.hub.base_url))
    assert capped.paths().count("incidents") <= 300


def test_a_link_to_the_next_page_is_not_followed_wherever_it_leads(pager: Account) -> None:
    pager.add("Q1", NOW - DAY, resolved=NOW)
    elsewhere = "https://elsewhere.example/incidents?offset=100"
    body = {"incidents": [pager.found["Q1"]], "limit": 100, "offset": 0, "more": False, "next": elsewhere}
    pager.hub.answers["incidents"] = Answer(body, headers={"Link": f'<{elsewhere}>; rel="next"'})
    assert numbers(Kept().read(connector(pager.hub.base_url))) == {"Q1"}


def test_a_redirect_to_another_host_is_refused(pager: Account) -> None:
    pager.hub.answers["incidents"] = Answer("", 302, {"Location": "https://elsewhere.example/incidents"})
    with pytest.raises(StopSource) as told:
        Kept().read(connector(pager.hub.base_url))
    assert str(told.value) == (
        "GET /incidents redirects to another address (https://elsewhere.example): correct base_url."
    )


def test_a_list_in_another_order_ends_the_run_rather_than_to_lose_incidents(pager: Account) -> None:
    for n in range(3):
        pager.add(f"Q{n}", NOW - n * DAY, resolved=NOW)
    newest_first = list(pager.found.values())
    pager.hub.answers["incidents"] = Answer({"incidents": newest_first, "limit": 100, "offset": 0, "more": False})
    with pytest.raises(StopSource, match="GET /incidents is not in the order of created_at"):
        Kept().read(connector(pager.hub.base_url))


def test_a_limit_says_until_when_and_what_was_read_stays(pager: Account) -> None:
    for n in range(150):
        pager.add(f"Q{n:03}", NOW - 20 * DAY + n * HOUR, resolved=NOW - 19 * DAY + n * HOUR)
    told_first = pager.hub.answers["incidents"]
    assert callable(told_first)

    def limited(asked: Request) -> Answer:
        if asked.query["offset"] != "0":
            return Answer({"error": {"message": "Rate Limit Exceeded", "code": 2020}}, 429, {"ratelimit-reset": "45"})
        return told_first(asked)

    pager.hub.answers["incidents"] = limited
    kept = Kept()
    with pytest.raises(TryAgain) as told:
        kept.read(connector(pager.hub.base_url, ONCE))
    assert told.value.at == NOW + timedelta(seconds=45)
    assert len(kept.facts) == 100
