"""The typeface of the product, and which characters it can show."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import unicodedata
from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from functools import cache
from operator import is_not
from pathlib import Path
from typing import Any, TypeVar

import font_source_sans_pro

_Value = TypeVar("_Value")

_FOLDER = Path(font_source_sans_pro.font_directory)
FILES = tuple(_FOLDER / f"SourceSansPro-{style}.ttf" for style in ("Regular", "Semibold"))
BOX = "\u2610"
_SPACES = {"\t": " ", "\n": " ", "\r": " ", "\u2009": "\u202f", "\u200a": "\u202f"}
_UNSEEN = ("Cc", "Cf")


def clean(value: _Value, faces: tuple[Path, ...] = ()) -> tuple[_Value, frozenset[str]]:
    """The same frozen content with control characters gone and uncovered characters as boxes; and which those were."""
    covered, missing = _covered((*FILES, *faces)), set[str]()

    def one(item: Any) -> Any:
        if isinstance(item, str):
            return _text(item, covered, missing)
        if isinstance(item, tuple):
            made = tuple(map(one, item))
            return made if any(map(is_not, made, item)) else item
        kind: Any = type(item)
        if names := _names(kind):
            changed = {name: new for name in names if (new := one(was := getattr(item, name))) is not was}
            return replace(item, **changed) if changed else item
        return item

    return one(value), frozenset(missing)


@cache
def _names(kind: type) -> tuple[str, ...]:
    """The fields of a kind of content; none of what is no dataclass."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


@cache
def folder() -> Path:
    """A folder with only the faces in use: Typst takes folders, and the wheel's holds every face twice."""
    made = Path(tempfile.mkdtemp(prefix="plumbline-fonts-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    for path in FILES:
        (made / path.name).symlink_to(path)
    return made


def faces_in(folder: Path | None) -> tuple[Path, ...]:
    """The font files of a folder, in order of their names; none where there is no folder."""
    if folder is None or not folder.is_dir():
        return ()
    return tuple(sorted(path for path in folder.iterdir() if path.suffix.lower() in (".ttf", ".otf")))


def described(missing: Iterable[str]) -> tuple[str, ...]:
    """Characters by code and name, for the appendix."""
    return tuple(f"U+{ord(sign):04X} {unicodedata.name(sign, 'without a name').lower()}" for sign in sorted(missing))


def _text(words: str, covered: frozenset[str], missing: set[str]) -> str:
    if covered.issuperset(words):
        return words
    kept = []
    for sign in words:
        shown = _SPACES.get(sign, sign)
        if shown in covered:
            kept.append(shown)
        elif unicodedata.category(shown) not in _UNSEEN:
            missing.add(shown)
            kept.append(BOX)
    return "".join(kept)


@cache
def _covered(files: tuple[Path, ...]) -> frozenset[str]:
    """The characters that are shown as they are."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    found: set[int] = set()
    for path in files:
        with TTFont(path, lazy=True) as font:
            found.update(font.getBestCmap())
    return frozenset(map(chr, found)) - _SPACES.keys()
