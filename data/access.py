"""Who may do what."""

from __future__ import annotations

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
    OPERATE = "operate"


_GRANTED: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: frozenset({Permission.READ}),
    Role.ANALYST: frozenset({Permission.READ, Permission.MAP_KEYS}),
    Role.FINANCE_EDITOR: frozenset({Permission.READ, Permission.EDIT_TARGETS}),
    Role.APPROVER: frozenset({Permission.READ}),
    Role.ADMIN: frozenset(Permission),
    Role.AUDITOR: frozenset({Permission.READ}),
}


class NotPermitted(PermissionError):
    """The actor's roles do not allow the act."""


@dataclass(frozen=True)
class Actor:
    """A person or command that acts, named as in the change log (`cli:maria`, `local:maria`)."""

    name: str
    roles: frozenset[Role]

    def may(self, permission: Permission) -> bool:
        """Whether one of the actor's roles grants the permission."""
        return any(permission in _GRANTED[role] for role in self.roles)

    def require(self, permission: Permission) -> None:
        """Raise NotPermitted unless the actor may."""
        if not self.may(permission):
            held = ", ".join(sorted(self.roles)) or "no role"
            raise NotPermitted(f"{self.name} ({held}) may not {permission}: ask an admin for a role that may.")


def command_line_actor(user: str) -> Actor:
    """The person at the command line, who owns the machine and hence the warehouse."""
    return Actor(f"cli:{user}", frozenset({Role.ADMIN}))


def local_actor(user: str) -> Actor:
    """The one person of an app without sign-in, which listens on loopback only."""
    return Actor(f"local:{user}", frozenset({Role.ADMIN}))
