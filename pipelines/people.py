"""People stay unnamed: ids become salted hashes, and free text loses what leads to a person."""

from __future__ import annotations

import hashlib
import hmac
import html
import re

from data.settings import Settings, secret
from pipelines.errors import StopSource

SALT = "PLUMBLINE_SALT"
SALT_PURPOSE = "a long random text that never changes: people are kept as hashes salted with it"

_DEMO_SALT = "the people of the demo company are made up"
_SHORTEST_SALT = 16
_LENGTH = 32
_LONGEST_TEXT = 4000

_UNREAD = re.compile(r"<(script|style)\b[^<>]*>[^<]*</\1\s*>", re.IGNORECASE)
_BREAKS = re.compile(r"</?(?:p|br|div|li|ul|ol|tr|td|th|table|h[1-6]|blockquote|section)\b[^<>]*>", re.IGNORECASE)
_TAGS = re.compile(r"<!--.*?(?:-->|$)|</?[a-z][^<>]*>", re.IGNORECASE | re.DOTALL)

_MASKED = re.compile(
    r"""
    (?P<email>(?<![\w.+'-])[\w.+'-]+\s?(?:@|[(\[]\s?at\s?[)\]])\s?[\w-]+(?:\.[\w-]+)+)
  | (?P<wallet>\b(?:0x[0-9a-f]{40,64}|(?:bc|tb|ltc|addr|cosmos|bnb)1[0-9a-z]{20,110}|[0-9a-f]{64})\b
      | (?-i:\b(?=[1-9A-HJ-NP-Za-km-z]*[0-9])(?=[1-9A-HJ-NP-Za-km-z]*[A-Z])(?=[1-9A-HJ-NP-Za-km-z]*[a-z])
        [1-9A-HJ-NP-Za-km-z]{25,110}\b))
  | (?P<account>\b[a-z]{2}\d{2}(?:[ -]?[0-9a-z]{4}){2,7}(?:[ -]?[0-9a-z]{1,3})?\b)
  | (?P<date>\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?(?!\d))
  | (?P<number>(?<![\w.,])\+?\(?\d(?:[ ./()\u00a0\u2009\u202f-]{0,3}\d){6,}(?!\w))
    """,
    re.IGNORECASE | re.VERBOSE,
)
_PHONE_DIGITS = 15


def pseudonym(settings: Settings, person: str) -> str:
    """The name under which a person is kept: the same for the same id under one salt, and no way back.

    StopSource where PLUMBLINE_SALT is missing or short; the demo company has a salt of its own.
    """
    known = person.strip()
    known = known.casefold() if "@" in known else known
    return hmac.new(_salt(settings), known.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:_LENGTH]


def require_salt(settings: Settings) -> None:
    """StopSource where people could not be kept as pseudonyms."""
    _salt(settings)


def masked(text: str) -> str:
    """What somebody wrote, as plain text without e-mail addresses, phone, card and account numbers and wallets."""
    plain = html.unescape(_without_tags(text))
    # twice: what was escaped once may be a tag itself
    words = " ".join(_without_tags(plain).split())
    return _MASKED.sub(_mask, words)[:_LONGEST_TEXT].strip()


def _salt(settings: Settings) -> bytes:
    if settings.mode == "demo":
        return _DEMO_SALT.encode()
    found = secret(SALT)
    if found is None:
        raise StopSource(f"Set the environment variable {SALT} to {SALT_PURPOSE}.")
    if len(found.get_secret_value()) < _SHORTEST_SALT:
        raise StopSource(f"{SALT} is too short to protect anybody: give it {_SHORTEST_SALT} characters or more.")
    return found.get_secret_value().encode()


def _without_tags(text: str) -> str:
    return _TAGS.sub("", _BREAKS.sub(" ", _UNREAD.sub(" ", text)))


def _mask(found: re.Match[str]) -> str:
    match found.lastgroup:
        case "email":
            return "[e-mail]"
        case "wallet":
            return "[wallet]"
        case "account":
            return "[account]" if sum(letter.isdigit() for letter in found.group()) >= 8 else found.group()
        case "number":
            return _number(found.group())
        case _:
            return found.group()


def _number(text: str) -> str:
    digits = sum(letter.isdigit() for letter in text)
    if text.startswith("+") and digits <= _PHONE_DIGITS:
        return "[phone]"
    return "[number]" if digits >= 12 else "[phone]"
