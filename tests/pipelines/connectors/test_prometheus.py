"""What becomes of the answers of a real Prometheus whose few days hold every trap."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from data.clock import fix_clock
from data.facts import ProbeDay, RequestDay
from data.period import day_start
from pipelines.connectors.base import Covered, Finding, Page, Record, Rejected
from pipelines.errors import SkipRecord, StopSource
from tests.pipelines.connectors.prometheus_world import connector, facts_of, position, prometheus_with

ZONE = "Europe/Berlin"
SINCE, NOW = date(2025, 3, 28), datetime(2025, 4, 2, 4, tzinfo=UTC)  # clocks go forward on 30 March
DAYS = [SINCE + timedelta(days=i) for i in range(5)]


def _local(day: int, hour: float = 0) -> int:
    """Seconds since 1970 of an hour of a day of March 2025 in Berlin, 32 being 1 April."""
    zone = connector(None, ZONE).settings.zone
    return int(day_start(SINCE + timedelta(days=day - 28), zone).timestamp() + hour * 3600)


def _each(start: int, end: int, value: float = 1, step: int = 60) -> dict[int, float]:
    return dict.fromkeys(range(start, end, step), value)


def _counting(start: int, end: int, each: int, step: int = 60) -> dict[int, float]:
    return {at: i * each for i, at in enumerate(range(start, end, step))}


def _in_turn(start: int, end: int, values: tuple[int, ...]) -> dict[int, float]:
    times = range(start, end, 60)
    return {at: values[i * len(values) // len(times)] for i, at in enumerate(times)}


@pytest.fixture(scope="module")
def base_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real server with five days in which clocks go forward once."""
    first, last = _local(28), _local(33)
    whole = _each(first, last)
    broken = (
        _each(first, _local(29, 0.5)) | _each(_local(29, 0.5), _local(29, 1.5), 0) | _each(_local(29, 1.5), _local(31))
    )
    late = _each(_local(29, 12), last)
    samples = {
        'probe{service="wallet"}': broken | _each(_local(32), last),
        'probe{service="ledger"}': late,
        'quoted{service="a \\"b\\" \\\\ {ü}/"}': whole,
        'twin{service="wallet",instance="a"}': whole,
        'twin{service="wallet",instance="b"}': whole,
        'latency{service="wallet"}': whole | {_local(29, 3): 0.5},
        # halves that make up for a 2 and a -1 in mean and variance
        'above{service="wallet"}': whole | _each(_local(29), _local(29) + 480, 0.5) | {_local(29, 3): 2},
        'below{service="wallet"}': whole | _each(_local(29), _local(29) + 480, 0.5) | {_local(29, 3): -1},
        'nothing{service="wallet"}': whole | {_local(29, 3): float("nan")},
        'endless{service="wallet"}': whole | {_local(29, 3): float("inf")},
        "unlabelled": whole,
        'dense{service="wallet"}': _each(first, last, 1, 30),
        'sparse{service="wallet"}': _each(first, last, 1, 120),
        'requests_total{service="wallet",code="200"}': _counting(first, last, 99),
        'requests_total{service="wallet",code="500"}': _counting(first, last, 1),
        'requests_total{service="kyc",code="200"}': _counting(first, last, 10),
        'requests_reset_total{service="wallet"}': _in_turn(_local(28), _local(29), (100, 150, 20, 60)),
        'requests_pods_total{service="wallet",pod="a"}': _counting(first, _local(29, 8), 5),
        'requests_pods_total{service="wallet",pod="b"}': _counting(_local(29, 8), last, 5),
        'requests_rare_total{service="wallet",code="200"}': _counting(first, last, 99),
        'requests_rare_total{service="wallet",code="500"}': _counting(first, _local(28, 2), 1),
        'requests_once_total{service="wallet"}': {_local(29, 8): 5},
        'requests_alone_total{service="ledger",code="500"}': _counting(first, last, 1),
    }
    with prometheus_with(samples, tmp_path_factory.mktemp("prometheus")) as base:
        yield base


def _read(base_url: str, **options: Any) -> list[Page]:
    return list(connector(base_url, ZONE, **options).fetch(position(SINCE, NOW)))


def _probes(base_url: str, expression: str, **more: Any) -> list[Page]:
    return _read(base_url, availability=[{"expression": expression, "label": "service", **more}])


