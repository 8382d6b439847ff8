"""The inputs of a business case as sliders and fields: what they read gives the case that the figures follow."""

from __future__ import annotations

from decimal import Decimal

import streamlit as st

from app.content import format as text
from app.content.sections import case_words as words
from app.render import html
from app.render.figure import round_step
from data.finance.case import Assumption, Case, Line, View
from data.finance.case_file import checked, document
from data.finance.levers.base import Parameter, Unit

_STEPS = 100
_HUNDRED = Decimal(100)


def inputs(case: Case, key: str) -> Case:
    """The case with every input as it stands on the page. BadCase where they cannot be together."""
    lines: list[Line] = []
    for line in case.line:
        uncertain = [name for name, given, _ in line.parameters() if given.is_uncertain]
        with st.expander(html.escape(line.title), expanded=bool(uncertain) and not lines):
            if line.kind:
                st.caption(f"{line.kind.formula}. {line.kind.guard}")
            lines.append(_line(case, line, key))
    return checked(document(case.model_copy(update={"line": tuple(lines)})))


def terms(case: Case, key: str) -> Case:
    """The case with its view, its discount rate and its years as they stand on the page. BadCase."""
    names = {View.AS_STATED: "As stated", View.RISK_ADJUSTED: "Factors of risk", View.MONTE_CARLO: "Draws"}
    left, middle, right = st.columns([2, 1, 1])
    views = list(View)
    view = left.selectbox(
        "Uncertainty told by", views, views.index(case.view), format_func=names.__getitem__, key=f"{key}-view"
    )
    percent = float(case.discount_rate * 100)
    rate = middle.number_input("Rate (%)", 0.0, 100.0, percent, 0.5, key=f"{key}-rate", help="Discount rate a year")
    ramps = any(line.ramp for line in case.line)
    years = right.number_input(
        "Years", 1, 15, case.years, 1, key=f"{key}-years", disabled=ramps,
        help="Fixed while a line has a ramp by year." if ramps else None,
    )  # fmt: skip
    said = {"view": (view or case.view).value, "discount_rate": str(_exact(rate) / 100), "years": int(years)}
    return checked(document(case) | said)


def _line(case: Case, line: Line, key: str) -> Line:
    values = dict(line.values)
    for name, given, parameter in line.parameters():
        moved = _input(case, given, parameter, f"{key}-{line.id}-{name}")
        if moved != given.value:
            values[name] = _moved(given, moved)
    why = "Taken off a benefit, put on a cost, where uncertainty is told by factors."
    risk = st.number_input("Risk (%)", 0.0, 100.0, float(line.risk * 100), 5.0, key=f"{key}-{line.id}-risk", help=why)
    return line.model_copy(update={"values": values, "risk": _exact(risk) / 100})


def _input(case: Case, given: Assumption, parameter: Parameter | None, key: str) -> Decimal:
    """A slider where the input is uncertain, else a field; shares are shown in percent."""
    factor = _HUNDRED if parameter is not None and parameter.unit is Unit.SHARE else Decimal(1)
    label = parameter.name if parameter else "Factor on all amounts"
    if unit := words.unit(parameter, case.currency):
        label = f"{label} ({unit})"
    lowest, highest = (parameter.low, parameter.high) if parameter else (Decimal(0), Decimal(10))
    if not given.is_uncertain or given.low is None or given.high is None:
        exact = given.value * factor
        shown = st.number_input(
            label, float(lowest * factor), float(highest * factor), float(exact), _step(exact), _format(exact),
            key, words.origin(given),
        )  # fmt: skip
        return given.value if shown == float(given.value * factor) else _exact(shown) / factor
    width = given.high - given.low
    low, high = max(lowest, given.low - width / 2), min(highest, given.high + width / 2)
    step = round_step(float((high - low) * factor) / _STEPS)
    ends = words.range_of(given, parameter, case.currency)
    shown = st.slider(
        label, float(low * factor), float(high * factor), float(given.value * factor), step,
        _format(max(Decimal(str(step)), given.value * factor - int(given.value * factor), key=text.decimals_of)),
        key, f"{words.origin(given)}; range {ends}",
    )  # fmt: skip
    return given.value if shown == float(given.value * factor) else _exact(shown) / factor


def _moved(given: Assumption, value: Decimal) -> Assumption:
    """An input that a person moved: no longer a measured one, its range wide enough to hold it."""
    low, high = given.low, given.high
    if low is not None and high is not None:
        low, high = min(low, value), max(high, value)
    source = given.source.removesuffix("; moved by hand")
    said = f"{source}; moved by hand" if source else "moved by hand"
    changed = {"value": value, "low": low, "high": high, "measured": None, "source": said[:400]}
    return given.model_copy(update=changed)


def _step(value: Decimal) -> float:
    """What a click on plus or minus adds: about a hundredth."""
    return round_step(float(value) / _STEPS) if value > 0 else 1.0


def _format(value: Decimal) -> str:
    """As many decimals as the value has: two at most, four below one."""
    return f"%.{min(2 if abs(value) >= 1 else 4, text.decimals_of(value))}f"


def _exact(shown: float) -> Decimal:
    return Decimal(str(round(shown, 9)))
