"""What revenue hangs on a service: declared by a company, with who says so."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Share = Annotated[Decimal, Field(ge=0, le=1)]


class AtRisk(BaseModel):
    """Which scope's revenue stops while a service is down, and which share of it is lost for good: low, base, high.

    `hours` are 24 weights of the hours of a day, from midnight on in the company's time zone; all alike without.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    service: str
    revenue: str
    low: Share
    base: Share
    high: Share
    hours: tuple[Annotated[Decimal, Field(ge=0)], ...] = ()
    source: Annotated[str, Field(min_length=1, max_length=200)]
    owner: Annotated[str, Field(min_length=1, max_length=80)]
    noted: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.low <= self.base <= self.high:
            raise ValueError(f"at_risk {self.service!r}: low, base and high do not rise")
        if self.hours and (len(self.hours) != 24 or sum(self.hours) == 0):
            raise ValueError(f"at_risk {self.service!r}: give 24 weights for the hours of a day, not all of them 0")
        return self
