"""Real git repositories, made for a test, with every commit at a time of its own."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from data.settings import Settings, Source, Warehouse
from pipelines.connectors.git_local import GitLocal


@dataclass(frozen=True)
class Repository:
    """A repository in a folder."""

    path: Path

    def git(self, *words: str, at: datetime | None = None, authored: datetime | None = None) -> str:
        """What git answers; commits and tags are made at the instant."""
        stamp = f"{int(at.timestamp())} +0000" if at else ""
        wrote = f"{int((authored or at).timestamp())} +0000" if at else ""  # type: ignore[union-attr]
        who = {
            "GIT_AUTHOR_NAME": "Ann", "GIT_AUTHOR_EMAIL": "ann@example.com", "GIT_COMMITTER_NAME": "Ann",
            "GIT_COMMITTER_EMAIL": "ann@example.com", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
        }  # fmt: skip
        when = {"GIT_COMMITTER_DATE": stamp, "GIT_AUTHOR_DATE": wrote} if at else {}
        done = subprocess.run(
            ["git", "-C", str(self.path), *words], capture_output=True, text=True, env={**os.environ, **who, **when},
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self, name: str, at: datetime, authored: datetime | None = None) -> str:
        """A commit of one file; its sha."""
        (self.path / name).write_text(f"{name} {at}\n")
        self.git("add", name)
        self.git("commit", "-q", "-m", name, at=at, authored=authored)
        return self.git("rev-parse", "HEAD")

    def write(self, kind: str, text: str) -> str:
        """An object written as it is, which git would not make by itself; its sha."""
        given = self.path / ".git" / "object"
        given.write_text(text)
        return self.git("hash-object", "-t", kind, "-w", str(given))

    def branch(self, name: str) -> None:
        self.git("checkout", "-q", "-b", name)

    def merge(self, name: str, at: datetime, into: str = "main") -> str:
        """A merge commit of a branch; its sha."""
        self.git("checkout", "-q", into)
        self.git("merge", "-q", "--no-ff", "-m", f"Merge {name}", name, at=at)
        return self.git("rev-parse", "HEAD")

    def tag(self, name: str, at: datetime | None = None, target: str = "HEAD") -> None:
        """An annotated tag set at the instant; a lightweight one without."""
        self.git("tag", *(("-a", "-m", name) if at else ()), name, target, at=at)

    def clone(self, path: Path, *options: str) -> Repository:
        """A clone of this repository elsewhere."""
        self.git("clone", "-q", *options, self.path.as_uri(), str(path))
        return Repository(path)


def repository(path: Path) -> Repository:
    """An empty repository with the branch main."""
    path.mkdir(parents=True)
    made = Repository(path)
    made.git("init", "-q", "-b", "main")
    return made


def connector(path: Path, **options: Any) -> GitLocal:
    """The connector for one configured clone."""
    source = Source(id="clone", type="git", options={"path": str(path), **options})
    return GitLocal(source, Settings(warehouse=Warehouse(url="sqlite://"), kpis=()))
