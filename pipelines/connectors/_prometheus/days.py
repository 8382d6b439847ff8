"""What a Prometheus source is asked for, and the numbers of one key and day made of the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from pipelines.connectors._prometheus.api import Answer, PrometheusApi
from pipelines.connectors.base import ASKED, Options
from pipelines.errors import SkipRecord
from pipelines.promql import (
    SHORTEST_STEP,
    Run,
    duration_seconds,
    increase_by,
    is_selector,
    neither_0_nor_1,
    over_a_day,
    runs,
    slots_scraped_by,
)

_MICRO = Decimal("0.000001")
_TOO_DENSE = Decimal("1.1")

Name = Annotated[str, Field(min_length=1, max_length=200)]


class Entry(Options):
    """One question to the server: its answers carry the key in `label`, or are all about the one `key`."""

    fact: ClassVar[str]

    label: Annotated[str, Field(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$")] | None = Field(
        None, description="The label that says which service it is", json_schema_extra=ASKED
    )
    key: Name | None = None
    key_kind: Name | None = None
    interval: str = "60s"

    @field_validator("interval")
    @classmethod
    def _a_duration(cls, text: str) -> str:
        if not 1 <= duration_seconds(text) <= 86_400:
            raise ValueError("the interval between two samples is one second to one day")
        return text

    @model_validator(mode="after")
    def _names_its_key(self) -> Entry:
        if (self.label is None) == (self.key is None):
            raise ValueError("give either label (the label that holds the key) or key (one key for all)")
        return self

    @property
    def kind(self) -> str:
        """The kind of the key, under which settings map it to a scope."""
        return self.key_kind or self.label or "service"

    @property
    def step(self) -> int:
        """Seconds between two looks at an expression; seconds that one of them stands for."""
        return max(duration_seconds(self.interval), SHORTEST_STEP)

    @property
    def per_day(self) -> int:
        """Evaluations that one day takes, at most."""
        return 90_000 // self.step + 1

    @property
    def about(self) -> str:
        """Which keys it asks for, in a sentence."""
        return f"by {self.label}" if self.label else f"of {self.key}"


class Availability(Entry):
    """A probe: any expression whose value is 1 (up) or 0 (down)."""

    fact: ClassVar[str] = "probe_day"

    expression: Annotated[str, Field(min_length=1, description="An expression that is 1 while up, as probe_success")]

    @property
    def title(self) -> str:
        """The entry in a sentence."""
        return f"availability {self.about}"

    @property
    def sample_seconds(self) -> int:
        """Seconds that one sample stands for."""
        return duration_seconds(self.interval) if is_selector(self.expression) else self.step


class Requests(Entry):
    """Counters of all and of failed requests; `form` names what counts as failed."""

    fact: ClassVar[str] = "request_day"

    total: str
    failed: str
    form: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=40)] = "5xx"

    @field_validator("total", "failed")
    @classmethod
    def _a_counter(cls, selector: str) -> str:
        if not is_selector(selector):
            raise ValueError(
                'name the counters only, such as http_requests_total{code=~"5.."}: increase and sum are added here, '
                "in this order, because a sum of counters hides their resets"
            )
        return selector

    @property
    def title(self) -> str:
        """The entry in a sentence."""
        return f"requests ({self.form}) {self.about}"


@dataclass(frozen=True)
class DayFound:
    """The numbers of one key and day as texts, or the reason why there are none."""

    key: str
    day: date
    numbers: Mapping[str, str] | None
    reason: str = ""
    partial: bool = False


@dataclass(frozen=True)
class DaysFound:
    """What the server gave for some days: `unlabelled` series have no key, `notes` are the server's warnings."""

    days: tuple[DayFound, ...]
    unlabelled: bool = False
    notes: tuple[str, ...] = ()


def read_days(
    api: PrometheusApi,
    entry: Availability | Requests,
    days: Iterable[date],
    zone: ZoneInfo,
    failures: Callable[[], bool],
) -> DaysFound:
    """One finding per key and day with samples. `failures` tells whether the server knows any failed series."""
    plain = isinstance(entry, Availability) and is_selector(entry.expression)
    found = [read_run(api, entry, run, failures) for run in runs(days, zone, 1 if plain else entry.per_day)]
    return DaysFound(
        tuple(day for part in found for day in part.days),
        any(part.unlabelled for part in found),
        tuple(dict.fromkeys(note for part in found for note in part.notes)),
    )


