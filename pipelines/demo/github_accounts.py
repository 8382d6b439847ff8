"""Accounts and repositories as the objects of GitHub's REST API, and the forms that all of its objects share."""

from __future__ import annotations

import zlib
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from data.sample.company import BOT, ORGANISATION
from pipelines.demo.repositories import CREATED, Hosted

Json = dict[str, Any]

_USER_PARTS: Final = (
    "followers", "following{/other_user}", "gists{/gist_id}", "starred{/owner}{/repo}", "subscriptions", "orgs",
    "repos", "events{/privacy}", "received_events",
)  # fmt: skip
_USER_KEYS: Final = (
    "followers_url", "following_url", "gists_url", "starred_url", "subscriptions_url", "organizations_url", "repos_url",
    "events_url", "received_events_url",
)  # fmt: skip
_REPOSITORY_PARTS: Final = {
    "archive_url": "{archive_format}{/ref}", "assignees_url": "assignees{/user}", "blobs_url": "git/blobs{/sha}",
    "branches_url": "branches{/branch}", "collaborators_url": "collaborators{/collaborator}",
    "comments_url": "comments{/number}", "commits_url": "commits{/sha}", "compare_url": "compare/{base}...{head}",
    "contents_url": "contents/{+path}", "contributors_url": "contributors", "deployments_url": "deployments",
    "downloads_url": "downloads", "events_url": "events", "forks_url": "forks",
    "git_commits_url": "git/commits{/sha}", "git_refs_url": "git/refs{/sha}", "git_tags_url": "git/tags{/sha}",
    "hooks_url": "hooks", "issue_comment_url": "issues/comments{/number}",
    "issue_events_url": "issues/events{/number}", "issues_url": "issues{/number}", "keys_url": "keys{/key_id}",
    "labels_url": "labels{/name}", "languages_url": "languages", "merges_url": "merges",
    "milestones_url": "milestones{/number}", "notifications_url": "notifications{?since,all,participating}",
    "pulls_url": "pulls{/number}", "releases_url": "releases{/id}", "stargazers_url": "stargazers",
    "statuses_url": "statuses/{sha}", "subscribers_url": "subscribers", "subscription_url": "subscription",
    "tags_url": "tags", "teams_url": "teams", "trees_url": "git/trees{/sha}",
}  # fmt: skip


def stamp(moment: datetime) -> str:
    """An instant as GitHub writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def maybe(moment: datetime | None) -> str | None:
    """An instant as GitHub writes it, None where there is none."""
    return None if moment is None else stamp(moment)


def node(kind: str, *key: object) -> str:
    """The global id of a thing."""
    return f"{kind}_" + "_".join(str(part) for part in key)


def number_of(text: str) -> int:
    """A stable positive number for a text."""
    return zlib.crc32(text.encode())


@lru_cache(maxsize=256)
def user(api: str, login: str) -> Json:
    """An account: a person, the organisation or its bot."""
    url, number = f"{api}/users/{login}", number_of(login)
    kind = "Bot" if login == BOT else "Organization" if login == ORGANISATION else "User"
    return {
        "login": login,
        "id": number,
        "node_id": node("U", number),
        "avatar_url": f"{api}/avatars/{number}",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{api}/web/{login}",
        **{key: f"{url}/{part}" for key, part in zip(_USER_KEYS, _USER_PARTS, strict=True)},
        "type": kind,
        "site_admin": False,
    }


def repository_body(repository: Hosted, api: str) -> Json:
    """A repository itself."""
    name = repository.full_name
    url, web = f"{api}/repos/{name}", f"{api}/web/{name}"
    counts = ("forks", "open_issues", "stargazers", "watchers", "network", "subscribers")
    return {
        "id": repository.id,
        "node_id": node("R", repository.id),
        "name": repository.name,
        "full_name": name,
        "owner": user(api, ORGANISATION),
        "private": True,
        "html_url": web,
        "description": None,
        "fork": False,
        "url": url,
        **{key: f"{url}/{part}" for key, part in _REPOSITORY_PARTS.items()},
        "git_url": f"git://larkmoor.example/{name}.git",
        "ssh_url": f"git@larkmoor.example:{name}.git",
        "clone_url": f"{web}.git",
        "svn_url": web,
        **dict.fromkeys(("homepage", "language", "mirror_url", "license")),
        **dict.fromkeys(("archived", "disabled", "has_wiki", "has_pages", "has_discussions", "has_downloads"), False),
        **dict.fromkeys(("has_issues", "has_projects"), True),
        **{f"{name}_count": 0 for name in counts},
        **dict.fromkeys(("forks", "open_issues", "watchers"), 0),
        "size": 4096,
        "visibility": "private",
        "default_branch": "main",
        "permissions": {"admin": False, "maintain": False, "push": False, "triage": False, "pull": True},
        "pushed_at": stamp(repository.pushed),
        "created_at": stamp(CREATED),
        "updated_at": stamp(repository.pushed),
    }
