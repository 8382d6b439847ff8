"""What the demo company pays for: one line per thing that appears on an invoice each day."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from data.sample.company import INTEGRATIONS, PROVIDERS, SERVICES, Service

CLOUD: Final = "Nimbra Cloud"
USD_PER_EUR: Final = 1.08
"""The rate at which the cloud's price list was written."""


@dataclass(frozen=True, slots=True)
class Line:
    """A daily charge: who bills it, under which FOCUS names, for which service, and what an ordinary day costs.

    `daily` is in the billing currency at the first year's prices; `elastic` is its share in the traffic's growth.
    """

    id: str
    provider: str
    currency: str
    service_name: str
    category: str
    subcategory: str
    account: str
    sub_account: str
    region: str | None
    tags: str | None
    daily: float
    elastic: float


@dataclass(frozen=True, slots=True)
class Software:
    """A product by subscription, billed in EUR: yearly cost in the first year, and how it is tagged."""

    id: str
    provider: str
    product: str
    category: str
    subcategory: str
    service: str | None
    cost_class: str | None
    yearly: float


_CLOUD_PARTS: Final = (
    ("vm", "Nimbra Virtual Machines", "Compute", "Virtual Machines", 0.42, "compute"),
    ("sql", "Nimbra Managed SQL", "Databases", "Relational Databases", 0.24, "data"),
    ("object", "Nimbra Object Store", "Storage", "Object Storage", 0.09, "data"),
    ("balancer", "Nimbra Load Balancer", "Networking", "Application Networking", 0.09, "network"),
    ("streams", "Nimbra Event Streams", "Integration", "Messaging", 0.09, "integration"),
    ("watch", "Nimbra Observatory", "Management and Governance", "Observability", 0.07, "operations"),
)
_WITHOUT: Final = {
    "sql": {
        "web-app",
        "mobile-bff",
        "api-gateway",
        "node-bitcoin",
        "node-ethereum",
        "pricing",
        "notifications",
        "exchange-connector",
    },
    "object": {service.id for service in SERVICES if service.cloud < 400},
    "balancer": {service.id for service in SERVICES if service.requests < 700_000},
    "streams": {service.id for service in SERVICES if service.requests < 600_000 and service.id != "settlement"},
    "watch": {service.id for service in SERVICES if service.cloud < 600},
}
_UNTAGGED: Final = {("streams", "pricing"), ("streams", "fx"), ("object", "data-platform")}
COST_TAGS: Final = {"web-app": "webapp", "ledger": "core-ledger", "kyc": "know-your-customer"}
"""Services whose cost tag differs from their own name."""

SOFTWARE: Final = (
    Software("flowmere", "Flowmere", "Flowmere Integration Hub", "Integration",
             "Workflow Orchestration", "payments-api", "integration", 470e3),
    Software("portcullo", "Portcullo", "Portcullo API Management", "Integration",
             "API Management", "api-gateway", None, 300e3),
    Software("sentivane", "Sentivane", "Sentivane Fraud Scores", "Security",
             "Threat Detection and Response", "fraud", "product", 640e3),
    Software("lakehold", "Lakehold", "Lakehold Warehouse", "Analytics",
             "Analytics Platforms", "data-platform", "data", 830e3),
    Software("codestead", "Codestead", "Codestead Enterprise", "Developer Tools",
             "Developer Platforms", "admin", "engineering", 470e3),
    Software("vantagraph", "Vantagraph", "Vantagraph Monitoring", "Management and Governance",
             "Observability", "data-platform", "operations", 520e3),
    Software("signora", "Signora", "Signora Workforce Identity", "Identity",
             "Identity and Access Management", "identity", "security", 230e3),
    Software("bastionne", "Bastionne", "Bastionne Managed Detection", "Security",
             "Security Posture Management", None, "security", 480e3),
    Software("relato", "Relato", "Relato Customer Desk", "Business Applications",
             "Productivity and Collaboration", "onboarding", "business", 430e3),
    Software("papermoor", "Papermoor", "Papermoor Office", "Business Applications",
             "Productivity and Collaboration", None, "business", 260e3),
    Software("regulo", "Regulo", "Regulo Filing", "Business Applications",
             "Productivity and Collaboration", "regulatory-reporting", "compliance", 310e3),
    Software("market", "Nimbra Marketplace", "Third-party subscriptions", "Other",
             "Other (Other)", None, None, 340e3),
    Software("legacy", "Oldhaven Hosting", "Oldhaven Mainframe Hours", "Compute",
             "Other (Compute)", "legacy-batch", "legacy", 190e3),
)  # fmt: skip

