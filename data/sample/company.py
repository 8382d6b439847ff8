"""The demo company: Larkmoor, an invented crypto payments firm; its parts, and what each is like on an ordinary day."""

from dataclasses import dataclass
from typing import Final

COMPANY: Final = "Larkmoor"
ORGANISATION: Final = "larkmoor"
PORTFOLIO: Final = "larkmoor-group"
ZONE: Final = "Europe/Berlin"


@dataclass(frozen=True, slots=True)
class Entity:
    """A legal entity and the currency it reports in."""

    id: str
    name: str
    currency: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A business unit of one legal entity."""

    id: str
    name: str
    entity: str


@dataclass(frozen=True, slots=True)
class Service:
    """One service: its unit, tier (1 carries money or customers), repository, and its ordinary volumes.

    `releases` are production deployments in an ordinary month, `requests` calls on an ordinary day,
    `cloud` what it costs in the cloud on an ordinary day, in EUR at the first year's prices.
    """

    id: str
    name: str
    unit: str
    tier: int
    repository: str
    releases: float
    requests: int
    cloud: float


@dataclass(frozen=True, slots=True)
class Provider:
    """A firm that services depend on."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Integration:
    """Calls of one service to one provider; `hard` when the caller cannot work without it."""

    id: str
    name: str
    caller: str
    provider: str
    calls: int
    errors: float
    hard: bool


ENTITIES: Final = (
    Entity("larkmoor-europe", "Larkmoor Europe GmbH", "EUR"),
    Entity("larkmoor-uk", "Larkmoor UK Ltd", "GBP"),
)

UNITS: Final = (
    Unit("digital-assets", "Digital assets", "larkmoor-europe"),
    Unit("payments", "Payments", "larkmoor-europe"),
    Unit("customers", "Cards and customers", "larkmoor-uk"),
    Unit("platform", "Compliance and platform", "larkmoor-uk"),
)

SERVICES: Final = (
    Service("wallet", "Wallet", "digital-assets", 1, "wallet", 14.0, 2_400_000, 880.0),
    Service(
        "exchange-connector", "Exchange connector", "digital-assets", 1, "exchange-connector", 11.0, 1_500_000, 690.0
    ),
    Service("node-bitcoin", "Node gateway Bitcoin", "digital-assets", 1, "node-gateway-bitcoin", 5.0, 900_000, 720.0),
    Service(
        "node-ethereum", "Node gateway Ethereum", "digital-assets", 1, "node-gateway-ethereum", 6.5, 1_300_000, 940.0
    ),
    Service("custody", "Custody", "digital-assets", 1, "custody", 4.3, 120_000, 610.0),
    Service("pricing", "Pricing", "digital-assets", 2, "pricing", 10.5, 3_200_000, 540.0),
    Service("treasury", "Treasury", "digital-assets", 2, "treasury", 5.5, 60_000, 230.0),
    Service("payments-api", "Payments API", "payments", 1, "payments-api", 15.0, 2_900_000, 1_050.0),
    Service("ledger", "Ledger", "payments", 1, "ledger-core", 7.0, 2_100_000, 1_240.0),
    Service("settlement", "Settlement", "payments", 1, "settlement", 7.0, 310_000, 420.0),
    Service("fx", "Foreign exchange", "payments", 2, "fx", 8.0, 700_000, 260.0),
    Service("reconciliation", "Reconciliation", "payments", 2, "reconciliation", 7.5, 90_000, 330.0),
    Service("fraud", "Fraud detection", "payments", 1, "fraud-detection", 9.5, 1_100_000, 760.0),
    Service("card-issuing", "Card issuing", "customers", 1, "card-issuing", 9.0, 800_000, 520.0),
    Service("onboarding", "Onboarding", "customers", 2, "onboarding", 11.5, 150_000, 250.0),
    Service("identity", "Identity and sign-in", "customers", 1, "identity", 7.5, 1_900_000, 480.0),
    Service("mobile-bff", "Mobile back end", "customers", 2, "mobile-bff", 17.0, 3_600_000, 570.0),
    Service("web-app", "Web app", "customers", 2, "web", 18.5, 1_200_000, 300.0),
    Service("notifications", "Notifications", "customers", 3, "notifications", 8.5, 1_000_000, 210.0),
    Service("kyc", "Know your customer", "platform", 1, "kyc", 9.0, 140_000, 410.0),
    Service("sanctions-screening", "Sanctions screening", "platform", 2, "sanctions-screening", 6.0, 450_000, 340.0),
    Service("regulatory-reporting", "Regulatory reporting", "platform", 2, "regulatory-reporting", 4.0, 20_000, 280.0),
    Service("risk", "Risk engine", "platform", 2, "risk-engine", 7.5, 650_000, 430.0),
    Service("api-gateway", "API gateway", "platform", 1, "api-gateway", 8.0, 6_800_000, 640.0),
    Service("admin", "Back office", "platform", 3, "admin", 10.0, 110_000, 120.0),
    Service("data-platform", "Data platform", "platform", 3, "data-platform", 12.0, 80_000, 1_480.0),
)

