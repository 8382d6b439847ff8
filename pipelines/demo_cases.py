"""The demo company's business cases: measured, approved and reviewed by its people, as any people's are."""

from __future__ import annotations

from sqlalchemy import Engine

from data.clock import today
from data.finance.case import Case
from data.finance.ledger import months_after
from data.period import Period, add_months
from data.sample.cases import ERRORS, MEASURED, aimed, flags, gateway, remark
from data.sample.company import PORTFOLIO
from data.settings import Settings
from data.warehouse import cases, ledger
from data.warehouse.engine import reading
from data.warehouse.ledger import Entry
from data.warehouse.measured import Measurer, started
from data.warehouse.reach import reader_for
from data.warehouse.readings import Reader
from pipelines.demo_budgets import APPROVER, OWNER, PLANNER

_SPAN = 3
_LEFT = ("stability", 12)
"""The review that is due and nobody made: line and month."""


def decide(engine: Engine, settings: Settings) -> bool:
    """Store a case that began a year ago, with all reviews but one, and a draft; not where a case is."""
    with reading(engine) as connection:
        if cases.kept_cases(connection, PLANNER):
            return False
    month = add_months(today(settings.zone), 0)
    draft = cases.create(
        engine, PLANNER, _measured(engine, settings, gateway(add_months(month, -12))), "ten contracts end this year"
    )
    handed_in = cases.submit(engine, PLANNER, draft, "for the board")
    cases.approve(engine, APPROVER, handed_in, "the range was agreed with finance")
    for entry in _due(engine, settings):
        _review(engine, settings, entry)
    cases.create(engine, OWNER, _measured(engine, settings, flags(add_months(month, 2))), "from the retrospective")
    return True


def _measured(engine: Engine, settings: Settings, case: Case) -> Case:
    """The case that starts from the last three months before it and before today, with its plan."""
    end = min(case.start, add_months(today(settings.zone), 0))
    period = Period(months_after(end, -_SPAN), end)
    with reading(engine) as connection:
        measurer = Measurer(reader_for(Reader(connection, settings), PLANNER), case.currency)
        lines = tuple(
            started(measurer, line, PORTFOLIO, period)[0] if line.id in MEASURED else line for line in case.line
        )
        return aimed(case.model_copy(update={"line": lines}), measurer.find(ERRORS, PORTFOLIO, period).value)


def _due(engine: Engine, settings: Settings) -> tuple[Entry, ...]:
    with reading(engine) as connection:
        day = Reader(connection, settings).today
        found = ledger.entries(connection, OWNER)
    return tuple(one for one in found if one.overdue(day) and (one.due.line, one.due.month) != _LEFT)


def _review(engine: Engine, settings: Settings, entry: Entry) -> None:
    """Look at what is measured first, then say what is known of why."""
    with reading(engine) as connection:
        value = ledger.look(reader_for(Reader(connection, settings), OWNER), OWNER, entry.key).value
    before, planned = entry.promised.baseline, entry.promised.planned
    better = value is not None and (value - before) * (planned - before) > 0
    ledger.review(engine, settings, OWNER, entry.key, *remark(entry.due.line, better))
