"""Every source of the demo company is read by its connector, and gives the facts that the story tells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from data.clock import fix_clock
from data.facts import (
    ControlRun,
    Fact,
    Headcount,
    Incident,
    LogDelivery,
    Measurement,
    Response,
    Revenue,
    SurveyCount,
    Usage,
)
from data.sample.business import revenue_days, staff, usage_months
from data.sample.company import INTEGRATIONS, SERVICES
from data.sample.feedback import SURVEYS, feedback
from data.sample.registers import control_runs, log_days, travel_rule_messages
from data.sample.status_pages import published
from data.scopes import Alias, Resolver, Scope, Tree
from data.settings import SAMPLE, Settings, load
from pipelines.connectors import connector_of
from pipelines.connectors.base import Connector, Page, Position
from pipelines.demo import serving, write_registers
from tests.data.sample.stories import told

NOW = datetime(2026, 11, 9, 6, tzinfo=UTC)
TOKENS = ("PLUMBLINE_DEMO_TOKEN",)
LONG = ("github", "prometheus", "billing")
"""Sources that have tests of their own: it takes long to read them to the end."""

F = TypeVar("F", bound=Fact)
SOURCES = [source.id for source in load(SAMPLE, {}).source if source.id not in LONG]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The shipped settings of the demo, with the address of its sources and a folder with its files."""
    folder = tmp_path_factory.mktemp("demo")
    write_registers(told(), folder)
    with serving(told()) as base_url, pytest.MonkeyPatch.context() as patch:
        for token in TOKENS:
            patch.setenv(token, "demo")
        text = SAMPLE.read_text(encoding="utf-8").replace("{demo}", base_url).replace("{files}", str(folder))
        (folder / "settings.toml").write_text(text, encoding="utf-8")
        yield load(folder / "settings.toml", {})


@pytest.fixture(autouse=True)
def _stands_still() -> Iterator[None]:
    fix_clock(NOW)
    yield
    fix_clock(None)


def connector(settings: Settings, source: str) -> Connector:
    chosen = settings.source_named(source)
    return connector_of(chosen.type)(chosen, settings)


_READ: dict[tuple[str | None, str], list[Page]] = {}
"""What was read of the sources at an address: each is read once."""


def pages(settings: Settings, source: str) -> list[Page]:
    """A whole reading of a source."""
    key = (settings.source_named(source).base_url, source)
    if key not in _READ:
        position = Position(told().start, NOW, {}, {}, lambda _fact, _key: frozenset(), {})
        _READ[key] = list(connector(settings, source).fetch(position))
    return _READ[key]


def facts(settings: Settings, source: str, kind: type[F]) -> list[F]:
    """The facts of a reading, each once."""
    reader = connector(settings, source)
    found: dict[str, F] = {}
    for page in pages(settings, source):
        made = (*page.facts, *(fact for record in page.records for fact in reader.facts(record)))
        found |= {fact.source_id: fact for fact in made if isinstance(fact, kind)}
    return list(found.values())


def resolver(settings: Settings) -> Resolver:
    """Finds the scope of a source's own name, as the warehouse does."""
    tree = Tree(tuple(Scope(one.id, one.kind, one.name, one.parent) for one in settings.scope))
    return Resolver(tree, [Alias(one.source, one.kind, one.key, one.scope) for one in settings.alias])


@pytest.mark.parametrize("source", SOURCES)
def test_a_check_of_each_source_finds_nothing_wrong(settings: Settings, source: str) -> None:
    found = list(connector(settings, source).check())
    wrong = [one.says for one in found if not one.good]
    assert wrong == []
    assert found


@pytest.mark.parametrize("source", SOURCES)
def test_each_source_is_read_to_its_end_with_nothing_set_aside(settings: Settings, source: str) -> None:
    read = pages(settings, source)
    assert [one for page in read for one in page.rejected] == []
    assert [note for page in read for note in page.notes] == []
    assert sum(len(page.records) + len(page.facts) for page in read) > 5


@pytest.mark.parametrize("source", SOURCES)
def test_what_each_source_tells_of_is_mapped(settings: Settings, source: str) -> None:
    found, known = facts(settings, source, Fact), resolver(settings)
    unmapped = {
        fact.key for fact in found if known.home(fact.kind, (fact.source, fact.key_kind, fact.key), None) is None
    }
    assert unmapped == set()


def test_the_pager_tells_every_incident_that_was_noticed(settings: Settings) -> None:
    found, known = facts(settings, "pagerduty", Incident), resolver(settings)
    noticed = [one for one in told().incidents if one.detected]
    assert Counter(
        (
            known.scope("pagerduty", "service", fact.key, None),
            fact.title,
            fact.started,
            fact.acknowledged,
            fact.resolved,
        )
        for fact in found
    ) == Counter(
        ((*one.services, *one.integrations)[0], one.title, one.detected, one.acknowledged, one.resolved)
        for one in noticed
    )
    assert {thing.id for thing in (*SERVICES, *INTEGRATIONS)} == {
        known.scope("pagerduty", covered.key_kind, covered.key, None)
        for page in pages(settings, "pagerduty")
        for covered in page.covered
    }


