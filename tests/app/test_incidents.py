"""What the pages say of incidents, budgets, third parties and features that can be checked by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from app.content.blocks import Notice, Table, Tiles
from app.content.curve import Curve
from app.content.scatter import Scatter
from app.content.sections.base import Comparison, Context
from app.content.timeline import Timeline
from data.period import parse
from data.warehouse.engine import reading
from data.warehouse.readings import Reader
from tests.app import world_incidents
from tests.app.test_sections import blocks, built, plainly, table
from tests.app.world import NOW, World
from tests.app.world_incidents import october

Make = Callable[..., Context]


@pytest.fixture(scope="module")
def hurt(tmp_path_factory: pytest.TempPathFactory) -> World:
    return world_incidents.make(tmp_path_factory.mktemp("incidents"))


@pytest.fixture
def at(hurt: World) -> Iterator[Make]:
    """at("2026-10", "group") -> what sections are built from."""
    engine = hurt.engine()
    with reading(engine) as connection:

        def make(period: str = "2026-10", scope: str = "group") -> Context:
            reader = Reader(connection, hurt.settings)
            return Context(reader, scope, parse(period), Comparison.PREVIOUS, NOW)

        yield make
    engine.dispose()


def only(context: Context, name: str, kind: type) -> object:
    (found,) = blocks(built(name, context), kind)
    return found


def test_incidents_stand_with_their_course_the_latest_first(at: Make) -> None:
    columns = ["Incident", "Hurt", "Severity", "Impact", "Started", "Acknowledged", "Resolved", "Time to restore"]
    found = blocks(built("reliability.incidents", at()), Table)[0]
    assert isinstance(found, Table)
    assert [column.name for column in found.columns] == [*columns, "Cause", "Held against", "Remark"]
    named, guessed = "named by the incident, 100 % sure", "last deployment before it, 60 % sure"
    assert table(built("reliability.incidents", at())) == [
        ["Incident p5", "Ledger", "P1", "partly down", "30 Oct 2026, 07:00 CET", "+10 minutes", "", "> 10 d",
         "capacity", "", "still open"],
        ["Incident p4", "Back office", "P2", "no impact", "22 Oct 2026, 10:00 CEST", "", "22 Oct 2026, 10:00 CEST",
         "40 s", "capacity", "", "resolved by itself within a minute"],
        ["Incident p3", "Wallet", "P2", "down", "20 Oct 2026, 11:00 CEST", "", "20 Oct 2026, 11:00 CEST", "0 s",
         "chain halt", "", "resolved by itself within a minute"],
        ["Incident p2", "Ledger, Wallet", "P2", "partly down", "19 Oct 2026, 14:10 CEST", "0 s",
         "19 Oct 2026, 16:10 CEST", "2 h", "own change", f"deployment of 19 Oct 2026, 14:00 CEST ({named})", ""],
        ["Incident p1", "Wallet", "P2", "down", "5 Oct 2026, 14:30 CEST", "+5 minutes", "5 Oct 2026, 15:30 CEST",
         "60 minutes", "", f"deployment of 5 Oct 2026, 14:00 CEST ({guessed})", ""],
    ]  # fmt: skip
    assert [row.href for row in found.rows] == [f"https://pager.example/p{number}" for number in (5, 4, 3, 2, 1)]
    assert found.rows[4].cells[9].href == "https://code.example/wallet/deployments/release-261005"
    assert [row.cells[7].exact for row in found.rows[3:]] == [Decimal(2), Decimal(1)]


def test_maintenance_is_a_table_of_its_own(at: Make) -> None:
    assert table(built("reliability.incidents", at()), 1) == [
        ["Database upgrade", "Wallet", "11 Oct 2026, 03:00 CEST", "11 Oct 2026, 05:00 CEST", "2 h"]
    ]


def test_an_incident_that_goes_on_stays_in_sight_in_later_periods(at: Make) -> None:
    assert [row[0] for row in table(built("reliability.incidents", at("2026-11")))] == ["Incident p5"]
    lanes = only(at("2026-11"), "reliability.timeline", Timeline)
    assert isinstance(lanes, Timeline)
    assert [(lane.name, [(one.start < 0, one.end) for one in lane.spans]) for lane in lanes.lanes] == [
        ("Ledger", [(True, None)])
    ]


def test_the_timeline_keeps_ours_maintenance_and_providers_apart(at: Make) -> None:
    lanes = only(at(), "reliability.timeline", Timeline)
    assert isinstance(lanes, Timeline)
    assert [(lane.group, lane.name, [one.weight for one in lane.spans]) for lane in lanes.lanes] == [
        ("Our services and integrations", "Wallet", ["down", "partial", "down"]),
        ("Our services and integrations", "Ledger", ["degraded", "partial"]),
        ("Our services and integrations", "Back office", ["none"]),
        ("Planned maintenance", "Wallet", ["planned"]),
        ("Providers, from their status pages", "Norvane", ["partial", "planned"]),
    ]
    first = lanes.lanes[0].spans[0]
    # half past twelve in UTC on the fifth day, half past two in Berlin
    assert (first.start, first.end) == (pytest.approx(4 + 14.5 / 24), pytest.approx(4 + 15.5 / 24))
    assert (first.began, first.ended, first.href) == (
        october(5, 12, 30),
        october(5, 13, 30),
        "https://pager.example/p1",
    )
    assert lanes.title == "5 incidents of our own in October 2026, 1 still open; most on Ledger (2)"


def test_recovery_counts_what_is_still_open_as_lasting_on(at: Make) -> None:
    curve = only(at(), "reliability.recovery", Curve)
    assert isinstance(curve, Curve)
    start, deployment = curve.lines
    # lasted 0 h, 40 s, 1 h, 2 h, and one goes on: each end takes a fifth of the five away
    assert start.points == ((0, 100), (0, 80), (pytest.approx(40 / 3600), 60), (1, 40), (2, 20), (233, 20))
    assert start.ticks == ((233, 20),)
    assert deployment.points == ((0, 100), (1.5, 50), (pytest.approx(2 + 1 / 6), 0))
    assert [one.at for one in curve.uprights] == [1]
    assert table(built("reliability.recovery", at())) == [
        ["Time to restore service, from its start", "60 minutes", "", "> 9.7 d", "45.2 minutes", "5", "1"],
        ["Failed deployment recovery time, from the end of the deployment",
         "1.5 h", "1.5–2.2 h", "2.2 h", "1.8 h", "2", "0"],
    ]  # fmt: skip
    tile = at().reading("time_to_restore").value
    assert (tile.value, tile.sample) == (1, 5)


def test_the_error_budget_is_left_day_by_day(at: Make) -> None:
    curve = only(at(), "reliability.budget", Curve)
    assert isinstance(curve, Curve)
    ideal, wallet, group = curve.lines
    assert ideal.points == ((0, 100), (31, 0))
    # 31 days and an hour allow 0.01 % of 2,682,000 s, 268.2 s; 120 s are lost on the 3rd, 600 s on the 14th
    left = {place: share for place, share in wallet.points if share is not None}
    assert (left[2], left[3], left[13], left[14], left[31]) == pytest.approx(
        (100, 100 - 12_000 / 268.2, 100 - 12_000 / 268.2, 100 - 72_000 / 268.2, 100 - 72_000 / 268.2)
    )
    assert group.points[-1][1] == pytest.approx(100 - 2520 * 100 / (3 * 268.2))
    assert plainly(curve.title) == "The error budget was gone on 20 Oct 2026: 313 % of it is spent"
    assert curve.uprights == ()


def test_days_to_come_are_open_and_today_is_marked(at: Make) -> None:
    curve = only(at("2026-11"), "reliability.budget", Curve)
    assert isinstance(curve, Curve)
    group = curve.lines[-1]
    assert [share is None for _, share in group.points] == [False] * 9 + [True] * 22
    assert [(one.at, one.text) for one in curve.uprights] == [(pytest.approx(8 + 7 / 24), "today")]


def test_burn_rates_are_those_of_whole_days_and_say_so(at: Make) -> None:
    rows = table(built("reliability.budget", at()))
    assert [row[:2] for row in rows] == [["1 day", "0×"], ["3 days", "0×"], ["7 days", "0×"], ["30 days", "3.24×"]]
    assert [row[4] for row in rows] == ["3×", "1×", "", ""]
    (found,) = blocks(built("reliability.budget", at()), Table)
    assert isinstance(found, Table)
    assert "kept are whole days" in found.note


def test_uptime_is_told_by_probes_and_by_incidents_with_and_without_maintenance(at: Make) -> None:
    assert table(built("reliability.uptime_ways", at("2026-10", "wallet"))) == [
        ["Wallet", "1", "99.97 %", "99.52 %", "99.79 %", "12 minutes", "1.6 h", "+84 minutes"]
    ]
    (found,) = blocks(built("reliability.uptime_ways", at("2026-10", "wallet")), Table)
    assert isinstance(found, Table)
    # an hour of p1 and 0.3 of the two hours of p2 are down; the two hours of maintenance stand apart
    assert [cell.exact for cell in found.rows[0].cells[5:]] == [Decimal(12), Decimal(96), Decimal(84)]


def test_third_parties_stand_apart_beside_our_calls_to_them(at: Make) -> None:
    assert table(built("reliability.providers", at())) == [
        ["Norvane", "99.83 %", "99.96 %", "18 minutes", "1", "Norvane orders", "2.0 %", "missed"]
    ]
    assert [row[:4] for row in table(built("reliability.provider_incidents", at()))] == [
        ["Incident s1", "Norvane", "major", "partly down"],
        ["Incident s2", "Norvane", "maintenance", "planned maintenance"],
    ]
    assert "Incident s1" not in {row[0] for row in table(built("reliability.incidents", at()))}


def test_a_failed_deployment_says_whether_it_was_undone_or_what_incident_it_caused(at: Make) -> None:
    section = built("delivery.deployments", at())
    said = "7 reached production · 1 of them undone · 2 followed by an incident · 1 failed on the way"
    assert section.summary == said
    assert [row[3] for row in table(section)][:2] == [
        "failed: Incident p2 (named by the incident, 100 % sure)",
        "undone 5 Oct 2026, 15:00 CEST · failed: Incident p1 (last deployment before it, 60 % sure)",
    ]


def test_failures_are_counted_by_how_they_are_known_and_add_up_to_the_rate(at: Make) -> None:
    assert table(built("delivery.failures", at())) == [
        ["Named by the incident", "incident", "100 %", "1", "50 %"],
        ["Declared", "rollback", "100 %", "1", "50 %"],
        ["Change fail rate", "2 of 7 deployments", "", "2", "28.6 %"],
    ]
    rate = at().reading("change_fail_rate").value
    assert (rate.numerator, rate.denominator) == (2, 7)


def test_the_last_day_is_said_to_be_provisional(at: Make) -> None:
    (found,) = blocks(built("delivery.failures", at("2026-11")), Table | Notice)  # type: ignore[arg-type]
    said = found.note if isinstance(found, Table) else found.sentence  # type: ignore[union-attr]
    assert "last 24 h may still change" in said


def test_each_delivered_feature_is_a_dot_and_the_lines_are_the_numbers_of_the_tile(at: Make) -> None:
    figure = only(at(), "delivery.features", Scatter)
    assert isinstance(figure, Scatter)
    assert [(one.day, one.value, one.name, one.role) for one in figure.dots] == [
        (date(2026, 9, 19), 10, "admin 3", "context"),
        (date(2026, 10, 5), 15, "ledger 2", "subject"),
        (date(2026, 10, 5), 4, "wallet 1", "subject"),
    ]
    assert [(one.name, one.value) for one in figure.levels] == [
        ("mean", 9.5), ("median", 9.5), ("85 % within", pytest.approx(4 + 11 * 0.85)),
    ]  # fmt: skip
    assert figure.target is not None
    assert figure.target.high == 14
    assert plainly(figure.title) == "1 of 2 features of October 2026 took < 14 d"
    assert at().reading("feature_cycle_time").value.value == Decimal("9.5") * 24
    (found,) = blocks(built("delivery.finished", at()), Table)
    assert isinstance(found, Table)
    assert [row.href for row in found.rows] == [f"https://code.example/acme/{one}/issues/{number}" for one, number in
                                                (("ledger", 2), ("wallet", 1))]  # fmt: skip


def test_work_that_is_ageing_is_what_was_started_and_not_delivered(at: Make) -> None:
    section = built("delivery.ageing", at())
    assert plainly(section.summary) == "1 feature in progress on 9 Nov 2026"
    assert table(section) == [["wallet 5", "Wallet", "1 Nov 2026, 07:00 CET", "8 d", "n/a", ""]]
    (found,) = blocks(section, Table)
    assert isinstance(found, Table)
    assert found.rows[0].cells[2].exact == datetime(2026, 11, 1, 6, tzinfo=UTC)
    assert "too few to tell what is usual" in found.note


def test_dora_s_five_stand_together_before_what_else_is_known(at: Make) -> None:
    tiles = only(at(), "delivery.summary", Tiles)
    assert isinstance(tiles, Tiles)
    five = ["lead_time", "deployment_frequency", "deployment_recovery_time", "change_fail_rate", "rework_rate"]
    assert [one.id for one in tiles.tiles] == [*five, "feature_cycle_time"]


@pytest.mark.parametrize(
    "name", ["timeline", "recovery", "incidents", "uptime_ways", "providers", "provider_incidents"]
)
def test_without_a_source_of_incidents_each_part_says_what_to_connect(context: Make, name: str) -> None:
    (notice,) = blocks(built(f"reliability.{name}", context()), Notice)
    assert isinstance(notice, Notice)
    assert notice.kind == "missing"
    assert "onnect" in notice.sentence or "kind provider" in notice.action


@pytest.mark.parametrize("name", ["features", "finished", "ageing"])
def test_without_work_items_each_part_says_what_to_connect(context: Make, name: str) -> None:
    (notice,) = blocks(built(f"delivery.{name}", context()), Notice)
    assert isinstance(notice, Notice)
    assert notice.sentence.startswith("Feature cycle time: No source is connected")


def test_a_period_before_everything_has_nothing_to_draw_and_says_so(at: Make, tmp_path: Path) -> None:
    early = at("2020-01")
    for name in ("timeline", "recovery", "budget"):
        (notice,) = blocks(built(f"reliability.{name}", early), Notice)
        assert isinstance(notice, Notice)