def _requests(base_url: str, total: str, failed: str, **more: Any) -> list[Page]:
    return _read(base_url, requests=[{"total": total, "failed": failed, "label": "service", **more}])


def _days(base_url: str, pages: list[Page], key: str) -> dict[int, tuple[Decimal, Decimal, Decimal]]:
    """Seconds up, down and unknown by day of the month."""
    facts = facts_of(ProbeDay, connector(base_url), pages)
    return {day.day: (fact.up, fact.down, fact.unknown) for (name, day), fact in facts.items() if name == key}


def test_each_day_has_its_seconds_up_down_and_unknown(base_url: str) -> None:
    pages = _probes(base_url, "probe")
    assert _days(base_url, pages, "wallet") == {
        28: (86_400, 0, 0),
        29: (82_800, 3_600, 0),
        30: (82_800, 0, 0),  # 23 hours
        31: (0, 0, 86_400),  # nothing came: unknown
        1: (86_400, 0, 0),
    }


def test_days_before_the_first_sample_of_a_key_are_not_covered(base_url: str) -> None:
    (page,) = _probes(base_url, "probe")
    assert _days(base_url, [page], "ledger") == {
        29: (43_200, 0, 43_200),
        30: (82_800, 0, 0),
        31: (86_400, 0, 0),
        1: (86_400, 0, 0),
    }
    zone = connector(None, ZONE).settings.zone
    end = day_start(date(2025, 4, 2), zone)
    assert page.covered == (
        Covered("probe_day", "service", "ledger", day_start(date(2025, 3, 29), zone), end),
        Covered("probe_day", "service", "wallet", day_start(SINCE, zone), end),
    )


def test_a_fact_says_what_its_record_keeps(base_url: str) -> None:
    (page,) = _probes(base_url, "probe", key_kind="component")
    record = next(one for one in page.records if one.source_id == "component/wallet/2025-03-29")
    assert record.payload == {
        "key_kind": "component",
        "key": "wallet",
        "day": "2025-03-29",
        "up": "82800.000000",
        "down": "3600.000000",
        "unknown": "0.000000",
        "samples": "1440",
        "partial": False,
    }
    assert connector(base_url).facts(record) == (
        ProbeDay(
            source="metrics",
            source_id="component/wallet/2025-03-29",
            key_kind="component",
            key="wallet",
            day=date(2025, 3, 29),
            up=Decimal(82_800),
            down=Decimal(3_600),
            unknown=Decimal(0),
            samples=1440,
        ),
    )


def test_a_record_that_lacks_a_field_is_set_aside() -> None:
    with pytest.raises(SkipRecord, match=r"The stored day is incomplete \(KeyError\): sync with --full."):
        connector(None).facts(Record("probe_day", "service/wallet/2025-03-29", {"key": "wallet"}))


def test_today_is_never_asked(base_url: str) -> None:
    pages = _probes(base_url, "probe")
    assert max(day for _, day in facts_of(ProbeDay, connector(base_url), pages)) == date(2025, 4, 1)
    assert pages[-1].cursor == {"read": [["2025-03-28", "2025-04-02"]], "keys": ["ledger", "wallet"]}


def test_label_values_come_through_as_they_are(base_url: str) -> None:
    pages = _probes(base_url, "quoted")
    assert _days(base_url, pages, 'a "b" \\ {ü}/')[28] == (86_400, 0, 0)


def test_any_expression_of_0_and_1_is_a_probe(base_url: str) -> None:
    pages = _probes(base_url, "max by (service) (twin) > bool 0  # any instance")
    assert _days(base_url, pages, "wallet") == dict.fromkeys((28, 29, 31, 1), (86_400, 0, 0)) | {30: (82_800, 0, 0)}


def test_one_key_may_be_given_for_an_expression_without_labels(base_url: str) -> None:
    pages = _read(base_url, availability=[{"expression": "min(twin)", "key": "checkout", "key_kind": "journey"}])
    assert pages[0].records[0].source_id == "journey/checkout/2025-03-28"
    assert _days(base_url, pages, "checkout")[30] == (82_800, 0, 0)


def test_an_interval_longer_than_the_samples_leaves_no_room_for_more_than_the_day(base_url: str) -> None:
    assert _days(base_url, _probes(base_url, "probe", interval="65s"), "wallet")[29] == (82_800, 3_600, 0)


