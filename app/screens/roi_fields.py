"""What the fields of a line hold beyond its inputs: name, owner, when it falls due, ramp, dated amounts.

A field that cannot be read leaves what it started from, so that all else is kept all the same; `faults` say why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import streamlit as st

from data.finance.case import BadCase, Case, Flow, Line
from data.finance.case_lines import flows_of, ramp_of, ramp_said


def read(case: Case, line: Line, key: str) -> dict[str, Any]:
    """The fields of a line that were drawn and can be read, as they stand."""
    state = st.session_state
    found: dict[str, Any] = {}
    title = str(state.get(f"{key}-title", line.title)).strip()
    if title and title != line.title:
        found["name"] = title
    if (owner := state.get(f"{key}-owner")) is not None:
        found["owner"] = str(owner).strip()
    if f"{key}-when" in state:
        found["when"] = state[f"{key}-when"]
    for name, of in (("ramp", _ramp), ("flows", _flows)):
        try:
            found[name] = of(case, line, key)
        except BadCase:
            found[name] = getattr(line, name)
    return found


def faults(case: Case, line: Line, key: str) -> tuple[str, ...]:
    """Why a field of a line cannot be read, in sentences."""
    found = []
    for of in (_ramp, _flows):
        try:
            of(case, line, key)
        except BadCase as error:
            found.append(f"{error}")
    return tuple(found)


def _ramp(case: Case, line: Line, key: str) -> Any:
    typed = st.session_state.get(f"{key}-ramp")
    if typed is None or typed == ramp_said(line.ramp):
        return line.ramp
    return ramp_of(str(typed), int(st.session_state.get(f"{key.removesuffix(line.id)}years") or case.years))


def _flows(case: Case, line: Line, key: str) -> tuple[Flow, ...]:
    told: Mapping[str, Any] = st.session_state.get(f"{key}-flows") or {}
    if not any(told.get(name) for name in ("edited_rows", "added_rows", "deleted_rows")):
        return line.flows
    return flows_of(rows(line.flows, told), case)


def rows(flows: Sequence[Flow], told: Mapping[str, Any]) -> list[tuple[date | None, str]]:
    """A grid of dated amounts as it stands: what it started from and what it tells was edited, added, deleted."""
    found: list[tuple[date | None, str]] = [(one.date, f"{one.amount}") for one in flows]
    for at, cells in (told.get("edited_rows") or {}).items():
        day, amount = found[int(at)]
        found[int(at)] = (_day(cells["Date"]) if "Date" in cells else day, _text(cells, amount))
    gone = {int(at) for at in told.get("deleted_rows") or ()}
    kept = [one for at, one in enumerate(found) if at not in gone]
    return kept + [(_day(cells.get("Date")), _text(cells, "")) for cells in told.get("added_rows") or ()]


def _day(said: object) -> date | None:
    return date.fromisoformat(str(said)[:10]) if said else None


def _text(cells: Mapping[str, Any], before: str) -> str:
    return str(cells["Amount"] or "") if "Amount" in cells else before
