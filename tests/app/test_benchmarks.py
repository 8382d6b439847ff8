"""The Benchmarks page: what its sections say, and the form that sets and ends targets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
import streamlit as st
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from app import load
from app.content.among import Among
from app.content.blocks import Facts, Table, walk
from app.content.sections import section_named, words
from app.content.sections.base import Context
from app.render.take import LABEL
from data.access import Actor, Role, command_line_actor, local_actor
from data.benchmarks.load import MEANING
from data.benchmarks.load import load as benchmark_files
from data.metrics import metric_named
from data.period import parse
from data.warehouse import schema
from data.warehouse.approvals import approve
from data.warehouse.engine import reading
from data.warehouse.proposals import listed
from data.warehouse.readings import Reader
from data.warehouse.target_edits import Setting, propose_target, revision
from tests.app.test_screens import opened, text
from tests.app.test_sections import blocks, built, plainly, table
from tests.app.world import World

Make = Callable[..., Context]
Enter = Callable[[World], None]


@pytest.fixture(autouse=True)
def _no_caches() -> None:
    st.cache_data.clear()
    st.cache_resource.clear()


def figures(context: Context) -> dict[str, Among]:
    found = walk(built("benchmarks.among", context).blocks)
    return {one.id.removeprefix("among-"): one for one in found if isinstance(one, Among)}


def columns(name: str, context: Context) -> list[str]:
    (found,) = blocks(built(name, context), Table)
    assert isinstance(found, Table)
    return [column.name for column in found.columns]


def named(name: str, context: Context, *wanted: str) -> list[list[str]]:
    """The rows of a section's table, those columns only."""
    there = columns(name, context)
    return [[one[there.index(column)] for column in wanted] for one in table(built(name, context))]


def test_the_register_counts_what_it_holds(context: Make) -> None:
    (facts,) = built("benchmarks.summary", context()).blocks
    assert isinstance(facts, Facts)
    files = [file.edition for file in benchmark_files()]
    published = sum(len(one.reference) + len(one.survey) + len(one.figure) for one in files)
    assert facts.pairs[:2] == (("Targets in force", "6"), ("Published values", str(published)))


def test_every_target_stands_with_value_verdict_source_and_who_set_it(context: Make) -> None:
    wanted = ("Measure", "For", "Target", "Value", "Verdict", "From", "Until", "Kind", "Publisher", "Owner")
    rows = {one[0]: one[1:] for one in named("benchmarks.targets", context(), *wanted)}
    assert len(rows) == 6
    assert rows["Uptime"] == [
        "Whole company", "≥ 99.99 %", "99.97 %", "missed", "1 Jan 2026", "replaced", "house", "Company board",
        "Chief technology officer",
    ]  # fmt: skip
    assert rows["Feature cycle time"][1:4] == ["< 14 d", "n/a", "not_configured"]
    said = {one[0]: one[1:] for one in named("benchmarks.targets", context(), "Measure", "Set by", "Reason", "Used on")}
    actor, reason, used = said["Integration share"]
    assert actor == "cli:tester, 9 Nov 2026, 07:00 CET"
    assert reason.startswith("house_2026.toml ")
    assert used == "Board, Board pack, Spend"


def test_a_target_that_does_not_judge_the_period_has_no_verdict(context: Make) -> None:
    told = {one[0]: one[1] for one in named("benchmarks.targets", context("2025-12"), "Measure", "Verdict")}
    assert set(told.values()) == {"not in force"}


def test_every_published_value_stands_with_its_mark_source_and_method(context: Make) -> None:
    rows = named("benchmarks.references", context(), "Published as", "Published", "Ours", "Mark", "Source", "Of whom")
    shipped = [one for file in benchmark_files() for one in file.edition.reference]
    assert sorted(row[0] for row in rows) == sorted(one.label for one in shipped)
    assert {row[3] for row in rows} <= set(MEANING)
    assert all(all(row) for row in rows)
    assert ["UK Open Banking 2025", "0.61 %", "0.95 %", "S", "Quoted by asima.co.uk", "UK account providers"] in rows
    assert ["DORA 2024 high", "one day to one week", "32 h", "S"] in [row[:4] for row in rows]


def test_duties_figures_and_marks_are_told_in_full(context: Make) -> None:
    for name, kind in (("obligations", "obligation"), ("figures", "figure"), ("answers", "survey")):
        shipped = [one for file in benchmark_files() for one in getattr(file.edition, kind)]
        assert len(table(built(f"benchmarks.{name}", context()))) == len(shipped) > 0
    assert dict(table(built("benchmarks.marks", context()))) == MEANING