def test_fewer_samples_than_declared_leave_time_unknown(base_url: str) -> None:
    assert _days(base_url, _probes(base_url, "sparse"), "wallet")[28] == (43_200, 0, 43_200)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("twin", "Several series give this key: aggregate in the expression, as in max by (label) (…)."),
        ("latency", "The expression has values other than 0 and 1: compare in it, as in … > bool 0."),
        ("above", "The expression has values other than 0 and 1: compare in it, as in … > bool 0."),
        ("below", "The expression has values other than 0 and 1: compare in it, as in … > bool 0."),
        ("nothing", "The expression has values other than 0 and 1: compare in it, as in … > bool 0."),
        ("endless", "The expression has values other than 0 and 1: compare in it, as in … > bool 0."),
        ("dense", "More samples came than the declared interval allows: correct the interval of this entry."),
    ],
)
def test_a_day_that_cannot_be_told_is_set_aside_with_its_reason(base_url: str, expression: str, reason: str) -> None:
    (page,) = _probes(base_url, expression)
    aside = [one for one in page.rejected if one.where == "service/wallet/2025-03-29"]
    assert aside == [Rejected("probe_day", "service/wallet/2025-03-29", reason)]
    assert (date(2025, 3, 29) in {day for _, day in facts_of(ProbeDay, connector(base_url), [page])}) is False


def test_only_the_day_with_the_odd_value_is_set_aside(base_url: str) -> None:
    (page,) = _probes(base_url, "latency")
    assert (len(page.records), len(page.rejected)) == (4, 1)
    assert [(proof.start.isoformat(), proof.end.isoformat()) for proof in page.covered] == [
        ("2025-03-27T23:00:00+00:00", "2025-03-28T23:00:00+00:00"),
        ("2025-03-29T23:00:00+00:00", "2025-04-01T22:00:00+00:00"),
    ]


def test_series_without_the_label_are_told_once(base_url: str) -> None:
    (page,) = _probes(base_url, '{__name__=~"probe|unlabelled"}')
    reason = "Some series have no label service: keep it in the expression, or select those that have it."
    assert page.rejected == (Rejected("probe_day", page.stream, reason),)
    assert len(page.records) == 9


def test_two_entries_may_not_give_the_same_key(base_url: str) -> None:
    entry = {"label": "service"}
    pages = _read(base_url, availability=[{"expression": "probe", **entry}, {"expression": "sparse", **entry}])
    reason = "Another entry of this source gives the same key: let one of them select less."
    assert {one.reason for one in pages[1].rejected} == {reason}
    assert (len(pages[0].records), pages[1].records) == (9, ())


def test_requests_and_failures_are_counted_for_each_day(base_url: str) -> None:
    pages = _requests(base_url, "requests_total", 'requests_total{code=~"5.."}')
    facts = facts_of(RequestDay, connector(base_url), pages)
    wallet = facts["wallet", date(2025, 3, 30)]
    assert (wallet.form, wallet.known, wallet.source_id) == ("5xx", 82_800, "service/wallet/5xx/2025-03-30")
    assert float(wallet.total) == pytest.approx(23 * 60 * 100, rel=1e-6)
    assert float(wallet.failed / wallet.total) == pytest.approx(0.01, abs=1e-9)


def test_no_failed_series_of_a_key_is_zero_where_the_selector_is_known_to_work(base_url: str) -> None:
    facts = facts_of(
        RequestDay, connector(base_url), _requests(base_url, "requests_total", 'requests_total{code="500"}')
    )
    assert {fact.failed for (key, _), fact in facts.items() if key == "kyc"} == {Decimal(0)}
    narrowed = _requests(base_url, 'requests_total{service="kyc"}', 'requests_total{code="500"}')
    assert len(facts_of(RequestDay, connector(base_url), narrowed)) == 5


def test_days_without_failures_are_zero_where_the_server_had_some_on_other_days(base_url: str) -> None:
    pages = _requests(base_url, "requests_rare_total", 'requests_rare_total{code="500"}')
    facts = facts_of(RequestDay, connector(base_url), pages)
    assert {day.day: fact.failed > 0 for (_, day), fact in facts.items()} == {
        28: True, 29: False, 30: False, 31: False, 1: False
    }  # fmt: skip


