"""What every test may ask for: real servers, real inputs; and what none may do: reach beyond this machine."""

from __future__ import annotations

import gc
import os
import socket
import sys

import hypothesis
import pytest

pytest_plugins = [
    "pytester",
    "tests.presence",
    "tests.servers.app",
    "tests.servers.chromium",
    "tests.servers.demo",
    "tests.servers.postgres",
    "tests.servers.prism",
    "tests.servers.prometheus",
    "tests.servers.statements",
    "tests.servers.warehouse",
    "tests.pipelines.killing",
]

# chance finds new cases at a desk; a gate must give the same answer twice, and shares its processor
hypothesis.settings.register_profile("desk", deadline=None)
hypothesis.settings.register_profile("gate", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("gate" if os.environ.get("CI") else "desk")


def _only_this_machine(event: str, arguments: tuple[object, ...]) -> None:
    if event != "socket.connect":
        return
    connection, address = arguments
    if connection.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
        pytest.fail(f"Tests speak to 127.0.0.1 only; this one called {address[0]}.")


sys.addaudithook(_only_this_machine)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, so that no worker has one left when the others are done; else the order stays."""
    items.sort(key=lambda item: not _is_long(item))


def pytest_collection_finish() -> None:
    """What is imported by now stays: looking through it for garbage again and again was a twentieth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _is_long(item: pytest.Item) -> bool:
    # what asks the demo's sources, a process for each command, lasts as long as what is done in a browser
    return item.get_closest_marker("browser") is not None or "demo_sources" in getattr(item, "fixturenames", ())
