"""Classes of spend: the order of the rules, the shipped lists, and what a wrong rule file says."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from data.facts import Spend
from data.finance.spend_class import SHIPPED, SpendClass, classify, load_rules, shipped_rules
from data.settings import ConfigurationError


def _spend(**fields: Any) -> Spend:
    texts = dict.fromkeys(
        (
            "account", "sub_account", "provider", "service", "category", "subcategory", "charge_class", "invoice",
            "commitment", "commitment_status",
        ),
        "",
    )  # fmt: skip
    usual: dict[str, Any] = {
        "source": "cloud",
        "source_id": "1",
        "key_kind": "account",
        "key": "acme",
        "day": date(2026, 9, 5),
        "billing_period": date(2026, 9, 1),
        "charge_category": "Usage",
        "currency": "USD",
        "tags": (),
        "billed": Decimal(1),
        "effective": Decimal(1),
    }
    return Spend(**{**usual, **texts, **fields})


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"tags": (("cost_class", "integration"),), "category": "Compute"}, ("integration", "tag cost_class", 1)),
        ({"tags": (("team", "x"), ("cost_class", " Integration "))}, ("integration", "tag cost_class", 1)),
        ({"tags": (("cost_class", "other"),), "category": "Integration"}, ("other", "tag cost_class", 1)),
        ({"tags": (("cost_class", "data"),), "category": "Integration"}, ("integration", "category Integration", 2)),
        ({"tags": (("class", "integration"),), "category": "Compute"}, ("other", "category Compute", 5)),
        ({"category": "Integration", "provider": "MuleSoft"}, ("integration", "category Integration", 2)),
        (
            {"category": "Other", "subcategory": "API Management"},
            ("integration", "taxonomy subcategory API Management", 3),
        ),
        (
            {"category": "Networking", "service": "Amazon API Gateway"},
            ("integration", "taxonomy service api gateway", 3),
        ),
        (
            {"category": "Analytics", "service": "Amazon Managed Streaming for Apache Kafka"},
            ("integration", "taxonomy service kafka", 3),
        ),
        ({"provider": "Workato, Inc."}, ("integration", "vendor list iPaaS: workato", 4)),
        ({"service": "Tyk Cloud"}, ("integration", "vendor list API gateway: tyk", 4)),
        (
            {"provider": "Confluent", "category": "Analytics"},
            ("integration", "vendor list message broker: confluent", 4),
        ),
        ({"provider": "Sumsub", "category": "Other"}, ("integration", "vendor list KYC connector: sumsub", 4)),
        ({"provider": "QuickNode"}, ("integration", "vendor list node provider: quicknode", 4)),
        ({"category": "Compute", "service": "Virtual Machines"}, ("other", "category Compute", 5)),
        ({"provider": "Bank of Hong Kong", "category": "Own thing"}, ("other", "category Own thing", 5)),
        ({"category": "Other", "provider": "Anybody"}, ("unclassified", "no rule", 6)),
        ({"provider": "Alchemyst"}, ("unclassified", "no rule", 6)),
        ({}, ("unclassified", "no rule", 6)),
        (
            {"charge_category": "Tax", "tags": (("cost_class", "integration"),)},
            ("excluded", "charge category Tax", 0),
        ),
        ({"charge_category": "Credit", "category": "Integration"}, ("integration", "category Integration", 2)),
    ],
)
def test_the_first_rule_that_fits_decides(fields: dict[str, Any], expected: tuple[str, str, int]) -> None:
    assert classify(_spend(**fields), shipped_rules()) == SpendClass(*expected)


def test_the_shipped_rules_have_a_version_an_owner_and_a_source_for_each_list() -> None:
    rules = shipped_rules()
    assert (rules.version, rules.effective_from, rules.owner) == ("2026.1", date(2026, 1, 1), "finance")
    assert [one.kind for one in rules.vendors] == [
        "iPaaS",
        "API gateway",
        "message broker",
        "KYC connector",
        "node provider",
    ]
    assert all(one.source for one in (rules.tag, rules.category, rules.taxonomy, *rules.vendors))


def _changed(tmp_path: Path, old: str, new: str) -> Path:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "rules.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('owner = "finance"\n', "", "owner: Field required."),
        ('owner = "finance"', 'owner = ""', "owner: String should have at least 2 characters."),
        ("2026-01-01", '"soon"', "effective_from: Input should be a valid date or datetime, input is too short."),
        ('kind = "iPaaS"\n', 'kind = "iPaaS"\ncolour = "red"\n', "vendors.0.colour: Extra inputs are not permitted."),
        ('"Boomi", ', '"Boomi", "Tyk", ', "vendors: 'tyk' stands in the list twice: keep one of them."),
        ("[tag]", "[tag", "(at line 10, column 5)"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line_or_field(tmp_path: Path, old: str, new: str, says: str) -> None:
    path = _changed(tmp_path, old, new)
    with pytest.raises(ConfigurationError) as refused:
        load_rules(path)
    assert str(refused.value).startswith(f"{path}")
    assert says in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"none\.toml does not exist: correct its name"):
        load_rules(tmp_path / "none.toml")


def test_a_company_may_bring_lists_of_its_own(tmp_path: Path) -> None:
    rules = load_rules(_changed(tmp_path, '"Boomi", ', '"Boomi", "Flowmere", '))
    assert classify(_spend(provider="FLOWMERE GmbH"), rules).rule == "vendor list iPaaS: flowmere"
    assert classify(_spend(provider="FLOWMERE GmbH"), shipped_rules()).name == "unclassified"


def test_an_empty_list_fits_nothing(tmp_path: Path) -> None:
    names = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))["taxonomy"]["services"]
    text = SHIPPED.read_text(encoding="utf-8")
    start, end = text.index("services = ["), text.index("[[vendors]]")
    path = tmp_path / "rules.toml"
    path.write_text(f"{text[:start]}services = []\n\n{text[end:]}", encoding="utf-8")
    assert classify(_spend(service=names[0]), load_rules(path)).name == "unclassified"