def test_zero_failures_cannot_be_told_from_a_wrong_selector(base_url: str) -> None:
    (page,) = _requests(base_url, "requests_total", 'requests_total{status="500"}')
    reason = "No series is selected as failed: cannot tell zero failures from a wrong selector."
    assert page.records == ()
    assert page.rejected[0] == Rejected("request_day", "service/kyc/5xx/2025-03-28", reason)
    assert {one.reason for one in page.rejected} == {reason}


def test_a_counter_of_100_150_20_60_has_increased_by_110(base_url: str) -> None:
    """The server stretches the 1,439 minutes between its samples to the 1,440 of the day, hence the tolerance."""
    facts = facts_of(
        RequestDay, connector(base_url), _requests(base_url, "requests_reset_total", "requests_reset_total")
    )
    assert float(facts["wallet", SINCE].total) == pytest.approx(110, rel=1e-3)


def test_counters_that_take_turns_leave_no_gap_in_what_is_known(base_url: str) -> None:
    pages = _requests(base_url, "requests_pods_total", "requests_pods_total")
    fact = facts_of(RequestDay, connector(base_url), pages)["wallet", date(2025, 3, 29)]
    assert fact.known == 86_400
    assert float(fact.total) == pytest.approx(1440 * 5, rel=2 / 1440)


@pytest.mark.parametrize(
    ("total", "failed", "reason"),
    [
        ("requests_once_total", 'requests_total{code="404"}', "There is one sample only: an increase needs two."),
        (
            'requests_total{service="kyc"}',
            "requests_alone_total",
            "There are failures without requests: let total and failed carry the same label.",
        ),
        (
            'requests_total{code="500"}',
            'requests_total{code="200"}',
            "There are more failures than requests: total must include what failed selects.",
        ),
    ],
)
def test_requests_that_cannot_be_told_are_set_aside(base_url: str, total: str, failed: str, reason: str) -> None:
    (page,) = _requests(base_url, total, failed)
    assert reason in {one.reason for one in page.rejected}


def test_samples_that_the_server_has_lost_do_not_replace_what_is_stored(base_url: str) -> None:
    source = connector(base_url, ZONE, availability=[{"expression": "probe", "label": "service"}])
    stored = list(source.fetch(position(SINCE, NOW)))
    earlier = Record("probe_day", "service/ledger/2025-03-28", {**stored[0].records[0].payload, "day": "2025-03-28"})
    before = [Page(stored[0].stream, (earlier, *stored[0].records), cursor=stored[0].cursor)]
    again = facts_of(ProbeDay, source, list(source.fetch(position(SINCE, NOW, before, full=True))))
    # ledger had samples on the 28th, which are gone: neither that day nor the one cut by retention is written again
    assert sorted(day.day for key, day in again if key == "ledger") == [1, 30, 31]


def test_a_day_without_samples_after_stored_ones_is_unknown(base_url: str) -> None:
    source = connector(base_url, ZONE, availability=[{"expression": "probe", "label": "service"}])
    before = list(source.fetch(position(SINCE, datetime(2025, 3, 31, 4, tzinfo=UTC))))
    after = facts_of(ProbeDay, source, list(source.fetch(position(SINCE, NOW, before))))
    assert after["wallet", date(2025, 3, 31)].unknown == 86_400


def test_a_key_that_has_fallen_silent_is_unknown_and_not_forgotten(base_url: str) -> None:
    entry = {"expression": 'probe{service="wallet"}', "label": "service"}
    source = connector(base_url, ZONE, lookback=0, availability=[entry])
    before = list(source.fetch(position(SINCE, datetime(2025, 3, 31, 4, tzinfo=UTC))))
    (page,) = source.fetch(position(SINCE, datetime(2025, 4, 1, 4, tzinfo=UTC), before))
    assert _days(base_url, [page], "wallet") == {31: (0, 0, 86_400)}
    assert page.cursor == {"read": [["2025-03-28", "2025-04-01"]], "keys": ["wallet"]}
    assert page.notes == ("availability by service: no samples from 2025-03-31 to 2025-03-31.",)