def test_our_value_stands_among_the_published_ones_with_target_and_words(context: Make) -> None:
    uptime = figures(context())["availability"]
    assert (plainly(uptime.text), plainly(uptime.target.label if uptime.target else "")) == (
        "99.97 %", "target ≥ 99.99 %",
    )  # fmt: skip
    found = {one.name: one for one in uptime.ranges}
    assert len(found) == 8
    assert plainly(found["GitLab.com 2026"].text) == "99.31–100 %"
    assert len(found["GitLab.com 2026"].marks) == 8
    assert (found["UK Open Banking goal 2024"].low, found["UK Open Banking goal 2024"].high) == (99.5, None)
    assert "Stripe agreement · W" in found
    assert uptime.note == "W marks weak sources."
    assert uptime.title.endswith("published values")
    assert all(one.name.removesuffix(" · W") in uptime.alt for one in uptime.ranges)


def test_a_rate_a_day_is_compared_as_that_of_the_median_service(context: Make) -> None:
    wide = figures(context())["deployment_frequency"]
    ours = context().reading("deployment_frequency").value
    assert wide.value == float(ours.statistics["median_service"]) < float(ours.value or 0)
    assert wide.subtitle.startswith("the median service")
    single = figures(context(scope="wallet"))["deployment_frequency"]
    assert "median" not in single.subtitle


def test_a_measure_without_a_value_shows_the_published_ones_and_why(context: Make) -> None:
    before = context("2020-01")
    score = figures(before)["nps"]
    assert (score.value, score.text, score.title) == (None, "n/a", "Net promoter score: no value of ours")
    assert score.note == f"{words.missing(before.reading('nps'))} W marks weak sources."
    assert "Financial services, directional · W" in {one.name for one in score.ranges}


def test_the_closest_clusters_are_marked_measure_by_measure(context: Make) -> None:
    newest, older = (table(built("benchmarks.clusters", context()), place) for place in (0, 1))
    assert [row[0] for row in newest] == [
        "Lead time for changes", "Deployment frequency, median service", "Change fail rate",
        "Failed deployment recovery time",
    ]  # fmt: skip
    assert newest[0][1:] == [
        "32 h", "less than one day", "one day to one week · closest", "one week to one month", "one to six months",
        "closest to high",
    ]  # fmt: skip
    assert [row[-1] for row in newest][2] == "between medium and high, nearer to medium"
    assert newest[3][-1].startswith("No source is connected")
    assert older[2][-1] == "between high and medium, nearer to medium"
    section = built("benchmarks.clusters", context())
    assert "none overall" in section.summary
    first, second = (one.note for one in blocks(section, Table) if isinstance(one, Table))
    assert "high cluster fails more often" in first
    assert "fails more often" not in second


def test_our_answers_to_the_quick_check_stand_beside_the_industry(context: Make) -> None:
    section = built("benchmarks.quick_check", context())
    rows = table(section)
    assert rows[0] == ["Lead time for changes", "between one day and one week", "6.0", "5.4 ± 2.3", "5.5 ± 2.4"]
    assert rows[-1] == ["Overall", "mean of the five", "n/a", "6.92", "6.72"]
    assert "most teams lie within one of the mean" in section.summary


# The form


def judged_by(world: World, period: str, scope: str = "group", metric: str = "availability") -> Decimal | None:
    engine = world.engine()
    with reading(engine) as connection:
        found = Reader(connection, world.settings).target(metric, scope, parse(period))
    engine.dispose()
    return None if found is None else found.low


def field(at: AppTest, label: str) -> object:
    boxes = (*at.text_input, *at.selectbox, *at.date_input, *at.radio)
    return next(box for box in boxes if box.label == label)


def filled(at: AppTest, low: str, why: str = "the board asked") -> AppTest:
    field(at, "At least").input(low)  # type: ignore[attr-defined]
    field(at, "Reason").input(why)  # type: ignore[attr-defined]
    return at.run()


def approved(world: World, by: str = "otto") -> None:
    """Another system user approves what waits, as at the command line."""
    engine = world.engine()
    with reading(engine) as connection:
        waiting = listed(connection)
    for one in waiting:
        approve(engine, world.settings, command_line_actor(by), one.id)
    engine.dispose()


def test_a_target_is_proposed_after_a_preview_and_judges_once_another_has_approved(world: World, inside: Enter) -> None:
    inside(world)
    at = filled(opened("benchmarks"), "99.95")
    assert "≥ 99.99 %" in text(at)
    assert "The target from 1 Jan 2026 on stays, and ends on 1 Dec 2026." in text(at)
    assert judged_by(world, "2026-12") == Decimal("0.9999")
    at.button(key="target-save").click().run()
    assert not at.exception
    assert "The target of Uptime is proposed from 1 Dec 2026 on. It waits for another person: without sign-in" in text(
        at
    )
    assert "Targets that wait" in text(at)
    assert judged_by(world, "2026-12") == Decimal("0.9999")
    approved(world)
    assert (judged_by(world, "2026-11"), judged_by(world, "2026-12")) == (Decimal("0.9999"), Decimal("0.9995"))
    engine = world.engine()
    with reading(engine) as connection:
        log = schema.change_log
        last = connection.execute(select(log).order_by(log.c.seq.desc()).limit(1)).one()
    engine.dispose()
    assert (last.actor, last.action, last.object) == ("cli:otto", "set", "target company-availability")
    assert last.why.startswith("the board asked (proposed by local:")


