"""Business cases of every kind, for laws that hold for all of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any

from hypothesis import strategies as st

from data.finance.case import FACTOR, Assumption, Case, Flow, Line, Measured, Promise, Together, View
from data.finance.levers import LEVERS
from data.finance.levers.base import Parameter, Side, When

START = date(2027, 1, 1)
_WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")) | st.sampled_from('"\\\n\t'), max_size=12
)
_DAYS = st.dates(START, START + timedelta(days=365))


def _numbers(low: Decimal, high: Decimal) -> st.SearchStrategy[Decimal]:
    return st.decimals(max(low, Decimal(-(10**9))), min(high, Decimal(10**9)), places=4, allow_nan=False)


@st.composite
def assumptions(draw: st.DrawFn, parameter: Parameter | None) -> Assumption:
    """A value of a parameter, often with a range, an origin, an owner."""
    low, high = (parameter.low, parameter.high) if parameter else (Decimal(0), Decimal(10))
    number = _numbers(low, high)
    first, value, last = sorted((draw(number), draw(number), draw(number)))
    more: dict[str, Any] = {"low": first, "high": last} if draw(st.booleans()) else {}
    read = Measured(
        measure="people", scope="group", period="2026-Q3", sources=("hr",), fresh_at=datetime(2026, 10, 1, tzinfo=UTC)
    )
    return Assumption(
        value=value, shape=draw(st.sampled_from(("pert", "triangular"))), source=draw(_WORDS), owner=draw(_WORDS),
        date=draw(st.none() | _DAYS), measured=draw(st.none() | st.just(read)), **more,
    )  # fmt: skip


@st.composite
def lines(draw: st.DrawFn, name: str, years: int) -> Line:
    """A line of any lever or of dated amounts."""
    lever = draw(st.none() | st.sampled_from(LEVERS))
    known: dict[str, Parameter | None] = {one.id: one for one in lever.parameters} if lever else {FACTOR: None}
    given = draw(st.sets(st.sampled_from(sorted(known)), max_size=3))
    shares = st.decimals(0, 1, places=2)
    more: dict[str, Any]
    if lever:
        ramp = draw(st.none() | st.lists(shares, min_size=years + 1, max_size=years + 1))
        more = {"lever": lever.id, "ramp": tuple(ramp or ()), "when": draw(st.none() | st.sampled_from(list(When)))}
    else:
        amounts = st.builds(Flow, date=_DAYS, amount=_numbers(Decimal(-(10**6)), Decimal(10**6)))
        flows = draw(st.lists(amounts, min_size=1, max_size=4))
        more = {"side": draw(st.sampled_from(list(Side))), "flows": tuple(flows)}
    promise = Promise(measure="uptime", scope="bank", baseline=Decimal("0.99"), planned=Decimal("0.999"))
    return Line(
        id=name, name=draw(_WORDS), owner=draw(_WORDS), risk=draw(shares),
        values={one: draw(assumptions(known[one])) for one in sorted(given)},
        promise=draw(st.none() | st.just(promise)), **more,
    )  # fmt: skip


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A case of a few lines, some of whose inputs move together."""
    years = draw(st.integers(1, 3))
    names = draw(st.lists(st.sampled_from(["a", "b", "c-1", "build"]), unique=True, max_size=3))
    made = tuple(draw(lines(name, years)) for name in names)
    known = [f"{line.id}.{name}" for line in made for name, _, _ in line.parameters()]
    pairs = draw(st.lists(st.sampled_from(list(combinations(known, 2))), unique=True, max_size=2)) if known[1:] else []
    degrees = st.decimals(-1, 1, places=2)
    given: dict[str, Any] = {"name": draw(_WORDS.filter(bool)), "owner": "Erin", "currency": "EUR", "start": START}
    return Case(
        **given, years=years, discount_rate=draw(st.decimals("-0.4", 1, places=3)),
        finance_rate=draw(st.none() | st.just(Decimal("0.05"))), scope=draw(st.none() | st.just("group")),
        summary=draw(_WORDS), limits=tuple(draw(st.lists(_WORDS, max_size=2))),
        view=draw(st.sampled_from(list(View))), seed=draw(st.integers(0, 9)), line=made,
        together=tuple(Together(name=draw(_WORDS), of=pair, correlation=draw(degrees)) for pair in pairs),
    )  # fmt: skip
