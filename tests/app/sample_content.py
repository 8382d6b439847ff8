"""Content of every kind, as a busy month would fill it: for looking at both renderers and for their tests."""

from __future__ import annotations

from datetime import date

from app.content.among import Among, Range
from app.content.blocks import (
    Bars,
    Beside,
    Block,
    Cell,
    Column,
    Definition,
    Definitions,
    Event,
    Facts,
    Headline,
    Marks,
    Notice,
    Reference,
    Row,
    Section,
    Series,
    Table,
    Target,
    Tile,
    Tiles,
    Trend,
)
from app.content.curve import Curve, Line, Upright
from app.content.flows import Amounts, Flows
from app.content.pack import Kpi, Pack, PackPage
from app.content.scatter import Dot, Level, Scatter
from app.content.timeline import Lane, Span, Timeline
from app.content.tornado import Swing, Tornado
from app.content.waterfall import End, Part, Waterfall
from app.content.waves import Wave, Waves
from data.period import Kind, Period, containing

OCTOBER = containing(date(2026, 10, 1), Kind.MONTH)
MONTHS: tuple[Period, ...] = tuple(OCTOBER.shifted(step) for step in range(-11, 1))

UPTIME = Definition(
    "availability",
    "Uptime",
    1,
    "Share of the known minutes in which the service answered, planned maintenance included.",
    "minutes up ÷ (minutes up + minutes down)",
    "Probe results of Prometheus, each day evaluated at its end",
    "3f9a1c77b210",
)
ERRORS = Definition(
    "integration_error_rate",
    "Integration error rate",
    2,
    "Failed calls to partners out of all calls to partners. Time-outs count as failed.",
    "failed calls ÷ all calls",
    "Request counters of Prometheus",
    "a01be1c9d3aa",
)
SPEND = Definition(
    "spend",
    "Spend",
    1,
    "What providers charged for use in the period, commitments spread over their term, credits deducted.",
    "sum of EffectiveCost, converted at the average rate of each month",
    "Billing exports in the FOCUS format",
    "77c0ffee12ab",
)
CHANGE_FAIL = Definition(
    "change_fail_rate",
    "Change fail rate",
    1,
    "Production deployments that needed a rollback, a hotfix or a patch, out of all production deployments.",
    "deployments with a linked failure ÷ deployments",
    "Deployments of GitHub, linked by explicit reference, else by the 24 hours before an incident",
    "5b1d9e00cafe",
)

UPTIME_VALUES = (99.982, 99.991, 99.993, 99.987, None, 99.992, 99.994, 99.97, 99.91, 99.948, 99.972, 99.951)
ERROR_VALUES = (0.94, 0.91, 0.97, 0.88, 0.83, 0.86, 0.79, 1.12, 1.31, 0.92, 0.68, 0.61)

