"""What providers tell of themselves agrees with what the demo company felt."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

from data.sample.company import PROVIDERS
from data.sample.status_pages import PAGES, published
from tests.data.sample.stories import END, told


def test_a_later_end_changes_no_notice_that_was_given() -> None:
    now, later = told(), told(date(2026, 12, 18))
    after = {one.id: one for one in published(later)}
    since = later.since + timedelta(days=40)
    for one in published(now):
        if one.notices[0].at >= since:
            told_later = after[one.id]
            assert one.notices == tuple(notice for notice in told_later.notices if notice.at < now.until)
            assert (one.name, one.impact, one.planned) == (told_later.name, told_later.impact, told_later.planned)


def test_each_outage_that_was_felt_is_on_the_page_of_its_provider() -> None:
    felt = {one.id: one.provider for one in told().incidents if one.provider}
    known = {one.incident: one.provider for one in published(told()) if one.incident}
    assert known == felt
    assert len(known) > 80


def test_an_outage_is_told_after_it_began_and_mends_what_it_hurt() -> None:
    began = {one.id: one.started for one in told().incidents}
    for one in published(told()):
        moments = [notice.at for notice in one.notices]
        assert moments == sorted(moments)
        if one.incident is not None:
            assert moments[0] > began[one.incident]
        status: dict[str, str] = {}
        for notice in one.notices:
            for component, before, after in notice.components:
                assert status.get(component, "operational") == before
                status[component] = after
        assert one.resolved is None or set(status.values()) <= {"operational"}


def test_every_provider_plans_three_maintenances_a_year() -> None:
    planned = [one for one in published(told()) if one.planned and one.planned[0].date() <= END]
    per_provider = Counter(one.provider for one in planned if one.planned and one.planned[0].year == 2025)
    assert per_provider == {provider.id: 3 for provider in PROVIDERS}


def test_a_maintenance_is_announced_before_it_begins() -> None:
    ahead = [one for one in published(told()) if one.planned and one.planned[0] >= told().until]
    assert [(one.provider, [notice.status for notice in one.notices]) for one in ahead] == [
        ("albiontrust", ["scheduled"]),
        ("verisuno", ["scheduled"]),
    ]


def test_providers_have_trouble_that_nobody_here_feels() -> None:
    elsewhere = [one for one in published(told()) if one.incident is None and one.planned is None]
    assert 50 < len(elsewhere) < 100
    assert {page.components[0] for page in PAGES}.isdisjoint(
        component for one in elsewhere for notice in one.notices for component, _, _ in notice.components
    )


def test_norvane_told_of_its_outage_in_october() -> None:
    (found,) = [
        one for one in published(told())
        if one.provider == "norvane" and one.incident and one.notices[0].at >= datetime(2026, 10, 1, tzinfo=UTC)
    ]  # fmt: skip
    assert [notice.status for notice in found.notices] == ["investigating", "identified", "monitoring", "resolved"]
    assert (found.name, found.impact) == ("Trading API: requests fail", "critical")
    assert found.notices[2].at == datetime(2026, 10, 14, 15, 29, tzinfo=UTC)
