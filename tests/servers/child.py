"""A server as a child process: started, waited for, read, ended."""

from __future__ import annotations

import contextlib
import pwd
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Child:
    """A running server and the file that its output goes to."""

    name: str
    process: subprocess.Popen[bytes]
    log_file: Path

    @property
    def log(self) -> str:
        """All it wrote so far."""
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Ask it to end, insist after ten seconds."""
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)

    def wait_until(self, ready: Callable[[], bool], seconds: float = 30) -> None:
        """Return once it is ready; fail with the end of its log when it ends before or takes longer."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                pytest.fail(f"{self.name} ended with status {self.process.returncode}:\n{self.log[-2000:]}")
            if ready():
                return
            time.sleep(0.05)
        self.stop()
        pytest.fail(f"{self.name} was not ready within {seconds:g} s:\n{self.log[-2000:]}")


@contextlib.contextmanager
def running(
    name: str,
    command: Sequence[str | Path],
    log_file: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    user: str | None = None,
    stop_by: signal.Signals = signal.SIGTERM,
) -> Iterator[Child]:
    """The command as a child for as long as the block runs; it also ends when the tests are killed."""
    with log_file.open("wb") as output:
        process = subprocess.Popen(
            [*_ending_with_us(stop_by), *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            **as_user(user),
        )
    child = Child(name, process, log_file)
    try:
        yield child
    finally:
        child.stop(stop_by)


def as_user(user: str | None) -> dict:
    """The arguments that let a child run as another system user."""
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(url: str) -> bool:
    """Whether a GET of the URL gives a status below 400."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status < 400
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def program(name: str, package: str) -> str:
    """Where the program is; fails naming the package that brings it."""
    found = shutil.which(name)
    if found is None:
        pytest.fail(f"{name} is not installed: `apt-get install --no-install-recommends {package}`.", pytrace=False)
    return found


def _ending_with_us(how: signal.Signals) -> list[str]:
    # on Linux the kernel sends the signal when the parent dies, however it dies
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", how.name.removeprefix("SIG"), "--"] if setpriv else []