TILES = Tiles(
    (
        Tile(
            id="availability",
            label="Uptime",
            value="99.95",
            unit="%",
            verdict="missed",
            verdict_reason="17.3 minutes over the error budget of 4.5 minutes.",
            target="target 99.99 % · house 2026",
            change="−0.02 pp on Sep",
            change_word="worse",
            spark=UPTIME_VALUES,
            spark_targets=(99.99,),
            evidence="22 of 25 tier-1 services hold · worst: wallet 99.93 %",
            freshness="1,115,480 of 1,116,000 service-min known · 06:00 today",
            href="reliability?metric=availability",
            definition=UPTIME,
            provenance="Prometheus, 06:00 today",
        ),
        Tile(
            id="integration_error_rate",
            label="Integration error rate",
            value="0.61",
            unit="%",
            verdict="met",
            target="target < 1 % · house 2026",
            change="−0.07 pp on Sep",
            change_word="better",
            spark=ERROR_VALUES,
            spark_targets=(1.0,),
            evidence="39 of 41 integrations hold · worst: kyc-eu → onfido 2.4 %",
            freshness="84.2 M calls · 06:00 today",
            href="reliability?metric=integration_error_rate",
            definition=ERRORS,
            provenance="Prometheus, 06:00 today",
        ),
        Tile(
            id="change_fail_rate",
            label="Change fail rate",
            value="12.4",
            unit="%",
            verdict="at_risk",
            verdict_reason="At the trend of the last 6 months the target of 15 % is crossed in December.",
            target="target ≤ 15 % · house 2026",
            change="+1.9 pp on Sep",
            change_word="worse",
            spark=(8.1, 7.9, 8.8, 8.2, 9.0, 9.4, 9.2, 10.1, 10.4, 10.9, 10.5, 12.4),
            spark_targets=(15.0, 25.0),
            evidence="51 of 412 deployments needed a fix",
            freshness="412 deployments · 05:45 today",
            href="delivery",
            definition=CHANGE_FAIL,
        ),
        Tile(
            id="spend",
            label="Spend",
            value="€1.24",
            unit="M",
            verdict=None,
            target="no target for 2026",
            change="+3.1 % on Sep",
            change_word="",
            spark=(0.98, 1.02, 1.05, 1.04, 1.09, 1.08, 1.11, 1.15, 1.17, 1.16, 1.2, 1.24),
            evidence="Largest rise: exchange connector, +€18.4 k",
            freshness="48,210 charges · yesterday",
            href="spend",
            definition=SPEND,
        ),
        Tile(
            id="audits",
            label="Security audits on time",
            value="n/a",
            verdict="not_configured",
            target="target every quarter · house 2026",
            evidence="Connect a control register to see this.",
            href="data_health",
        ),
    )
)

UPTIME_TREND = Trend(
    id="uptime",
    title="Uptime has stayed under its target since June",
    subtitle="Share of known minutes up, tier-1 services, monthly",
    unit="%",
    periods=MONTHS,
    series=(
        Series(
            "All tier-1", UPTIME_VALUES, texts=tuple("n/a" if v is None else f"{v:.2f}\u202f%" for v in UPTIME_VALUES)
        ),
    ),
    target=Target("target 99.99 %", low=99.99),
    references=(Reference("UK open banking, median", 99.86, 99.93),),
    events=(Event(date(2026, 7, 14), "Node upgrade"), Event(date(2026, 9, 2), "Second provider live")),
    alt="Uptime by month from November 2025 to October 2026. It fell from 99.99 % in May to 99.91 % in July and "
    "was 99.95 % in October, under the target of 99.99 % since June. March is missing.",
)

SERVICES = Trend(
    id="error_rates",
    title="Partner errors have halved since the July incident",
    subtitle="Failed calls out of all calls to partners, monthly",
    unit="%",
    periods=MONTHS,
    series=(
        Series("all partners", ERROR_VALUES),
        Series("onfido", (1.4, 1.5, 1.3, 1.5, 1.6, 1.4, 1.5, 2.1, 2.9, 2.6, 2.5, 2.4), "context"),
        Series("kraken", (0.5, 0.5, None, 0.4, None, None, 0.5, 0.6, 0.7, 0.6, 0.5, 0.5), "context"),
    ),
    target=Target("target < 1 %", high=1.0),
    from_zero=True,
    alt="Error rate of calls to partners by month: 0.94 % in November 2025, 1.31 % in July 2026, 0.61 % in October "
    "2026, under the target of 1 %. Onfido stands at 2.4 %, Kraken at 0.5 %.",
)

SPEND_BARS = Bars(
    id="spend_by_category",
    title="Compute drives the rise in spend",
    subtitle="Effective cost by category, monthly",
    unit="€ M",
    periods=MONTHS,
    series=(
        Series("Compute", (0.48, 0.5, 0.52, 0.51, 0.54, 0.53, None, 0.58, 0.6, 0.59, 0.61, 0.64)),
        Series("Integration", (0.2, 0.21, 0.21, 0.22, 0.22, 0.22, None, 0.23, 0.23, 0.23, 0.24, 0.23)),
        Series("Storage", (0.18, 0.18, 0.19, 0.18, 0.19, 0.19, None, 0.2, 0.2, 0.2, 0.2, 0.22)),
        Series("Other", (0.12, 0.13, 0.13, 0.13, 0.14, 0.14, None, 0.14, 0.14, 0.14, 0.15, 0.15)),
    ),
    alt="Monthly spend by category: total from €0.98 M in November 2025 to €1.24 M in October 2026, compute from "
    "€0.48 M to €0.64 M. May is missing.",
)

