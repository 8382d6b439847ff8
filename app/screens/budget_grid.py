"""The grid of a budget and the acts beside it: paste, copy, add, remove, spread, fill, raise, follow drivers, undo."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from app import load
from app.content import format as text
from app.content.blocks import Notice
from app.content.budget_views import short
from app.content.budget_words import field_name, month_names, row_name
from app.render import html, web
from app.screens import budget_desk, budget_frames, budget_save
from app.screens.budget_desk import NUMBERS, Desk
from app.screens.budget_frames import STILL
from data.access import Actor, NotPermitted
from data.finance.budget import CATEGORIES, BadBudget, CostClass, Line, Purpose, Scenario, Side, Treatment, view
from data.finance.budget_edits import (
    DRIVER_FIELDS,
    HEAD,
    LINE_FIELDS,
    MONTH_FIELDS,
    Change,
    applied,
    currency_of,
    number_of,
)
from data.finance.budget_lines import (
    all_driven,
    filled,
    free_id,
    scaled,
    spread_line,
    with_copy,
    with_new,
    without,
)
from data.money import Money
from data.warehouse import budget_actuals
from data.warehouse.engine import WarehouseError, reading
from data.warehouse.readings import Reader

_ORDER = (
    "name",
    *MONTH_FIELDS,
    "annual",
    *(one for one in LINE_FIELDS if one not in {"name", "annual", *MONTH_FIELDS}),
)
_CHOICES: Mapping[str, Sequence[str]] = {
    "cost_class": list(CostClass), "purpose": list(Purpose), "treatment": list(Treatment), "side": list(Side),
}  # fmt: skip
_HEIGHT, _ROW = 560, 35

Act = Callable[[], Scenario]


@st.fragment
def edit(name: str, actor: Actor) -> None:
    """The grid, its acts, its totals and the way to save; typing draws only this part anew."""
    made = budget_desk.desk(name, actor)
    budget_frames.read_all(made)
    # in one container, so that what is drawn above the grid never moves it: a grid that moves is made anew under a hand
    with st.container():
        st.html(html.heading("Lines", _kept(made), "lines"))
        if why := budget_frames.not_kept():
            web.draw(Notice("error", f"Not kept: {why}"))
    _acts(made)
    _grid(made, "lines", _ORDER, [one.id for one in made.draft.lines])
    if made.draft.drivers:
        with st.expander("Drivers: the quantities that lines follow"):
            _grid(made, "drivers", DRIVER_FIELDS, [f"{HEAD}{one.id}" for one in made.draft.drivers])
    for one in made.bad[:5]:
        where = f"{row_name(one.row, made.draft)}, {field_name(one.field, month_names(made.draft))}"
        web.draw(Notice("error", f"{where}: {one}"))
    _totals(made)
    budget_save.buttons(made)


def _kept(made: Desk) -> str:
    if not made.steps:
        return "Type in the grid; what you type is kept for you until you save it or let it go."
    since = text.instant(made.steps[0].at, load.settings().zone)
    return f"{text.plural(len(made.pending), 'cell')} unsaved since {since}, kept for you: saved only when you save."


def _grid(made: Desk, what: str, fields: Sequence[str], rows: Sequence[str]) -> None:
    """One grid; its frame stays the same until the desk turns."""
    names = month_names(made.draft)
    key, frame = budget_frames.frame(made, what, {field_name(one, names): one for one in fields}, rows)
    high = min(_HEIGHT, _ROW * (len(frame.rows) + 1) + 3)
    st.data_editor(
        frame.table, key=key, hide_index=True, num_rows="fixed", height=high, row_height=_ROW, placeholder="",
        column_config=_columns(frame.titles, made.draft), alt=f"{what.capitalize()} of {made.draft.name}",
        on_change=budget_frames.read, args=(key,),
    )  # fmt: skip


def _columns(titles: Mapping[str, str], of: Scenario) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for title, field in titles.items():
        if field in _CHOICES:
            made[title] = st.column_config.SelectboxColumn(options=list(_CHOICES[field]), required=True)
        elif field == "category":
            there = [*CATEGORIES, *(one.category for one in of.lines)]
            made[title] = st.column_config.SelectboxColumn(options=list(dict.fromkeys(there)), required=True)
        elif field == "mandatory":
            made[title] = st.column_config.CheckboxColumn()
        elif field in NUMBERS:
            # text, so that what cannot be read as a number is shown as it was typed instead of becoming nothing
            made[title] = st.column_config.TextColumn(alignment="right", width=92, max_chars=40)
        else:
            first = field == "name"
            made[title] = st.column_config.TextColumn(pinned=first, width=190 if first else None, max_chars=2000)
    return made


def _totals(made: Desk) -> None:
    of = made.draft
    told = []
    for side, name in ((Side.COST, "Costs"), (Side.BENEFIT, "Benefits")):
        now, before = view(of, "line", side), view(made.stored.scenario, "line", side)
        if now.total or before.total:
            moved = now.total - before.total
            change = f" ({short(of.currency, moved, signed=True)} unsaved)" if moved else ""
            told.append(f"{name} {text.money(Money(now.total, of.currency), exact=True)}{change}")
    st.html(f'<p class="pl-note" id="budget-totals">{text.joined(*told)}</p>')


def _acts(made: Desk) -> None:
    with st.container(horizontal=True, key="budget-acts", gap="small"):
        with st.popover("Paste a block"):
            _paste(made)
        with st.popover("Line"):
            _line(made)
        with st.popover("Amounts"):
            _amounts(made)
        with st.popover("Rates and drivers"):
            _rates(made)
        if st.button("Undo", disabled=not made.steps, key="budget-undo", help=_last(made)):
            _try(lambda: budget_desk.undo(made, load.actor()))


def _last(made: Desk) -> str:
    return f"Takes back: {made.steps[-1].what}" if made.steps else "Nothing to take back"


def _try(act: Callable[[], object]) -> None:
    """Do it and draw the grid anew, or say why not. Meanwhile the old grid takes nothing."""
    st.html(STILL)
    try:
        act()
    except (BadBudget, NotPermitted, WarehouseError) as error:
        web.draw(Notice("error", f"{error}"))
    else:
        st.rerun(scope="fragment")


def _step(made: Desk, what: str, after: Act) -> None:
    _try(lambda: budget_desk.act(made, load.actor(), what, after()))


def _pick(made: Desk, label: str, key: str) -> str:
    names = {one.id: one.name for one in made.draft.lines}
    return str(st.selectbox(label, list(names), format_func=lambda one: names.get(one, one), key=f"budget-{key}") or "")


def _month(made: Desk, label: str, key: str, start: int = 0) -> int:
    names = list(month_names(made.draft).values())
    return int(st.selectbox(label, range(12), start, format_func=lambda one: names[one], key=f"budget-{key}") or 0)


def _paste(made: Desk) -> None:
    block = st.text_area("Cells copied from a spreadsheet", key="budget-paste", height=120, max_chars=200_000)
    line = _pick(made, "First line", "paste-line")
    month = _month(made, "First month", "paste-month")
    if st.button("Paste", key="budget-paste-do", type="primary"):
        _step(made, "pasted a block", lambda: pasted(made.draft, block, line, month))


def pasted(of: Scenario, block: str, line: str, month: int) -> Scenario:
    """The scenario with a block of cells over its months, from a line and month on. BadBudget names what is wrong."""
    rows = [row.split("\t") for row in block.strip("\r\n").splitlines()]
    order = [one.id for one in of.lines]
    first = order.index(line) if line in order else 0
    wide = max((len(row) for row in rows), default=0)
    if not wide or not block.strip():
        raise BadBudget("There is nothing to paste: copy cells in a spreadsheet first.")
    if first + len(rows) > len(order) or month + wide > len(MONTH_FIELDS):
        raise BadBudget(
            f"The block has {len(rows)} rows and {wide} columns and does not fit there: "
            f"{len(order) - first} lines and {len(MONTH_FIELDS) - month} months are left."
        )
    edits = [
        Change(order[first + down], MONTH_FIELDS[month + across], "", cell)
        for down, row in enumerate(rows)
        for across, cell in enumerate(row)
    ]
    return applied(of, edits)


def _line(made: Desk) -> None:
    line = _pick(made, "Line", "line")
    name = st.text_input("New name", key="budget-line-name", max_chars=120)
    with st.container(horizontal=True):
        if st.button("Copy", key="budget-copy"):
            _step(made, "copied a line", lambda: with_copy(made.draft, line, name))
        if st.button("Add an empty one", key="budget-add"):
            _step(made, "added a line", lambda: _added(made.draft, name))
        if st.button("Remove", key="budget-remove"):
            _step(made, "removed a line", lambda: without(made.draft, line))


def _added(of: Scenario, name: str) -> Scenario:
    return with_new(of, Line("", name, CATEGORIES[0], of.currency))


def _amounts(made: Desk) -> None:
    line = _pick(made, "Line", "amounts-line")
    amount = st.text_input("Amount, or percent to raise by", key="budget-amount", max_chars=40)
    left, right = st.columns(2)
    with left:
        first = _month(made, "From", "amounts-first")
    with right:
        last = _month(made, "To", "amounts-last", 11)
    with st.container(horizontal=True):
        if st.button("Fill", key="budget-fill", help="The amount in each of these months"):
            _step(
                made,
                "filled a line",
                lambda: _with(made, line, lambda one: filled(one, first, last, number_of(amount))),
            )
        if st.button("Spread evenly", key="budget-spread", help="The amount as that of the year"):
            _step(made, "spread a line", lambda: _with(made, line, lambda one: spread_line(one, number_of(amount))))
        if st.button("Spread as last year went", key="budget-season"):
            _step(made, "spread a line", lambda: _seasoned(made, line, amount))
        if st.button("Raise", key="budget-raise", help="By so many percent, from the first month on"):
            share = lambda: number_of(amount.strip().removesuffix("%")) / 100  # noqa: E731  read only when asked for
            _step(made, "raised a line", lambda: _with(made, line, lambda one: scaled(one, share(), first)))


def _with(made: Desk, line: str, change: Callable[[Line], Line]) -> Scenario:
    return made.draft.with_line(change(made.draft.line(line)))


def _seasoned(made: Desk, line: str, amount: str) -> Scenario:
    """Spread in proportion to what the line's vendor charged last year."""
    engine, settings = budget_desk.place()
    with reading(engine) as connection:
        found = budget_actuals.season(Reader(connection, settings), load.actor(), made.draft, made.draft.line(line))
    if found is None:
        raise BadBudget("Nobody billed this line through all of last year, so it has no season: spread it evenly.")
    return _with(made, line, lambda one: spread_line(one, number_of(amount), found))


