"""What moved in a business case is told as people call it: inputs, lines, dated amounts, fields."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from app.content.blocks import Table
from app.content.case_moved import moved, named, of_clash, table
from data.finance.case import Case, Flow, Line, Promise, View
from data.finance.case_file import template
from data.finance.case_lines import tied, with_line, with_new, without
from data.finance.case_moves import clashes, moves
from data.finance.levers.base import Side, When

BASE = template()
COST = "headcount.cost_of_one"


def plain(words: str) -> str:
    return words.replace("\u202f", " ").replace("\u00a0", " ")


def told(block: Table) -> list[tuple[str, ...]]:
    return [tuple(plain(one.text) for one in row.cells) for row in block.rows]


def changes(after: Case, before: Case = BASE) -> list[tuple[str, ...]]:
    return told(table("changes", moves(before, after), before, after))


def costing(value: str, **more: object) -> Case:
    line = BASE.named("headcount")
    given = line.assumption("cost_of_one").model_copy(update={"value": Decimal(value), **more})
    return with_line(BASE, line.model_copy(update={"values": {**line.values, "cost_of_one": given}}))


def test_an_input_is_told_by_its_value_and_by_what_else_of_it_differs() -> None:
    assert changes(costing("180000")) == [("Headcount capacity: loaded cost of one", "$176 k", "$180 k")]
    ranged = costing("176000", low=Decimal(160000), owner="Anna")
    assert changes(ranged) == [
        (
            "Headcount capacity: loaded cost of one",
            "$176 k · $150–$200 k, pert · owner Template",
            "$176 k · $160–$200 k, pert · owner Anna",
        )
    ]
    by_hand = costing("180000", source="DORA ROI calculator 2026; range: ours; moved by hand")
    assert changes(by_hand) == [("Headcount capacity: loaded cost of one", "$176 k", "$180 k")]


def test_lines_that_come_go_and_change_are_told_by_their_titles() -> None:
    flows = (Flow(date=date(2026, 6, 1), amount=Decimal(60_000)),)
    line = Line(id="contract", name="Old contract", side=Side.BENEFIT, flows=flows)
    more = with_new(BASE, line)
    assert changes(more) == [("Old contract", "no such line", "dated amounts, benefit · 1 Jun 2026: $60.0 k")]
    assert changes(without(BASE, "training")) == [("Training", "Training", "no such line")]
    twice = line.model_copy(update={"flows": (*flows, *flows, *flows, *flows), "owner": "Anna", "risk": Decimal("0.2")})
    assert changes(with_line(more, twice), more) == [
        ("Old contract: dated amounts", "1 Jun 2026: $60.0 k", "4 amounts, $240 k"),
        ("Old contract: risk", "0 %", "20.0 %"),
        ("Old contract: owner", "nothing", "Anna"),
    ]


def test_fields_of_the_case_and_of_a_line_are_told_in_words() -> None:
    line = BASE.named("headcount").model_copy(
        update={
            "when": When.YEARLY,
            "ramp": (Decimal("0.5"), Decimal(1)),
            "promise": Promise(measure="uptime", scope="group"),
        }
    )
    after = with_line(BASE, line).model_copy(
        update={"discount_rate": Decimal("0.1"), "view": View.MONTE_CARLO, "scope": "group"}
    )
    assert sorted(changes(tied(after, (COST, "headcount.time_saved"), Decimal("0.5")))) == [
        ("Discount rate", "0.0 %", "10.0 %"),
        ("Headcount capacity: promise", "nothing", "uptime · group"),
        ("Headcount capacity: share of each year", "nothing", "50.0 %, 100 %"),
        ("Headcount capacity: when it falls due", "first year", "yearly"),
        ("Scope", "nothing", "group"),
        ("Uncertainty told by", "as stated", "by draws"),
        (
            "What moves together",
            "nothing",
            "Headcount capacity: loaded cost of one, Headcount capacity: time saved 0.5",
        ),
    ]
    turned = BASE.model_copy(update={"line": tuple(reversed(BASE.line[:2])) + BASE.line[2:]})
    ((what, _, order),) = changes(turned)
    assert (what, order.split(", ")[:2]) == ("Order of the lines", ["Further features", "Headcount capacity"])


def test_both_values_of_what_two_people_changed_stand_beside_each_other() -> None:
    mine, theirs = costing("180000"), costing("150000")
    (found,) = clashes(BASE, mine, theirs)
    assert named(found.place, mine) == "Headcount capacity: loaded cost of one"
    assert [plain(one) for one in of_clash(found, mine, theirs)] == ["$176 k", "$180 k", "$150 k"]


def test_only_inputs_are_called_inputs() -> None:
    assert moved(moves(BASE, costing("180000"))) == "1 input"
    assert moved(moves(BASE, costing("180000").model_copy(update={"years": 2}))) == "2 changes"