SHARE = Trend(
    id="integration_share",
    title="Integration takes 18.2 % of spend, inside its band",
    subtitle="Integration and middleware out of all spend, monthly",
    unit="%",
    periods=MONTHS,
    series=(Series("Integration share", (20.4, 20.6, 20.0, 21.2, 20.2, 20.4, 20.1, 20.0, 19.7, 19.8, 20.0, 18.2)),),
    target=Target("band 15–25 %", low=15, high=25),
    alt="Integration share of spend by month, between 18.2 % and 21.2 %, inside the band of 15 to 25 % throughout.",
)

ASKED = {
    2: Wave(MONTHS[2], 31.2, 22.1, 40.0, 212, "+31 ± 9"),
    5: Wave(MONTHS[5], -4.5, -14.0, 5.2, 1_240, "−4 ± 10"),
    8: Wave(MONTHS[8], None, None, None, 12),
    11: Wave(MONTHS[11], 24.0, None, None, 96, "+24"),
}
NPS_WAVES = Waves(
    id="nps-waves",
    title="Recommendation recovered since July",
    subtitle="Net promoter score by wave",
    unit="points",
    name="Net promoter score",
    waves=tuple(ASKED.get(at, Wave(month, None, None, None, 0)) for at, month in enumerate(MONTHS)),
    references=(Reference("Financial services, directional", 20, 47),),
    note="Fewer than 30 answers in July 2026.",
    alt="Net promoter score by wave: +31 in January 2026, −4 in April, +24 in October; July had too few answers.",
)

SERVICE_NAMES = (
    *("wallet", "exchange-connector", "kyc-eu", "ledger", "node-btc", "node-eth", "regulatory-reporting", "payouts"),
    *("card-issuing", "pricing", "fx-gateway", "notifications"),
)
SERVICES_TABLE = Table(
    "services",
    "Services by distance to target",
    (
        Column("Service"),
        Column("Verdict", kind="verdict"),
        Column("Uptime", kind="number"),
        Column("Downtime", kind="number"),
        Column("Incidents", kind="number"),
        Column("Owner"),
    ),
    tuple(
        Row(
            (
                Cell(name),
                Cell(verdict=("missed", "missed", "at_risk", "cannot_tell", "met", "met", "no_data", None)[min(at, 7)]),
                Cell("n/a" if at == 6 else f"{99.93 + at * 0.0055:.{3 if at % 3 else 2}f}\u202f%"),
                Cell("n/a" if at == 6 else f"{31.2 / (at + 1):.1f}\u202fminutes"),
                Cell(str(max(0, 9 - at))),
                Cell("Payments platform" if at % 2 else "Custody"),
            ),
            href=f"reliability?service={name}",
        )
        for at, name in enumerate(SERVICE_NAMES)
    ),
    note="Planned maintenance counts as downtime.",
    total_rows=25,
)

LEAD_TIME_AMONG = Among(
    id="among-lead-time",
    title="Lead time at 2.1 d",
    subtitle="Lead time for changes",
    unit="h",
    name="Example Group, October 2026",
    value=50.4,
    text="2.1\u202fd",
    interval=(40.0, 61.0),
    ranges=(
        Range("DORA 2024 elite", "<\u00a024\u202fh", None, 24.0),
        Range("DORA 2024 high", "24\u202fh–7\u202fd", 24.0, 168.0),
        Range("Pull requests 2026 · W", "3.5\u202fd", 83.0, 83.0, (83.0,)),
        Range("Teams <b>bold</b>", "8–9\u202fd", 192.0, 216.0, (192.0, 204.0, 216.0)),
    ),
    target=Target("target <\u00a048\u202fh", high=48.0),
    wide=True,
    note="W marks weak sources.",
    alt="Lead time of Example Group, October 2026: 2.1 d, between DORA 2024 elite and medium.",
)

