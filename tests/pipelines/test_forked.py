"""A forked command is the command."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.pipelines.forked import Command

ENVIRONMENT = {"PATH": os.environ["PATH"]}


def test_it_ends_as_the_command_does_and_tells_the_same() -> None:
    sync = Command("sync", "--nope", env=ENVIRONMENT)
    assert sync.line().startswith("Usage: python -m pipelines sync")
    status, rest = sync.ended(seconds=60)
    assert status == 2
    assert "No such option: --nope" in rest


def test_it_is_killed_like_any_process() -> None:
    sync = Command("sync", env=ENVIRONMENT)
    sync.kill()
    assert sync.ended(seconds=60)[0] == -9


def test_what_the_tester_runs_as_main_is_not_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.py"
    page.write_text("raise RuntimeError('run again')")
    main = ModuleType("__main__")
    main.__file__ = str(page)
    monkeypatch.setitem(sys.modules, "__main__", main)
    assert Command("sync", "--help", env=ENVIRONMENT).ended(seconds=60) == (0, "")