def test_a_target_of_a_scope_is_set_for_it_alone(world: World, inside: Enter) -> None:
    inside(world)
    at = opened("benchmarks", {"scope": "wallet"})
    assert field(at, "For").value == "wallet"  # type: ignore[attr-defined]
    filled(at, "99.5").button(key="target-save").click().run()
    approved(world)
    assert judged_by(world, "2026-12", "wallet") == Decimal("0.995")
    assert judged_by(world, "2026-12", "ledger") == Decimal("0.9999")


def test_a_target_ends_on_a_day(world: World, inside: Enter) -> None:
    inside(world)
    at = opened("benchmarks")
    at.radio(key="target-act").set_value("End on a day").run()
    field(at, "Reason").input("none was agreed")  # type: ignore[attr-defined]
    field(at, "No longer from").set_value(date(2027, 1, 1))  # type: ignore[attr-defined]
    at.run()
    at.button(key="target-save").click().run()
    assert not at.exception
    assert "The target of Uptime is proposed to end on 1 Jan 2027" in text(at)
    approved(world)
    assert (judged_by(world, "2026-12"), judged_by(world, "2027-01")) == (Decimal("0.9999"), None)


@pytest.mark.parametrize(
    ("low", "why", "said"),
    [
        ("lots", "because", "is not a number: write it in percent"),
        ("120", "because", "Uptime is a share: give an edge of 100 % at most."),
        ("99.5", " ", "Give a reason, which the log keeps."),
    ],
)
def test_what_cannot_hold_is_a_sentence_and_not_saved(
    world: World, inside: Enter, low: str, why: str, said: str
) -> None:
    inside(world)
    at = filled(opened("benchmarks"), low, why)
    for button in at.button:
        if button.key == "target-save":
            button.click().run()
    assert not at.exception
    assert said in text(at).replace("&#39;", "'")
    assert judged_by(world, "2026-12") == Decimal("0.9999")


def test_who_was_slower_is_told_who_was_faster_and_sees_the_new_target(world: World, inside: Enter) -> None:
    inside(world)
    at = filled(opened("benchmarks"), "99.5")
    engine = world.engine()
    with reading(engine) as connection:
        now = revision(connection, "availability", None)
    new = Setting("availability", None, Decimal("0.999"), None, date(2026, 12, 1))
    propose_target(engine, world.settings, local_actor("maria"), new, now, "faster")
    engine.dispose()
    approved(world)
    at.button(key="target-save").click().run()
    assert not at.exception
    assert "cli:otto changed it on 9 November 2026 at 07:00 CET, after you opened it: nothing was saved" in text(at)
    assert judged_by(world, "2026-12") == Decimal("0.999")
    filled(at, "99.5").button(key="target-save").click().run()
    approved(world)
    assert judged_by(world, "2026-12") == Decimal("0.995")


def test_who_proposed_a_target_is_not_offered_to_approve_it_but_to_take_it_back(world: World, inside: Enter) -> None:
    inside(world)
    at = filled(opened("benchmarks"), "99.5")
    at.button(key="target-save").click().run()
    buttons = {button.label: button for button in at.button}
    buttons["Approve"].click().run()
    assert not at.exception
    assert "proposed this, and it needs two people" in text(at)
    assert judged_by(world, "2026-12") == Decimal("0.9999")
    field(at, "What you say to it").input("a typing error")  # type: ignore[attr-defined]
    {button.label: button for button in at.button}["Decline"].click().run()
    assert "target of availability is declined · a typing error" in text(at)
    assert "Targets that wait" not in text(at)


def test_a_reader_who_may_not_edit_sees_the_register_and_no_form(
    world: World, inside: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside(world)
    monkeypatch.setattr(load, "actor", lambda: Actor("local:eve", frozenset({Role.VIEWER})))
    at = opened("benchmarks")
    assert not at.exception
    assert "Published values" in text(at)
    assert {button.label for button in at.button} == {LABEL}
    assert (len(at.text_input), len(at.date_input)) == (0, 0)


def test_measures_that_cannot_have_a_target_are_not_offered(world: World, inside: Enter) -> None:
    inside(world)
    offered = field(opened("benchmarks"), "Measure").options  # type: ignore[attr-defined]
    assert metric_named("availability").name in offered
    assert not {metric_named("spend_effective").name, metric_named("error_budget").name} & set(offered)


def test_no_section_of_the_page_is_missing_from_the_registry() -> None:
    from app.screens.benchmarks import FIRST, LAST

    assert [section_named(name).id for name in (*FIRST, *LAST)] == [*FIRST, *LAST]
