"""The `git` program, asked about one clone: no shell, no network, no lock, a time limit; its refusals as sentences."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from data.settings import environment
from pipelines.errors import StopSource, TryAgain

_HANDED_ON = ("PATH", "HOME", "XDG_CONFIG_HOME", "SYSTEMROOT", "TMPDIR")
_FIXED = {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1"}
# a setting of the clone must not start programs of its own
_ALWAYS = ("--no-optional-locks", "--no-pager", "-c", "log.showSignature=false", "-c", "core.fsmonitor=false")


@dataclass(frozen=True)
class Tag:
    """A tag: the commit that it stands for (None where it stands for something else), and when it was set."""

    name: str
    commit: str | None
    at: int


@dataclass(frozen=True)
class Commit:
    """A commit: its parents, and when it was written and committed, in seconds since 1970."""

    sha: str
    parents: tuple[str, ...]
    authored: int
    committed: int


@dataclass(frozen=True)
class Clone:
    """A clone on this machine; `source` and `path` are named in what is said."""

    source: str
    path: Path
    seconds: float

    def require(self) -> None:
        """StopSource where there is no clone that this user may read."""
        if not self.path.is_dir():
            raise StopSource(f"Source {self.source}: no folder is at {self.path}: correct the option path.")
        if inside := self._ask("rev-parse", "--show-prefix").strip():
            raise StopSource(
                f"Source {self.source}: {self.path} is the folder {inside} of a clone: name the clone's own folder."
            )

    def branch(self, wanted: str | None) -> tuple[str, str | None]:
        """The branch to read, the one that is checked out by default, with its latest commit (None: it is empty).

        StopSource names the branches that there are where the wanted one is none of them.
        """
        name = wanted or self._ask("symbolic-ref", "--short", "-q", "HEAD", fails=True).strip()
        if not name:
            return "HEAD", self._commit("HEAD")
        here, fetched = self._commit(f"refs/heads/{name}"), self._commit(f"refs/remotes/origin/{name}")
        if wanted and not here and not fetched:
            there = self._ask("for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes").split()
            listed = ", ".join(there[:10]) or "none"
            raise StopSource(f"Source {self.source}: there is no branch {wanted!r}; there are: {listed}.")
        # fetching moves the branch of the origin only
        behind = here is None or (fetched is not None and not self._ask("rev-list", "-1", here, f"^{fetched}").strip())
        return name, fetched if fetched and behind else here

    def tags(self) -> Iterator[Tag]:
        """Every tag, by name. A tag of a tag stands for no commit here."""
        form = (
            "%(refname:strip=2)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)%00%(creatordate:unix)"
        )
        for line in self._ask("for-each-ref", f"--format={form}", "refs/tags").split("\n")[:-1]:
            name, kind, sha, inner, peeled, at = line.split("\0")
            commit = sha if kind == "commit" else peeled if inner == "commit" else None
            yield Tag(name, commit, int(at or 0))

    def commits(self, tips: list[str], known: list[str]) -> list[Commit]:
        """The commits behind the tips, without those behind commits that are known, newest first."""
        wanted = "".join(f"{sha}\n" for sha in tips) + "".join(f"^{sha}\n" for sha in known)
        told = self._ask(
            "log", "--topo-order", "--ignore-missing", "--format=%H%x00%P%x00%at%x00%ct", "--stdin", given=wanted
        )  # fmt: skip
        found = []
        for line in told.split("\n")[:-1]:
            sha, parents, authored, committed = line.split("\0")
            found.append(Commit(sha, tuple(parents.split()), int(authored), int(committed)))
        return found

    def committed(self, shas: list[str]) -> list[int]:
        """When commits were made, in seconds since 1970."""
        if not shas:  # git would take its own branch instead
            return []
        told = self._ask(
            "log", "--no-walk", "--ignore-missing", "--format=%ct", "--stdin", given="\n".join([*shas, ""])
        )
        return [int(line) for line in told.split()]

    def cuts(self) -> list[str]:
        """The commits of a shallow clone whose parents it lacks; none of a whole clone."""
        if self._ask("rev-parse", "--is-shallow-repository").strip() != "true":
            return []
        place = self.path / self._ask("rev-parse", "--git-path", "shallow").strip()
        return place.read_text(encoding="ascii").split()

    def fetched(self) -> datetime | None:
        """When a clone of somewhere else was last fetched; None where that cannot be told."""
        place = self.path / self._ask("rev-parse", "--git-path", "FETCH_HEAD").strip()
        return datetime.fromtimestamp(place.stat().st_mtime, UTC) if place.is_file() else None

    def has_remote(self) -> bool:
        """Whether the clone is one of a repository elsewhere."""
        return bool(self._ask("remote").strip())

    def _commit(self, place: str) -> str | None:
        return self._ask("rev-parse", "--verify", "-q", f"{place}^{{commit}}", fails=True).strip() or None

    def _ask(self, *words: str, given: str = "", fails: bool = False) -> str:
        """What git answers; `fails`: an answer of no is an empty one."""
        command = ["git", *_ALWAYS, "-C", str(self.path), *words]
        known = environment()
        kept = {name: known[name] for name in _HANDED_ON if name in known} | _FIXED
        try:
            done = subprocess.run(
                command, input=given, capture_output=True, timeout=self.seconds, env=kept, check=False,
                encoding="utf-8", errors="replace",
            )  # fmt: skip
        except FileNotFoundError as error:
            raise StopSource(f"Source {self.source}: the program git is not installed: install it.") from error
        except subprocess.TimeoutExpired as error:
            limit = f"{self.seconds:g} seconds"
            raise TryAgain(
                f"Source {self.source}: git {words[0]} took more than {limit}: raise the option seconds."
            ) from error
        if done.returncode == 0:
            return done.stdout
        if fails and not done.stderr.strip():
            return ""
        raise self._refusal(words[0], done.stderr)

    def _refusal(self, word: str, said: str) -> StopSource:
        if "dubious ownership" in said:
            return StopSource(
                f"Source {self.source}: git refuses {self.path}, which belongs to another user: run "
                f"`git config --global --add safe.directory {self.path}` as the user who runs the sync."
            )
        if "not a git repository" in said:
            return StopSource(f"Source {self.source}: {self.path} is no clone of a git repository: correct path.")
        last = next((line for line in reversed(said.splitlines()) if line.strip()), "it said nothing")
        return StopSource(f"Source {self.source}: git {word} failed: {last.removeprefix('fatal: ').rstrip('.')}.")