LEGACY: Final = Service("legacy-batch", "Legacy batch", "platform", 3, "legacy-batch", 2.0, 0, 0.0)
"""A repository that nobody mapped to a service: it deploys, and belongs to nothing."""

PROVIDERS: Final = (
    Provider("norvane", "Norvane Exchange"),
    Provider("bitsund", "Bitsund Exchange"),
    Provider("verisuno", "Verisuno"),
    Provider("idenfolk", "Idenfolk"),
    Provider("listwarden", "Listwarden"),
    Provider("hansaclear", "Hansaclear Bank"),
    Provider("albiontrust", "Albion Trust Bank"),
    Provider("chainspan", "Chainspan"),
    Provider("nodewright", "Nodewright"),
    Provider("unischeme", "Unischeme Cards"),
)

INTEGRATIONS: Final = (
    Integration(
        "exchange-norvane", "Norvane orders and prices", "exchange-connector", "norvane", 1_150_000, 1.15, True
    ),
    Integration("exchange-bitsund", "Bitsund orders and prices", "exchange-connector", "bitsund", 620_000, 1.25, False),
    Integration("kyc-verisuno", "Verisuno document checks", "kyc", "verisuno", 38_000, 1.30, True),
    Integration("kyc-idenfolk", "Idenfolk video checks", "onboarding", "idenfolk", 21_000, 1.45, False),
    Integration(
        "sanctions-listwarden", "Listwarden screening", "sanctions-screening", "listwarden", 410_000, 0.55, False
    ),
    Integration("bank-hansaclear", "Hansaclear SEPA payments", "settlement", "hansaclear", 190_000, 0.80, True),
    Integration("bank-albiontrust", "Albion Trust Faster Payments", "treasury", "albiontrust", 74_000, 0.95, False),
    Integration("nodes-chainspan", "Chainspan Ethereum nodes", "node-ethereum", "chainspan", 980_000, 1.00, True),
    Integration("nodes-nodewright", "Nodewright Bitcoin nodes", "node-bitcoin", "nodewright", 520_000, 0.85, False),
    Integration("cards-unischeme", "Unischeme authorisations", "card-issuing", "unischeme", 460_000, 0.60, True),
)

ENGINEERS: Final = (
    "a-lindqvist", "b-okafor", "c-moreau", "d-hartwig", "e-salonen", "f-brandt", "g-ivanova", "h-demir", "i-costa",
    "j-whitlock", "k-nowak", "l-fischer", "m-tanaka", "n-abbott", "o-keane", "p-rossi", "q-dubois", "r-meyer",
    "s-haddad", "t-jansen", "u-petrov", "v-marsh", "w-olsen", "x-ferrara", "y-sato", "z-klein", "al-barros",
    "be-young", "ca-weiss", "di-larsen",
)  # fmt: skip
BOT: Final = "larkmoor-bot"
