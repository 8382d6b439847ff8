"""What the demo company decided to build, and what it thinks of building next: two business cases."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Final

from data.finance.case import Assumption, Case, Line, Promise, Together, View
from data.finance.ledger import Attribution
from data.sample.company import PORTFOLIO

ERRORS: Final = "integration_error_rate"
"""The metric that the gateway's second benefit is promised on."""

_AIMS: Final = (
    ("deployments_before", "deployments_after", "1", "1", "1"),
    ("fail_rate_before", "fail_rate_after", "0.75", "0.70", "1"),
    ("recovery_hours_before", "recovery_hours_after", "1", "0.85", "1.2"),
    ("features_before", "features_after", "1.06", "1", "1.12"),
)
"""What inputs are to become of what they are: the plan, and the ends of its range, as factors."""

_FEWER_ERRORS: Final = Decimal("0.6")
_HALF_FIRST: Final = (Decimal(0), Decimal("0.5"), Decimal(1), Decimal(1))
_THOUGHT: Final = "estimate of the platform team"
MEASURED: Final = ("stability", "features")
"""The lines that start from what is measured."""

_REMARKS: Final = {
    ("stability", True): (Attribution.UNCLEAR, "Releases pass more checks at the gateway, and in other teams as well."),
    ("stability", False): (Attribution.NOT_OURS, "Most releases that failed were of services beside the gateway."),
    ("bugs", True): (Attribution.PLAUSIBLE, "Partners that moved refuse fewer calls, and so do two that did not move."),
    ("bugs", False): (Attribution.UNCLEAR, "Three of ten partners have moved: too few to tell."),
}
"""What a reviewer says of a line whose measure came nearer to its plan, or did not."""


def gateway(start: date) -> Case:
    """The case that was approved; inputs that are measured hold what was thought before they were read."""
    given = partial(_given, "b-okafor", start - timedelta(days=24))
    stability = Line(
        id="stability", name="Failed deployments", lever="instability", ramp=_HALF_FIRST, risk=Decimal("0.2"),
        owner="b-okafor", promise=Promise(measure="change_fail_rate", scope=PORTFOLIO),
        values={
            "deployments_before": given("2900", _THOUGHT), "deployments_after": given("2900", "as many as before"),
            "fail_rate_before": given("0.1", _THOUGHT), "fail_rate_after": given("0.075", "target of the platform"),
            "recovery_hours_before": given("0.9", _THOUGHT), "recovery_hours_after": given("0.9", "as long as before"),
            "downtime_cost": given("5200", "revenue at risk of an hour, by finance", "2500", "9000"),
        },
    )  # fmt: skip
    bugs = Line(
        id="bugs", name="Calls that partners refuse", lever="integration_bugs", ramp=_HALF_FIRST, risk=Decimal("0.1"),
        owner="d-hartwig", promise=_on(Promise(measure=ERRORS, scope=PORTFOLIO), Decimal("0.014")),
        values={
            "bugs": given("310", "tickets of twelve months"), "reduction": given("0.4", "pilot", "0.25", "0.5"),
            "cost_of_one": given("1900", "hours by finance’s rate", "1500", "2600"),
        },
    )  # fmt: skip
    costs = (
        Line(id="build", lever="build", risk=Decimal("0.15"), owner="b-okafor",
             values={"cost": given("420000", "offer of September", "380000", "560000")}),
        Line(id="operation", name="Gateway, operated", lever="run", owner="b-okafor",
             values={"cost": given("84000", "offer of September")}),
        Line(id="side-by-side", lever="dual_running", owner="j-whitlock",
             values={"months": given("4", "plan of the move", "3", "8"), "cost": given("18000", "contract of today")}),
        Line(id="courses", lever="training", owner="b-okafor",
             values={"people": given("40", "the teams that move"), "cost_of_one": given("1500", "price list")}),
    )  # fmt: skip
    return Case(
        name="One gateway for all partners", owner="b-okafor", currency="EUR", start=start, years=3, scope=PORTFOLIO,
        discount_rate=Decimal("0.09"), view=View.RISK_ADJUSTED, line=(stability, bugs, *costs),
        summary="One gateway in place of ten interfaces to exchanges, banks and schemes.",
        limits=("Revenue of partners that come sooner is not counted.",),
        together=(Together(name="How bad an hour down is", correlation=Decimal("0.4"),
                           of=("stability.downtime_cost", "stability.recovery_hours_after")),),
    )  # fmt: skip


