"""The page ROI as Streamlit runs it: inputs that move the figures, cases that are kept and decided, reviews."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.content import business_case
from app.content.blocks import Headline, Notice, Table, Tiles, walk
from app.content.curve import Curve
from app.content.flows import Flows
from app.content.sections import section_named
from app.content.sections.base import Comparison, Context
from app.content.takeaway import sheet
from app.content.tornado import Tornado
from app.render.take import LABEL
from data.access import Actor, Role
from data.finance.case import Assumption, Case, Line, Promise, View
from data.finance.case_file import template
from data.finance.ledger import Attribution
from data.finance.levers import LEVERS
from data.period import parse
from data.warehouse.cases import Kept, Status, all_cases, approve, create, save, submit
from data.warehouse.change_log import entries, first_fault
from data.warehouse.engine import reading
from data.warehouse.ledger import review, reviews
from data.warehouse.readings import Reader
from tests.app.test_screens import opened, text
from tests.app.world import NOW, World

Enter = Callable[[World], None]
ANNA = Actor("oidc:anna", frozenset({Role.FINANCE_EDITOR}))
BEN = Actor("oidc:ben", frozenset({Role.APPROVER}))
DRAFT = "case-act"


@pytest.fixture(autouse=True)
def _no_caches() -> None:
    st.cache_data.clear()
    st.cache_resource.clear()


def kept(world: World) -> list[Kept]:
    engine = world.engine()
    with reading(engine) as connection:
        found = list(all_cases(connection))
        assert first_fault(entries(connection)) is None
    engine.dispose()
    return found


def press(at: AppTest, name: str) -> AppTest:
    at.button(key=f"case-act-{name}").click().run()
    assert not at.exception
    return at


def reason(at: AppTest, why: str) -> AppTest:
    next(one for one in at.text_input if one.label == "Reason, for the log").input(why)
    return at


def figure(at: AppTest) -> str:
    """The sentence of the case."""
    return text(at).split('pl-sentence">')[1].split("</p>")[0].replace("&#36;", "$")


def plainly(words: str) -> str:
    return words.replace("\u202f", " ").replace("\u00a0", " ")


def test_the_published_case_says_what_was_published() -> None:
    first, figures, lines, inputs = business_case.sections(template())
    headline, tiles = first.blocks
    assert isinstance(headline, Headline)
    assert isinstance(tiles, Tiles)
    assert plainly(headline.sentence).startswith(
        "Delivery improvement is worth $3.28 M over 1 year; it is paid back after 8.6 months, and 79."
    )
    assert [(one.value, one.unit) for one in tiles.tiles][:3] == [("$3.28", "M"), ("39.2", "%"), ("8.6", "months")]
    kinds = [type(block) for block in walk(figures.blocks)]
    assert kinds == [Flows, Curve, Tornado, Curve]
    (table,) = lines.blocks
    assert isinstance(table, Table)
    rows = {row.cells[0].text: [cell.exact for cell in row.cells[1:4]] for row in table.rows}
    assert rows["Down time"] == [0, -344_000, -344_000]
    assert rows["All benefits"] == [0, 11_646_000, 11_646_000]
    assert rows["All costs"] == [8_365_000, 0, 8_365_000]
    assert rows["Net"] == [-8_365_000, 11_646_000, 3_281_000]
    told = inputs.blocks[0]
    assert isinstance(told, Table)
    assert plainly(" | ".join(cell.text for cell in told.rows[1].cells)) == (
        "Headcount capacity | Loaded cost of one, a year | $176 k | $150–$200 k, pert | "
        "DORA ROI calculator 2026; range: ours | Template | 1 Jan 2026"
    )


def test_a_case_told_by_draws_is_worth_their_mean_and_one_without_ranges_says_so() -> None:
    drawn = business_case.sections(template().model_copy(update={"view": View.MONTE_CARLO}))[0].blocks[0]
    assert isinstance(drawn, Headline)
    assert "is worth $2.52" in drawn.sentence
    assert "mean of the draws" in drawn.detail
    certain = tuple(
        line.model_copy(update={"values": {name: Assumption(value=one.value) for name, one in line.values.items()}})
        for line in template().line
    )
    figures = business_case.sections(template().model_copy(update={"line": certain}))[1]
    assert [type(block) for block in walk(figures.blocks)] == [Flows, Curve, Notice]


def test_a_case_without_lines_can_be_told() -> None:
    sections = business_case.sections(template().model_copy(update={"line": ()}))
    assert len(sections) == 4


def test_moving_an_input_moves_the_figures(world: World, inside: Enter) -> None:
    inside(world)
    at = opened("roi")
    assert not at.exception
    assert "is worth $3.28 M over 1 year" in figure(at)
    slider = next(one for one in at.slider if one.label == "Time saved (%)")
    assert (slider.min, slider.value, slider.max) == (0.0, 12.5, 27.5)
    slider.set_value(10.0).run()
    assert not at.exception
    assert "is worth $1.08 M over 1 year" in figure(at)
    assert "moved by hand" in text(at)


def test_a_case_is_kept_saved_and_submitted_and_another_person_has_to_approve(world: World, inside: Enter) -> None:
    inside(world)
    at = opened("roi")
    press(at, "keep")
    assert "Give a reason" in text(at)
    press(reason(at, "a first look"), "keep")
    assert "Delivery improvement v1 is draft" in text(at)
    (draft,) = kept(world)
    assert (draft.id, draft.status, draft.case.scope) == ("delivery-improvement", Status.DRAFT, "group")
    next(one for one in at.slider if one.label == "Time saved (%)").set_value(10.0).run()
    press(reason(at, "half of it is enough"), "save")
    (saved,) = kept(world)
    assert saved.case.named("headcount").assumption("time_saved").value == Decimal("0.1")
    assert saved.case.named("features") == draft.case.named("features")
    press(reason(at, "for the board"), "submit")
    assert "Headcount capacity is promised on no measure" in text(at)
    assert kept(world)[0].status is Status.DRAFT


def test_an_approved_case_offers_a_new_version_only(world: World, inside: Enter) -> None:
    approved(world)
    inside(world)
    at = opened("roi")
    assert [one.key for one in at.button if str(one.key).startswith(DRAFT)] == ["case-act-revise"]
    press(reason(at, "new prices"), "revise")
    assert [(one.version, one.status) for one in kept(world)] == [(2, Status.DRAFT), (1, Status.APPROVED)]


def test_who_submitted_is_refused_to_approve_on_the_page(world: World, inside: Enter) -> None:
    inside(world)
    engine = world.engine()
    local = Actor("local:tester", frozenset({Role.ADMIN}))
    draft = create(engine, local, promised_case(), "w")
    submit(engine, local, draft, "w")
    engine.dispose()
    at = opened("roi")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("app.load.actor", lambda: local)
        press(reason(at, "I agree with myself"), "approve")
    assert "somebody else has to approve it" in text(at)
    assert kept(world)[0].status is Status.SUBMITTED


def test_a_line_starts_from_measured_values_and_moves_with_todays(world: World, inside: Enter) -> None:
    inside(world)
    at = opened("roi", {"period": "2026-09"})
    next(one for one in at.selectbox if one.label == "Lever").select("instability").run()
    next(one for one in at.button if one.label == "Add this line from measured values").click().run()
    assert not at.exception
    assert "Not measured, so left as it was. Recovery of failed deployments" in text(at)
    assert "measured in September 2026" in text(at)
    at.toggle[0].set_value(True).run()
    assert not at.exception
    assert "Deployments and instability: deployments before" in text(at)
    next(one for one in at.button if one.label == "Remove this line")
    assert "All inputs" in text(at)


def all_inputs() -> None:
    """What AppTest runs: the inputs of a line for each lever, each of its parameters with a range."""
    from datetime import date

    from app.screens.roi_inputs import inputs
    from data.finance.case import Assumption, Case, Line
    from data.finance.levers import LEVERS

    lines = tuple(
        Line(
            id=lever.id.replace("_", "-"),
            lever=lever.id,
            values={
                one.id: Assumption(value=(one.low + one.high) / 2, low=one.low, high=one.high)
                for one in lever.parameters
            },
        )
        for lever in LEVERS
    )
    given = {"name": "n", "owner": "o", "currency": "EUR", "start": date(2027, 1, 1), "years": 1, "line": lines}
    case = Case(**given, discount_rate=0)
    assert inputs(case, "all") == case


def test_every_parameter_of_every_lever_has_a_slider() -> None:
    at = AppTest.from_function(all_inputs, default_timeout=60).run()
    assert not at.exception
    labels = [one.label for one in at.slider]
    expected = [one for lever in LEVERS for one in lever.parameters]
    assert len(labels) == len(expected)
    assert all(label.startswith(one.name) for label, one in zip(labels, expected, strict=True))


def test_who_comes_second_is_told_and_keeps_what_was_moved(world: World, inside: Enter) -> None:
    inside(world)
    at = opened("roi")
    press(reason(at, "w"), "keep")
    next(one for one in at.slider if one.label == "Time saved (%)").set_value(10.0).run()
    (draft,) = kept(world)
    theirs = draft.case.model_copy(update={"years": 2})
    engine = world.engine()
    save(engine, ANNA, draft, theirs, "two years")
    engine.dispose()
    press(reason(at, "mine"), "save")
    assert "oidc:anna changed it after you opened it" in text(at)
    assert "oidc:anna changed this version meanwhile" in text(at)
    assert "is worth $1.08 M over 1 year" in figure(at)
    next(one for one in at.text_input if one.label == "Name").input("Mine").run()
    press(reason(at, "mine after all"), "own")
    found = {one.id: one for one in kept(world)}
    assert found["delivery-improvement"].case == theirs
    assert found["mine"].case.named("headcount").assumption("time_saved").value == Decimal("0.1")
    assert (found["mine"].based_on, found["mine"].case.years) == ("delivery-improvement v1", 1)


def test_a_range_a_source_and_an_owner_are_noted(world: World, inside: Enter) -> None:
    inside(world)
    at = opened("roi")
    next(one for one in at.selectbox if one.label == "Input").select("features.success_rate").run()
    fields = {one.label: one for one in at.number_input}
    fields["Lowest (%)"].set_value(30.0)
    fields["Highest (%)"].set_value(36.0)
    next(one for one in at.text_input if one.label == "Where from").input("our own features of 2026")
    next(one for one in at.button if one.label == "Note this").click().run()
    assert not at.exception
    assert "our own features of 2026" in text(at)
    assert "30.0–36.0 %, pert" in text(at)
    next(one for one in at.selectbox if one.label == "Input").select("features.success_rate").run()
    fields = {one.label: one for one in at.number_input}
    fields["Lowest (%)"].set_value(34.0)
    next(one for one in at.button if one.label == "Note this").click().run()
    assert "the value 0.33 lies outside its range" in text(at)


def test_a_shipped_case_starts_from_what_is_measured_here(world: World, inside: Enter) -> None:
    inside(world)
    at = opened("roi", {"period": "2026-10"})
    next(one for one in at.button if one.label == "Start inputs from measured values").click().run()
    assert not at.exception
    said = text(at)
    assert "People: no source tells of people in this period" in said
    assert "14.3 %" in said  # one of seven deployments of October failed
    assert "measured in October 2026" in said


def test_every_figure_and_table_of_the_page_can_be_taken_away(world: World, inside: Enter) -> None:
    approved(world)
    inside(world)
    at = opened("roi")
    at.toggle[0].set_value(True).run()
    menus = {str(one.key).removeprefix("menu-") for one in at.button if one.label == LABEL}
    assert menus == {"case-cash-flow", "case-rates", "case-lines", "case-inputs", "ledger"}
    at.selectbox(key="case-chosen").select("template:delivery-roi").run()
    menus = {str(one.key).removeprefix("menu-") for one in at.button if one.label == LABEL}
    assert menus >= {"case-tornado", "case-distribution"}
    next(one for one in at.button if one.label == "Start inputs from measured values").click().run()
    at.toggle[0].set_value(True).run()
    at.button(key="menu-case-moves").click().run()
    assert not at.exception
    assert [one.proto.label for one in at.get("download_button")] == ["CSV", "Excel", "Take it away as CASE.toml"]
    at.button(key="menu-case-tornado").click().run()
    assert len(at.get("download_button")) == 6


def test_amounts_of_the_ledger_are_taken_exactly(world: World) -> None:
    approved(world)
    engine = world.engine()
    review(engine, world.settings, ANNA, ("gateway", 1, "errors", 3), Attribution.UNCLEAR, "w")
    with reading(engine) as connection:
        context = Context(Reader(connection, world.settings), "group", parse("2026-10"), Comparison("previous"), NOW)
        (table,) = section_named("roi.ledger").build(context).blocks
    engine.dispose()
    assert isinstance(table, Table)
    taken = sheet(table)
    assert taken.heads[6:8] == ("Planned a year (EUR)", "Realised a year (EUR)")
    assert [row[6:8] for row in taken.rows] == [(80_000, 40_000), (None, None), (None, None)]


def promised_case(start: date = date(2026, 7, 1)) -> Case:
    errors = Line(
        id="errors", lever="integration_bugs", values={"bugs": 200, "reduction": "0.4", "cost_of_one": 1_000},
        promise=Promise(measure="integration_error_rate", scope="bank", baseline="0.005", planned="0.003"),
    )  # fmt: skip
    given = {"name": "Gateway", "owner": "Anna", "currency": "EUR", "start": start, "years": 2, "scope": "europe"}
    return Case(**given, discount_rate="0.1", line=(errors, Line(id="build", lever="build", values={"cost": 100_000})))


def approved(world: World) -> None:
    engine = world.engine()
    approve(engine, BEN, submit(engine, ANNA, create(engine, ANNA, promised_case(), "w"), "w"), "w")
    engine.dispose()


def test_an_overdue_review_shows_on_the_board_until_it_is_made(world: World, inside: Enter) -> None:
    approved(world)
    inside(world)
    assert "Gateway: the review of Fewer integration bugs after 3 months was due on 1 Oct 2026." in text(opened(""))
    assert "due on 1 Oct 2026" not in text(opened("", {"scope": "admin"}))
    at = opened("roi")
    assert "0 of 3 reviews made, 1 overdue" in text(at)
    assert "Integration error rate is 0.40 % in 1 Jul – 30 Sep 2026" in text(at)
    at.text_input(key="review-said").input("the bank changed its limits")
    at.button(key="review-save").click().run()
    assert not at.exception
    assert "1 of 3 reviews made, 0 overdue" in text(at)
    assert "the bank changed its limits" in text(at)
    engine = world.engine()
    with reading(engine) as connection:
        (made,) = reviews(connection).values()
    engine.dispose()
    assert made.value == Decimal("0.004")
    assert (made.planned_amount, made.realised_amount) == (80_000, 40_000)
    assert "was due on" not in text(opened(""))


def test_the_ledger_is_empty_where_nothing_was_approved(context: Callable[..., Context]) -> None:
    ledger = section_named("roi.ledger").build(context())
    (table,) = ledger.blocks
    assert isinstance(table, Table)
    assert (table.rows, ledger.summary) == ((), "")
    assert section_named("board.reviews").build(context()).blocks == ()
