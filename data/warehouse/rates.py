"""Exchange rates as amounts are converted by them: the average of each calendar month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, select

from data.period import Kind, containing
from data.warehouse.schema import FACT_TABLES


@dataclass
class Rates:
    """Reads the rates of a warehouse whose facts stand still; keeps what is asked for again."""

    connection: Connection
    _means: dict[date, dict[tuple[str, str], Decimal]] = field(default_factory=dict)

    def average(self, month: date, base: str, quote: str) -> Decimal | None:
        """Units of `quote` for one of `base`: the mean of the daily rates of the calendar month of a day.

        Where that pair is not published: the other way round, else across a third currency, else None.
        """
        if base == quote:
            return Decimal(1)
        means = self._means_of(month.replace(day=1))

        def known(one: str, other: str) -> Decimal | None:
            if found := means.get((one, other)):
                return found
            return 1 / back if (back := means.get((other, one))) else None

        if found := known(base, quote):
            return found
        for third in sorted({currency for pair in means for currency in pair}):
            if (to := known(base, third)) and (on := known(third, quote)):
                return to * on
        return None

    def _means_of(self, month: date) -> Mapping[tuple[str, str], Decimal]:
        """The mean of each published pair; of several sources for a day, the first by name."""
        if month not in self._means:
            table, period = FACT_TABLES["fx_rate"], containing(month, Kind.MONTH)
            query = select(table.c.base, table.c.quote, table.c.day, table.c.rate)
            query = query.where(table.c.day >= period.start, table.c.day < period.end)
            daily: dict[tuple[str, str], dict[date, Decimal]] = defaultdict(dict)
            for base, quote, day, rate in self.connection.execute(query.order_by(table.c.source.desc())).all():
                daily[base, quote][day] = rate
            self._means[month] = {pair: sum(of.values(), Decimal(0)) / len(of) for pair, of in daily.items()}
        return self._means[month]