FEATURES = Scatter(
    id="feature-days",
    title="2 of 3 features of October 2026 within the target each",
    subtitle="Days from the start of work to production",
    unit="d",
    periods=MONTHS,
    dots=(
        Dot(date(2026, 2, 11), 31.5, "ledger 88", "Ledger · 31.5\u202fd", "context"),
        Dot(date(2026, 10, 5), 7.25, "wallet <b>104</b>", "Wallet · 7.3\u202fd", href="https://code.example/104"),
        Dot(date(2026, 10, 19), 12.0, "wallet 107", "Wallet · 12\u202fd"),
        Dot(date(2026, 10, 28), 22.0, "ledger 91", "Ledger · 22\u202fd"),
    ),
    levels=(Level("mean", 13.75, "13.8\u202fd", "subject"), Level("median", 12.0, "12\u202fd")),
    target=Target("target <\u00a014\u202fd", high=14.0),
    note="Dark dots and the lines: October 2026.",
    alt="4 features over 12 periods by day and days taken; mean 13.8 d, median 12 d.",
)

RECOVERY = Curve(
    id="recovery-curve",
    title="Half of the incidents were over within 4 h",
    subtitle="Incidents not yet resolved after so long",
    unit="%",
    x_unit="h",
    lines=(
        Line(
            "from the start",
            ((0.0, 100.0), (1.0, 85.7), (2.0, 57.1), (4.0, 42.9), (8.0, 21.4), (24.0, 21.4)),
            "steps",
            texts=("", *(f"after {hours}\u202fh" for hours in (1, 2, 4, 8)), ""),
            ticks=((5.0, 42.9), (24.0, 21.4)),
        ),
    ),
    uprights=(Upright(4.0, "median 4\u202fh"),),
    wide=True,
    note="7 incidents, 2 still open.",
    alt="Survival curve of recovery: 7 incidents, 2 still open, median 4 h.",
)

BUDGET = Curve(
    id="budget-left",
    title="The error budget was gone on 3 Oct 2026",
    subtitle="Share of the downtime budget left after each day",
    unit="%",
    x_unit="",
    lines=(
        Line("", ((0.0, 100.0), (6.0, 0.0)), "ideal", "context"),
        Line(
            "Wallet", ((0.0, 100.0), (1.0, 90.0), (2.0, None), (3.0, -40.0), (4.0, -650.0)), "line", "context", "−650"
        ),
        Line("All", ((0.0, 100.0), (1.0, 97.0), (2.0, None), (3.0, 12.0), (4.0, -20.0)), text="−20\u202f%"),
    ),
    x_ticks=((0.0, "1 Oct"), (2.0, "3 Oct"), (4.0, "5 Oct")),
    uprights=(Upright(4.25, "today"),),
    floor=-100.0,
    alt="Error budget left day by day: 20 % overspent after four days; one day is not known.",
)

INCIDENTS = Timeline(
    id="incidents",
    title="4 incidents in October 2026, one still open",
    subtitle="From start to end, by what was hurt",
    period=OCTOBER,
    until=24.5,
    lanes=(
        Lane(
            "Wallet",
            "Our services",
            (
                Span(3.25, 3.5, "down", "Errors after a release", "https://pager.example/1"),
                Span(24.0, None, "partial", "Slow <b>answers</b>"),
            ),
        ),
        Lane(
            "Ledger", "Our services", (Span(-0.5, 0.25, "degraded", "Queue is long"), Span(9.0, 9.0, "none", "Alarm"))
        ),
        Lane("Norvane", "Providers", (Span(12.0, 12.25, "planned", "Upgrade"),)),
    ),
    alt="Timeline of October 2026: Wallet 2 incidents, one open; Ledger 2; planned maintenance at Norvane.",
)

CASH = Flows(
    id="cash-flow",
    title="Paid back after 1.4 years",
    subtitle="Benefits above, costs below the line; the line is the sum so far",
    unit="€ k",
    stages=("Start", "Year 1", "Year 2", "Year 3"),
    came=Amounts("Benefits", (0.0, 250.0, 500.0, 500.0), ("€0", "€250\u202fk", "€500\u202fk", "€500\u202fk")),
    went=Amounts("Costs", (-400.0, -90.0, -90.0, 0.0), ("−€400\u202fk", "−€90\u202fk", "−€90\u202fk", "€0")),
    so_far=Amounts(
        "Sum so far", (-400.0, -240.0, 170.0, 670.0), ("−€400\u202fk", "−€240\u202fk", "€170\u202fk", "€670\u202fk")
    ),
    note="Undiscounted <b>amounts</b>.",
    alt="Cash flow of four stages: 400 k paid at the start, 670 k left after three years.",
)

