"""What sections say about a company whose numbers can be worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from app.content.blocks import Bars, Block, Headline, Notice, Section, Table, Tiles, Trend, walk
from app.content.sections import SECTIONS, section_named
from app.content.sections.base import Comparison, Context
from data.period import parse
from data.warehouse.engine import reading
from data.warehouse.readings import Reader
from tests.app.world import NOW, World, build, write_settings

Make = Callable[..., Context]


def plainly(words: str) -> str:
    """The words with ordinary spaces."""
    return words.replace("\u202f", " ").replace("\u00a0", " ")


def blocks(section: Section, kind: type[Block]) -> list[Block]:
    return [block for block in walk(section.blocks) if isinstance(block, kind)]


def table(section: Section, place: int = 0) -> list[list[str]]:
    """The rows of a section's table, verdicts as their word."""
    found = blocks(section, Table)[place]
    assert isinstance(found, Table)
    return [[plainly(cell.text or cell.verdict or "") for cell in row.cells] for row in found.rows]


def built(name: str, context: Context) -> Section:
    return section_named(name).build(context)


@pytest.mark.parametrize(
    "period", ["2026-10", "2026-11", "2026-Q4", "2026", "2026-W41", "2026-10-03..2026-10-06", "2020-01"]
)
@pytest.mark.parametrize("scope", ["group", "wallet", "exchange"])
def test_every_section_can_be_told_of_any_period_and_scope(context: Make, period: str, scope: str) -> None:
    chosen = context(period, scope)
    for kind in SECTIONS:
        section = kind.build(chosen)
        for figure in (*blocks(section, Trend), *blocks(section, Bars)):
            assert any(value is not None for one in figure.series for value in one.values), kind.id


def test_section_ids_are_unique() -> None:
    assert len({kind.id for kind in SECTIONS}) == len(SECTIONS)


def test_the_headline_says_how_many_targets_hold_and_which_matters_most(context: Make) -> None:
    (headline,) = built("board.headline", context()).blocks
    assert isinstance(headline, Headline)
    assert plainly(headline.sentence) == (
        "3 of 6 targets hold in October 2026; what matters most is audits on time: 50.0 %, 50.0 pp below the target."
    )
    assert plainly(headline.detail) == (
        "Testmoor Group · compared with September 2026 · data as of 9 Nov 2026, 07:00 CET · "
        "not connected: feature cycle time"
    )


def test_a_tile_says_value_target_change_evidence_and_freshness(context: Make) -> None:
    (tiles,) = built("board.kpis", context()).blocks
    assert isinstance(tiles, Tiles)
    uptime = tiles.tiles[0]
    said = (uptime.value, uptime.unit, uptime.verdict, uptime.target, uptime.change, uptime.change_word)
    assert tuple(plainly(one or "") for one in said) == (
        "99.97", "%", "missed", "target ≥ 99.99 % · house 2026", "−0.03 pp on Sep", "worse",
    )  # fmt: skip
    assert plainly(uptime.evidence) == "1 of 2 tier-1 services hold · worst: Wallet 99.97 %"
    assert (uptime.freshness, uptime.href, len(uptime.spark)) == ("read 05:01 today", "reliability", 12)
    assert [tile.id for tile in tiles.tiles] == list(context().reader.settings.kpis)


def test_a_number_is_compared_with_the_year_before_where_that_is_asked_for(context: Make) -> None:
    (tiles,) = built("board.kpis", context(compare="year")).blocks
    assert isinstance(tiles, Tiles)
    errors = next(tile for tile in tiles.tiles if tile.id == "integration_error_rate")
    assert plainly(errors.change) == "unchanged from October 2025"


def test_what_changed_most_is_measured_by_how_much_it_usually_moves(context: Make) -> None:
    rows = table(built("board.focus", context()))
    assert len(rows) == 6
    assert ["Integration error rate", "0.95 %", "0.65 %", "+0.30 pp"] in [row[:4] for row in rows]
    assert ["Uptime", "99.97 %", "99.9992 %", "−0.03 pp"] in [row[:4] for row in rows]


def test_late_sources_are_named_with_their_promise(context: Make) -> None:
    notices = blocks(built("board.late", context()), Notice)
    assert [plainly(one.sentence) for one in notices] == ["billing: last read 39 h ago, it promises every 26 h."]


def test_services_stand_with_their_budget_and_the_worst_first(context: Make) -> None:
    assert table(built("reliability.services", context())) == [
        ["Back office", "3", "99.93 %", "missed", "671 %", "30 minutes", "100.0 %", "0.02 %"],
        ["Wallet", "1", "99.97 %", "missed", "268 %", "12 minutes", "100.0 %", "0.02 %"],
        ["Ledger", "1", "100.00 %", "met", "0 %", "0 s", "100.0 %", "0.02 %"],
    ]


def test_the_days_behind_the_uptime_add_up_to_what_is_missing(context: Make) -> None:
    section = built("reliability.worst_days", context())
    assert plainly(section.title) == "The days behind 99.97 %"
    assert plainly(section.summary) == "42 minutes down on 3 days"
    assert table(section) == [
        ["20 Oct 2026", "Back office", "3", "30 minutes", "71.4 %", "100.0 %"],
        ["14 Oct 2026", "Wallet", "1", "10 minutes", "23.8 %", "100.0 %"],
        ["3 Oct 2026", "Wallet", "1", "2 minutes", "4.8 %", "100.0 %"],
    ]
    uptime = context().reading("availability").value
    assert uptime.denominator is not None
    assert uptime.numerator is not None
    assert uptime.denominator - uptime.numerator == 30 * 60 + 10 * 60 + 2 * 60


