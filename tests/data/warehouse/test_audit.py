"""The log is checked against what packs say of it, with and without the warehouse."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from data.access import Actor, NotPermitted, Role, command_line_actor
from data.warehouse.audit import Anchor, BadExport, anchor, anchor_in, check, exported, imported, log
from data.warehouse.change_log import GENESIS, Change, append, digest, entries
from data.warehouse.engine import reading, writing

MARIA = command_line_actor("maria")


@pytest.fixture
def rows(engine: Engine) -> list[Change]:
    for number in range(5):
        with writing(engine) as connection:
            append(connection, MARIA, "set", f"target {number}", None, {"low": ("0.9", "1")}, "pølicy")
    with reading(engine) as connection:
        return entries(connection)


def rechained(rows: list[Change]) -> list[Change]:
    """The rows with hashes that follow from each other again, as somebody would write them who owns the database."""
    made: list[Change] = []
    for row in rows:
        previous = made[-1].hash if made else GENESIS
        fields = {one: getattr(row, one) for one in ("at", "actor", "action", "object", "old", "new", "why")}
        link = digest(previous, fields | {"seq": len(made) + 1})
        made.append(replace(row, seq=len(made) + 1, previous_hash=previous, hash=link))
    return made


def test_the_anchor_is_the_count_and_the_last_hash(engine: Engine, rows: list[Change]) -> None:
    with reading(engine) as connection:
        assert anchor(connection) == Anchor(5, rows[-1].hash) == check(rows).anchor
    assert check([]).anchor == Anchor(0, GENESIS)


def test_what_chains_anew_is_found_against_an_anchor_alone(rows: list[Change]) -> None:
    then = Anchor(4, rows[3].hash)
    assert check(rows, [then, Anchor(0, GENESIS)]).fault is None
    short = rows[:3]
    assert check(short).fault is None
    assert check(short, [then]).fault == "Entry 4 was cut off: a pack was made when there were 4."
    assert check(rows[:2], [then]).fault == "Entries 3 to 4 were cut off: a pack was made when there were 4."
    altered = rechained([replace(rows[0], new={"low": "0.1"}), *rows[1:]])
    assert check(altered).fault is None
    assert check(altered, [then]).fault == (
        "Entry 4 is not the one that a pack was made with: the log up to it was written anew."
    )
    dropped = rechained([rows[0], *rows[2:]])
    assert check(dropped).fault is None
    assert "Entry 4 is not the one" in str(check(dropped, [then]).fault)
    swapped = rechained([rows[1], rows[0], *rows[2:]])
    assert "Entry 4 is not the one" in str(check(swapped, [then]).fault)


def test_an_export_says_the_same_as_the_warehouse(rows: list[Change]) -> None:
    told = json.dumps(exported(rows), ensure_ascii=False)
    assert imported(told, "log.json") == rows
    assert check(imported(told, "log.json")) == check(rows)
    assert "Entry 2 was altered" in str(check(imported(told.replace('"target 1"', '"target 9"'), "x")).fault)


WRONG = ["", "[]", "{}", '{"schema": 2, "entries": []}', '{"schema": 1, "count": 1, "entries": [{"seq": 1}]}', '"x"']


@pytest.mark.parametrize("text", WRONG)
def test_a_file_that_is_no_export_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(BadExport, match=r"^log\.json is no (whole )?export of the log"):
        imported(text, "log.json")


def test_a_pack_carries_one_anchor_or_is_refused() -> None:
    one = Anchor(12, "ab" * 32)
    assert anchor_in(b"%PDF " + one.token.encode() + b" and again " + one.token.encode(), "a.pdf") == one
    with pytest.raises(BadExport, match=r"^a\.pdf carries no anchor"):
        anchor_in(b"%PDF", "a.pdf")
    two = one.token + " " + replace(one, count=11).token
    with pytest.raises(BadExport, match=r"^a\.pdf carries 2 different anchors: it was altered"):
        anchor_in(two.encode(), "a.pdf")


@pytest.mark.parametrize("role", Role)
def test_the_log_is_read_by_auditors_approvers_and_admins_of_the_whole_company(engine: Engine, role: Role) -> None:
    may = role in (Role.AUDITOR, Role.APPROVER, Role.ADMIN)
    with reading(engine) as connection:
        if may:
            assert log(connection, Actor("oidc:eve", frozenset({role}))) == []
        else:
            with pytest.raises(NotPermitted, match="may not read the change log"):
                log(connection, Actor("oidc:eve", frozenset({role})))
        with pytest.raises(NotPermitted):
            log(connection, Actor("oidc:eve", frozenset({role}), frozenset({"wallet"})))
