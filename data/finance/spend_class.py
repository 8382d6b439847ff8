"""What a charge was for: integration and middleware, other technology, or unknown.

The rules are a versioned file beside this one, `spend_classes_<year>.toml`; each list in it names its source. Classes
are tried in a fixed order: tag, FOCUS category, taxonomy, vendor list, known category; what is left is unclassified.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from data.facts import Spend
from data.settings import ConfigurationError

SHIPPED = Path(__file__).with_name("spend_classes_2026.toml")
INTEGRATION, OTHER, UNCLASSIFIED, EXCLUDED = "integration", "other", "unclassified", "excluded"

Word = Annotated[str, Field(min_length=2)]
_Names = tuple[str, str, str, str]


@dataclass(frozen=True)
class SpendClass:
    """The class of a charge, the rule that gave it, and that rule's place in the order (1 goes first, 0 before all)."""

    name: str
    rule: str
    priority: int


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Tag(_Frozen):
    """Keys of tags that state the class themselves; other values than those of a class are ignored."""

    source: Word
    keys: tuple[Word, ...]


class Taxonomy(_Frozen):
    """FOCUS subcategories, and words of service names, that a taxonomy counts as middleware."""

    source: Word
    subcategories: tuple[Word, ...]
    services: tuple[Word, ...]


class Vendors(_Frozen):
    """Words of provider or service names of one kind of integration vendor."""

    kind: Word
    source: Word
    names: tuple[Word, ...]


class Categories(_Frozen):
    """FOCUS service categories: which one is integration, which one says nothing."""

    source: Word
    integration: tuple[Word, ...]
    unknown: tuple[Word, ...]


class Rules(_Frozen):
    """A version of the rules; `effective_from` is the first day of spend that they were made for."""

    version: Word
    effective_from: date
    owner: Word
    excluded_charge_categories: tuple[Word, ...]
    tag: Tag
    category: Categories
    taxonomy: Taxonomy
    vendors: tuple[Vendors, ...]

    @field_validator("vendors")
    @classmethod
    def _named_once(cls, lists: tuple[Vendors, ...]) -> tuple[Vendors, ...]:
        names = [name.casefold() for one in lists for name in one.names]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"{twice[0]!r} stands in the list twice: keep one of them")
        return lists

    @functools.cached_property
    def of_names(self) -> Callable[[_Names], SpendClass]:
        """The class that a charge's names give; each combination is looked at once."""
        return functools.lru_cache(maxsize=65_536)(_classifier(self))


@functools.cache
def shipped_rules() -> Rules:
    """The rules that come with this version."""
    return load_rules(SHIPPED)


def load_rules(path: Path) -> Rules:
    """The rules of a file. ConfigurationError names the file, and the line or field that is wrong."""
    try:
        return Rules.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise ConfigurationError(f"{path} does not exist: correct its name.") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path} is not valid TOML: {error}.") from error
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(str(part) for part in fault["loc"]) or "rules"
        message = fault["msg"].removeprefix("Value error, ").rstrip(".")
        raise ConfigurationError(f"{path}: {where}: {message}.") from error


def classify(spend: Spend, rules: Rules) -> SpendClass:
    """The class of one charge: integration, other, unclassified, or excluded (taxes)."""
    if spend.charge_category.casefold() in {name.casefold() for name in rules.excluded_charge_categories}:
        return SpendClass(EXCLUDED, f"charge category {spend.charge_category}", 0)
    for key, value in spend.tags:
        name = value.strip().casefold()
        if key in rules.tag.keys and name in (INTEGRATION, OTHER):
            return SpendClass(name, f"tag {key}", 1)
    return rules.of_names((spend.provider, spend.service, spend.category, spend.subcategory))


def _classifier(rules: Rules) -> Callable[[_Names], SpendClass]:
    integration, unknown = _folded(rules.category.integration), _folded(rules.category.unknown)
    subcategories, services = _folded(rules.taxonomy.subcategories), _words(rules.taxonomy.services)
    vendors = [(f"vendor list {one.kind}", _words(one.names)) for one in rules.vendors]

    def of(names: _Names) -> SpendClass:
        provider, service, category, subcategory = (name.casefold() for name in names)
        if category in integration:
            return SpendClass(INTEGRATION, f"category {names[2]}", 2)
        if subcategory in subcategories:
            return SpendClass(INTEGRATION, f"taxonomy subcategory {names[3]}", 3)
        if found := services.search(service):
            return SpendClass(INTEGRATION, f"taxonomy service {found[0]}", 3)
        for rule, pattern in vendors:
            if found := pattern.search(f"{provider}\n{service}"):
                return SpendClass(INTEGRATION, f"{rule}: {found[0]}", 4)
        if category and category not in unknown:
            return SpendClass(OTHER, f"category {names[2]}", 5)
        return SpendClass(UNCLASSIFIED, "no rule", 6)

    return of


def _folded(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name.casefold() for name in names)


def _words(names: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the names as whole words of a folded text; of nothing where there is no name."""
    either = "|".join(re.escape(name.casefold()) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)" if names else r"(?!)")
