"""The rules that a budget is held against: what each found, how much that weighs, and the numbers behind it.

Shares are of the technology budget: all costs of the scenario. A rule of severity BLOCK that fails keeps a scenario
from being approved; the others warn.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from data.finance.budget import (
    Kind,
    Line,
    Purpose,
    Scenario,
    Side,
    cents,
    converted,
    costs,
    fingerprint,
    quarter_of,
    view,
)
from data.finance.budget_lines import driven
from data.finance.budget_share import class_of, integration_share
from data.finance.spend_class import UNCLASSIFIED, Rules, shipped_rules


class Severity(StrEnum):
    """What a rule that fails does."""

    BLOCK = "blocks approval"
    WARN = "warns"


class State(StrEnum):
    """How a rule stands."""

    HOLDS = "holds"
    FAILS = "fails"
    CANNOT_TELL = "cannot tell"
    NOT_ASKED = "not asked"


@dataclass(frozen=True)
class Policy:
    """What a company sets: edges of the integration share (both belong to it), most unclassified, all shares of one."""

    share_low: Decimal = Decimal("0.15")
    share_high: Decimal = Decimal("0.25")
    unclassified_most: Decimal = Decimal("0.05")


@dataclass(frozen=True)
class Number:
    """A number behind a finding: an amount of the scenario's currency, a share of one, or a count."""

    name: str
    value: Decimal | int | None
    unit: str = "money"


@dataclass(frozen=True)
class Finding:
    """What one rule found. `lines` are ids of the lines that it is about."""

    rule: str
    title: str
    severity: Severity
    state: State
    sentence: str
    numbers: tuple[Number, ...] = ()
    lines: tuple[str, ...] = ()

    @property
    def blocks(self) -> bool:
        """Whether it keeps the scenario from being approved."""
        return self.severity is Severity.BLOCK and self.state is State.FAILS


@dataclass(frozen=True)
class Around:
    """What a rule may look at beside the scenario: its siblings of the same year, and the approved version's hash."""

    siblings: tuple[Scenario, ...] = ()
    approved: bool = False
    approved_hash: str | None = None
    parent_approved: bool = False
    policy: Policy = field(default_factory=Policy)
    classes: Rules = field(default_factory=shipped_rules)


def check(scenario: Scenario, around: Around | None = None) -> tuple[Finding, ...]:
    """Every rule, in order of its number."""
    given = around or Around()
    return (
        _share_in_band(scenario, given),
        _audit_every_quarter(scenario),
        _legacy_and_emerging(scenario),
        _pool(scenario),
        _sums(scenario),
        _order(scenario, given),
        _unclassified(scenario, given),
        _unchanged(scenario, given),
    )


def _share_in_band(scenario: Scenario, around: Around) -> Finding:
    share, policy = integration_share(scenario, around.classes), around.policy
    low, high = share.technology * policy.share_low, share.technology * policy.share_high
    numbers = (
        Number("integration and middleware", share.integration),
        Number("unclassified", share.unclassified),
        Number("technology budget (all costs)", share.technology),
        Number("share", share.value, "share"),
        Number("share with none of the unclassified", share.bounds[0] if share.bounds else None, "share"),
        Number("share with all of the unclassified", share.bounds[1] if share.bounds else None, "share"),
        Number("lower edge", cents(low)),
        Number("upper edge", cents(high)),
    )
    made = Finding("BR-1", "Integration share", Severity.WARN, State.CANNOT_TELL, "There are no costs.", numbers)
    if share.value is None or share.bounds is None:
        return made
    within = [policy.share_low <= edge <= policy.share_high for edge in share.bounds]
    if share.open is not None and share.open >= policy.unclassified_most:
        return replace(made, sentence="Too much is unclassified to say whether the share lies in its band.")
    if all(within):
        return replace(made, state=State.HOLDS, sentence="The share of integration and middleware lies in its band.")
    if any(within) or share.bounds[0] < policy.share_low < share.bounds[1]:
        return replace(made, sentence="Whether the share lies in its band depends on what is unclassified.")
    side = "below" if share.bounds[1] < policy.share_low else "above"
    return replace(made, state=State.FAILS, sentence=f"The share of integration and middleware lies {side} its band.")


