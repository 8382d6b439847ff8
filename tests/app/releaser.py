"""A process whose children prepare and release a pack, and are killed.

`python -m tests.app.releaser URL SETTINGS FOLDER` imports once, and forks a child for each line of input, which says
how and where the child ends: `moment 0.2` after so many seconds; `step 3` before the third of the acts that another
process could see; `unreleased 40000` or `final 40000` in the middle of writing that file.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import Engine

from app.releasing import Asked, prepare, release
from data.access import Actor, Role
from data.clock import fix_clock
from data.period import parse
from tests.app.world import NOW, World

FIN, CHAIR = Actor("oidc:fin", frozenset({Role.FINANCE_EDITOR})), Actor("oidc:chair", frozenset({Role.APPROVER}))
PERIOD = "2026-10"
ENDED = "ended"


def main() -> None:
    """Answer each line with `killed` or `ended`."""
    world, folder = World(sys.argv[1], Path(sys.argv[2])), Path(sys.argv[3])
    for line in sys.stdin:
        how, where = line.split()
        child = os.fork()
        if not child:
            _round(world, folder, how, where)
        if how == "moment":
            time.sleep(float(where))
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status):
            sys.exit("The child failed.")
        sys.stdout.write("killed\n" if os.WIFSIGNALED(status) else f"{ENDED}\n")
        sys.stdout.flush()


def _round(world: World, folder: Path, how: str, where: str) -> None:
    fix_clock(NOW)
    engine, settings = world.engine(), world.settings
    if how == "step":
        _kill_at(int(where), folder, engine)
    elif how != "moment":
        _kill_within(how, int(where), folder)
    number = prepare(engine, settings, FIN, Asked(parse(PERIOD), folder)).proposal
    assert number is not None
    release(engine, settings, CHAIR, number, folder)
    os._exit(0)


def _kill_at(step: int, folder: Path, engine: Engine) -> None:
    """Die before the given one of all the acts that another process could see."""
    left = [step]

    def act(*_: object) -> None:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(what: str, arguments: tuple[object, ...]) -> None:
        if what in ("open", "os.rename", "os.remove") and Path(str(arguments[0])).parent == folder:
            act()

    event.listen(engine, "commit", act)
    sys.addaudithook(watch)


def _kill_within(which: str, size: int, folder: Path) -> None:
    """Let the kernel end the process once it has written so many bytes of the file."""

    def watch(what: str, arguments: tuple[object, ...]) -> None:
        if what == "open" and str(arguments[0]).startswith(f"{folder / f'plumbline-{PERIOD}-{which}.pdf.'}"):
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    sys.addaudithook(watch)


if __name__ == "__main__":
    main()
