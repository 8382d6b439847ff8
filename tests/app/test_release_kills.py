"""A pack that is cut off while it is made or released, by a kill or by a full disk, leaves all or nothing."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from app.releasing import Asked, prepare, release
from data.clock import fix_clock
from data.period import parse
from data.warehouse.engine import WarehouseError
from data.warehouse.proposals import NotPossible
from tests.app.killing_releases import FINAL, UNRELEASED, Stand, check_kills, killed, releaser, small_company, stand
from tests.app.releaser import CHAIR, FIN, PERIOD
from tests.app.test_commands import run
from tests.app.world import NOW, World, write_settings
from tests.data.warehouse.cut_off import refusals

DECIDED = 9
"""The step of a first round at which the release is decided, and its file not in its place."""


@pytest.fixture(scope="session")
def _small(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("small")
    world = small_company(f"sqlite:///{folder / 'plumbline.db'}", folder)
    with closing(sqlite3.connect(folder / "plumbline.db")) as connection:
        connection.execute("VACUUM")  # no page is free for a disk that is full
    return world


@pytest.fixture
def small(_small: World, tmp_path: Path) -> Iterator[World]:
    shutil.copyfile(_small.url.removeprefix("sqlite:///"), tmp_path / "plumbline.db")
    fix_clock(NOW)
    yield World(f"sqlite:///{tmp_path / 'plumbline.db'}", write_settings(tmp_path))
    fix_clock(None)


@pytest.fixture
def engine(small: World) -> Iterator[Engine]:
    made = small.engine()
    yield made
    made.dispose()


@contextmanager
def room(size: int) -> Iterator[None]:
    """A disk on which a file gets no longer than that."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_kill_at_any_moment_leaves_all_or_nothing(small: World, tmp_path: Path) -> None:
    hits = check_kills(small, tmp_path / "packs", points=10, seed=4)
    assert hits.total() >= 6


def test_a_release_killed_before_its_file_is_in_place_is_finished_by_the_same_command(
    small: World, engine: Engine, tmp_path: Path, inside: Callable[[World], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "packs"
    with releaser(small, folder) as process:
        assert killed(process, f"step {DECIDED}")
    cut = stand(engine, folder)
    assert (cut.decided, cut.files[f"{FINAL}.1.part"]) == ((1,), cut.released[0])
    assert FINAL not in cut.files
    inside(small)
    monkeypatch.setattr("getpass.getuser", lambda: "otto")
    code, _, said = run("pack", "release", "1", "--out", str(tmp_path / "elsewhere"))
    assert (code, "elsewhere holds neither its file nor the copy that was to become it: give the folder" in said) == (
        2, True,
    )  # fmt: skip
    assert run("pack", "release", "1", "--out", str(folder)) == (0, f"Released: {folder / FINAL}\n", "")
    done = stand(engine, folder)
    assert (done.decided, done.released, done.files[FINAL]) == (cut.decided, cut.released, cut.released[0])
    assert run("pack", "release", "1", "--out", str(folder)) == (0, f"Released: {folder / FINAL}\n", "")
    assert stand(engine, folder) == done


def test_a_pack_that_was_released_anew_is_never_put_over_the_newer(
    small: World, engine: Engine, tmp_path: Path
) -> None:
    folder = tmp_path / "packs"
    with releaser(small, folder) as process:
        assert killed(process, f"step {DECIDED}")
        assert not killed(process, "step 99")
    done = stand(engine, folder)
    assert (done.decided, done.files[FINAL]) == ((1, 2), done.released[1])
    with pytest.raises(NotPossible, match=r"Proposal 1 was released by oidc:chair, and the same pack .* anew since"):
        release(engine, small.settings, CHAIR, 1, folder)
    assert stand(engine, folder) == done


def test_what_stands_in_the_way_of_the_file_is_named_and_the_same_command_finishes(
    small: World, engine: Engine, tmp_path: Path, inside: Callable[[World], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "packs"
    inside(small)
    assert run("board-pack", "--period", PERIOD, "--out", str(folder))[0] == 0
    (folder / FINAL).mkdir()
    monkeypatch.setattr("getpass.getuser", lambda: "otto")
    again = f"pack release 1 --out {folder}"
    for _ in range(2):
        code, out, said = run(*again.split())
        assert (code, out) == (2, "")
        assert said == (
            f"The pack cannot be written to {folder}: Is a directory; proposal 1 is released and logged, and once that "
            f"is mended `python -m app {again}` puts it in place.\n"
        )
    (folder / FINAL).rmdir()
    assert run(*again.split())[0] == 0
    done = stand(engine, folder)
    assert (done.decided, done.files[FINAL]) == ((1,), done.released[0])


def test_a_full_disk_leaves_the_packs_and_the_warehouse_as_they_were(
    small: World, engine: Engine, tmp_path: Path
) -> None:
    folder, asked = tmp_path / "packs", Asked(parse(PERIOD), tmp_path / "packs")
    with releaser(small, folder) as process:
        assert not killed(process, "step 99")
    before = stand(engine, folder)
    for size in (0, 100_000, 280_000):
        with room(size), pytest.raises(OSError, match="File too large"):
            prepare(engine, small.settings, FIN, asked)
        assert stand(engine, folder) == before
    number = prepare(engine, small.settings, FIN, asked).proposal
    assert number is not None
    before = stand(engine, folder)
    for size in (0, 100_000, 280_000):
        with room(size), pytest.raises(OSError, match="File too large"):
            release(engine, small.settings, CHAIR, number, folder)
        assert stand(engine, folder) == before
    release(engine, small.settings, CHAIR, number, folder)
    assert set(stand(engine, folder).files) == {FINAL, UNRELEASED}


def test_a_full_disk_of_the_warehouse_leaves_both_as_they_were(small: World, engine: Engine, tmp_path: Path) -> None:
    folder, asked = tmp_path / "packs", Asked(parse(PERIOD), tmp_path / "packs")

    def full(_: object) -> None:
        raise WarehouseError("The disk of the warehouse is full.")

    event.listen(engine, "commit", full)
    with pytest.raises(WarehouseError):
        prepare(engine, small.settings, FIN, asked)
    event.remove(engine, "commit", full)
    assert stand(engine, folder) == Stand((), (), (), {})
    number = prepare(engine, small.settings, FIN, asked).proposal
    assert number is not None
    said = "x" * 9_000
    done = refusals(
        engine, lambda: release(engine, small.settings, CHAIR, number, folder, said), lambda: stand(engine, folder)
    )
    assert done >= 1
    assert stand(engine, folder).decided == (number,)


def test_what_a_killed_process_left_is_swept_later_and_never_while_it_may_be_written(
    small: World, engine: Engine, tmp_path: Path
) -> None:
    folder, asked = tmp_path / "packs", Asked(parse(PERIOD), tmp_path / "packs")
    folder.mkdir()
    old, new, other = (f"{UNRELEASED}.0a1b.part", f"{UNRELEASED}.ffff.part", f"{FINAL}.9.part")
    for name in (old, new, other):
        (folder / name).write_bytes(b"%PDF-1.7 half")
    for name in (old, other):
        os.utime(folder / name, (0, 0))
    number = prepare(engine, small.settings, FIN, asked).proposal
    assert number is not None
    assert {one.name for one in folder.iterdir()} == {UNRELEASED, new, other}
    release(engine, small.settings, CHAIR, number, folder)
    assert {one.name for one in folder.iterdir()} == {UNRELEASED, new, FINAL}