def test_ten_incidents_of_october_are_restored_within_an_hour_but_for_two(settings: Settings) -> None:
    found = [one for one in facts(settings, "pagerduty", Incident) if f"{one.started:%Y-%m}" == "2026-10"]
    lasted = {one.title: one.resolved - one.started for one in found if one.resolved}
    assert len(found) == 10
    assert {title for title, length in lasted.items() if length > timedelta(hours=1, minutes=15)} == {
        "Norvane order gateway down", "Listwarden unreachable"
    }  # fmt: skip


def test_incidents_of_a_release_name_a_deployment_of_the_story(settings: Settings) -> None:
    known = {f"larkmoor/{one.name}/deployments/{each.id}" for one in told().repositories for each in one.deployments}
    named = {one.deployment for one in facts(settings, "pagerduty", Incident) if one.deployment}
    assert len(named) > 150
    assert named <= known


@pytest.mark.parametrize("provider", ["norvane", "bitsund", "hansaclear"])
def test_a_status_page_tells_how_long_its_components_were_hurt(settings: Settings, provider: str) -> None:
    found = {one.source_id: one for one in facts(settings, f"status-{provider}", Incident)}
    begun = [one for one in published(told()) if one.provider == provider and one.notices[-1].status != "scheduled"]
    assert found.keys() == {f"incidents/{one.id}" for one in begun}
    for one in begun:
        fact = found[f"incidents/{one.id}"]
        hurt = [notice.at for notice in one.notices if notice.components]
        assert (fact.maintenance, fact.resolved, fact.provider) == (bool(one.planned), one.resolved, provider)
        assert fact.started == hurt[0]
    outage = next(one for one in begun if one.impact == "critical" and "monitoring" in [n.status for n in one.notices])
    spans = [touch for touch in found[f"incidents/{outage.id}"].touches if touch[0] == "component"]
    over = next(notice.at for notice in outage.notices if notice.status == "monitoring")
    assert [(impact, datetime.fromisoformat(end)) for _, _, impact, _, end in spans] == [("down", over)]


def test_the_survey_tool_tells_every_answer_once(settings: Settings) -> None:
    found = facts(settings, "zigpoll", Response)
    forms = {survey.id: survey for survey in SURVEYS}
    assert Counter((one.form, one.audience, one.feature, one.at, int(one.score)) for one in found) == Counter(
        (forms[one.survey].form, forms[one.survey].audience, forms[one.survey].feature, one.at, one.score)
        for one in feedback(told())[1]
    )


def test_words_are_kept_without_the_addresses_in_them(settings: Settings) -> None:
    said = [one.comment for one in facts(settings, "zigpoll", Response) if one.comment]
    assert len(said) > 1_000
    assert not any("@" in words for words in said)
    assert 5 < sum("[e-mail]" in words for words in said) < 60


def test_octobers_answers_are_those_of_the_story(settings: Settings) -> None:
    found = [one for one in facts(settings, "zigpoll", Response) if f"{one.at:%Y-%m}" == "2026-10"]
    told_of = [one for one in feedback(told())[1] if f"{one.at:%Y-%m}" == "2026-10"]
    assert Counter(one.form for one in found) == {"nps": 320, "csat": 140, "ces": 42}
    assert sum(int(one.score) for one in found) == sum(one.score for one in told_of)


def test_counters_of_each_poll_are_those_of_the_story(settings: Settings) -> None:
    found = {one.title: (one.shown, one.responded) for one in facts(settings, "zigpoll", SurveyCount)}
    waves = feedback(told())[0]
    assert found == {
        survey.title: (
            sum(wave.shown for wave in waves if wave.survey == survey.id),
            sum(wave.responded for wave in waves if wave.survey == survey.id),
        )
        for survey in SURVEYS
    }


def test_registers_are_read_as_they_were_written(settings: Settings) -> None:
    runs = {(one.source_id, one.due, one.completed, one.evidence) for one in facts(settings, "audits", ControlRun)}
    assert runs == {(one.id, one.due, one.completed, one.evidence) for one in control_runs(told())}
    days = facts(settings, "compliance-records", LogDelivery)
    assert {(one.key, one.record_type, one.day, one.expected, one.stored, one.within, one.latency) for one in days} == {
        (one.scope, one.record_type, one.day, one.expected, one.stored, one.within, one.latency)
        for one in log_days(told())
    }
    used = facts(settings, "feature-usage", Usage)
    assert {(one.key, one.feature, one.day, one.eligible, one.used) for one in used} == {
        (one.feature, one.feature, one.day, one.eligible, one.used) for one in usage_months(told())
    }
    earned = facts(settings, "revenue", Revenue)
    assert {(one.key, one.day, one.amount) for one in earned} == {
        (one.unit, one.day, one.amount) for one in revenue_days(told())
    }
    people = facts(settings, "headcount", Headcount)
    assert {(one.key, one.role, one.day, one.full_time) for one in people} == {
        (one.unit, one.role, one.day, one.full_time) for one in staff(told())
    }
    sent = facts(settings, "travel-rule", Measurement)
    assert {(one.metric, one.day, one.numerator, one.denominator) for one in sent} == {
        ("travel_rule_accepted", one.day, one.accepted, one.sent) for one in travel_rule_messages(told())
    }


def test_files_that_lie_there_are_found_by_their_sources(settings: Settings) -> None:
    paths = [one.options["path"] for one in settings.source if one.id in SOURCES and "path" in one.options]
    assert len(paths) == 7
    assert all(Path(path).exists() for path in paths)
