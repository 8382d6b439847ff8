"""Business cases as files: what they may say, what a template gives, and one sentence for what is wrong."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from data.finance.case import Assumption, BadCase, double_counts, overlaps
from data.finance.case_file import DEFAULT, checked, document, load, read, template, templates
from data.finance.uncertain import simulated

HEAD = """schema = 1
name = "Bus"
owner = "Maria"
currency = "EUR"
start = 2027-01-01
years = 3
discount_rate = 0.1
"""
RUN = """[[line]]
id = "run"
lever = "run"
[line.values]
cost = 100
"""


def test_numbers_of_a_file_stay_exact_and_bare_ones_are_values() -> None:
    case = read(HEAD + RUN)
    assert case.discount_rate == Decimal("0.1")
    assert case.named("run").values == {"cost": Assumption(value=Decimal(100))}
    assert case.days == (date(2027, 1, 1), date(2028, 1, 1), date(2029, 1, 1), date(2030, 1, 1))


def test_a_file_that_names_a_template_says_only_what_differs() -> None:
    own = '[[line]]\nid = "training"\n[line.values]\ncost_of_one = 5000\n'
    case, shipped = read(f'schema = 1\ntemplate = "delivery-roi"\nname = "Ours"\n{own}'), template()
    assert (case.name, case.owner, len(case.line)) == ("Ours", "Template", len(shipped.line))
    assert case.named("training").assumption("cost_of_one") == Assumption(value=5000)
    assert case.named("training").assumption("people") == shipped.named("training").assumption("people")
    assert case.named("headcount") == shipped.named("headcount")


@pytest.mark.parametrize("name", templates())
def test_a_template_survives_being_stored_and_read_again(name: str) -> None:
    case = template(name)
    kept = json.loads(json.dumps(document(case)))
    assert checked(kept) == case
    assert document(checked(kept)) == document(case)


def test_the_default_template_comes_first() -> None:
    assert templates()[0] == DEFAULT


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = ", "case is not valid TOML"),
        ('name = "x"', "case: write `schema = 1` at its top."),
        (HEAD.replace("schema = 1", "schema = 2"), "case: schema: Input should be 1."),
        (HEAD.replace("years = 3", "years = 40"), "case: years: Input should be less than or equal to 15."),
        (HEAD.replace("0.1", "7"), "case: discount_rate: Input should be less than or equal to 1."),
        (HEAD + 'template = "mine"', "case: there is no template 'mine'; there are: "),
        (HEAD + 'colour = "red"', "case: colour: Extra inputs are not permitted."),
        (HEAD + RUN.replace('"run"\n[', '"rub"\n['),
         "case: line run.lever: there is no lever 'rub'; there are: time_to_market,"),
        (HEAD + RUN.replace("cost", "price"), "case: line run: there is no parameter 'price'; there are: cost."),
        (HEAD + RUN.replace("100", "-5"), "case: line run: cost is -5: give one between 0 and 10000000000."),
        (HEAD + RUN.replace("100", "{ value = 5, low = 6, high = 7 }"),
         "case: line run.values.cost: the value 5 lies outside its range 6 to 7."),
        (HEAD + RUN.replace("100", "{ value = 5, low = 4 }"),
         "case: line run.values.cost: give both low and high, or neither."),
        (HEAD + RUN.replace("100", "nan"), "case: line run.values.cost.value: Input should be a finite number."),
        (HEAD + RUN.replace("100", "1e999"), "case: line run.values.cost.value: Input should be less than or equal to"),
        (HEAD + RUN.replace("[line.", "ramp = [0, 1, inf, 1]\n[line."), "case: line run.ramp.2: Input should be"),
        (HEAD + RUN + RUN, "case: two lines are called 'run': give one of them another id."),
        (HEAD + '[[line]]\nid = "a"\n', "case: line a: a line needs a lever, or a side and dated flows."),
        (HEAD + '[[line]]\nid = "a"\nside = "cost"\nflows = [{ date = 2030-01-02, amount = 5 }]\n',
         "case: line a: 2030-01-02 lies after the last year: raise `years` or leave it out."),
        (HEAD + RUN.replace("[line.", "ramp = [0, 1]\n[line."),
         "case: line run: the ramp has 2 shares for t0 and 3 years."),
        (HEAD + RUN + '[[together]]\nof = ["run.cost", "run.gain"]\ncorrelation = 0.5\n',
         "case: together: there is no 'run.gain'; write line.parameter."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_in_one_sentence(text: str, said: str) -> None:
    with pytest.raises(BadCase) as caught:
        read(text)
    assert f"{caught.value}".startswith(said)
    assert "\n" not in f"{caught.value}" or said.endswith("TOML")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadCase, match=r"none.toml cannot be read: No such file"):
        load(tmp_path / "none.toml")


def test_the_same_pair_in_two_groups_is_refused_when_it_is_drawn() -> None:
    group = '[[together]]\nof = ["run.cost", "b.cost"]\ncorrelation = 0.5\n'
    values = "{ value = 5, low = 4, high = 9 }"
    text = HEAD + RUN.replace("100", values) + RUN.replace("100", values).replace('id = "run"', 'id = "b"')
    assert simulated(read(text + group), 1000).draws == 1000
    with pytest.raises(BadCase, match="are in two groups"):
        simulated(read(text + group + group), 1000)


def test_lines_that_count_the_same_money_are_named() -> None:
    names = ("time_to_market", "earlier_launch", "instability", "integration_bugs")
    lines = (f'[[line]]\nid = "{one.replace("_", "-")}"\nlever = "{one}"\n' for one in names)
    case = read(HEAD + "".join(lines))
    assert double_counts(case) == ("Time to market and Earlier launch count the same money: take one of them out.",)
    (said,) = overlaps(case)
    assert said.startswith("Deployments and instability and Fewer integration bugs may count the same money: ")
