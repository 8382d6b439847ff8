"""What the documents say of the code is what the code says of itself."""

from __future__ import annotations

import re

from pydantic import BaseModel

from app.content.sections import SECTIONS
from app.screens import SCREENS
from data.access import Actor, Permission, Role
from data.benchmarks.load import FOLDER
from data.settings import ROOT, Settings
from pipelines.connectors import CONNECTORS

README = (ROOT / "README.md").read_text(encoding="utf-8")


def models(model: type[BaseModel]) -> list[type[BaseModel]]:
    """The model and those that its fields hold."""
    inside = [
        one
        for field in model.model_fields.values()
        for one in (field.annotation, *getattr(field.annotation, "__args__", ()))
        if isinstance(one, type) and issubclass(one, BaseModel)
    ]
    return [model, *(deeper for one in inside for deeper in models(one))]


def test_every_setting_is_described() -> None:
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    internal = {"mode", "files", "clock"}  # set by the demo, the loader and a variable of the environment
    names = {name for model in models(Settings) for name in model.model_fields} - internal
    missing = [name for name in sorted(names) if f"`{name}`" not in text and f"[{name}]" not in text]
    assert missing == []


def test_the_readme_lists_every_connector() -> None:
    listed = re.findall(r"^\| [^|]+ \| `(\w+)` \|", README, flags=re.MULTILINE)
    assert listed == [connector.type for connector in CONNECTORS]


def test_the_files_that_the_readme_tells_to_copy_from_exist() -> None:
    registries = re.findall(r"`((?:app|data|pipelines)/[\w/]+/__init__\.py)`", README)
    assert len(registries) == 5
    assert [name for name in registries if not (ROOT / name).is_file()] == []
    assert SCREENS
    assert SECTIONS
    assert list(FOLDER.glob("*_2026.toml"))


def test_every_link_and_picture_of_the_documents_leads_somewhere() -> None:
    documents = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    named = [(one, to) for one in documents for to in re.findall(r"\]\(([^)#]+)[^)]*\)", one.read_text("utf-8"))]
    assert named
    assert [f"{one.name}: {to}" for one, to in named if "://" not in to and not (one.parent / to).exists()] == []


def test_the_roles_table_says_what_each_role_may() -> None:
    text = (ROOT / "docs" / "access.md").read_text(encoding="utf-8")
    told = {
        role: may.split(", ") for role, may in re.findall(r"^\| ([a-z ]+) \| ([a-z, ]+) \|$", text, flags=re.MULTILINE)
    }
    del told["role"]
    granted = {role: [one for one in Permission if Actor("x", frozenset({role})).may(one)] for role in Role}
    assert told == granted