def _audit_every_quarter(scenario: Scenario) -> Finding:
    lines = [line for line in _costs(scenario) if line.purpose is Purpose.AUDIT_COMPLIANCE]
    quarters = {quarter: Decimal(0) for quarter in range(1, 5)}
    for line in lines:
        for at, amount in enumerate(converted(scenario, line) or ()):
            quarters[quarter_of(at)] += amount
    numbers = tuple(Number(f"Q{quarter}", amount) for quarter, amount in quarters.items())
    empty = [f"Q{quarter}" for quarter, amount in quarters.items() if amount <= 0]
    missing = [line for line in scenario.lines if line.mandatory and line.total <= 0]
    made = Finding(
        "BR-2", "Audit and compliance", Severity.BLOCK, State.HOLDS,
        "Audit and compliance have money in every quarter, and every mandatory line has an amount.",
        numbers, tuple(line.id for line in (missing or lines)),
    )  # fmt: skip
    if empty:
        what = "is no line for" if not lines else "is nothing planned for"
        said = f"There {what} audit and compliance in {', '.join(empty)}: plan an amount."
        return replace(made, state=State.FAILS, sentence=said, lines=tuple(line.id for line in lines))
    if missing:
        named = ", ".join(line.name for line in missing)
        return replace(made, state=State.FAILS, sentence=f"Mandatory lines without an amount: {named}.")
    return made


def _legacy_and_emerging(scenario: Scenario) -> Finding:
    amounts = {purpose: _of_purpose(scenario, purpose) for purpose in (Purpose.LEGACY_UPGRADE, Purpose.EMERGING_PILOT)}
    numbers = tuple(Number(purpose.value, amount) for purpose, amount in amounts.items())
    made = Finding("BR-3", "Legacy and emerging", Severity.WARN, State.HOLDS, "Both have a budget.", numbers)
    empty = [purpose for purpose, amount in amounts.items() if amount <= 0]
    if not empty:
        return made
    justified = [line for line in scenario.lines if line.purpose in empty and line.note.strip()]
    if {line.purpose for line in justified} == set(empty):
        why = "; ".join(f"{line.name}: {line.note.strip()}" for line in justified)
        return replace(made, sentence=f"Nothing is planned for one of them, with a reason: {why}")
    what = " and ".join(one.value for one in empty)
    said = f"Nothing is planned for {what}: plan an amount, or say why in a line's note."
    return replace(made, state=State.FAILS, sentence=said)


def _pool(scenario: Scenario) -> Finding:
    amount = _of_purpose(scenario, Purpose.EXPERIMENT_POOL)
    lines = tuple(line for line in _costs(scenario) if line.purpose is Purpose.EXPERIMENT_POOL)
    mixed = [line.name for line in lines if line.vendor or line.driver]
    numbers = (Number("pool", amount), Number("limit of one experiment", scenario.pool_limit))
    made = Finding("BR-4", "Experiment pool", Severity.WARN, State.FAILS, "", numbers, tuple(line.id for line in lines))
    if amount <= 0:
        return replace(made, sentence="There is no experiment pool: add a line for it.")
    if scenario.pool_limit is None:
        return replace(made, sentence="The pool has no limit up to which an experiment approves itself: set one.")
    if scenario.pool_limit > amount:
        return replace(made, sentence="One experiment may cost more than the whole pool: lower the limit.")
    if mixed:
        said = f"The pool is not kept apart: {', '.join(mixed)} is tied to a vendor or driver; take that away."
        return replace(made, sentence=said)
    return replace(made, state=State.HOLDS, sentence="The pool stands apart, and small experiments approve themselves.")


def _sums(scenario: Scenario) -> Finding:
    off = [line for line in scenario.lines if line.annual is not None and line.annual != line.total]
    unknown = sorted({line.currency for line in scenario.lines if scenario.rate(line.currency) is None})
    parts = [line for line in scenario.lines if any(amount != cents(amount) for amount in line.months)]
    drifted = [line for line in scenario.lines if _drifted(scenario, line)]
    gap = sum((abs((line.annual or Decimal(0)) - line.total) for line in off), Decimal(0))
    numbers = (
        Number("lines", len(scenario.lines), "count"),
        Number("costs", costs(scenario).total),
        Number("benefits", view(scenario, "line", Side.BENEFIT).total),
        Number("lines whose months miss the agreed amount", len(off), "count"),
        Number("by how much, in the lines' own currencies", gap),
        Number("currencies without a budget rate", len(unknown), "count"),
        Number("lines that differ from their driver", len(drifted), "count"),
    )
    said = [f"the months of {line.name} add up to {line.total:,.2f}, agreed are {line.annual:,.2f}" for line in off[:3]]
    said += [f"and {len(off) - 3} further lines"] if len(off) > 3 else []
    said += [f"{', '.join(unknown)} has no budget rate"] if unknown else []
    said += [f"{', '.join(line.name for line in parts[:3])} has parts of a cent"] if parts else []
    said += [f"{', '.join(line.name for line in drifted[:3])} is not what its driver gives"] if drifted else []
    state = State.FAILS if said else State.HOLDS
    sentence = f"To put right: {'; '.join(said)}." if said else "Months add up to what was agreed, in known currencies."
    lines = tuple(line.id for line in (*off, *parts, *drifted))
    return Finding("BR-5", "Sums and currencies", Severity.BLOCK, state, sentence, numbers, lines)