def test_each_integration_is_held_against_the_target(context: Make) -> None:
    assert table(built("reliability.integrations", context())) == [
        ["Exchange orders", "Wallet", "1.5 %", "missed", "0.50 pp over the limit", "0.90 %", "4,650", "310,000"],
        ["Bank payments", "Ledger", "0.40 %", "met", "0.60 pp under the limit", "0.40 %", "1,240", "310,000"],
    ]


def test_the_deployments_behind_the_numbers_include_those_undone_and_those_that_failed(context: Make) -> None:
    section = built("delivery.deployments", context())
    assert section.summary == "7 reached production · 1 of them undone · 1 failed on the way"
    rows = table(section)
    assert rows[0] == [
        "5 Oct 2026, 14:00 CEST", "Wallet", "r-wallet-2", "undone 5 Oct 2026, 15:00 CEST", "1", "32 h",
    ]  # fmt: skip
    assert [row[3] for row in rows].count("failed on the way") == 1
    assert [row[3] for row in rows].count("rollback") == 1
    (found,) = blocks(section, Table)
    assert isinstance(found, Table)
    assert found.rows[0].href == "https://code.example/wallet/deployments/release-261005"
    frequency, fails = context().readings(("deployment_frequency", "change_fail_rate"))
    assert (frequency.value.numerator, fails.value.numerator, fails.value.denominator) == (7, 1, 7)


def test_the_stages_of_a_change_are_told_apart(context: Make) -> None:
    rows = table(built("delivery.lead_time", context()))
    assert [row[:2] for row in rows] == [
        ["Coding", "10 h"],
        ["Pick-up", "12 h"],
        ["Review", "8 h"],
        ["Deploy", "2 h"],
    ]


def test_charges_add_up_to_the_number_on_the_tile(context: Make) -> None:
    rows = table(built("spend.charges", context()))
    # 31 days x (700 + 300 + 200) EUR and 31 x 100 USD at 0.90, all of it a tenth dearer in October
    assert rows[-1] == ["All charges", "", "", "", "", "€43,989.00", "€43,989.00"]
    assert context().reading("spend_effective").value.value == Decimal(43989)
    assert rows[0] == ["Nimbra", "Virtual machines", "Compute", "Usage", "other", "€23,870.00", "€23,870.00"]


def test_currencies_stand_beside_their_rate(context: Make) -> None:
    assert table(built("spend.currencies", context())) == [
        ["EUR", "October 2026", "€40,920.00", "€40,920.00", "1.0000", "€40,920.00"],
        ["USD", "October 2026", "$3,410.00", "$3,410.00", "0.9000", "€3,069.00"],
    ]


def test_the_parts_of_spend_add_up_to_the_whole(context: Make) -> None:
    effective = context().reading("spend_effective").value.value
    for figure in blocks(built("spend.split", context()), Bars):
        assert isinstance(figure, Bars)
        last = sum(series.values[-1] or 0 for series in figure.series)
        assert last * 1000 == pytest.approx(float(effective or 0))


def test_the_health_page_names_late_sources_and_what_was_set_aside(context: Make) -> None:
    rows = table(built("health.sources", context()))
    assert [row[0:4] for row in rows] == [
        ["github", "github", "every 26 h", "58 min ago"],
        ["prometheus", "prometheus", "every 26 h", "118 min ago"],
        ["billing", "focus", "every 26 h", "39 h ago"],
        ["polls", "zigpoll", "every 26 h", "3 h ago"],
        ["registers", "csv", "every 26 h", "4 h ago"],
    ]
    assert table(built("health.rejected", context()))[0][:4] == [
        "billing", "charge", "october.csv:17", "BilledCost is not a number: 'abc'",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("without", "metric", "sentence"),
    [
        ({"probe_day"}, "availability", "No source is connected for this scope."),
        ({"fx_rate"}, "spend_effective", "An exchange rate is missing."),
        ({"deployment", "change"}, "change_fail_rate", "No source is connected for this scope."),
    ],
    ids=lambda one: "-".join(sorted(one)) if isinstance(one, set) else None,
)
def test_a_number_that_cannot_be_told_says_why_and_the_others_stay(
    tmp_path: Path, without: set[str], metric: str, sentence: str
) -> None:
    broken = World(f"sqlite:///{tmp_path / 'broken.db'}", write_settings(tmp_path))
    build(broken, without)
    engine = broken.engine()
    with reading(engine) as connection:
        chosen = Context(Reader(connection, broken.settings), "group", parse("2026-10"), Comparison.PREVIOUS, NOW)
        (tiles,) = built("board.kpis", chosen).blocks
        assert isinstance(tiles, Tiles)
        values = {tile.id: (tile.value, tile.evidence) for tile in tiles.tiles}
        for kind in SECTIONS:
            for figure in blocks(kind.build(chosen), Trend):
                assert any(value is not None for one in figure.series for value in one.values)
    engine.dispose()
    assert values[metric][0] == "n/a"
    assert values[metric][1].startswith(sentence)
    assert values["integration_error_rate"][0] == "0.95"