def flags(start: date) -> Case:
    """The draft: told by draws, and one of its benefits is promised on nothing yet."""
    given = partial(_given, "g-ivanova", None)
    features = Line(
        id="features", name="Features that reach customers sooner", lever="time_to_market", ramp=_HALF_FIRST,
        owner="g-ivanova", promise=Promise(measure="features_per_year", scope=PORTFOLIO),
        values={
            "features_before": given("170", _THOUGHT), "features_after": given("180", "what the teams think"),
            "success_rate": given("0.33", "experiments of the year", "0.2", "0.45"),
            "revenue_effect": given("0.0006", "experiments of the year", "0.0001", "0.0012"),
            "revenue": given("190000000", _THOUGHT), "margin": given("0.55", "finance"),
        },
    )  # fmt: skip
    nights = Line(
        id="nights", name="Releases taken back by hand", lever="manual_interventions", ramp=_HALF_FIRST,
        owner="g-ivanova",
        values={
            "touches": given("640", "log of releases"), "removed": given("0.7", "log of releases", "0.4", "0.85"),
            "minutes": given("95", "log of releases", "60", "150"), "rate": given("68", "finance"),
        },
    )  # fmt: skip
    costs = (
        Line(id="build", lever="build", owner="g-ivanova",
             values={"cost": given("190000", "two teams", "150000", "300000")}),
        Line(id="licences", lever="licences", owner="g-ivanova",
             values={"people": given("180", "engineers"), "price": given("420", "price list")}),
    )  # fmt: skip
    return Case(
        name="Releases behind switches", owner="g-ivanova", currency="EUR", start=start, years=3, scope=PORTFOLIO,
        discount_rate=Decimal("0.09"), view=View.MONTE_CARLO, line=(features, nights, *costs),
        summary="Features are switched on for some customers first, without a deployment.",
    )  # fmt: skip


def aimed(case: Case, errors: Decimal | None = None) -> Case:
    """The case with its plan worked out from what it starts from; `errors` is the measured integration error rate."""
    return case.model_copy(update={"line": tuple(_aimed(line, errors) for line in case.line)})


def remark(line: str, better: bool) -> tuple[Attribution, str]:
    """What a reviewer signs for, of a line of the gateway whose measure came nearer to its plan or did not."""
    return _REMARKS[line, better]


def _given(
    owner: str, noted: date | None, value: str, source: str, low: str | None = None, high: str | None = None
) -> Assumption:
    ends = [None if one is None else Decimal(one) for one in (low, high)]
    return Assumption(value=Decimal(value), low=ends[0], high=ends[1], source=source, owner=owner, date=noted)


def _aimed(line: Line, errors: Decimal | None) -> Line:
    values = dict(line.values)
    for before, after, plan, *ends in _AIMS:
        if before in values and after in values:
            value, low, high = (round(values[before].value * Decimal(one), 6) for one in (plan, *ends))
            changed = {"value": value} | ({"low": low, "high": high} if low != high else {})
            values[after] = values[after].model_copy(update=changed)
    promise = line.promise
    if promise is not None and promise.measure == ERRORS and errors is not None:
        promise = _on(promise, errors)
    return line.model_copy(update={"values": values, "promise": promise})


def _on(promise: Promise, errors: Decimal) -> Promise:
    return promise.model_copy(update={"baseline": round(errors, 6), "planned": round(errors * _FEWER_ERRORS, 6)})