def read_run(api: PrometheusApi, entry: Availability | Requests, run: Run, failures: Callable[[], bool]) -> DaysFound:
    """The findings of one run of equally long days."""
    if isinstance(entry, Availability):
        window = over_a_day(entry.expression, run, entry.step)
        queries = [f"count_over_time({window})", f"sum_over_time({window})", neither_0_nor_1(window)]
    else:
        queries = [increase_by(entry.label, selector, run) for selector in (entry.total, entry.failed)]
        queries.append(slots_scraped_by(entry.label, entry.total, run, entry.step))
    answers = [api.days(query, run) for query in queries]
    values = [_by_key(entry, answer) for answer in answers]
    partial = any(answer.partial for answer in answers)
    if isinstance(entry, Availability):
        found = tuple(_probe_days(entry, run, values, partial))
    else:
        known = bool(values[1]) or not values[0] or failures()
        found = tuple(_request_days(entry, run, values, partial, known))
    notes = dict.fromkeys(note for answer in answers for note in answer.notes)
    return DaysFound(found, any("" in {key for key, _ in value} for value in values), tuple(notes))


Values = dict[tuple[str, date], list[Decimal]]


def _by_key(entry: Entry, answer: Answer) -> Values:
    """Values by key and day; more than one where several series have the same key, under "" where they have none."""
    values: Values = {}
    for series in answer.series:
        key = entry.key or series.labels.get(entry.label or "", "")
        for day, value in series.values.items():
            values.setdefault((key, day), []).append(value)
    return values


def _probe_days(entry: Availability, run: Run, values: list[Values], partial: bool) -> Iterator[DayFound]:
    counts, ups, odd = values
    for (key, day), samples in sorted(counts.items()):
        if not key:
            continue
        try:
            if len(samples) > 1:
                raise SkipRecord("Several series give this key: aggregate in the expression, as in max by (label) (…).")
            up = ups.get((key, day), [Decimal("NaN")])[0]
            if (key, day) in odd or not up.is_finite():
                raise SkipRecord("The expression has values other than 0 and 1: compare in it, as in … > bool 0.")
            numbers = probe_numbers(up, samples[0], entry.sample_seconds, run.seconds)
        except SkipRecord as reason:
            yield DayFound(key, day, None, str(reason), partial)
        else:
            yield DayFound(key, day, numbers, "", partial)


def probe_numbers(up: Decimal, samples: Decimal, sample_seconds: int, day_seconds: int) -> dict[str, str]:
    """Seconds up, down and unknown of a day: a sample stands for its interval, what has no sample is unknown.

    The ratio of up to known is that of the samples also where they fill more than the day by a little.
    """
    if samples * sample_seconds > day_seconds * _TOO_DENSE:
        raise SkipRecord("More samples came than the declared interval allows: correct the interval of this entry.")
    known = min(samples * sample_seconds, Decimal(day_seconds))
    good = (known * up / samples).quantize(_MICRO) if samples else Decimal(0)
    numbers = {"up": good, "down": known - good, "unknown": day_seconds - known}
    return {**{name: _plain(value) for name, value in numbers.items()}, "samples": str(int(samples))}


def unseen_day(day_seconds: int) -> dict[str, str]:
    """The numbers of a day in which a known probe gave no sample."""
    return probe_numbers(Decimal(0), Decimal(0), 1, day_seconds)


def _request_days(
    entry: Requests, run: Run, values: list[Values], partial: bool, failures_known: bool
) -> Iterator[DayFound]:
    totals, failures, slots = values
    for key, day in sorted(totals.keys() | failures.keys() | slots.keys()):
        if not key:
            continue
        try:
            total, failed, slot = (value.get((key, day), [None])[0] for value in (totals, failures, slots))
            numbers = _request_numbers(total, Decimal(0) if failed is None and failures_known else failed)
        except SkipRecord as reason:
            yield DayFound(key, day, None, str(reason), partial)
        else:
            known = min((slot or Decimal(0)) * entry.step, Decimal(run.seconds))
            yield DayFound(key, day, {**numbers, "form": entry.form, "known": _plain(known)}, "", partial)


def _request_numbers(total: Decimal | None, failed: Decimal | None) -> dict[str, str]:
    if total is None and failed:
        raise SkipRecord("There are failures without requests: let total and failed carry the same label.")
    if total is None:
        raise SkipRecord("There is one sample only: an increase needs two.")
    if failed is None:
        raise SkipRecord("No series is selected as failed: cannot tell zero failures from a wrong selector.")
    if not (total.is_finite() and failed.is_finite()) or total < 0 or failed < 0:
        raise SkipRecord("The increase is no number: name counters, not gauges or histograms.")
    if failed > total * (1 + _MICRO):
        raise SkipRecord("There are more failures than requests: total must include what failed selects.")
    return {"total": _plain(total), "failed": _plain(min(failed, total))}


def _plain(value: Decimal) -> str:
    return format(value.quantize(_MICRO), "f")
