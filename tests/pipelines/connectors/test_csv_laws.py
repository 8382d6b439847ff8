"""Whatever facts are written out as rows, in whatever form, they come back the same."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.facts import KINDS, Fact
from pipelines import people
from pipelines.connectors._csv.fields import fields_of
from tests.pipelines.connectors.csv_world import Folder, facts, refused

NULLS = ("null", "\\n")
texts = (
    st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=12)
    .map(str.strip)
    .filter(lambda text: text and text.casefold() not in NULLS)
)
words = st.text("abcdefghij-_. ", min_size=1, max_size=8).map(str.strip).filter(bool)
days = st.dates(date(1990, 1, 1), date(2090, 12, 31))
instants = st.integers(631_152_000_000_000, 3_786_825_600_000_000).map(
    lambda at: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)
)
numbers = st.decimals(-(10**11), 10**11, places=4, allow_nan=False)
amounts = st.decimals(-(10**15), 10**15, places=9, allow_nan=False)
positive = st.decimals(0, 10**9, places=3, allow_nan=False)
counts = st.integers(0, 2**31 - 1)
currencies = st.sampled_from(["EUR", "USD", "GBP", "JPY"])
lists = st.lists(words, max_size=3).map(tuple)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def in_order(*names: str) -> st.SearchStrategy[dict[str, datetime]]:
    """Instants under these names, none before the one that stands before it."""
    return st.lists(instants, min_size=len(names), max_size=len(names)).map(
        lambda found: dict(zip(names, sorted(found), strict=True))
    )


def descending(*names: str) -> st.SearchStrategy[dict[str, int]]:
    return st.lists(counts, min_size=len(names), max_size=len(names)).map(
        lambda found: dict(zip(names, sorted(found, reverse=True), strict=True))
    )


def some(
    *parts: st.SearchStrategy[dict[str, Any]], **fields: st.SearchStrategy[Any]
) -> st.SearchStrategy[dict[str, Any]]:
    """Fields of a fact, drawn together or one by one."""
    whole = st.tuples(st.fixed_dictionaries(fields), *parts)
    return whole.map(lambda found: {name: value for part in found for name, value in part.items()})


def probed(day: date, up: Decimal, unknown: Decimal) -> dict[str, Any]:
    return {"day": day, "up": up, "unknown": unknown, "down": Decimal(86400) - up - unknown}


seconds = st.decimals(0, 43200, places=2, allow_nan=False)
SHAPES: Mapping[str, st.SearchStrategy[dict[str, Any]]] = {
    "deployment": some(
        in_order("started", "finished"), environment=texts, outcome=st.sampled_from(["success", "failure", "running"]),
        revision=maybe(texts), rollback=maybe(st.booleans()), rework=maybe(st.booleans()),
    ),
    "change": some(
        in_order("opened", "merged"), form=st.sampled_from(["pull_request", "commit"]), first_commit=maybe(instants),
        first_review=maybe(instants), merge_revision=maybe(texts), parents=lists, revisions=lists, work_items=lists,
    ),
    "work_item": some(
        in_order("created", "closed"), form=st.sampled_from(["feature", "bug", "other"]), started=maybe(instants),
        in_production=maybe(instants), cancelled=st.booleans(),
    ),
    "incident": some(
        in_order("started", "resolved"), title=texts, severity=texts, detected=maybe(instants),
        acknowledged=maybe(instants), mitigated=maybe(instants), cause=texts, provider=texts,
        maintenance=st.booleans(), deployment=maybe(texts), change=maybe(texts),
        touches=st.lists(words, min_size=1, max_size=3).map(
            lambda names: tuple(("component", name, "down", "", "") for name in names)
        ),
    ),
    "probe_day": some(st.builds(probed, days, seconds, seconds), samples=counts, partial=st.booleans()),
    "request_day": some(
        day=days, failed=st.just(Decimal(1)), total=st.decimals(1, 10**9, places=2), form=texts, known=positive,
        partial=st.booleans(),
    ),
    "response": some(
        survey=texts, form=st.sampled_from(["nps", "csat", "ces", "other"]), at=instants,
        score=st.decimals(1, 5, places=2), scale_low=st.just(Decimal(1)), scale_high=st.just(Decimal(7)),
        high_is_good=st.booleans(), feature=texts, audience=texts, channel=texts, respondent=maybe(words),
        comment=maybe(words),
    ),
    "survey_count": some(
        descending("shown", "opened", "responded", "completed"), survey=texts, title=texts, day=days, since=maybe(days)
    ),
    "usage": some(
        descending("eligible", "active", "used"), day=days, window_days=counts, feature=texts, audience=texts,
        churned=maybe(counts),
    ),
    "spend": some(
        day=days, billing_period=days.map(lambda day: day.replace(day=1)), account=texts, sub_account=texts,
        provider=texts, service=texts, category=texts, subcategory=texts, charge_category=texts, charge_class=texts,
        invoice=texts, commitment=texts, commitment_status=texts, currency=currencies, billed=amounts,
        effective=amounts,
    ),
    "fx_rate": some(day=days, base=st.just("EUR"), quote=st.sampled_from(["USD", "GBP"]), rate=positive.filter(bool)),
    "revenue": some(day=days, stream=texts, currency=currencies, amount=amounts),
    "headcount": some(day=days, role=texts, full_time=positive),
    "control_run": some(
        obligation=texts, due=days, completed=maybe(days), evidence=maybe(texts), cancelled=texts, partial=st.booleans()
    ),
    "log_delivery": some(
        descending("expected", "stored", "within"), day=days, record_type=texts, threshold=positive,
        latency=maybe(positive),
    ),
    "measurement": some(metric=texts, day=days, numerator=numbers, denominator=numbers),
}  # fmt: skip

FORMS = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from([",", ";", "\t", "|"]),
        "decimal": st.sampled_from([".", ","]),
        "encoding": st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
        "date_format": st.sampled_from(["iso", "%d.%m.%Y", "%Y%m%d"]),
        "instant_format": st.sampled_from(["iso", "%d/%m/%Y %H:%M:%S.%f %z", "unix_ms"]),
    }
)
LAYOUTS = st.tuples(st.sampled_from(["\n", "\r\n"]), st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))


def test_every_kind_of_fact_has_a_shape() -> None:
    assert SHAPES.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", list(SHAPES))
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_is_written_as_rows_comes_back_the_same(kind: str, data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.tuples(SHAPES[kind], words), min_size=1, max_size=4))
    form, (ends, quoting) = data.draw(FORMS), data.draw(LAYOUTS)
    if form["instant_format"] == "unix_ms":
        rows = [({name: _whole(value) for name, value in row.items()}, key) for row, key in rows]
    written = [_fact(kind, row, key, str(number)) for number, (row, key) in enumerate(rows)]
    names = [name for name in fields_of(kind) if name in {"url", "key", *rows[0][0]}]
    with tempfile.TemporaryDirectory() as folder:
        with (Path(folder) / "a.csv").open("w", encoding=form["encoding"], newline="") as stream:
            writer = csv.writer(stream, delimiter=form["delimiter"], lineterminator=ends, quoting=quoting)
            writer.writerow(["Number", *(f"The {name}" for name in names)])
            for fact in written:
                writer.writerow([fact.source_id, *(_cell(getattr(fact, name), form) for name in names)])
        world = Folder(
            Path(folder),
            {
                **form, "fact": kind, "columns": {name: f"The {name}" for name in names}, "id": "Number",
                "key_kind": "thing", "touch_kind": "component",
            },
        )  # fmt: skip
        pages = world.read()
    assert refused(pages) == {}
    secretive = [_named(fact, world) for fact in written]
    assert facts(pages) == secretive


def _fact(kind: str, row: Mapping[str, Any], key: str, number: str) -> Fact:
    about = ("pair", f"{row['base']}/{row['quote']}") if kind == "fx_rate" else ("thing", key)
    more = {"tags": ()} if kind == "spend" else {}
    return KINDS[kind](source="sheet", source_id=number, key_kind=about[0], key=about[1], **row, **more)


def _named(fact: Fact, world: Folder) -> Fact:
    who = getattr(fact, "respondent", None)
    if who is None:
        return fact
    return replace(fact, respondent=people.pseudonym(world.connector().settings, who))


def _whole(value: Any) -> Any:
    if not isinstance(value, datetime):
        return value
    return value - timedelta(microseconds=value.microsecond % 1000)


def _cell(value: Any, form: Mapping[str, str]) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case tuple():
            return ";".join(one if isinstance(one, str) else one[1] for one in value)
        case datetime():
            return _instant(value, form["instant_format"])
        case date():
            return value.isoformat() if form["date_format"] == "iso" else value.strftime(form["date_format"])
        case Decimal():
            return format(value, "f").replace(".", form["decimal"])
        case _:
            return str(value)


def _instant(at: datetime, form: str) -> str:
    if form == "unix_ms":
        return str((at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1))
    return at.isoformat() if form == "iso" else at.strftime(form)
