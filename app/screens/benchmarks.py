"""Benchmarks: the register, our numbers among published ones, and the form that sets or ends a target."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import streamlit as st

from app import load
from app.content import entered
from app.content import format as text
from app.content.blocks import Column, Notice, Table
from app.content.entered import BadEntry
from app.content.sections import words
from app.content.sections.base import row
from app.content.sections.benchmarks import WHOLE
from app.render import html, web
from app.screens.base import Opened, Screen, opened, show
from app.screens.waiting import needs_another, waiting
from data.access import NotPermitted, Permission
from data.benchmarks.score import Target
from data.metrics import metric_in, metrics_of
from data.metrics.base import Metric, Unit
from data.period import Kind, containing
from data.settings import ConfigurationError
from data.warehouse.engine import WarehouseError, reading
from data.warehouse.proposals import Kind as Proposed
from data.warehouse.read import targets
from data.warehouse.target_edits import (
    BadTarget,
    ChangedMeanwhile,
    Setting,
    check_edges,
    propose_end,
    propose_target,
    revision,
)

TITLE = "Benchmarks"
FIRST = ("benchmarks.summary", "benchmarks.targets")
LAST = (
    *("benchmarks.among", "benchmarks.clusters", "benchmarks.quick_check", "benchmarks.references"),
    *("benchmarks.answers", "benchmarks.obligations", "benchmarks.figures", "benchmarks.marks"),
)
_SET, _END = "Set from a day on", "End on a day"
_DAY = "YYYY-MM-DD"


@dataclass(frozen=True)
class Looked:
    """The targets of a metric and scope as the person looks at them; `revision` is held against them on saving."""

    metric: Metric
    scope: str | None
    rows: tuple[Target, ...]
    revision: str

    @property
    def last(self) -> Target | None:
        """The latest."""
        return self.rows[-1] if self.rows else None


def draw() -> None:
    """The page; a target that is saved judges before it is drawn again."""
    if (at := opened(TITLE)) is None:
        return
    if said := st.session_state.pop("target-saved", None):
        web.draw(Notice("info", said))
    if said := st.session_state.pop("target-refused", None):
        web.draw(Notice("error", said))
    show(at, FIRST)
    waiting(at, "Targets that wait", Proposed.TARGET)
    if at.actor.may(Permission.EDIT_TARGETS, at.actor.entities):
        _editor(at)
    show(at, LAST)


def _editor(at: Opened) -> None:
    summary = "The company's own target for a scope and all below it, unless a nearer scope has one of its own."
    st.html(html.heading("Edit a target", summary, "edit"))
    with st.container(border=True, key="target-editor"):
        looked = _chosen(at)
        act = st.radio("What to do", [_SET, _END], horizontal=True, key="target-act") if looked.last else _SET
        first = containing(at.state.version.committed_at.astimezone(load.settings().zone).date(), Kind.MONTH).end
        if act == _SET:
            _set(looked, first)
        else:
            _end(looked, first)


def _chosen(at: Opened) -> Looked:
    metrics = {one.id: one.name for one in metrics_of(load.settings()) if _can_have(one)}
    outline = load.outline(at.state, at.actor)
    scopes = {"": WHOLE} | {one.id: "\u2003" * depth + one.name for depth, one in outline.scopes}
    left, right = st.columns(2)
    metric = left.selectbox("Measure", list(metrics), format_func=metrics.__getitem__, key="target-metric")
    start = 0 if at.choice.scope == outline.home else list(scopes).index(at.choice.scope)
    scope = right.selectbox("For", list(scopes), start, format_func=scopes.__getitem__, key="target-scope")
    return _looked(metric, scope or None)


def _can_have(metric: Metric) -> bool:
    return metric.unit is not Unit.MONEY and metric.derived_from is None


def _looked(name: str, scope: str | None) -> Looked:
    """What the person sees stays as it was first shown until saved, so that a change by somebody else is noticed."""
    kept = st.session_state.get("target-looked")
    if isinstance(kept, Looked) and (kept.metric.id, kept.scope) == (name, scope):
        return kept
    with reading(load.engine(load.settings().warehouse.url)) as connection:
        mine = [one for one in targets(connection) if (one.metric, one.scope, one.kind) == (name, scope, "house")]
        rows = tuple(sorted(mine, key=lambda one: one.valid_from))
        looked = Looked(metric_in(load.settings(), name), scope, rows, revision(connection, name, scope))
    st.session_state["target-looked"] = looked
    return looked


def _set(looked: Looked, first: date) -> None:
    metric, last = looked.metric, looked.last
    columns = st.columns(4)
    hint = entered.hint(metric)
    low = columns[0].text_input("At least", help=hint, placeholder=hint, key=_key(looked, "low"), max_chars=40)
    high = columns[1].text_input("At most", help=hint, placeholder=hint, key=_key(looked, "high"), max_chars=40)
    start = columns[2].date_input(
        "From", max(first, last.valid_from if last else first), format=_DAY, key=_key(looked, "from")
    )
    until = columns[3].date_input("Until, if not until replaced", None, format=_DAY, key=_key(looked, "until"))
    owner, why = _who_and_why(looked)
    if not (low.strip() or high.strip()) or not isinstance(start, date):
        st.html('<p class="pl-note">Give one edge, or both for a band, to see what will change.</p>')
        return
    try:
        edges = entered.edge(metric, low), entered.edge(metric, high)
        check_edges(metric, *edges)
    except (BadEntry, BadTarget) as error:
        web.draw(Notice("error", f"{error}"))
        return
    ends = until if isinstance(until, date) else None
    new = Setting(metric.id, looked.scope, *edges, start, ends, owner)
    _preview(looked, new)
    if st.button("Propose", type="primary", key="target-save"):
        _save(looked, new, why)


def _end(looked: Looked, first: date) -> None:
    last = looked.last
    assert last is not None
    day = st.date_input("No longer from", max(first, last.valid_from), format=_DAY, key=_key(looked, "end"))
    why = _why(looked)
    if not isinstance(day, date):
        return
    then = "none" if looked.scope is None else "that of the scope above, if it has one"
    _table([("Target", _edges(last), then), ("Until", _until(last.valid_to), text.day(day))])
    if st.button("Propose", type="primary", key="target-save"):
        _save(looked, day, why)


def _who_and_why(looked: Looked) -> tuple[str, str]:
    left, right = st.columns([1, 3])
    owner = left.text_input("Owner", looked.last.owner if looked.last else "", key=_key(looked, "owner"), max_chars=80)
    with right:
        return owner, _why(looked)


def _why(looked: Looked) -> str:
    asked = "For the log: why does this target change?"
    return st.text_input("Reason", max_chars=200, placeholder=asked, key=_key(looked, "why"))


def _key(looked: Looked, field: str) -> str:
    """Fields of another measure, of another scope, or of targets that changed start anew."""
    return f"target-{field}-{looked.metric.id}-{looked.scope}-{looked.revision[:12]}"


def _preview(looked: Looked, new: Setting) -> None:
    last, metric = looked.last, looked.metric
    owner = new.owner or (last.owner if last else load.actor().name)
    after = words.range_text(metric, (new.low, new.high), "")
    pairs = [
        ("Target", _edges(last), after),
        ("From", text.day(last.valid_from) if last else "", text.day(new.valid_from)),
        ("Until", _until(last.valid_to) if last else "", _until(new.valid_to)),
        ("Owner", last.owner if last else "", owner),
    ]
    note = ""
    if last and last.valid_from < new.valid_from:
        note = f"The target from {text.day(last.valid_from)} on stays, and ends on {text.day(new.valid_from)}."
    elif last and last.valid_from == new.valid_from:
        note = f"The target from {text.day(last.valid_from)} on is replaced: verdicts since then change."
    _table([pair for pair in pairs if pair[1] != pair[2]], note)


def _table(changes: list[tuple[str, str, str]], note: str = "") -> None:
    columns = (Column("What changes"), Column("Now"), Column("Once approved"))
    rows = tuple(row(what, now or "none", then) for what, now, then in changes)
    web.draw(Table("target-preview", "", columns, rows, note, empty="Nothing changes."))


def _edges(target: Target | None) -> str:
    if target is None:
        return ""
    return words.target_text(metric_in(load.settings(), target.metric), target, "")


def _until(day: date | None) -> str:
    return text.day(day) if day else "replaced"


def _save(looked: Looked, new: Setting | date, why: str) -> None:
    settings, actor = load.settings(), load.actor()
    engine, name = load.engine(settings.warehouse.url), (looked.metric.id, looked.scope)
    try:
        if isinstance(new, Setting):
            number = propose_target(engine, settings, actor, new, looked.revision, why)
        else:
            number = propose_end(engine, settings, actor, name, new, looked.revision, why)
    except ChangedMeanwhile as error:
        st.session_state["target-refused"] = f"{error}"
    except (NotPermitted, ConfigurationError, WarehouseError) as error:
        web.draw(Notice("error", f"{error}"))
        return
    else:
        day = text.day(new.valid_from if isinstance(new, Setting) else new)
        done = f"is proposed from {day} on" if isinstance(new, Setting) else f"is proposed to end on {day}"
        st.session_state["target-saved"] = f"The target of {looked.metric.name} {done}. {needs_another(number)}"
    st.session_state.pop("target-looked", None)
    st.rerun()


SCREEN = Screen("benchmarks", TITLE, draw)