def _drifted(scenario: Scenario, line: Line) -> bool:
    """Whether a line that follows a driver holds other amounts than the driver gives, or has no way to follow it."""
    if not line.driver:
        return False
    driver = next((one for one in scenario.drivers if one.id == line.driver), None)
    return driver is None or line.unit_price is None or driven(line, driver).months != line.months


def _order(scenario: Scenario, around: Around) -> Finding:
    kinds = (Kind.DOWNSIDE, Kind.BASE, Kind.UPSIDE)
    found = {one.kind: one for one in (*around.siblings, scenario) if one.kind in kinds}
    there = [kind for kind in kinds if kind in found]
    benefits = [view(found[kind], "line", Side.BENEFIT).total for kind in there]
    spent = [costs(found[kind]).total for kind in there]
    numbers = tuple(
        Number(f"{what} of {kind.value}", amount)
        for what, amounts in (("benefits", benefits), ("costs", spent))
        for kind, amount in zip(there, amounts, strict=True)
    )
    made = Finding("BR-6", "Order of scenarios", Severity.WARN, State.NOT_ASKED, "", numbers)
    if scenario.kind not in kinds or len(there) < 2:
        return replace(made, sentence="There is no sibling scenario of this year to compare with.")
    if len({one.currency for one in found.values()}) > 1:
        return replace(made, state=State.CANNOT_TELL, sentence="The scenarios are in different currencies.")
    wrong = [
        word
        for word, fails in (("benefits", benefits != sorted(benefits)), ("costs", spent != sorted(spent, reverse=True)))
        if fails
    ]
    if wrong:
        said = (
            f"The {' and '.join(wrong)} of downside, base and upside do not stand in that order: look at the amounts."
        )
        return replace(made, state=State.FAILS, sentence=said)
    return replace(made, state=State.HOLDS, sentence="Benefits rise and costs fall from downside to upside.")


def _unclassified(scenario: Scenario, around: Around) -> Finding:
    share, most = integration_share(scenario, around.classes), around.policy.unclassified_most
    open_lines = tuple(line.id for line in _costs(scenario) if class_of(line, around.classes) == UNCLASSIFIED)
    numbers = (
        Number("unclassified", share.unclassified),
        Number("technology budget (all costs)", share.technology),
        Number("unclassified share", share.open, "share"),
        Number("must stay below", most, "share"),
    )
    made = Finding("BR-7", "Unclassified", Severity.WARN, State.CANNOT_TELL, "There are no costs.", numbers, open_lines)
    if share.open is None:
        return made
    if share.open < most:
        return replace(made, state=State.HOLDS, sentence="Enough is classified to judge the integration share.")
    return replace(made, state=State.FAILS, sentence="Too much is unclassified: give those lines a class.")


def _unchanged(scenario: Scenario, around: Around) -> Finding:
    made = Finding(
        "BR-8",
        "Approved versions",
        Severity.BLOCK,
        State.NOT_ASKED,
        "",
        (Number("version", scenario.version, "count"),),
    )
    if around.approved:
        if around.approved_hash == fingerprint(scenario):
            return replace(made, state=State.HOLDS, sentence="The content is what was approved.")
        return replace(made, state=State.FAILS, sentence="The content is not what was approved: restore the warehouse.")
    if scenario.version == 1 and scenario.parent is None:
        return replace(made, sentence="This is a first version; approving it makes it unchangeable.")
    if around.parent_approved and not scenario.reason.strip():
        said = "This version changes an approved one without a reason: give the reason."
        return replace(made, state=State.FAILS, sentence=said)
    return replace(
        made,
        state=State.HOLDS,
        sentence="This is a version of its own, with its reason; the one before stays as it was.",
    )


def _costs(scenario: Scenario) -> list[Line]:
    return [line for line in scenario.lines if line.side is Side.COST]


def _annual(scenario: Scenario, line: Line) -> Decimal:
    return sum(converted(scenario, line) or (), Decimal(0))


def _of_purpose(scenario: Scenario, purpose: Purpose) -> Decimal:
    return sum((_annual(scenario, line) for line in _costs(scenario) if line.purpose is purpose), Decimal(0))
