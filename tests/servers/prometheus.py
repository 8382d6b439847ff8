"""A real Prometheus with 90 days of history made from outages that happened."""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.servers.child import answers, free_port, program, running


@dataclass(frozen=True)
class PrometheusServer:
    """Its address, and what its history answers: start, end, step; per service availability, requests error rate."""

    base_url: str
    expected: dict[str, Any]


@pytest.fixture(scope="session")
def prometheus_server(inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrometheusServer]:
    """Prometheus on 127.0.0.1 with the history of the real inputs."""
    prometheus = program("prometheus", "prometheus")
    history = _history_once(inputs / "prometheus", _shared_folder(tmp_path_factory))
    folder = tmp_path_factory.mktemp("prometheus")
    shutil.copytree(history / "blocks", folder / "blocks")  # a server changes its blocks
    (folder / "empty.yml").touch()
    port = free_port()
    command = [
        prometheus,
        f"--config.file={folder / 'empty.yml'}",
        f"--storage.tsdb.path={folder / 'blocks'}",
        "--storage.tsdb.retention.time=10y",  # the default would delete the history within seconds
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    ]
    with running("Prometheus", command, folder / "log") as child:
        base_url = f"http://127.0.0.1:{port}"
        child.wait_until(lambda: answers(f"{base_url}/-/ready"))
        yield PrometheusServer(base_url, json.loads((history / "expected.json").read_text()))


def _shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # workers of one run have folders side by side; the history is made once for all
    base = tmp_path_factory.getbasetemp()
    return base.parent if base.name.startswith("popen-") else base


def _history_once(source: Path, shared: Path) -> Path:
    history = shared / "prometheus-history"
    with (shared / "prometheus-history.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (history / "complete").exists():
            shutil.rmtree(history, ignore_errors=True)
            history.mkdir()
            _make_history(source, history)
            (history / "complete").touch()
    return history


def _make_history(source: Path, history: Path) -> None:
    promtool = program("promtool", "prometheus")
    text, expected = history / "history.om", history / "expected.json"
    subprocess.run([sys.executable, source / "make_history.py", text, expected], check=True, capture_output=True)
    published = json.loads((source / "expected_2025q4.json").read_text())
    assert json.loads(expected.read_text()) == published, (
        "make_history.py and expected_2025q4.json do not belong together"
    )
    blocks = ["tsdb", "create-blocks-from", "--max-block-duration=720h", "openmetrics", "-q", text, history / "blocks"]
    subprocess.run([promtool, *blocks], check=True, capture_output=True)
    text.unlink()
