"""Commands as processes of their own, begun by one that has imported what they need: that took most of their time."""

from __future__ import annotations

import multiprocessing
import os
import runpy
import signal
import sys
from collections.abc import Mapping
from multiprocessing.connection import Connection
from threading import Timer
from types import ModuleType

import pytest

from data.settings import ROOT

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([
    "pipelines.sync_all",
    "pipelines.focus_reading",
    "pipelines.connectors.focus",
    "pipelines.connectors.github",
    "pipelines.connectors.prometheus",
    "data.warehouse.rollup",
    "ibis.backends.duckdb",
])  # fmt: skip


class Command:
    """`python -m pipelines …` as it is with this environment, from its start on; what it tells on stderr is read."""

    def __init__(self, *arguments: str, env: Mapping[str, str]) -> None:
        reader, writer = _FORKS.Pipe(duplex=False)
        self._process = _FORKS.Process(target=_become, args=(arguments, dict(env), writer))
        with pytest.MonkeyPatch.context() as patched:
            # a page that was tested before stands there still, and would be run in the new process
            patched.setitem(sys.modules, "__main__", ModuleType("__main__"))
            self._process.start()
        writer.close()
        self._told = os.fdopen(os.dup(reader.fileno()), encoding="utf-8")
        reader.close()

    def line(self) -> str:
        """The next line it tells; empty once it ended."""
        return self._told.readline()

    def kill(self) -> None:
        """kill -9."""
        self._process.kill()

    def ended(self, seconds: float) -> tuple[int, str]:
        """Its status, negative after a signal, and what it told since it was read last; killed if it takes longer."""
        patience = Timer(seconds, self._process.kill)
        patience.start()
        rest = self._told.read()
        self._process.join()
        patience.cancel()
        self._told.close()
        status = self._process.exitcode
        self._process.close()
        assert status is not None
        return status, rest


def _become(arguments: tuple[str, ...], env: dict[str, str], told: Connection) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    os.dup2(told.fileno(), sys.stderr.fileno())
    told.close()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(ROOT)
    sys.argv = ["pipelines", *arguments]
    runpy.run_module("pipelines", run_name="__main__", alter_sys=True)
