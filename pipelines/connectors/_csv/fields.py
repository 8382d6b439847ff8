"""What may be told of each kind of fact: its fields with their types, what they are when nobody tells, what makes one
fact another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from data.facts import KINDS, field_names

Type = Literal["text", "number", "whole number", "date", "instant", "yes or no", "list"]

UPTIME = "uptime_percent"
IMPACT = "impact"

_GIVEN = ("source", "source_id", "key_kind", "tags")
"""Fields that the connector fills in itself; tags have an option of their own."""

_TYPES: Mapping[Any, Type] = {
    str: "text",
    Decimal: "number",
    int: "whole number",
    date: "date",
    datetime: "instant",
    bool: "yes or no",
}

_UNTOLD: Mapping[str, Mapping[str, Any]] = {
    "deployment": {"outcome": "success", "started": None},
    "change": {"form": "pull_request"},
    "work_item": {"form": "other", "cancelled": False},
    "incident": {
        "title": "", "severity": "", "cause": "", "provider": "", "maintenance": False, "touches": (), IMPACT: "down",
    },
    "probe_day": {"up": None, "down": None, "unknown": Decimal(0), "samples": 0, UPTIME: None},
    "request_day": {"form": "failed", "known": None},
    "response": {
        "survey": "", "feature": "", "audience": "", "channel": "",
        "scale_low": None, "scale_high": None, "high_is_good": None,
    },
    "survey_count": {"title": ""},
    "usage": {"feature": "", "audience": ""},
    "spend": {
        **dict.fromkeys((
            "account", "sub_account", "provider", "service", "category", "subcategory", "charge_class", "invoice",
            "commitment", "commitment_status",
        ), ""),
        "charge_category": "Usage", "billing_period": None, "billed": None, "effective": None,
    },
    "revenue": {"stream": ""},
    "headcount": {"role": ""},
    "control_run": {"cancelled": "", "partial": False},
}  # fmt: skip
"""What a field is where no column and no constant tells it; a None is filled in from the other fields."""

_MORE: Mapping[str, Mapping[str, Type]] = {"probe_day": {UPTIME: "number"}, "incident": {IMPACT: "text"}}
"""Fields that a fact does not have: others are made from them."""

WORDS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("deployment", "outcome"): ("success", "failure", "running"),
    ("change", "form"): ("pull_request", "commit"),
    ("work_item", "form"): ("feature", "bug", "other"),
    ("response", "form"): ("nps", "csat", "ces", "other"),
    ("incident", IMPACT): ("down", "partial", "degraded", "none"),
}
"""Fields that take one of a few words."""

CURRENCIES = ("currency", "base", "quote")

IDENTITY: Mapping[str, tuple[str, ...]] = {
    "deployment": ("environment", "started", "revision"),
    "change": ("form", "opened", "merged", "merge_revision"),
    "work_item": ("form", "created"),
    "incident": ("title", "started"),
    "probe_day": ("day",),
    "request_day": ("day", "form"),
    "response": ("survey", "form", "at", "respondent", "feature", "audience", "channel"),
    "survey_count": ("survey", "day"),
    "usage": ("day", "window_days", "feature", "audience"),
    "spend": (
        "day", "billing_period", "account", "sub_account", "provider", "service", "category", "subcategory",
        "charge_category", "charge_class", "invoice", "commitment", "commitment_status", "currency", "tags",
    ),
    "fx_rate": ("day", "base", "quote"),
    "revenue": ("day", "stream", "currency"),
    "headcount": ("day", "role"),
    "control_run": ("obligation", "due"),
    "log_delivery": ("day", "record_type"),
    "measurement": ("metric", "day"),
}  # fmt: skip
"""What tells one fact of a kind and key from another, where no column is declared to be its id."""

REPEATED = ("response", "spend", "revenue")
"""Kinds of which several may agree in all that: each of them counts."""


@dataclass(frozen=True)
class Field:
    """A field that a column or a constant may tell; `needed` without a value of its own, `untold` is that value."""

    name: str
    type: Type
    needed: bool
    untold: Any = None


@cache
def fields_of(kind: str) -> Mapping[str, Field]:
    """The fields that may be told of a kind of fact, in its order."""
    hints = get_type_hints(KINDS[kind])
    found = {name: _field(kind, name, hints[name]) for name in field_names(KINDS[kind]) if name not in _GIVEN}
    if kind == "fx_rate":
        del found["key"]
    untold = _UNTOLD.get(kind, {})
    return found | {
        name: Field(name, is_a, needed=False, untold=untold[name]) for name, is_a in _MORE.get(kind, {}).items()
    }


def _field(kind: str, name: str, hint: Any) -> Field:
    optional = get_origin(hint) in (Union, UnionType)
    base = next(one for one in get_args(hint) if one is not type(None)) if optional else hint
    is_list = get_origin(base) is tuple
    untold = _UNTOLD.get(kind, {}).get(name, _default(name, is_list=is_list))
    needed = not optional and name != "key" and name not in _UNTOLD.get(kind, {}) and untold is None
    return Field(name, "list" if is_list else _TYPES[base], needed, untold)


def _default(name: str, *, is_list: bool) -> Any:
    if is_list:
        return ()
    return False if name == "partial" else None
