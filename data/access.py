"""Who may do what."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person is to the company's numbers."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    FINANCE_EDITOR = "finance editor"
    APPROVER = "approver"
    ADMIN = "admin"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """An act that needs a role."""

    READ = "read"
    MAP_KEYS = "map keys"
    EDIT_TARGETS = "edit targets"
    EDIT_CASES = "edit business cases"
    EDIT_BUDGETS = "edit budgets"
    CORRECT = "correct numbers"
    APPROVE = "approve"
    RELEASE = "release packs"
    READ_LOG = "read the change log"
    OPERATE = "operate"


_GRANTED: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: frozenset({Permission.READ}),
    Role.ANALYST: frozenset({Permission.READ, Permission.MAP_KEYS, Permission.EDIT_CASES, Permission.CORRECT}),
    Role.FINANCE_EDITOR: frozenset(
        {
            *(Permission.READ, Permission.EDIT_TARGETS, Permission.EDIT_CASES, Permission.EDIT_BUDGETS),
            *(Permission.CORRECT, Permission.RELEASE),
        }
    ),
    Role.APPROVER: frozenset({Permission.READ, Permission.APPROVE, Permission.RELEASE, Permission.READ_LOG}),
    Role.ADMIN: frozenset(Permission),
    Role.AUDITOR: frozenset({Permission.READ, Permission.READ_LOG}),
}


class NotPermitted(PermissionError):
    """The actor's roles do not allow the act."""


@dataclass(frozen=True)
class Actor:
    """A person or command that acts, named as in the change log (`cli:maria`, `local:maria`).

    `entities` are the scopes that the roles are limited to, with all below them; None: the whole company.
    """

    name: str
    roles: frozenset[Role]
    entities: frozenset[str] | None = None

    @property
    def person(self) -> str:
        """Who it is, however they came in: what decides whether two acts are by two people."""
        return self.name.partition(":")[2] or self.name

    def may(self, permission: Permission, path: Collection[str] | None = None) -> bool:
        """Whether one of the actor's roles grants the permission, for a scope given as the path from it upwards.

        Without a path the act concerns the whole company.
        """
        granted = any(permission in _GRANTED[role] for role in self.roles)
        return granted and (self.entities is None or not self.entities.isdisjoint(path or ()))

    def require(self, permission: Permission, path: Collection[str] | None = None) -> None:
        """Raise NotPermitted unless the actor may."""
        if self.may(permission, path):
            return
        held = ", ".join(sorted(self.roles)) or "no role"
        if not any(permission in _GRANTED[role] for role in self.roles):
            raise NotPermitted(f"{self.name} ({held}) may not {permission}: ask an admin for a role that may.")
        within = ", ".join(sorted(self.entities or ()))
        raise NotPermitted(
            f"{self.name} ({held}) may {permission} for {within} only: ask an admin to widen that, "
            "or choose a scope within it."
        )


def command_line_actor(user: str) -> Actor:
    """The person at the command line, who owns the machine and hence the warehouse."""
    return Actor(f"cli:{user}", frozenset({Role.ADMIN}))


def local_actor(user: str) -> Actor:
    """The one person of an app without sign-in, which listens on loopback only."""
    return Actor(f"local:{user}", frozenset({Role.ADMIN}))
