"""Rows of a CSV file become facts of the declared kind; what is none is told by its line."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from data.facts import ControlRun, FxRate, Incident, LogDelivery, ProbeDay, Response, Spend
from pipelines.connectors.base import Covered, Record
from pipelines.errors import SkipRecord, StopSource
from tests.pipelines.connectors.csv_world import NOW, Folder, facts, notes, refused

SAMPLES = Path(__file__).parents[2] / "samples" / "csv"
ERP = {
    "fact": "spend",
    "columns": {"day": "Buchungstag", "provider": "Kreditor", "key": "Kostenstelle", "billed": "Betrag"},
    "constants": {"currency": "EUR", "category": "Other"},
    "tags": {"account": "Konto"},
    "id": "Belegnummer",
    "key_kind": "cost_centre",
    "delimiter": ";",
    "decimal": ",",
    "thousands": ".",
    "date_format": "%d.%m.%Y",
    "leave_out": {"Buchungstag": ["Summe"]},
}
SURVEY = {
    "fact": "response",
    "columns": {
        "at": "Submitted",
        "respondent": "E-mail",
        "score": "Score",
        "comment": "Why",
        "audience": "Plan",
    },
    "constants": {"form": "nps", "survey": "autumn", "feature": "payments", "key": "payments"},
    "id": "Response ID",
    "key_kind": "feature",
    "zone": "Europe/Berlin",
}
REGISTER = {
    "fact": "incident",
    "columns": {
        "title": "Title",
        "started": "Opened",
        "resolved": "Closed",
        "touches": "Components",
        "severity": "Severity",
        "impact": "Severity",
        "maintenance": "Severity",
    },
    "constants": {"key": "platform"},
    "values": {
        "impact": {"critical": "down", "minor": "degraded", "maintenance": "down"},
        "maintenance": {"maintenance": True, "*": False},
    },
    "id": "Key",
    "key_kind": "register",
    "touch_kind": "component",
    "covers": "now",
}
PROBES = {"fact": "probe_day", "columns": {"key": "Service", "day": "Day", "down": "Down"}, "scale": {"down": 60}}
MEASURED = {
    "fact": "measurement",
    "columns": {"key": "what", "day": "day", "numerator": "n", "denominator": "d"},
    "constants": {"metric": "refunds"},
}
ROWS = "what,day,n,d\nwallet,2026-10-01,1,10\nledger,2026-10-03,2,20\n"


def midnight(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


def test_a_ledger_of_an_erp_is_spend_with_its_credit_notes_and_without_its_total() -> None:
    pages = Folder(SAMPLES / "erp_spend.csv", ERP).read()
    assert refused(pages) == {}
    found = facts(pages)
    assert [(fact.source_id, fact.day, fact.key, fact.billed) for fact in found if isinstance(fact, Spend)] == [
        ("B-1001", date(2026, 10, 1), "4100 Wallet", Decimal("1234.56")),
        ("B-1002", date(2026, 10, 3), "4200 Payments", Decimal("299.00")),
        ("B-1003", date(2026, 10, 5), "4100 Wallet", Decimal("-12.50")),
    ]
    assert found[0] == Spend(
        source="sheet",
        source_id="B-1001",
        key_kind="cost_centre",
        key="4100 Wallet",
        day=date(2026, 10, 1),
        billing_period=date(2026, 10, 1),
        account="",
        sub_account="",
        provider="Amazon Web Services",
        service="",
        category="Other",
        subcategory="",
        charge_category="Usage",
        charge_class="",
        invoice="",
        commitment="",
        commitment_status="",
        currency="EUR",
        tags=(("account", "6800"),),
        billed=Decimal("1234.56"),
        effective=Decimal("1234.56"),
    )
    (seen,) = pages[-1].files
    assert (seen.path, seen.rows, seen.rejected) == ("erp_spend.csv", 3, 0)
    assert pages[-1].covered == (Covered("spend", "", "", midnight(2026, 10, 1), midnight(2026, 10, 6)),)


def test_a_survey_export_keeps_no_address_of_anybody() -> None:
    pages = Folder(SAMPLES / "survey.csv", SURVEY).read()
    ann, bob = [fact for fact in facts(pages) if isinstance(fact, Response)]
    assert ann == Response(
        source="sheet",
        source_id="r1",
        key_kind="feature",
        key="payments",
        survey="autumn",
        form="nps",
        at=datetime(2026, 10, 1, 7, 30, tzinfo=UTC),
        score=Decimal(9),
        scale_low=Decimal(0),
        scale_high=Decimal(10),
        high_is_good=True,
        feature="payments",
        audience="pro",
        channel="",
        respondent=ann.respondent,
        comment="Fast. Call me: [phone]",
    )
    assert bob.comment == "Too slow, mail [e-mail]"
    assert len({ann.respondent, bob.respondent, None}) == 3
    assert refused(pages) == {"survey.csv, line 4": "score is not 0 to 10"}
    assert "example.com" not in repr(pages)


def test_a_survey_needs_the_salt_outside_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLUMBLINE_SALT", raising=False)
    folder = Folder(SAMPLES / "survey.csv", SURVEY, mode="real")
    with pytest.raises(StopSource, match="Set the environment variable PLUMBLINE_SALT to a long random text"):
        folder.read()
    (finding,) = folder.connector().check()
    assert "PLUMBLINE_SALT" in finding.says


def test_what_a_respondent_wrote_is_never_quoted_in_a_reason(tmp_path: Path) -> None:
    folder = Folder(tmp_path, SURVEY)
    folder.write(
        "a.csv", "Response ID,Submitted,E-mail,Score,Why,Plan\nr1,ann@example.com,ann,9,,\nr2,2026-10-01,a,x,,\n"
    )
    assert refused(folder.read()) == {
        "a.csv, line 2": "at (column Submitted) is no instant",
        "a.csv, line 3": "score is no number",
    }


def test_a_register_of_incidents_tells_what_each_touched_and_is_complete_up_to_now() -> None:
    folder = Folder(SAMPLES / "incidents.csv", REGISTER, since=date(2026, 10, 1))
    pages = folder.read()
    found = [fact for fact in facts(pages) if isinstance(fact, Incident)]
    assert [(fact.source_id, fact.key, fact.maintenance, fact.touches) for fact in found] == [
        ("INC-1", "platform", False, (("component", "cards", "down", "", ""), ("component", "ledger", "down", "", ""))),
        ("INC-2", "platform", False, (("component", "search", "degraded", "", ""),)),
        ("INC-3", "platform", True, (("register", "platform", "down", "", ""),)),
    ]
    assert found[0].started == datetime(2026, 10, 2, 8, tzinfo=UTC)
    assert found[1].resolved is None
    assert pages[-1].covered == (Covered("incident", "", "", midnight(2026, 10, 1), NOW),)
    later = NOW.replace(day=10)
    (again,) = folder.read(now=later)
    assert (again.facts, again.covered) == ((), (Covered("incident", "", "", midnight(2026, 10, 1), later),))


def test_uptime_of_another_tool_may_be_told_in_minutes_down_or_in_per_cent(tmp_path: Path) -> None:
    minutes = Folder(tmp_path / "m", PROBES, zone="Europe/Berlin")
    minutes.write("a.csv", "Service,Day,Down\nwallet,2026-10-24,1.5\nwallet,2026-10-25,0\n")
    assert [(one.day, one.up, one.down) for one in facts(minutes.read()) if isinstance(one, ProbeDay)] == [
        (date(2026, 10, 24), Decimal(86310), Decimal(90)),
        (date(2026, 10, 25), Decimal(90000), Decimal(0)),
    ]
    share = Folder(tmp_path / "s", {"fact": "probe_day", "columns": {"key": "s", "day": "d", "uptime_percent": "u"}})
    share.write("a.csv", "s,d,u\nwallet,2026-10-24,99.95\nwallet,2026-10-25,100.1\n")
    pages = share.read()
    assert [(one.up, one.down) for one in facts(pages) if isinstance(one, ProbeDay)] == [
        (Decimal("86356.8"), Decimal("43.2"))
    ]
    assert refused(pages) == {"a.csv, line 3": "uptime_percent is 100.1, which is not 0 to 100"}


def test_rates_audits_and_log_deliveries_are_read_alike(tmp_path: Path) -> None:
    rates = Folder(
        tmp_path / "r",
        {"fact": "fx_rate", "columns": {"day": "Date", "quote": "Ccy", "rate": "Rate"}, "constants": {"base": "EUR"}},
    )
    rates.write("a.csv", "Date,Ccy,Rate\n2026-10-01,USD,1.0912\n2026-10-01,EUR,1\n2026-10-02,usd,1\n")
    pages = rates.read()
    (rate,) = facts(pages)
    assert isinstance(rate, FxRate)
    assert (rate.key_kind, rate.key, rate.rate) == ("pair", "EUR/USD", Decimal("1.0912"))
    assert refused(pages) == {
        "a.csv, line 3": "a rate is above 0 and between two currencies",
        "a.csv, line 4": "quote is 'usd', which is no ISO 4217 code such as EUR",
    }
    audits = Folder(
        tmp_path / "a",
        {
            "fact": "control_run",
            "columns": {"obligation": "Audit", "due": "Due", "completed": "Done", "evidence": "Proof", "key": "Unit"},
        },
    )
    audits.write(
        "a.csv",
        "Audit,Due,Done,Proof,Unit\n"
        "PCI DSS,2026-09-30,2026-09-28,https://e.example/1,payments\nISO 27001,2026-12-31,,,group\n",
    )
    runs = [one for one in facts(audits.read()) if isinstance(one, ControlRun)]
    assert [(one.obligation, one.due, one.completed, one.evidence, one.partial, one.cancelled) for one in runs] == [
        ("PCI DSS", date(2026, 9, 30), date(2026, 9, 28), "https://e.example/1", False, ""),
        ("ISO 27001", date(2026, 12, 31), None, None, False, ""),
    ]
    logs = Folder(
        tmp_path / "l",
        {
            "fact": "log_delivery",
            "columns": {
                "day": "day",
                "record_type": "type",
                "expected": "expected",
                "stored": "stored",
                "within": "in time",
                "key": "system",
            },
            "constants": {"threshold": 5},
        },
    )
    logs.write(
        "a.csv",
        "day,type,expected,stored,in time,system\n"
        "2026-10-01,payment,1000,999,990,ledger\n2026-10-02,payment,10,11,10,ledger\n",
    )
    pages = logs.read()
    (delivery,) = facts(pages)
    assert isinstance(delivery, LogDelivery)
    assert (delivery.expected, delivery.stored, delivery.within, delivery.threshold, delivery.latency) == (
        1000,
        999,
        990,
        Decimal(5),
        None,
    )
    assert refused(pages) == {"a.csv, line 3": "stored is 11, more than expected, which is 10"}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("a,2026-13-01,1,2", "day is '2026-13-01', which is no date"),
        ("a,10/01/2026,1,2", "day is '10/01/2026', which is no date"),
        ("a,0226-10-01,1,2", "day is '0226-10-01', which is no date: its year is not 1970 to 2099"),
        ("a,2026-10-05,,2", "numerator (column n) is empty"),
        ("a,2026-10-05,null,2", "numerator (column n) is empty"),
        ('a,2026-10-05,"1,5",2', "numerator (column n) is '1,5', which is no number"),
        ("a,2026-10-05,€ 5,2", "numerator (column n) is '€ 5', which is no number"),
        ("a,2026-10-05,nan,2", "numerator (column n) is 'nan', which is no number"),
        ("a,2026-10-05,1e15,2", "numerator is 1E+15, larger than can be kept"),
        (",2026-10-05,1,2", "key (column what) is empty"),
        ("a,2026-10-05,1", "the row has 3 cells, the header 4"),
        ('a,2026-10-05,"1"x,2', "its quotes do not match, or a cell is longer than a cell may be"),
        ("a\0b,2026-10-05,1,2", "key (column what) holds bytes that are no text in the declared encoding"),
        ("wallet,2026-10-01,5,5", "it was given before, in a.csv, line 2: name columns in id that tell the two apart"),
    ],
)
def test_a_bad_row_is_told_by_its_line_and_the_others_load(tmp_path: Path, row: str, reason: str) -> None:
    folder = Folder(tmp_path, MEASURED)
    folder.write("a.csv", f"{ROWS}{row}\nledger,2026-10-04,1,2\n")
    pages = folder.read()
    assert refused(pages) == {"a.csv, line 4": reason}
    assert len(facts(pages)) == 3
    assert (pages[-1].replaces, pages[-1].covered) == ((), ())
    assert notes(pages) == ["1 rows are refused: until they are corrected, rows that the files no longer hold stay."]


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    folder = Folder(tmp_path, {**MEASURED, "skip_lines": 2})
    text = 'Report\r\n\r\nwhat,day,n,d\r\n"two\r\nlines",2026-10-01,1,2\r\n\r\n , ,,\r\nx,bad,1,2\r\n'
    folder.write("a.csv", text)
    pages = folder.read()
    assert [fact.key for fact in facts(pages)] == ["two\r\nlines"]
    assert list(refused(pages)) == ["a.csv, line 8"]


def test_a_file_is_read_in_its_own_encoding_and_packing(tmp_path: Path) -> None:
    text = "what,day,n,d\nKöln,2026-10-01,1,2\n"
    for encoding in ("utf-8", "utf-8-sig", "windows-1252", "utf-16"):
        folder = Folder(tmp_path / encoding, {**MEASURED, "encoding": encoding})
        folder.write("a.csv", text, encoding)
        assert [fact.key for fact in facts(folder.read())] == ["Köln"], encoding
    wrong = Folder(tmp_path / "wrong", MEASURED)
    wrong.write("a.csv", text, "windows-1252")
    assert refused(wrong.read()) == {
        "a.csv, line 2": "key (column what) holds bytes that are no text in the declared encoding"
    }
    packed = tmp_path / "packed.csv.gz"
    packed.write_bytes(gzip.compress(text.encode()))
    assert [fact.key for fact in facts(Folder(packed, MEASURED).read())] == ["Köln"]


def test_instants_are_read_in_the_declared_form_and_zone(tmp_path: Path) -> None:
    options: dict[str, Any] = {
        "fact": "deployment",
        "columns": {"finished": "at", "key": "app"},
        "constants": {"environment": "production"},
    }
    tried = [
        ("iso", None, "2026-10-01T12:00:00+02:00", "10:00"),
        ("iso", "Europe/Berlin", "2026-10-01 12:00", "10:00"),
        ("iso", None, "2026-10-01 12:00", "12:00"),
        ("%d.%m.%y %H:%M", "Asia/Tokyo", "01.10.26 21:30", "12:30"),
        ("unix", None, "1790848800", "10:00"),
        ("unix_ms", None, "1790848800000", "10:00"),
    ]
    for number, (form, zone, cell, expected) in enumerate(tried):
        folder = Folder(tmp_path / str(number), {**options, "instant_format": form, "zone": zone})
        folder.write("a.csv", f"app,at\nwallet,{cell}\n")
        (fact,) = facts(folder.read())
        assert f"{fact.finished:%Y-%m-%d %H:%M}" == f"2026-10-01 {expected}", form  # type: ignore[attr-defined]
    folder = Folder(tmp_path / "skipped", {**options, "zone": "Europe/Berlin"})
    folder.write("a.csv", "app,at\nwallet,2026-03-29 02:30\nwallet,2026-10-25 02:30\nwallet,1790848800\n")
    pages = folder.read()
    (fact,) = facts(pages)
    assert fact.finished == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # type: ignore[attr-defined]
    assert refused(pages) == {
        "a.csv, line 2": "finished (column at) is '2026-03-29 02:30', which is no instant: "
        "clocks of Europe/Berlin skip that time",
        "a.csv, line 4": "finished (column at) is '1790848800', which is no instant",
    }


def test_no_record_of_a_row_is_kept(tmp_path: Path) -> None:
    with pytest.raises(SkipRecord, match="no record of them is kept"):
        Folder(tmp_path, MEASURED).connector().facts(Record("row", "1", {}))
