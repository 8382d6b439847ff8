"""The pins are whole: nothing that is needed floats, nothing that is pinned lies idle."""

from __future__ import annotations

import re
from importlib.metadata import requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_ROOT = Path(__file__).parent.parent


def _pins(text: str) -> list[Requirement]:
    lines = (line.strip() for line in text.splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith(("#", "-r"))]


def _parts(name: str) -> tuple[list[Requirement], list[Requirement]]:
    direct, brought = re.split(r"# What those bring.*", (_ROOT / name).read_text(), maxsplit=1)
    return _pins(direct), _pins(brought)


def _closure(wanted: list[Requirement]) -> set[str]:
    """The names of what these requirements bring with them, however deep."""
    found: set[tuple[str, str]] = set()
    open_ends = [(canonicalize_name(one.name), extra) for one in wanted for extra in ("", *one.extras)]
    while open_ends:
        name, extra = end = open_ends.pop()
        if end in found:
            continue
        found.add(end)
        needs = [Requirement(text) for text in requires(name) or []]
        needs = [need for need in needs if need.marker is None or need.marker.evaluate({"extra": extra})]
        open_ends += [(canonicalize_name(need.name), extra) for need in needs for extra in ("", *need.extras)]
    return {name for name, _ in found}


FILES = pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])


@FILES
def test_every_pin_is_exact_and_what_is_installed(file: str) -> None:
    direct, brought = _parts(file)
    pinned = {one.name: str(one.specifier) for one in direct + brought}
    assert pinned == {name: f"=={version(name)}" for name in pinned}


@FILES
def test_what_the_direct_pins_bring_is_pinned_and_nothing_else(file: str) -> None:
    direct, brought = _parts(file)
    names = {canonicalize_name(one.name) for one in direct}
    beneath: set[str] = set()
    if file != "requirements.txt":
        beneath = {canonicalize_name(one.name) for part in _parts("requirements.txt") for one in part}
    assert {canonicalize_name(one.name) for one in brought} == _closure(direct) - names - beneath


@FILES
def test_no_package_is_pinned_twice(file: str) -> None:
    names = [canonicalize_name(one.name) for part in _parts(file) for one in part]
    assert sorted(names) == sorted(set(names))
