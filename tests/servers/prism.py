"""A vendor's API as its own description tells it: shapes of requests and answers, no sense in the numbers."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.servers.child import free_port, program, running

_MOCK = Path(__file__).parent.parent / "conformance" / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"


@pytest.fixture(scope="session")
def prism(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], str]]:
    """prism(description) -> base URL of a mock of it; the same description is started once a session."""
    started: dict[Path, str] = {}
    with contextlib.ExitStack() as servers:

        def start(description: Path) -> str:
            if description not in started:
                log = tmp_path_factory.mktemp("prism") / "log"
                started[description] = servers.enter_context(_mock(description, log))
            return started[description]

        yield start


@contextlib.contextmanager
def _mock(description: Path, log: Path) -> Iterator[str]:
    node = program("node", "nodejs npm")
    if not _MOCK.exists():
        pytest.fail(
            "The vendor mock is not installed: `npm --prefix tests/conformance ci --ignore-scripts`.", pytrace=False
        )
    port = free_port()
    command = [node, _MOCK, "mock", "-h", "127.0.0.1", "-p", str(port), description]
    with running(f"The mock of {description.name}", command, log) as child:
        child.wait_until(lambda: "Prism is listening" in child.log, seconds=60)
        yield f"http://127.0.0.1:{port}"