SWINGS = Tornado(
    id="tornado",
    title="The hour down moves the result most",
    subtitle="Net present value with one input at its 10th and 90th percentile",
    unit="€ k",
    base=540.0,
    base_text="as stated €540\u202fk",
    swings=(
        Swing("Cost of an <hour> down", 210.0, 1240.0, "€2,600", "€7,700", "€210\u202fk to €1.24\u202fM"),
        Swing("Cost of building it", 590.0, 410.0, "€390\u202fk", "€540\u202fk", "€590\u202fk to €410\u202fk"),
        Swing("Only upwards", 560.0, 600.0, "1", "2", "€560\u202fk to €600\u202fk"),
    ),
    alt="Tornado of three inputs: the cost of an hour down moves the result from 210 k to 1.24 M.",
)

BRIDGE = Waterfall(
    id="bridge",
    title="Spend is €60\u202fk over its budget",
    subtitle="From the budget to what was spent, by reason",
    unit="€ k",
    first=End("Budget <2026>", 540.0, "€540\u202fk"),
    parts=(
        Part("Price", 80.0, "+€80\u202fk", "unfavourable"),
        Part("Volume", -30.0, "−€30\u202fk", "favourable"),
        Part("New lines", 10.0, "+€10\u202fk", "unfavourable"),
    ),
    last=End("Actuals", 600.0, "€600\u202fk"),
    alt="Waterfall from a budget of 540 k to 600 k spent: prices add 80 k, volume takes 30 k away.",
)

BLOCKS: tuple[Block, ...] = (
    Headline(
        "Uptime misses its target: wallet was down 31 minutes in October. 5 of 7 other targets hold.",
        "October 2026 against September 2026 and October 2025",
    ),
    Marks("Demo data", "A made-up company; no number here is anyone's."),
    TILES,
    Notice(
        "late",
        "GitHub last delivered 26 h ago; deployments after 8 Nov are not in yet.",
        "Open Data health",
        "data_health",
    ),
    Notice("missing", "No survey source is connected, so NPS is not shown.", "Connect a survey"),
    UPTIME_TREND,
    Beside((SERVICES, SHARE)),
    SPEND_BARS,
    SERVICES_TABLE,
    Facts(
        (
            ("Deployments", "412"),
            ("Median lead time", "8.2 h"),
            ("Recovery, median", "17.3 minutes"),
            ("NPS", "+31 ± 6"),
        )
    ),
    Definitions((UPTIME, ERRORS, CHANGE_FAIL, SPEND)),
    NPS_WAVES,
    LEAD_TIME_AMONG,
    FEATURES,
    RECOVERY,
    BUDGET,
    INCIDENTS,
    CASH,
    SWINGS,
    BRIDGE,
)

PAGE: tuple[Section, ...] = (
    Section("board", "", BLOCKS[:5]),
    Section("reliability", "Reliability", (*BLOCKS[5:7], SERVICES_TABLE), "Two of three reliability targets hold."),
    Section("spend", "Spend", (SPEND_BARS, BLOCKS[9]), "Spend rose 3.1 % in October, led by compute."),
    Section("feedback", "Feedback", (NPS_WAVES,)),
    Section("benchmarks", "Benchmarks", (LEAD_TIME_AMONG,)),
    Section("events", "What happened", (FEATURES, RECOVERY, BUDGET, INCIDENTS)),
    Section("definitions", "Definitions", (BLOCKS[10],)),
    Section("case", "A business case", (CASH, SWINGS, BRIDGE)),
)

