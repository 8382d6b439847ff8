"""Killing the making and the release of a pack, for a few times or for many."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pypdf import PdfReader
from sqlalchemy import Engine, select

from app.releasing import Asked, prepare, release
from data.period import parse
from data.settings import ROOT, environment
from data.warehouse.change_log import entries, first_fault
from data.warehouse.engine import reading, writing
from data.warehouse.proposals import Kind, State, listed
from data.warehouse.tables_people import released_pack
from tests.app.releaser import CHAIR, ENDED, FIN, PERIOD
from tests.app.world import World, build, write_settings

FINAL, UNRELEASED = "plumbline-2026-10-final.pdf", "plumbline-2026-10-unreleased.pdf"
_STEPS = 12
_HOW = ("step", "moment", "step", "final", "step", "unreleased")


_UNTOLD = ("probe_day", "request_day", "spend", "fx_rate", "response", "usage", "control_run", "log_delivery")


def small_company(url: str, folder: Path) -> World:
    """A company that only deploys: its pack is soon made."""
    world = World(url, write_settings(folder))
    build(world, without=_UNTOLD)
    return world


@dataclass(frozen=True)
class Stand:
    """What the warehouse says waits and was released, oldest first, and the names and hashes of the files."""

    waiting: tuple[int, ...]
    decided: tuple[int, ...]
    released: tuple[str, ...]
    files: dict[str, str]


def stand(engine: Engine, folder: Path) -> Stand:
    """The stand, in which proposals, releases and the log tell the same, and every pack can be read."""
    with reading(engine) as connection:
        log, packs = entries(connection), [one for one in listed(connection, None) if one.kind is Kind.PACK]
        rows = connection.execute(select(released_pack).order_by(released_pack.c.log_count)).all()
    assert first_fault(log) is None
    waiting, decided = (
        tuple(one.id for one in packs if one.state is state) for state in (State.WAITING, State.APPROVED)
    )
    told = {name: [one for one in log if one.action == name] for name in ("proposed", "approved", "released")}
    assert [one.object for one in told["proposed"]] == [one.named for one in packs]
    assert [one.object for one in told["approved"]] == [one.named for one in packs if one.id in decided]
    released = tuple(one.new["sha256"] for one in told["released"])
    assert [(one.proposal, one.sha256) for one in rows] == list(zip(decided, released, strict=True))
    found = {path.name: sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*"))}
    for name in found:
        if name.endswith(".pdf"):
            assert len(PdfReader(folder / name).pages) > 1
    return Stand(waiting, decided, released, found)


def finish(engine: Engine, world: World, folder: Path, since: Stand) -> None:
    """Run what was cut off again, as one would on the next day: the release that was decided, or both commands."""
    before = stand(engine, folder)
    for part in folder.glob("*.part"):
        os.utime(part, (0, 0))
    number = before.decided[-1] if before.decided != since.decided else None
    if number is None:
        number = prepare(engine, world.settings, FIN, Asked(parse(PERIOD), folder)).proposal
        assert number is not None
        assert before.waiting in ((), (number,))  # the same numbers are not proposed twice
    assert release(engine, world.settings, CHAIR, number, folder).name == FINAL
    after = stand(engine, folder)
    assert after.decided == (*since.decided, number)
    assert after.files[FINAL] == after.released[-1]
    assert not [name for name in after.files if name.startswith(f"{FINAL}.")]


@contextmanager
def releaser(world: World, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """The process whose children are killed."""
    command = [sys.executable, "-m", "tests.app.releaser", world.url, str(world.settings_file), str(folder)]
    pipe = subprocess.PIPE
    scratch = world.settings_file.parent / "scratch"  # what is killed clears nothing up
    scratch.mkdir(exist_ok=True)
    env = environment() | {"TMPDIR": str(scratch)}
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=pipe, stdout=pipe, text=True)
    try:
        yield process
    finally:
        process.communicate(timeout=30)


def killed(process: subprocess.Popen[str], how: str) -> bool:
    """Let a child work until it is killed as told; whether it was."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{how}\n")
    process.stdin.flush()
    answer = process.stdout.readline().strip()
    assert answer in ("killed", ENDED)
    return answer == "killed"


def check_kills(world: World, folder: Path, points: int, seed: int) -> Counter[str]:
    """After each kill no file is broken, what stands as final is released, and the same commands end the work.

    How many were killed, by how.
    """
    engine, chance, hits = world.engine(), random.Random(seed), Counter[str]()
    with releaser(world, folder) as process:
        started = time.monotonic()
        assert not killed(process, "step 99")
        seconds, size = time.monotonic() - started, (folder / FINAL).stat().st_size
        for point in range(points):
            before = stand(engine, folder)
            how = _HOW[point % len(_HOW)]
            where = {"step": chance.randint(1, _STEPS), "moment": chance.uniform(0, seconds)}
            started = time.monotonic()
            if killed(process, f"{how} {where.get(how, chance.randrange(size))}"):
                hits[how] += 1
            elif how == "step":
                seconds = time.monotonic() - started
            with writing(engine):
                pass  # a server ends first what it was told before the kill
            after = stand(engine, folder)
            assert after.files[FINAL] in (before.files[FINAL], *after.released[len(before.released) :])
            finish(engine, world, folder, before)
        prepare(engine, world.settings, FIN, Asked(parse(PERIOD), folder))
        assert set(stand(engine, folder).files) == {FINAL, UNRELEASED}
    engine.dispose()
    return hits
