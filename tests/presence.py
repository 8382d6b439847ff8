"""What has to be there: the real inputs, and every test. Where PLUMBLINE_NO_SKIPS is set, absence fails the run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

_left_out = pytest.StashKey[int]()


@pytest.fixture(scope="session")
def inputs(pytestconfig: pytest.Config) -> Path:
    """The folder of real inputs beside the checkout; tests that use it are marked `real`."""
    return _inputs(pytestconfig)


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_left_out] = 0
    if _nothing_may_be_skipped() and not _inputs(config).is_dir():
        raise pytest.UsageError(f"The real inputs are not there: put them at {_inputs(config)}.")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if _inputs(config).is_dir():
        return
    real = [item for item in items if item.get_closest_marker("real")]
    items[:] = [item for item in items if item not in real]
    config.stash[_left_out] = len(real)
    config.hook.pytest_deselected(items=real)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = session.config.stash[_left_out]
    elif _nothing_may_be_skipped() and exitstatus == pytest.ExitCode.OK and _skipped(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    # every worker collects every test, so each tells the same number
    node.config.stash[_left_out] = getattr(node, "workeroutput", {}).get("left_out", 0)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if left_out := config.stash[_left_out]:
        terminalreporter.write_line(f"{left_out} tests marked real were left out: {_inputs(config)} is not there.")
    if _nothing_may_be_skipped() and (skipped := _skipped(config)):
        terminalreporter.write_line("Nothing may be skipped here, but these were:", red=True)
        for nodeid in skipped:
            terminalreporter.write_line(f"  {nodeid}")


def _inputs(config: pytest.Config) -> Path:
    return config.rootpath.parent / "shared" / "inputs"


def _nothing_may_be_skipped() -> bool:
    return os.environ.get("PLUMBLINE_NO_SKIPS") == "1"


def _skipped(config: pytest.Config) -> list[str]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return sorted(report.nodeid for report in reporter.stats.get("skipped", []))
