"""The inputs of a business case as sliders and fields: what they read gives the case that the figures follow."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import streamlit as st

from app.content import format as text
from app.content.sections import case_words as words
from app.render import html
from app.render.figure import round_step
from app.screens import roi_fields
from data.finance.case import Assumption, Case, Line, View
from data.finance.case_file import checked, document
from data.finance.levers.base import Parameter, Unit

Moved = Callable[[], None]
"""What is called when a field was moved."""

_STEPS = 100
_HUNDRED = Decimal(100)


def inputs(case: Case, key: str, moved: Moved | None = None) -> Case:
    """Draws every input of every line; the case as they stand on the page. BadCase where they cannot be together."""
    opened = False
    for line in case.line:
        uncertain = any(given.is_uncertain for _, given, _ in line.parameters())
        with st.expander(html.escape(line.title), expanded=uncertain and not opened):
            opened |= uncertain
            if line.kind:
                st.caption(f"{line.kind.formula}. {line.kind.guard}")
            _line(case, line, key, moved)
    return read(case, key)


def terms(case: Case, key: str, moved: Moved | None = None) -> None:
    """Draws the case's view, its discount rate and its years."""
    names = {View.AS_STATED: "As stated", View.RISK_ADJUSTED: "Factors of risk", View.MONTE_CARLO: "Draws"}
    left, middle, right = st.columns([2, 1, 1])
    views = list(View)
    left.selectbox(
        "Uncertainty told by", views, views.index(case.view), format_func=names.__getitem__, key=f"{key}-view",
        on_change=moved,
    )  # fmt: skip
    percent = float(case.discount_rate * 100)
    middle.number_input(
        "Rate (%)", 0.0, 100.0, percent, 0.5, key=f"{key}-rate", help="Discount rate a year", on_change=moved
    )
    ramps = any(line.ramp for line in case.line)
    right.number_input(
        "Years", 1, 15, case.years, 1, key=f"{key}-years", disabled=ramps, on_change=moved,
        help="Fixed while a line has a ramp by year." if ramps else None,
    )  # fmt: skip


def read(case: Case, key: str) -> Case:
    """The case with what its fields hold, whether they are drawn yet or not. BadCase where it cannot be together."""
    state = st.session_state
    view, years = state.get(f"{key}-view") or case.view, int(state.get(f"{key}-years") or case.years)
    name = str(state.get(f"{key}-name") or "").strip() or case.name
    said: dict[str, Any] = {"name": name, "view": view, "years": years}
    said["discount_rate"] = _read(f"{key}-rate", case.discount_rate, _HUNDRED)
    lines = tuple(_line_read(case, line, f"{key}-{line.id}") for line in case.line)
    return checked(document(case.model_copy(update=said | {"line": lines})))


def _line_read(case: Case, line: Line, key: str) -> Line:
    values = dict(line.values)
    for name, given, parameter in line.parameters():
        value = _read(f"{key}-{name}", given.value, _factor(parameter))
        if value != given.value:
            values[name] = _moved(given, value)
    risk = _read(f"{key}-risk", line.risk, _HUNDRED)
    return line.model_copy(update={"values": values, "risk": risk} | roi_fields.read(case, line, key))


def _read(key: str, given: Decimal, factor: Decimal) -> Decimal:
    """What a field holds; exactly what was given where it was not moved."""
    shown = st.session_state.get(key)
    return given if shown is None or shown == float(given * factor) else _exact(shown) / factor


def _factor(parameter: Parameter | None) -> Decimal:
    """Shares are shown in percent."""
    return _HUNDRED if parameter is not None and parameter.unit is Unit.SHARE else Decimal(1)


def _line(case: Case, line: Line, key: str, moved: Moved | None) -> None:
    for name, given, parameter in line.parameters():
        _input(case, given, parameter, f"{key}-{line.id}-{name}", moved)
    why = "Taken off a benefit, put on a cost, where uncertainty is told by factors."
    risk = float(line.risk * 100)
    st.number_input("Risk (%)", 0.0, 100.0, risk, 5.0, key=f"{key}-{line.id}-risk", help=why, on_change=moved)


def _input(case: Case, given: Assumption, parameter: Parameter | None, key: str, moved: Moved | None) -> None:
    """A slider where the input is uncertain, else a field."""
    factor = _factor(parameter)
    label = parameter.name if parameter else "Factor on all amounts"
    if unit := words.unit(parameter, case.currency):
        label = f"{label} ({unit})"
    lowest, highest = (parameter.low, parameter.high) if parameter else (Decimal(0), Decimal(10))
    exact = given.value * factor
    if not given.is_uncertain or given.low is None or given.high is None:
        st.number_input(
            label, float(lowest * factor), float(highest * factor), float(exact), _step(exact), _format(exact),
            key, words.origin(given), moved,
        )  # fmt: skip
        return
    width = given.high - given.low
    low, high = max(lowest, given.low - width / 2), min(highest, given.high + width / 2)
    step = round_step(float((high - low) * factor) / _STEPS)
    ends = words.range_of(given, parameter, case.currency)
    st.slider(
        label, float(low * factor), float(high * factor), float(exact), step,
        _format(max(Decimal(str(step)), exact - int(exact), key=text.decimals_of)),
        key, f"{words.origin(given)}; range {ends}", moved,
    )  # fmt: skip


def _moved(given: Assumption, value: Decimal) -> Assumption:
    """An input that a person moved: no longer a measured one, its range wide enough to hold it."""
    low, high = given.low, given.high
    if low is not None and high is not None:
        low, high = min(low, value), max(high, value)
    source = given.source.removesuffix(words.BY_HAND).removesuffix("; ")
    said = f"{source}; {words.BY_HAND}" if source else words.BY_HAND
    changed = {"value": value, "low": low, "high": high, "measured": None, "source": said[:400]}
    return given.model_copy(update=changed)


def _step(value: Decimal) -> float:
    """What a click on plus or minus adds: about a hundredth."""
    return round_step(float(value) / _STEPS) if value > 0 else 1.0


def _format(value: Decimal) -> str:
    """As many decimals as the value has: two at most, four below one."""
    return f"%.{min(2 if abs(value) >= 1 else 4, text.decimals_of(value))}f"


def _exact(shown: float) -> Decimal:
    exact = Decimal(str(round(shown, 9)))
    return exact if exact % 1 else Decimal(int(exact))  # 12, not 12.0
