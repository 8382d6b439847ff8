"""The integration and middleware share of a budget, with its denominator and what is not classified."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from data.finance.budget import CostClass, Line, Scenario, Side, converted
from data.finance.spend_class import INTEGRATION, OTHER, UNCLASSIFIED, Rules
from data.metrics.base import Totals
from data.metrics.integration_share import bounds
from data.money import millionths


def class_of(line: Line, classes: Rules) -> str:
    """Integration, other or unclassified: as the line says, else by the rules that classify spend."""
    if line.cost_class is not CostClass.BY_RULES:
        return INTEGRATION if line.cost_class is CostClass.INTEGRATION else OTHER
    return classes.of_names((line.vendor, f"{line.service} {line.name}", "", "")).name


@dataclass(frozen=True)
class Share:
    """The integration share of a scenario with what it is made of; amounts of its currency."""

    integration: Decimal
    unclassified: Decimal
    technology: Decimal

    @property
    def value(self) -> Decimal | None:
        """Integration over all; None where there is no budget."""
        return self.integration / self.technology if self.technology else None

    @property
    def open(self) -> Decimal | None:
        """The unclassified share."""
        return self.unclassified / self.technology if self.technology else None

    @property
    def bounds(self) -> tuple[Decimal, Decimal] | None:
        """The share with none and with all of the unclassified, as the measure of spend has them."""
        if not self.technology:
            return None
        whole, known = millionths(self.technology), millionths(self.technology - self.unclassified)
        return bounds(Totals(millionths(self.integration), whole, 0, 0, known, whole, 0, 0))


def integration_share(scenario: Scenario, classes: Rules) -> Share:
    """What goes into integration and middleware, of all costs."""
    found = {INTEGRATION: Decimal(0), OTHER: Decimal(0), UNCLASSIFIED: Decimal(0)}
    for line in (one for one in scenario.lines if one.side is Side.COST):
        found[class_of(line, classes)] += sum(converted(scenario, line) or (), Decimal(0))
    return Share(found[INTEGRATION], found[UNCLASSIFIED], sum(found.values(), Decimal(0)))