_INTEGRATION_FEES: Final = {
    "exchange-norvane": 215e3, "exchange-bitsund": 110e3, "kyc-verisuno": 210e3, "kyc-idenfolk": 100e3,
    "sanctions-listwarden": 115e3, "bank-hansaclear": 85e3, "bank-albiontrust": 65e3, "nodes-chainspan": 170e3,
    "nodes-nodewright": 75e3, "cards-unischeme": 95e3,
}  # fmt: skip


def lines() -> tuple[Line, ...]:
    """All daily charges, in the order in which they stand on the invoices."""
    return (*_cloud(), *_software(), *_integrations())


def tags(service: str | None, cost_class: str | None) -> str | None:
    """A FOCUS Tags cell: JSON, or None where nothing was tagged."""
    found = {"service": COST_TAGS.get(service, service) if service else None, "cost_class": cost_class}
    kept = {key: value for key, value in found.items() if value}
    return json.dumps(kept) if kept else None


def _cloud() -> Iterator[Line]:
    for part, name, category, subcategory, share, cost_class in _CLOUD_PARTS:
        for service in SERVICES:
            if service.id in _WITHOUT.get(part, ()):
                continue
            cell = None if (part, service.id) in _UNTAGGED else tags(service.id, cost_class)
            daily = service.cloud * share * USD_PER_EUR * _weight(part)
            sub_account, region = f"nmb-{service.unit}-prod", _region(service)
            yield Line(
                f"{part}-{service.id}",
                CLOUD,
                "USD",
                name,
                category,
                subcategory,
                "nmb-600417",
                sub_account,
                region,
                cell,
                daily,
                0.5,
            )


def _weight(part: str) -> float:
    """What makes up for the services that do not use a part."""
    total = sum(service.cloud for service in SERVICES)
    using = sum(service.cloud for service in SERVICES if service.id not in _WITHOUT.get(part, ()))
    return total / using


def _region(service: Service) -> str:
    return "eu-central" if service.unit in ("digital-assets", "payments") else "uk-south"


def _software() -> Iterator[Line]:
    for item in SOFTWARE:
        cell = tags(item.service, item.cost_class) if item.cost_class else None
        account = f"{item.id}-larkmoor"
        yield Line(
            item.id,
            item.provider,
            "EUR",
            item.product,
            item.category,
            item.subcategory,
            account,
            account,
            None,
            cell,
            item.yearly / 365,
            0.15,
        )


def _integrations() -> Iterator[Line]:
    names = {provider.id: provider.name for provider in PROVIDERS}
    for integration in INTEGRATIONS:
        cell = None if integration.id == "exchange-bitsund" else tags(integration.caller, "integration")
        category, subcategory = (
            ("Integration", "Other (Integration)")
            if integration.id == "exchange-bitsund"
            else ("Other", "Other (Other)")
        )
        provider, account = names[integration.provider], f"{integration.provider}-larkmoor"
        daily = _INTEGRATION_FEES[integration.id] / 365
        yield Line(
            integration.id,
            provider,
            "EUR",
            integration.name,
            category,
            subcategory,
            account,
            account,
            None,
            cell,
            daily,
            0.6,
        )
