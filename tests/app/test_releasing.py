"""A final pack needs two people: one prepares it, another releases it, and the file is logged."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select, update

from app.board_pack import NotReleasable
from app.releasing import Asked, Written, prepare, release
from data.access import Actor, NotPermitted, Role
from data.clock import fix_clock
from data.period import parse
from data.settings import Settings
from data.warehouse import schema
from data.warehouse.approvals import approve, decline
from data.warehouse.audit import Anchor, anchor, anchor_in, check
from data.warehouse.change_log import entries
from data.warehouse.engine import reading, writing
from data.warehouse.proposals import NotPossible, listed
from data.warehouse.tables_people import released_pack
from data.warehouse.write import bump_version
from tests.app.test_board_pack import pdf_text
from tests.app.test_commands import run
from tests.app.world import NOW, World

FIN, CHAIR = Actor("oidc:fin", frozenset({Role.FINANCE_EDITOR})), Actor("oidc:chair", frozenset({Role.APPROVER}))
Prepare = Callable[..., Written]


@pytest.fixture
def engine(world: World) -> Iterator[Engine]:
    fix_clock(NOW)
    made = world.engine()
    yield made
    made.dispose()
    fix_clock(None)


@pytest.fixture
def settings(world: World) -> Settings:
    return world.settings


@pytest.fixture
def prepared(engine: Engine, settings: Settings, tmp_path: Path) -> Prepare:
    def make(period: str = "2026-10", actor: Actor = FIN, scope: str | None = None) -> Written:
        return prepare(engine, settings, actor, Asked(parse(period), tmp_path / "packs", None, scope))

    return make


def number_of(made: Written) -> int:
    assert made.proposal is not None
    return made.proposal


def anchor_of(engine: Engine) -> Anchor:
    with reading(engine) as connection:
        return anchor(connection)


def test_a_prepared_pack_is_marked_and_a_released_one_names_both_people(
    prepared: Prepare, engine: Engine, settings: Settings, tmp_path: Path
) -> None:
    made = prepared()
    assert (made.path.name, made.state) == ("plumbline-2026-10-unreleased.pdf", "unreleased")
    assert "Final, not released" in pdf_text(made.path.read_bytes())
    path = release(engine, settings, CHAIR, number_of(made), tmp_path / "board")
    assert path.name == "plumbline-2026-10-final.pdf"
    said = pdf_text(path.read_bytes())
    assert "Prepared by oidc:fin, released by oidc:chair, 9 Nov 2026, 07:00 CET." in said
    assert "not released" not in said
    assert [one.name for one in (tmp_path / "board").iterdir()] == [path.name]


def test_the_released_file_its_hash_and_its_anchor_are_logged(
    prepared: Prepare, engine: Engine, settings: Settings, tmp_path: Path
) -> None:
    document = release(engine, settings, CHAIR, number_of(prepared()), tmp_path).read_bytes()
    with reading(engine) as connection:
        rows = entries(connection)
        (kept,) = connection.execute(select(released_pack)).all()
    assert [(one.actor, one.action) for one in rows[-3:]] == [
        ("oidc:fin", "proposed"), ("oidc:chair", "approved"), ("oidc:chair", "released"),
    ]  # fmt: skip
    held = anchor_in(document, "final.pdf")
    assert (held.count, held.head) == (len(rows) - 1, rows[-2].hash)
    assert rows[-1].new["sha256"] == kept.sha256 == sha256(document).hexdigest()
    assert rows[-1].new["log"] == {"count": held.count, "head": held.head}
    assert (kept.prepared_by, kept.released_by, kept.log_count) == ("oidc:fin", "oidc:chair", held.count)
    assert check(rows, [held]).fault is None
    assert "was cut off" in str(check(rows[:-2], [held]).fault)
    assert held.head in pdf_text(document).replace(" ", "")


@pytest.mark.parametrize(("period", "state"), [("2026-10", "unreleased"), ("2026-11", "flash")])
def test_every_pack_carries_the_anchor_of_the_log(prepared: Prepare, engine: Engine, period: str, state: str) -> None:
    made = prepared(period)
    with reading(engine) as connection:
        rows = entries(connection)
    held = anchor_in(made.path.read_bytes(), made.path.name)
    assert (made.state, held.count) == (state, len(rows) - (state == "unreleased"))
    assert check(rows, [held]).fault is None
    assert held.head in pdf_text(made.path.read_bytes()).replace(" ", "")


def test_nobody_releases_what_they_prepared_nor_without_the_right(
    prepared: Prepare, engine: Engine, settings: Settings, tmp_path: Path
) -> None:
    number = number_of(prepared())
    with pytest.raises(NotPermitted, match=f"needs two people.*pack release {number} --out DIR"):
        release(engine, settings, replace(FIN, name="cli:fin"), number, tmp_path)
    for role in (Role.VIEWER, Role.ANALYST, Role.AUDITOR):
        with pytest.raises(NotPermitted, match="may not release packs"):
            release(engine, settings, Actor("oidc:eve", frozenset({role})), number, tmp_path)
        with pytest.raises(NotPermitted, match="may not release packs"):
            prepared(actor=Actor("oidc:eve", frozenset({role})))
    with pytest.raises(NotPermitted, match="may release packs for wallet only"):
        release(engine, settings, replace(CHAIR, entities=frozenset({"wallet"})), number, tmp_path)
    assert not list(tmp_path.glob("*.pdf"))
    with pytest.raises(NotPossible, match="A pack is released"):
        approve(engine, settings, CHAIR, number)


def test_a_pack_is_released_once_and_prepared_once(
    prepared: Prepare, engine: Engine, settings: Settings, tmp_path: Path
) -> None:
    number = number_of(prepared())
    assert prepared().proposal == number
    assert prepared(scope="wallet").proposal != number
    path = release(engine, settings, CHAIR, number, tmp_path)
    before = path.read_bytes(), anchor_of(engine)
    assert release(engine, settings, CHAIR, number, tmp_path) == path
    assert (path.read_bytes(), anchor_of(engine)) == before
    with pytest.raises(NotPermitted, match="needs two people"):
        release(engine, settings, FIN, number, tmp_path)
    again = number_of(prepared())
    decline(engine, settings, CHAIR, again, "not now")
    with reading(engine) as connection:
        assert again not in [one.id for one in listed(connection)]


def test_a_pack_whose_numbers_changed_is_not_released_and_a_sync_alone_changes_none(
    prepared: Prepare, engine: Engine, settings: Settings, tmp_path: Path
) -> None:
    number, other = number_of(prepared()), number_of(prepared(scope="ledger"))
    with writing(engine) as connection:
        run_ = {"source": "github", "started": NOW, "finished": NOW, "outcome": "done", "message": ""}
        connection.execute(insert(schema.sync_run).values(**run_, fetched=0, stored=0, skipped=0))
        bump_version(connection, "sync")
    release(engine, settings, CHAIR, other, tmp_path)
    with writing(engine) as connection:
        table = schema.daily_metric
        same = (table.c.metric == "availability") & (table.c.scope == "group") & (table.c.day == parse("2026-10").start)
        connection.execute(update(table).where(same).values(numerator=table.c.numerator - 10**12))
        bump_version(connection, "sync")
    with pytest.raises(NotReleasable, match="Its numbers changed after it was prepared"):
        release(engine, settings, CHAIR, number, tmp_path / "never")
    assert not (tmp_path / "never").exists()


def test_a_release_that_cannot_be_written_is_none(
    prepared: Prepare, engine: Engine, settings: Settings, tmp_path: Path
) -> None:
    number = number_of(prepared())
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError, match=r"exist|Not a directory"):
        release(engine, settings, CHAIR, number, tmp_path / "file")
    with reading(engine) as connection:
        assert [one.id for one in listed(connection)] == [number]
        assert connection.execute(select(released_pack)).all() == []


def test_the_commands_tell_the_whole_story(
    world: World, inside: Callable[[World], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside(world)
    code, out, _ = run("board-pack", "--period", "2026-10", "--out", str(tmp_path), "--json")
    made = json.loads(out)
    assert (code, made["state"]) == (0, "unreleased")
    number = str(made["proposal"])
    assert f"{int(number):>4}  Board pack: board pack of Testmoor Group, October 2026" in run("proposals", "list")[1]
    code, _, said = run("pack", "release", number, "--out", str(tmp_path))
    assert (code, "needs two people" in said) == (2, True)
    monkeypatch.setattr("getpass.getuser", lambda: "otto")
    code, out, said = run("pack", "release", number, "--out", str(tmp_path))
    assert (code, said) == (0, "")
    assert run("proposals", "list")[1] == "Nothing waits for a second person.\n"
    final = str(tmp_path / "plumbline-2026-10-final.pdf")
    code, out, _ = run("audit", "verify", "--anchor", final, "--anchor", made["file"])
    assert (code, "It holds against 2 packs." in out) == (0, True)
    export = tmp_path / "log.json"
    export.write_text(run("audit", "list", "--json")[1], encoding="utf-8")
    assert run("audit", "verify", str(export), "--anchor", final)[0] == 0
    told = json.loads(export.read_text())
    told["entries"] = told["entries"][:-3]
    export.write_text(json.dumps(told))
    assert run("audit", "verify", str(export))[0] == 0
    code, out, _ = run("audit", "verify", str(export), "--anchor", final, "--json")
    assert (code, json.loads(out)["whole"]) == (1, False)
    assert "cut off" in json.loads(out)["fault"]
    assert "altered" in run("audit", "verify", str(_altered(export)))[1]


def _altered(export: Path) -> Path:
    told = json.loads(export.read_text())
    told["entries"][4]["why"] = "nothing"
    export.write_text(json.dumps(told))
    return export


def test_a_number_is_corrected_at_the_command_line_by_two_people(
    world: World, inside: Callable[[World], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    inside(world)
    about = ("correct", "availability", "--scope", "wallet", "--period", "2026-10-14")
    assert run(*about)[1] == "Counted: numerator 85800, denominator 86400.\n"
    code, out, _ = run(*about, "--to", "86400/86400", "--why", "the probe was down", "--json")
    number = str(json.loads(out)["proposal"])
    assert run("proposals", "approve", number)[0] == 2
    monkeypatch.setattr("getpass.getuser", lambda: "otto")
    assert run("proposals", "approve", number)[:2] == (0, "Approved: Uptime of wallet in 2026-10-14.\n")
    code, out, _ = run("metrics", "--json", "--period", "2026-10", "--scope", "wallet")
    found = {one["id"]: one for one in json.loads(out)["metrics"]}["availability"]
    assert found["corrected"]["corrections"] == [int(number)]
    assert run("correct", "--end", number, "--why", "it was up")[0] == 0
    for wrong, said in (
        (about[:2], "Say which number"),
        ((*about, "--to", "5"), "write --to NUMERATOR/DENOMINATOR"),
        ((*about, "--to", "x/y"), "Write numbers plainly"),
        (("correct", "nothing", *about[2:]), "There is no metric 'nothing'"),
        (("proposals", "decline", "99", "--why", "no"), "There is no proposal 99"),
    ):
        code, _, err = run(*wrong)
        assert (code, said in err) == (2, True), err


def test_with_sign_in_the_command_line_decides_for_people_it_knows_alone(
    world: World, inside: Callable[[World], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = world.settings_file.read_text(encoding="utf-8")
    rules = (
        '[sign_in]\nmetadata_url = "https://login.example"\nclient_id = "x"\naddress = "https://plumbline.example"\n'
    )
    rules += '[[sign_in.person]]\nname = "Otto@example.com"\nroles = ["approver"]\nsystem_user = "otto"\n'
    world.settings_file.write_text(told + rules, encoding="utf-8")
    inside(world)
    about = ("correct", "availability", "--scope", "wallet", "--period", "2026-10-14", "--to", "86400/86400")
    number = str(json.loads(run(*about, "--why", "the probe was down", "--json")[1])["proposal"])
    monkeypatch.setattr("getpass.getuser", lambda: "eve")
    code, _, said = run("proposals", "approve", number)
    assert (code, "does not say who eve is: add system_user = 'eve'" in said) == (2, True)
    monkeypatch.setattr("getpass.getuser", lambda: "otto")
    assert run("proposals", "approve", number)[0] == 0
    assert "cli:otto@example.com  approved proposal" in run("audit", "list")[1]
