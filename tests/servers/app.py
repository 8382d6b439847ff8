"""Plumbline's own pages, served as `make run` serves them."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers.child import Child, answers, free_port, running

_ROOT = Path(__file__).parent.parent.parent
_LEFT = "starlette.websockets.WebSocketDisconnected"


@dataclass(frozen=True)
class AppServer:
    """Where it serves, and what it said."""

    base_url: str
    child: Child

    @property
    def log(self) -> str:
        """All it wrote so far."""
        return self.child.log

    @property
    def faults(self) -> list[str]:
        """The last lines of the stack traces it wrote; a reader who leaves while a page is being connected is none."""
        _, *traces = self.log.split("Traceback")
        ends = [next((line for line in trace.splitlines()[1:] if line[:1].strip()), "cut off") for trace in traces]
        return [end for end in ends if not end.startswith(_LEFT)]


@pytest.fixture(scope="session")
def app_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Mapping[str, str]], AppServer]]:
    """app_server({"PLUMBLINE_WAREHOUSE": …}) -> the app with that environment; the same environment is started once."""
    started: dict[frozenset[tuple[str, str]], AppServer] = {}
    with contextlib.ExitStack() as servers:

        def start(env: Mapping[str, str]) -> AppServer:
            key = frozenset(env.items())
            if key not in started:
                started[key] = servers.enter_context(serving(env, tmp_path_factory.mktemp("app")))
            return started[key]

        yield start


@contextlib.contextmanager
def serving(env: Mapping[str, str], folder: Path) -> Iterator[AppServer]:
    """The app for as long as the block runs; it sees this environment and nothing of the tester's own."""
    port = free_port()
    options = {"server.address": "127.0.0.1", "server.port": str(port), "server.headless": "true"}
    command = [sys.executable, "-m", "streamlit", "run", "app/main.py"]
    command += [part for name, value in options.items() for part in (f"--{name}", value)]
    clean = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(folder), **env}
    with running("Plumbline", command, folder / "log", env=clean, cwd=_ROOT) as child:
        base_url = f"http://127.0.0.1:{port}"
        child.wait_until(lambda: answers(f"{base_url}/_stcore/health"), seconds=60)
        yield AppServer(base_url, child)
