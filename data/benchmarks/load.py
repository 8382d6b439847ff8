"""Reads and validates the benchmark files."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from data.metrics import METRICS

FOLDER = Path(__file__).parent

Confidence = Literal["P", "P*", "P(copy)", "S", "W"]
MEANING: Mapping[Confidence, str] = MappingProxyType(
    {
        "P": "primary: the publisher's own text",
        "P*": "primary: the text of the law, quoted word for word elsewhere",
        "P(copy)": "primary: the publisher's page, read in a copy",
        "S": "secondary: somebody else quotes it",
        "W": "weak: a vendor, a single blog, or sources that disagree",
    }
)
"""What a mark of confidence says."""


class BadBenchmark(ValueError):
    """A benchmark file says something that cannot hold; the message names file, line and field."""


def _exact(value: object) -> object:
    if isinstance(value, float):
        raise ValueError("write the number in quotes, so that it stays exact")
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError(f"{value!r} is not a number")
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise ValueError(f"{value!r} is not a number") from error
    if not number.is_finite():
        raise ValueError(f"{value!r} is not a number")
    return number


Number = Annotated[Decimal, BeforeValidator(_exact)]
Said = Annotated[str, Field(min_length=1)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class _Edges(_Frozen):
    id: Said
    metric: Said
    statistic: Said = "ratio of sums"
    low: Number | None = None
    high: Number | None = None

    @model_validator(mode="after")
    def _ordered_and_known(self) -> _Edges:
        if self.low is None and self.high is None:
            raise ValueError("low or high: give at least one edge")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"low {self.low} lies above high {self.high}")
        if self.metric not in {metric.id for metric in METRICS}:
            raise ValueError(f"metric {self.metric!r} is not one of ours")
        return self


class TargetEntry(_Edges):
    """What the company or the law asks for, from a day on."""

    valid_from: Annotated[date, Field(alias="from")]
    valid_to: Annotated[date | None, Field(alias="to")] = None
    scope: str | None = None


class _Sourced(_Frozen):
    """What somebody published. Publisher, vintage and source are those of the file where an entry names none."""

    publisher: Said
    vintage: Said
    source: Said
    segment: Said
    method: Said
    confidence: Confidence
    url: str | None = None


class Reference(_Edges, _Sourced):
    """A published measurement, shown beside the number, never met or missed.

    One edge alone leaves the other side open; a single value is both. `wording` is how it was published, where the
    edges alone would not say it. `show` puts it into every chart of its metric, of which there is room for three.
    Those of one `group` share a line in the chart of all. `cluster` is the level of a DORA cluster, whose edges are
    no limits between levels.
    """

    label: Said
    wording: str | None = None
    group: str | None = None
    cluster: Literal["elite", "high", "medium", "low"] | None = None
    show: bool = False


class Spread(_Frozen):
    """Mean and standard deviation of answers."""

    mean: Number
    sd: Number


class Survey(_Sourced):
    """The DORA Quick Check's answers of a segment, on the questionnaire's scale from 0 to 10 as it is published.

    Shares in percent are kept as a tenth of the percentage, and lower is better there.
    """

    id: Said
    label: Said
    lead_time: Spread
    deployment_frequency: Spread
    deployment_recovery_time: Spread
    change_fail_rate: Spread
    rework_rate: Spread | None = None
    throughput: Spread | None = None
    instability: Spread | None = None


class Obligation(_Sourced):
    """What a law or standard asks for and no metric judges: the duty, and its limit in the text's own terms."""

    id: Said
    regime: Said
    duty: Said
    limit: Said


class Figure(_Sourced):
    """A published number about something that is no metric of ours, as it was published."""

    id: Said
    measure: Said
    value: Said


_ENTRIES = ("reference", "survey", "figure", "obligation")
_INHERITED = ("publisher", "vintage", "source")


class Edition(_Frozen):
    """One publisher's file of one vintage."""

    name: Said
    kind: Literal["house", "legal", "external"]
    publisher: Said
    title: Said
    vintage: Said
    owner: Said
    source: Said
    target: tuple[TargetEntry, ...] = ()
    reference: tuple[Reference, ...] = ()
    survey: tuple[Survey, ...] = ()
    figure: tuple[Figure, ...] = ()
    obligation: tuple[Obligation, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _inherit(cls, said: dict[str, Any]) -> dict[str, Any]:
        passed_on = {name: said[name] for name in _INHERITED if name in said}
        told = {name: said[name] for name in _ENTRIES if isinstance(said.get(name), list)}
        return said | {name: [_under(passed_on, one) for one in entries] for name, entries in told.items()}

    @model_validator(mode="after")
    def _kind_fits(self) -> Edition:
        if self.kind == "external" and self.target:
            raise ValueError("target: a published measurement is a reference; only house and legal files set targets")
        if self.kind != "legal" and self.obligation:
            raise ValueError("obligation: only a legal file holds what a law or a standard asks for")
        ids = [entry.id for entry in self.entries]
        if twice := sorted({one for one in ids if ids.count(one) > 1}):
            raise ValueError(f"id {twice[0]!r} is used twice")
        return self

    @property
    def entries(self) -> tuple[TargetEntry | Reference | Survey | Figure | Obligation, ...]:
        """Everything in the file."""
        return (*self.target, *self.reference, *self.survey, *self.figure, *self.obligation)


def _under(passed_on: dict[str, Any], entry: object) -> object:
    return passed_on | entry if isinstance(entry, dict) else entry


@dataclass(frozen=True)
class BenchmarkFile:
    """An edition with the fingerprint of the file it was read from."""

    name: str
    sha256: str
    edition: Edition


def read_file(path: Path) -> BenchmarkFile:
    """One file, validated. BadBenchmark names file, line and field."""
    try:
        text = path.read_text(encoding="utf-8")
        said = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadBenchmark(f"{path.name}: {error}.") from error
    try:
        edition = Edition.model_validate(said)
    except ValidationError as error:
        fault = error.errors()[0]
        message = fault["msg"].removeprefix("Value error, ")
        raise BadBenchmark(
            f"{path.name}, line {_line(text, fault['loc'])}: {_field(fault['loc'])}{message}."
        ) from error
    return BenchmarkFile(path.name, hashlib.sha256(text.encode()).hexdigest(), edition)


@lru_cache(maxsize=4)
def load(folder: Path = FOLDER) -> tuple[BenchmarkFile, ...]:
    """All benchmark files of a folder, by name."""
    return tuple(read_file(path) for path in sorted(folder.glob("*.toml")))


def references(metric: str) -> tuple[tuple[Edition, Reference], ...]:
    """The published values for a metric with the edition each comes from. Weak sources keep their mark."""
    return tuple((file.edition, one) for file in load() for one in file.edition.reference if one.metric == metric)


def _field(place: tuple[Any, ...]) -> str:
    named = [str(part) for part in place if not isinstance(part, int)]
    return f"{'.'.join(named)}: " if named else ""


def _line(text: str, place: tuple[Any, ...]) -> int:
    """The line of the table or key that a fault lies in; the first line where it cannot be told."""
    lines = text.splitlines()
    start = 0
    if len(place) > 1 and isinstance(place[1], int):
        heads = [number for number, line in enumerate(lines) if line.split("#")[0].strip() == f"[[{place[0]}]]"]
        start = heads[place[1]] if place[1] < len(heads) else 0
    key = str(place[-1]) if place and isinstance(place[-1], str) else ""
    for number in range(start, len(lines)):
        if key and lines[number].split("=")[0].strip() == key:
            return number + 1
        if number > start and lines[number].startswith("[["):
            break
    return start + 1