def test_an_expression_that_gives_nothing_is_noted(base_url: str) -> None:
    (page,) = _probes(base_url, "no_such_metric")
    assert (page.records, page.notes) == ((), ("availability by service: no samples from 2025-03-28 to 2025-04-01.",))


def test_a_key_that_began_later_than_others_is_no_matter_of_retention(base_url: str) -> None:
    (page,) = _probes(base_url, 'probe{service="ledger"}')
    assert page.notes == ("availability by service: no samples before 2025-03-29.",)


def test_a_gap_in_a_history_that_was_read_before_is_no_matter_of_retention(base_url: str) -> None:
    entry = {"expression": 'probe{service="wallet"}', "label": "service"}
    source = connector(base_url, ZONE, lookback=0, availability=[entry])
    before = list(source.fetch(position(SINCE, datetime(2025, 3, 31, 4, tzinfo=UTC))))
    (page,) = source.fetch(position(SINCE, NOW, before))
    assert (page.message, page.notes) == ("availability by service: 2025-03-31 to 2025-04-01, 2 days", ())


def test_another_time_zone_reads_everything_anew(base_url: str) -> None:
    entry = {"expression": "probe", "label": "service"}
    before = list(connector(base_url, "UTC", availability=[entry], lookback=0).fetch(position(SINCE, NOW)))
    assert list(connector(base_url, "UTC", availability=[entry], lookback=0).fetch(position(SINCE, NOW, before))) == []
    (page,) = connector(base_url, ZONE, availability=[entry], lookback=0).fetch(position(SINCE, NOW, before))
    assert page.message.startswith("availability by service: 2025-03-28 to 2025-04-01")


def test_a_refused_query_ends_the_source_after_the_other_entries_were_read(base_url: str) -> None:
    entries = [{"expression": text, "label": "service"} for text in ("probe by", "probe")]
    pages = connector(base_url, ZONE, availability=entries).fetch(position(SINCE, NOW))
    assert len(next(pages).records) == 9
    with pytest.raises(StopSource, match=r"^availability by service: The server refuses the query: .*parse error.*\.$"):
        next(pages)


def _findings(base_url: str, **options: Any) -> list[Finding]:
    fix_clock(datetime(2025, 4, 1, 22, tzinfo=UTC))
    try:
        return list(connector(base_url, ZONE, **options).check())
    finally:
        fix_clock(None)


def test_a_check_of_a_sound_source_finds_all_good(base_url: str) -> None:
    options = {
        "availability": [{"expression": "probe", "label": "service"}],
        "requests": [{"total": "requests_total", "failed": 'requests_total{code="500"}', "label": "service"}],
    }
    address, *entries = _findings(base_url, **options)
    assert (address.subject, address.good) == ("address and credentials", True)
    assert address.says.startswith("answers as a Prometheus API, version ")
    assert entries == [
        Finding("availability by service", True, "2 keys with numbers in the last day: ledger, wallet"),
        Finding("requests (5xx) by service", True, "2 keys with numbers in the last day: kyc, wallet"),
    ]


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("no_such_metric", "gives no series in the last day: check its names and labels"),
        ("probe by", "The server refuses the query: "),
        ("unlabelled", "Some series have no label service: keep it in the expression, or select those that have it."),
        ("twin", "wallet: Several series give this key: aggregate in the expression, as in max by (label) (…)."),
        ("sparse * 0.5", "wallet: The expression has values other than 0 and 1: compare in it, as in … > bool 0."),
        ("sparse", "a sample came every 120 s of late, declared is every 60s: correct the interval"),
        ("dense", "wallet: More samples came than the declared interval allows: correct the interval of this entry."),
    ],
)
def test_a_check_names_what_is_wrong_with_an_expression(base_url: str, expression: str, says: str) -> None:
    faults = [
        one.says
        for one in _findings(base_url, availability=[{"expression": expression, "label": "service"}])
        if not one.good
    ]
    assert any(fault.startswith(says) for fault in faults), faults


def test_a_check_names_a_selector_of_failures_that_matches_nothing(base_url: str) -> None:
    wrong = {"total": "requests_total", "failed": 'requests_total{status="500"}', "label": "service"}
    assert _findings(base_url, requests=[wrong])[1:] == [
        Finding(
            "requests (5xx) by service",
            False,
            "kyc, wallet: No series is selected as failed: cannot tell zero failures from a wrong selector.",
        )
    ]