KPIS = (
    Kpi(
        "Uptime",
        "99.95\u202f%",
        "99.99\u202f%",
        "missed",
        "−0.04\u202fpp",
        "99.97\u202f%",
        "99.98\u202f%",
        "99.97\u202f%",
        "Wallet down 31 minutes on 14 Oct",
    ),
    Kpi(
        "Feature cycle",
        "13.1\u202fd",
        "≤\u00a014\u202fd",
        "met",
        "−0.9\u202fd",
        "13.8\u202fd",
        "17.2\u202fd",
        "14.6\u202fd",
        "",
    ),
    Kpi(
        "Integration error rate",
        "0.61\u202f%",
        "<\u00a01\u202f%",
        "met",
        "−0.39\u202fpp",
        "0.68\u202f%",
        "0.92\u202f%",
        "0.90\u202f%",
        "onfido still at 2.4 %",
    ),
    Kpi(
        "Recovery time",
        "17.3\u202fminutes",
        "≤\u00a060\u202fminutes",
        "met",
        "−42.7\u202fminutes",
        "22.0\u202fminutes",
        "48.1\u202fminutes",
        "29.4\u202fminutes",
        "",
    ),
    Kpi(
        "Change fail rate",
        "12.4\u202f%",
        "≤\u00a015\u202f%",
        "at_risk",
        "−2.6\u202fpp",
        "10.5\u202f%",
        "8.0\u202f%",
        "9.6\u202f%",
        "Crosses the target in December at this trend",
    ),
    Kpi("NPS", "+31\u00a0±\u00a06", "+30", "cannot_tell", "+1", "+28", "+24", "+27", "The interval holds the target"),
    Kpi(
        "Spend", "€1.24\u202fM", "", None, "", "€1.20\u202fM", "€0.96\u202fM", "€11.3\u202fM", "No target set for 2026"
    ),
    Kpi(
        "Integration share",
        "18.2\u202f%",
        "15–25\u202f%",
        "met",
        "in band",
        "20.0\u202f%",
        "20.4\u202f%",
        "20.1\u202f%",
        "",
    ),
    Kpi(
        "Audits on time",
        "n/a",
        "every quarter",
        "not_configured",
        "n/a",
        "n/a",
        "n/a",
        "n/a",
        "Connect a control register",
    ),
    Kpi(
        "Compliance logging",
        "n/a",
        "≤\u00a060\u202fs",
        "no_data",
        "n/a",
        "98.2\u202f%",
        "97.0\u202f%",
        "98.0\u202f%",
        "The log source delivered nothing",
    ),
)

PACK = Pack(
    title="Board pack",
    entity="Northpay Group",
    period="October 2026",
    comparison="against September 2026 and October 2025",
    state="flash",
    as_of="9 Nov 2026, 07:00 CET",
    headline=Headline(
        "Uptime misses its target: wallet was down 31 minutes in October. 5 of 7 other targets hold.",
        "The error budget is overspent by 17.3 minutes; the second provider went live on 2 September.",
    ),
    kpis=KPIS,
    pages=(
        PackPage(
            "Reliability",
            (
                Section(
                    "reliability",
                    "",
                    (TILES, UPTIME_TREND, Beside((SERVICES, SHARE)), SERVICES_TABLE),
                    "Two of three reliability targets hold.",
                ),
            ),
        ),
        PackPage(
            "Delivery",
            (
                Section(
                    "delivery",
                    "",
                    (BLOCKS[9], BLOCKS[4], BLOCKS[0]),
                    "Deployments are frequent; more of them need a fix.",
                ),
            ),
        ),
        PackPage("Spend", (Section("spend", "", (SPEND_BARS,), "Spend rose 3.1 % in October, led by compute."),)),
        PackPage("Feedback", (Section("feedback", "", (NPS_WAVES,)),)),
        PackPage("Benchmarks", (Section("benchmarks", "", (LEAD_TIME_AMONG,)),)),
        PackPage("What happened", (Section("events", "", (FEATURES, RECOVERY, BUDGET, INCIDENTS)),)),
        PackPage("A business case", (Section("case", "", (CASH, SWINGS, BRIDGE)),)),
    ),
    definitions=(UPTIME, ERRORS, CHANGE_FAIL, SPEND),
    demo=True,
    notices=(BLOCKS[3],),
)
