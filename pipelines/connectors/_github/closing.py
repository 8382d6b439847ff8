"""The issues that a pull request closes: as GraphQL lists them, and as its description names them for REST; pure.

Only repository and number leave this module, never the description. GitHub heeds a closing keyword in the description
of a pull request to the default branch, outside of code and comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from pipelines.connectors.texts import Json

_UNHEEDED = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|^[ ]{0,3}(?P<fence>`{3,}|~{3,}).*?(?:^[ ]{0,3}(?P=fence)[`~]*[ \t]*$|\Z)"
    r"|(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)",
    re.DOTALL | re.MULTILINE,
)
_CLOSING = re.compile(
    r"(?<![\w-])(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+"
    r"(?:(?:(?P<site>https?://[^/\s]+)/)?(?P<repository>[\w.-]+/[\w.-]+)(?:#|/issues/)|#|gh-)(?P<number>\d{1,9})(?!\w)",
    re.IGNORECASE,
)


def named(repository: str, found: Json) -> list[str]:
    """The work items that the description of a REST pull request says it closes."""
    base = found.get("base") or {}
    default = (base.get("repo") or {}).get("default_branch")
    if default is not None and base.get("ref") not in (None, default):
        return []
    return _in_order(repository, _references(found))


def listed(repository: str, nodes: Iterable[Json]) -> list[str]:
    """The work items of GraphQL's `closingIssuesReferences`."""
    return _in_order(
        repository,
        (
            ((node.get("repository") or {}).get("nameWithOwner"), number)
            for node in nodes
            if isinstance(number := node.get("number"), int)
        ),
    )


def _references(found: Json) -> Iterator[tuple[str | None, int]]:
    """Repository (None: its own) and number of each issue that is named after a closing keyword."""
    page, body = urlsplit(found.get("html_url") or ""), found.get("body")
    for match in _CLOSING.finditer(_UNHEEDED.sub(" ", body) if isinstance(body, str) else ""):
        address = match["site"] is not None
        if address == ("/issues/" in match[0]) and (not address or urlsplit(match["site"]).netloc == page.netloc):
            yield match["repository"], int(match["number"])


def _in_order(repository: str, references: Iterable[tuple[str | None, int]]) -> list[str]:
    """Each once: names of other repositories in small letters, for GitHub tells none of them apart by case."""
    own = repository.casefold()
    known = {(own if name is None else name.casefold(), number) for name, number in references}
    return [f"{repository if name == own else name}/issues/{number}" for name, number in sorted(known)]
