"""FOCUS 1.0 to 1.4: what its columns mean, and the one expression that reduces charges to daily sums.

Columns are found by presence, whatever version a file says it has. Costs are exact: decimals are summed as they are,
text is read as DECIMAL(38, 18), and a binary floating-point number is taken for the shortest decimal that gives it.

Sources: FOCUS specification 1.0 to 1.4 (focus.finops.org), columns and allowed values.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

NEEDED = ("BilledCost", "EffectiveCost", "BillingCurrency", "BillingPeriodStart", "ChargePeriodStart", "ChargeCategory")
COST = dt.Decimal(38, 18)

# ServiceProviderName follows ProviderName from 1.3 on; the other two name a provider where neither is there.
_PROVIDERS = (("ServiceProviderName", "ProviderName"), ("HostProviderName", "PublisherName"))
_ACCOUNTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "id": {"account": ("BillingAccountId",), "sub_account": ("SubAccountId",)},
    "name": {"account": ("BillingAccountName", "BillingAccountId"), "sub_account": ("SubAccountName", "SubAccountId")},
}
_DIMENSIONS = {
    "service": ("ServiceName",),
    "category": ("ServiceCategory",),
    "subcategory": ("ServiceSubcategory",),
    "charge_category": ("ChargeCategory",),
    "charge_class": ("ChargeClass",),
    "invoice": ("InvoiceId",),
    "commitment": ("CommitmentDiscountId",),
    "commitment_status": ("CommitmentDiscountStatus",),
}
DIMENSIONS = (
    "account", "sub_account", "provider", "service", "category", "subcategory", "charge_category", "charge_class",
    "invoice", "commitment", "commitment_status", "currency",
)  # fmt: skip

_SUBCATEGORIES = {
    "AI and Machine Learning": (
        "AI Platforms", "Bots", "Generative AI", "Machine Learning", "Natural Language Processing",
    ),
    "Analytics": ("Analytics Platforms", "Business Intelligence", "Data Processing", "Search", "Streaming Analytics"),
    "Business Applications": ("Productivity and Collaboration",),
    "Compute": ("Containers", "End User Computing", "Quantum Compute", "Serverless Compute", "Virtual Machines"),
    "Databases": (
        "Caching", "Data Warehouses", "Ledger Databases", "NoSQL Databases", "Relational Databases",
        "Time Series Databases",
    ),
    "Developer Tools": (
        "Developer Platforms", "Continuous Integration and Deployment", "Development Environments",
        "Source Code Management", "Quality Assurance",
    ),
    "Identity": ("Identity and Access Management",),
    "Integration": ("API Management", "Messaging", "Workflow Orchestration"),
    "Internet of Things": ("IoT Analytics", "IoT Platforms"),
    "Management and Governance": (
        "Architecture", "Compliance", "Cost Management", "Data Governance", "Disaster Recovery", "Endpoint Management",
        "Observability", "Support",
    ),
    "Media": ("Content Creation", "Gaming", "Media Streaming", "Mixed Reality"),
    "Migration": ("Data Migration", "Resource Migration"),
    "Mobile": (),
    "Multicloud": ("Multicloud Integration",),
    "Networking": (
        "Application Networking", "Content Delivery", "Network Connectivity", "Network Infrastructure",
        "Network Routing", "Network Security",
    ),
    "Other": (),
    "Security": ("Secret Management", "Security Posture Management", "Threat Detection and Response"),
    "Storage": ("Backup Storage", "Block Storage", "File Storage", "Object Storage", "Storage Platforms"),
    "Web": ("Application Platforms",),
}  # fmt: skip
ALLOWED: Mapping[str, tuple[str, ...]] = {
    "category": tuple(_SUBCATEGORIES),
    "subcategory": tuple(
        name for parent, names in _SUBCATEGORIES.items() for name in (*names, f"Other ({parent})")
    ),
    "charge_category": ("Adjustment", "Credit", "Purchase", "Tax", "Usage"),
    "charge_class": ("Correction",),
    "commitment_status": ("Used", "Unused"),
}  # fmt: skip

_SPELLINGS = {field: {value.lower(): value for value in values} for field, values in ALLOWED.items()}

# A version is the newest whose own column is there.
_NEW_IN = (
    ("1.3", ("ServiceProviderName", "HostProviderName", "AllocatedMethodId", "ContractApplied")),
    ("1.2", ("InvoiceId", "PricingCurrency", "BillingAccountType", "SubAccountType")),
    ("1.1", ("ServiceSubcategory", "CapacityReservationId", "CommitmentDiscountQuantity", "SkuMeter")),
)


@dataclass(frozen=True)
class Grain:
    """What a company chooses of the grain: the tag keys kept, and accounts by `id` or by `name`."""

    tag_keys: tuple[str, ...] = ()
    accounts_by: str = "id"

    @property
    def tags(self) -> tuple[str, ...]:
        """The columns of a reduction that hold the values of `tag_keys`, in their order."""
        return tuple(f"tag_{index}" for index in range(len(self.tag_keys)))


def missing(header: Collection[str]) -> tuple[str, ...]:
    """The needed columns that a header lacks."""
    present = {name.casefold() for name in header}
    return tuple(name for name in NEEDED if name.casefold() not in present)


def version(header: Collection[str]) -> str:
    """The FOCUS version that a header tells, from the columns that are new or gone in it."""
    present = {name.casefold() for name in header}
    if "serviceprovidername" in present and not present & {"providername", "publishername"}:
        return "1.4"
    return next((name for name, marks in _NEW_IN if present & {mark.casefold() for mark in marks}), "1.0")


def reduced(charges: ir.Table, grain: Grain) -> ir.Table:
    """Sums of a table of charges per day and dimension, still in the texts of the file: the step that touches each row.

    What it does to a text are calls of functions only: an engine does these once per distinct value of a
    dictionary-encoded column, but a CASE once per row. `named` does the rest, on the few sums.
    """
    tags = {"tags": _column(charges, "Tags")} if grain.tag_keys and _has(charges, "Tags") else {}
    rows = charges.select(
        **_dimensions(charges, grain),
        **tags,
        billing_period=_instant(_column(charges, "BillingPeriodStart")),
        day=_instant(_column(charges, "ChargePeriodStart")).truncate("D"),
        sound=_all(check.good for check in _row_checks(charges)),
        billed=_cost(_column(charges, "BilledCost")),
        effective=_cost(_column(charges, "EffectiveCost")),
    )
    keys = [name for name in rows.columns if name not in {"billed", "effective"}]
    return rows.group_by(keys).aggregate(billed=rows.billed.sum(), effective=rows.effective.sum(), rows=rows.count())


def named(sums: ir.Table, grain: Grain) -> ir.Table:
    """A reduction with DIMENSIONS, tag columns, `billing_period`, `day`, `sound`, `billed`, `effective` and `rows`.

    Absent dimensions are empty, those in ALLOWED in lower case (see `spelled`). `unread` counts charges whose tags are
    no JSON object. Charges with a fault (see `faults`) stand apart as `sound` false. `merged` unites rows of one key.
    """
    return sums.select(
        *(_known(sums[name]).name(name) for name in DIMENSIONS),
        **dict(zip(grain.tags, _tag_values(sums, grain), strict=True)),
        billing_period=sums.billing_period.date(),
        day=sums.day.date(),
        sound=sums.sound & _is_currency(sums.currency),
        billed=sums.billed.cast(COST),
        effective=sums.effective.cast(COST),
        rows=sums.rows,
        unread=ibis.ifelse(_tags_unread(sums), sums.rows, 0),
    )


def invoiced(charges: ir.Table) -> ir.Table:
    """Billed cost per invoice, currency and billing period of all charges whose cost is a number, sound or not."""
    invoice = _clean(_column(charges, "InvoiceId")) if _has(charges, "InvoiceId") else ibis.literal("")
    rows = charges.select(
        invoice=_known(invoice),
        currency=_known(_clean(_column(charges, "BillingCurrency"))).upper(),
        billing_period=_instant(_column(charges, "BillingPeriodStart")).date(),
        billed=_cost(_column(charges, "BilledCost")).cast(COST),
    )
    return rows.group_by(["invoice", "currency", "billing_period"]).aggregate(billed=rows.billed.sum())


def merged(sums: Sequence[ir.Table]) -> ir.Table:
    """The named sums of several files as one."""
    every = sums[0].union(*sums[1:]) if len(sums) > 1 else sums[0]
    totals = {name: every[name].sum() for name in ("billed", "effective")}
    totals |= {name: every[name].sum().cast("int64") for name in ("rows", "unread")}
    return every.group_by([name for name in every.columns if name not in totals]).aggregate(**totals)


def spelled(field: str, text: str) -> str:
    """A value in the spelling of FOCUS; its first letter large where FOCUS does not know it."""
    return _SPELLINGS[field].get(text, text.capitalize()) if field in _SPELLINGS else text


def identities(charges: ir.Table, grain: Grain) -> ir.Table:
    """The sound charges one by one, in what tells one charge from another: to see whether two files hold the same."""
    more = [name for name in ("ResourceId", "SkuId", "SkuPriceId", "ChargeDescription") if _has(charges, name)]
    rows = charges.filter(_all(check.good for check in (*_row_checks(charges), _currency_check(charges))))
    return rows.select(
        **{name: _known(text) for name, text in _dimensions(rows, grain).items()},
        billing_period=_instant(_column(rows, "BillingPeriodStart")).date(),
        start=_instant(_column(rows, "ChargePeriodStart")).cast(dt.Timestamp(timezone="UTC")),
        billed=_cost(_column(rows, "BilledCost")).cast(COST),
        effective=_cost(_column(rows, "EffectiveCost")).cast(COST),
        **{name.casefold(): _known(_clean(_column(rows, name))) for name in more},
    )


def faults(charges: ir.Table) -> ir.Table:
    """The charges that cannot be counted, in all columns of the table, with the `reason` in a sentence."""
    branches = []
    for check in (*_row_checks(charges), _currency_check(charges)):
        text = _known(_clean(_column(charges, check.column)))
        branches.append((~check.good & (text == ""), ibis.literal(f"{check.column} is missing")))
        said = ibis.literal(f"{check.column} is '") + text.substr(0, 60) + ibis.literal("', which is no ")
        branches.append((~check.good, said + ibis.literal(check.wanted)))
    told = charges.mutate(reason=ibis.cases(*branches, else_=ibis.null("string")))
    return told.filter(told.reason.notnull())


def checked_columns(charges: ir.Table) -> tuple[str, ...]:
    """The columns whose texts alone decide whether a charge is sound, in lower case."""
    return tuple(check.column.casefold() for check in (*_row_checks(charges), _currency_check(charges)))


@dataclass(frozen=True)
class _Check:
    column: str
    good: ir.BooleanValue
    wanted: str


def _row_checks(table: ir.Table) -> tuple[_Check, ...]:
    costs = [_Check(name, _cost(_column(table, name)).notnull(), "number") for name in ("BilledCost", "EffectiveCost")]
    starts = [
        _Check(name, _instant(_column(table, name)).notnull(), "ISO 8601 instant")
        for name in ("ChargePeriodStart", "BillingPeriodStart")
    ]
    ends = [
        _Check(name, _instant(column).notnull() | (_known(_clean(column)) == ""), "ISO 8601 instant")
        for name in ("ChargePeriodEnd", "BillingPeriodEnd")
        if _has(table, name) and (column := _column(table, name)).type().is_string()
    ]
    return (*costs, *starts, *ends)


def _currency_check(table: ir.Table) -> _Check:
    column = _column(table, "BillingCurrency")
    return _Check("BillingCurrency", _is_currency(_clean(column)), "ISO 4217 code such as USD")


def _is_currency(text: ir.StringValue) -> ir.BooleanValue:
    return text.re_search("^[A-Za-z]{3}$").fill_null(False)


def _sources(table: ir.Table, grain: Grain) -> dict[str, tuple[str, ...]]:
    """Each dimension with the columns that may hold it, the first that says something going first."""
    nobody: tuple[str, ...] = ()
    providers = next((names for names in _PROVIDERS if any(_has(table, name) for name in names)), nobody)
    return {**_ACCOUNTS[grain.accounts_by], "provider": providers, **_DIMENSIONS}


def _dimensions(table: ir.Table, grain: Grain) -> dict[str, ir.StringValue]:
    """DIMENSIONS of each row, null or empty where absent."""
    found: dict[str, ir.StringValue] = {}
    for field, names in _sources(table, grain).items():
        texts = [_clean(_column(table, name)) for name in names if _has(table, name)] or [ibis.literal("")]
        text = texts[0] if len(texts) == 1 else ibis.coalesce(*(text.nullif("") for text in texts))
        found[field] = text.lower() if field in ALLOWED else text
    found["currency"] = _clean(_column(table, "BillingCurrency")).upper()
    return {name: found[name] for name in DIMENSIONS}


def _tag_values(sums: ir.Table, grain: Grain) -> list[ir.StringValue]:
    """The values of the kept tags; a tag without value is `true`, an absent one empty."""
    if not _has(sums, "tags"):
        return [ibis.literal("") for _ in grain.tag_keys]
    kind = sums.tags.type()
    if kind.is_struct():
        found = [sums.tags[key] if key in kind.names else ibis.literal("") for key in grain.tag_keys]
    elif kind.is_map():
        found = [sums.tags.get(key) for key in grain.tag_keys]
    else:
        values = [_json_object(sums.tags).get(key) for key in grain.tag_keys]
        found = [ibis.coalesce(value.str, value.cast("string")) for value in values]
    return [_known(_clean(value)) for value in found]


def _tags_unread(sums: ir.Table) -> ir.BooleanValue:
    if not _has(sums, "tags") or not sums.tags.type().is_string():
        return ibis.literal(False)
    return (_known(_clean(sums.tags)) != "") & _json_object(sums.tags).isnull()


def _json_object(tags: ir.StringValue) -> ir.MapValue:
    return tags.try_cast("json").map


def _cost(column: ir.Value) -> ir.DecimalValue:
    """A cost as an exact decimal, null where it is none. Values beyond 18 decimals are rounded at the 18th."""
    kind = column.type()
    if kind.is_decimal():
        return column
    if kind.is_integer():
        return column.cast(COST)
    if kind.is_floating():
        # No two decimals of 15 digits share a double: if one comes back as the same double, it is the shortest text,
        # without writing the text. Null from 1,000 on.
        near = column.try_cast(dt.Decimal(15, 12))
        return ibis.ifelse(near.cast("float64") == column, near.cast(COST), column.cast("string").try_cast(COST))
    return column.cast("string").replace('"', "").strip().try_cast(COST)


def _instant(column: ir.Value) -> ir.TimestampValue:
    """An instant in UTC, null where the text is none; 5/1/25 is none, since nobody can tell what it means."""
    kind = column.type()
    if kind.is_timestamp():
        return column
    if kind.is_date():
        return column.cast("timestamp")
    text = column.cast("string").strip()
    return ibis.ifelse(text.substr(4, 1) == "-", text, ibis.null("string")).try_cast(dt.Timestamp(timezone="UTC"))


def _clean(column: ir.Value) -> ir.StringValue:
    """A text without the blanks around it, empty for the word NULL; null stays null."""
    return column.cast("string").strip().re_replace("^(?i:null)$", "")


def _known(text: ir.StringValue) -> ir.StringValue:
    return text.fill_null("")


def _all(conditions: Iterable[ir.BooleanValue]) -> ir.BooleanValue:
    return functools.reduce(operator.and_, conditions)


def _has(table: ir.Table, name: str) -> bool:
    return name.casefold() in table.columns


def _column(table: ir.Table, name: str) -> ir.Value:
    return table[name.casefold()]
