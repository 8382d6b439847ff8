"""Period, comparison and scope: chosen at the top of each page, kept in the address as plain text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from app.content import format as text
from app.content.blocks import Notice
from app.content.sections.base import Comparison
from app.load import Choice, Outline, State
from data.period import BadPeriod, Kind, Period, containing, day_of, last_closed, parse
from data.settings import Settings

_KIND_NAMES = {
    Kind.WEEK: "By week",
    Kind.MONTH: "By month",
    Kind.QUARTER: "By quarter",
    Kind.YEAR: "By year",
    Kind.FISCAL_QUARTER: "By fiscal quarter",
    Kind.FISCAL_YEAR: "By fiscal year",
    Kind.CUSTOM: "Single days",
    Kind.DAY: "One day",
}
_COMPARISONS = {Comparison.PREVIOUS: "Previous period", Comparison.YEAR: "Year before"}
_NAMES = ("period", "scope", "compare")
_MOST = 60

Taker = Callable[..., None]


@dataclass(frozen=True)
class Read:
    """The choice that an address names, and a sentence for each part of it that names nothing."""

    choice: Choice
    notices: tuple[Notice, ...]


def read(query: dict[str, str], outline: Outline, default: Period, fiscal_start: int) -> Read | None:
    """The choice in an address; what is missing or wrong takes its default. None without any scope."""
    if outline.home is None:
        return None
    notices: list[Notice] = []
    period = default
    if "period" in query:
        try:
            period = parse(query["period"], fiscal_start)
        except BadPeriod as error:
            notices.append(Notice("error", f"{error} Shown is {text.period(default)}."))
    scope = query.get("scope", outline.home)
    known = {one.id: one for _, one in outline.scopes}
    if scope not in known:
        notices.append(Notice("error", f"There is no scope {scope[:80]!r}. Shown is {known[outline.home].name}."))
        scope = outline.home
    comparison = query.get("compare", Comparison.PREVIOUS)
    if comparison not in list(Comparison):
        words = " or ".join(Comparison)
        notices.append(Notice("error", f"compare={comparison[:40]} is not known: write {words}. Shown is previous."))
        comparison = Comparison.PREVIOUS
    return Read(Choice(period, scope, Comparison(comparison)), tuple(notices))


def default_period(at: State, settings: Settings, kind: Kind = Kind.MONTH) -> Period:
    """The last closed period of a kind, as of the data."""
    return last_closed(at.version.committed_at, kind, settings.zone, settings.company.fiscal_year_start_month)


def choose(at: State, outline: Outline, settings: Settings) -> Read | None:
    """Draws the selects, and reads the choice from the address."""
    _keep_query()
    fiscal_start = settings.company.fiscal_year_start_month
    found = read(st.query_params.to_dict(), outline, default_period(at, settings), fiscal_start)
    if found is None:
        return None
    with st.container(key="filters"):
        _draw(found.choice, at, outline, settings)
    return found


def _keep_query() -> None:
    """A page link drops the address's parameters: take them up again from the page before."""
    said = {name: st.query_params[name] for name in _NAMES if name in st.query_params}
    if not said and (kept := st.session_state.get("query")):
        st.query_params.from_dict(kept)
        said = kept
    st.session_state["query"] = said


def _draw(choice: Choice, at: State, outline: Outline, settings: Settings) -> None:
    kinds = _kinds(settings, choice.period.kind)
    periods = _periods(choice.period, at, outline, settings)
    labels = [period.label for period in periods]
    names = {label: _period_name(period, at, settings) for label, period in zip(labels, periods, strict=True)}
    scopes = {one.id: "\u2003" * depth + one.name for depth, one in outline.scopes}
    columns = st.columns([1.1, 1.6, 1.8, 2.2])
    with columns[0]:
        _select("Kind of period", "kind", kinds, choice.period.kind, _KIND_NAMES, _take_kind, (at, settings))
    with columns[1]:
        _select("Period", "period", labels, choice.period.label, names, _take, ("period",))
    with columns[2]:
        _select("Compared with", "compare", list(_COMPARISONS), choice.comparison, _COMPARISONS, _take, ("compare",))
    with columns[3]:
        _select("Scope", "scope", list(scopes), choice.scope, scopes, _take, ("scope",))


def _select(
    label: str, name: str, options: Sequence[str], chosen: str, names: Mapping[Any, str], take: Taker, args: Any
) -> None:
    key = f"filter-{name}"
    st.session_state[key] = chosen  # the address decides; the select only shows it
    st.selectbox(
        label,
        options,
        format_func=lambda one: names[one],
        key=key,
        on_change=take,
        args=args,
        label_visibility="collapsed",
    )


def _take(name: str) -> None:
    st.query_params[name] = str(st.session_state[f"filter-{name}"])


def _take_kind(at: State, settings: Settings) -> None:
    st.query_params["period"] = default_period(at, settings, st.session_state["filter-kind"]).label


def _kinds(settings: Settings, chosen: Kind) -> list[Kind]:
    kinds = [Kind.WEEK, Kind.MONTH, Kind.QUARTER, Kind.YEAR]
    if settings.company.fiscal_year_start_month != 1:
        kinds += [Kind.FISCAL_QUARTER, Kind.FISCAL_YEAR]
    return kinds if chosen in kinds else [*kinds, chosen]


def _periods(chosen: Period, at: State, outline: Outline, settings: Settings) -> list[Period]:
    """The periods of the chosen kind that have data, the latest first, the chosen one among them."""
    if chosen.kind in (Kind.CUSTOM, Kind.DAY) or outline.first_day is None:
        return [chosen]
    latest = containing(day_of(at.version.committed_at, settings.zone), chosen.kind, chosen.fiscal_start)
    found = [latest]
    while len(found) < _MOST and found[-1].start > outline.first_day:
        found.append(found[-1].previous())
    return found if chosen in found else [chosen, *found]


def _period_name(period: Period, at: State, settings: Settings) -> str:
    still_open = period.closes_at(settings.zone) > at.version.committed_at
    return f"{text.period(period)} (open)" if still_open else text.period(period)
