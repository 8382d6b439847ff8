"""A business case worked out, as plain text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from app.content import format as text
from app.content.sections import case_words
from data.finance.case import Case, View, double_counts, overlaps
from data.finance.levers.base import Side
from data.finance.moved import Move
from data.finance.roi import valuation
from data.finance.uncertain import simulated
from data.money import Money


def told(case: Case) -> str:
    """The figures of the case's view, its lines, its draws and what must not be counted twice."""
    own, drawn = valuation(case), simulated(case)

    def shown(amount: Decimal | float) -> str:
        return text.money(Money(Decimal(str(round(float(amount), 2))), case.currency))

    pairs = case_words.figures(own)
    lines = [f"{case.name}, {case_words.VIEWS[View(own.view)]}", ""]
    lines += [f"{name:<28}{said}" for name, said in pairs]
    lines += ["", f"{text.count(drawn.draws)} draws without factors of risk, seed {drawn.seed}"]
    lines += [f"{'P10, P50, P90':<28}{shown(drawn.p10)}, {shown(drawn.p50)}, {shown(drawn.p90)}"]
    lines += [f"{'Chance of a positive value':<28}{text.percent(drawn.chance, digits=1)}", ""]
    for one in own.streams:
        sign = text.MINUS if one.side is Side.COST else ""
        lines.append(f"{one.title[:40]:<42}{sign}{shown(one.present_value)}")
    lines += ["", *double_counts(case), *overlaps(case), *case.limits]
    return "\n".join(lines).rstrip()


def moved(case: Case, found: Sequence[Move]) -> str:
    """What today's numbers changed."""
    if not found:
        return "Today's numbers move nothing."
    head = "Today's numbers move the net present value by"
    total = sum((one.npv for one in found), Decimal(0))
    lines = [f"{head} {text.money(Money(total, case.currency), signed=True)}:"]
    for one in found:
        name = f"{case.named(one.line).title}: {one.parameter}"
        lines.append(f"  {name[:56]:<58}{text.money(Money(one.npv, case.currency), signed=True)}")
    return "\n".join(lines)