def _rates(made: Desk) -> None:
    left, right = st.columns(2)
    currency = left.text_input("Currency", key="budget-rate-of", max_chars=3)
    rate = right.text_input(f"{made.draft.currency} for one", key="budget-rate", max_chars=20)
    if st.button("Set the budget rate", key="budget-rate-do"):
        _step(made, "set a rate", lambda: _head(made, f"rate {currency_of(currency)}", rate))
    limit = st.text_input("Limit of one experiment", key="budget-limit", max_chars=20)
    if st.button("Set the limit", key="budget-limit-do"):
        _step(made, "set the limit", lambda: _head(made, "pool_limit", limit))
    name = st.text_input("Name of a new driver", key="budget-driver-name", max_chars=80)
    with st.container(horizontal=True):
        if st.button("Add a driver", key="budget-driver-add"):
            _step(made, "added a driver", lambda: _driver(made, name))
        if st.button("Make lines of their drivers", key="budget-drive"):
            _step(made, "followed drivers", lambda: all_driven(made.draft))


def _head(made: Desk, field: str, said: str) -> Scenario:
    return applied(made.draft, [Change(HEAD, field, "", said)])


def _driver(made: Desk, name: str) -> Scenario:
    own = free_id(name, [one.id for one in made.draft.drivers])
    edits = [Change(f"{HEAD}{own}", "added", "", ""), Change(f"{HEAD}{own}", "name", "", name)]
    return applied(made.draft, edits)
