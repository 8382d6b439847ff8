"""Who a signed-in person is: their roles from a list or from their groups, and until when their sign-in holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from data.access import Actor, Role

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
CALLBACK = "/oauth2callback"
CLIENT_SECRET, COOKIE_SECRET = "PLUMBLINE_CLIENT_SECRET", "PLUMBLINE_COOKIE_SECRET"
LEAST_SECRET = 32
_AHEAD = timedelta(minutes=5)
"""By how much a provider's clock may be ahead of ours."""


class SignedOut(Exception):
    """Nobody is signed in who may be; the message says why and what to do."""


class Grant(BaseModel):
    """Roles for a person or a group, for some entities or for the whole company."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1, pattern=r"\S")]
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]
    entities: Annotated[tuple[str, ...], Field(min_length=1)] | None = None


class Person(Grant):
    """A person by the name that the provider tells, and their name at the command line of this machine."""

    system_user: str | None = None


class SignIn(BaseModel):
    """How people sign in: an OpenID provider, what it knows us by, and who may do what."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    metadata_url: str
    client_id: Annotated[str, Field(min_length=1)]
    address: str
    name_claim: str = "email"
    groups_claim: str = "groups"
    ask_for: tuple[str, ...] = ("openid", "email", "profile")
    prompt: Literal["", "login", "select_account"] = "select_account"
    hours: Annotated[float, Field(gt=0, le=8)] = 8
    person: tuple[Person, ...] = ()
    group: tuple[Grant, ...] = ()

    @field_validator("metadata_url", "address")
    @classmethod
    def _safe_from_listeners(cls, url: str) -> str:
        parts = urlsplit(url)
        local = (parts.hostname or "") in ("localhost", "127.0.0.1", "::1")
        if not parts.hostname or parts.scheme not in ("https", "http") or (parts.scheme == "http" and not local):
            raise ValueError(f"{url!r} must start with https:// (http:// only on this machine)")
        return url.rstrip("/")

    @model_validator(mode="after")
    def _names_somebody(self) -> SignIn:
        if not self.person and not self.group:
            raise ValueError("nobody could sign in: add a [[sign_in.person]] or a [[sign_in.group]]")
        for what, names in (("person", [one.name for one in self.person]), ("group", [one.name for one in self.group])):
            if twice := sorted({one for one in names if names.count(one) > 1}):
                raise ValueError(f"{what} {twice[0]!r} is declared twice: leave one of them out")
        return self

    @property
    def redirect(self) -> str:
        """Where the provider sends people back to; to be registered there."""
        return self.address + CALLBACK

    @property
    def reach(self) -> tuple[str, ...]:
        """Every entity that a role is limited to."""
        return tuple(name for one in (*self.person, *self.group) for name in one.entities or ())


@dataclass(frozen=True)
class Session:
    """One sign-in of one person: `id` is the same for every copy of its cookie."""

    id: str
    person: str
    since: datetime


def session_of(rules: SignIn, claims: Mapping[str, Any]) -> Session:
    """The sign-in that the claims of an ID token tell of. SignedOut."""
    name, issued = claims.get(rules.name_claim), claims.get("iat")
    if not isinstance(name, str) or not name.strip():
        raise SignedOut(
            f"The sign-in provider told no {rules.name_claim!r} of you: "
            "an admin can ask it for another claim with name_claim in plumbline.toml."
        )
    if rules.name_claim == "email" and claims.get("email_verified") is False:
        raise SignedOut(f"The sign-in provider has not verified the address {name}: verify it there, then sign in.")
    if not isinstance(issued, int | float) or isinstance(issued, bool):
        raise SignedOut("The sign-in does not say when it was made: sign in again.")
    told = [str(claims.get(one, "")) for one in ("iss", "sub", "aud", "iat", "nonce")]
    return Session(
        sha256("\0".join(told).encode()).hexdigest(), name.strip().casefold(), datetime.fromtimestamp(issued, UTC)
    )


def actor_of(rules: SignIn, claims: Mapping[str, Any], now: datetime) -> Actor:
    """The person with the roles that the settings give now. SignedOut: over, from the future, or without a role."""
    session = session_of(rules, claims)
    if session.since > now + _AHEAD:
        raise SignedOut("The sign-in is of a later time than now: correct this machine's clock, then sign in again.")
    if now >= session.since + timedelta(hours=rules.hours):
        raise SignedOut(f"You signed in more than {rules.hours:g} hours ago: sign in again.")
    roles, entities = _granted(rules, session.person, _groups(rules, claims))
    if not roles:
        raise SignedOut(f"{session.person} has no role here: ask an admin for one.")
    return Actor(f"oidc:{session.person}", roles, entities)


def _groups(rules: SignIn, claims: Mapping[str, Any]) -> tuple[str, ...]:
    told = claims.get(rules.groups_claim)
    return (
        tuple(str(one) for one in told) if isinstance(told, list | tuple) else (told,) if isinstance(told, str) else ()
    )


def _granted(rules: SignIn, person: str, groups: tuple[str, ...]) -> tuple[frozenset[Role], frozenset[str] | None]:
    """What is said of the person counts alone; else what is said of their groups, which must not differ in reach."""
    own = [one for one in rules.person if one.name.strip().casefold() == person]
    grants: list[Grant] = [*own] or [one for one in rules.group if one.name in groups]
    reaches = {None if one.entities is None else frozenset(one.entities) for one in grants}
    if len(reaches) > 1:
        named = ", ".join(one.name for one in grants)
        raise SignedOut(
            f"Your groups ({named}) are limited to different entities: "
            "ask an admin for a [[sign_in.person]] entry of your own."
        )
    roles = frozenset(role for one in grants for role in one.roles)
    return roles, next(iter(reaches), None)


def person_at_command_line(rules: SignIn | None, user: str) -> str:
    """The name under which a system user acts, so that one person is not two."""
    people = rules.person if rules else ()
    return next((one.name.strip().casefold() for one in people if one.system_user == user), user)
