"""What customers write beside a score: invented sentences about a feature, content or not, without names."""

from datetime import date
from typing import Final

import numpy as np

from data.sample.chance import one_of
from data.sample.seasons import UPGRADE, in_bad_quarter

_CONTENT_FROM: Final = {"nps": 9, "csat": 4, "ces": 6}
_UNHAPPY_TO: Final = {"nps": 6, "csat": 2, "ces": 3}
_WRITES: Final = {"content": 0.13, "between": 0.11, "unhappy": 0.32}

_CONTENT: Final = {
    "": (
        "Payments arrive when you say they will.",
        "Your statements save us a day of bookkeeping each month.",
        "One place for our bank account and our coins: that is what we wanted.",
        "The fees are plain, and there are no surprises.",
        "Support answered within minutes and knew what to do.",
        "The app is quick and I find everything.",
    ),
    "instant-payouts": (
        "The money was there before I had closed the page.",
        "Payouts on a Sunday, at last.",
        "Our drivers are paid the same hour now.",
        "Simple to use, and the limit is high enough.",
    ),
    "virtual-cards": (
        "I had the card in my phone within a minute.",
        "A card for each subscription keeps my spending in order.",
        "Freezing a card with one tap is great.",
    ),
    "delegated-approvals": (
        "My deputy can approve while I travel: that was overdue.",
        "The trail of approvals is what our auditor asked for.",
    ),
    "account-opening": (
        "Ten minutes from start to finish.",
        "The video call was friendly and short.",
        "I could stop and go on later where I was.",
    ),
}

_UNHAPPY: Final = {
    "": (
        "I waited two days for an answer from support.",
        "Your exchange rates are worse than those of others.",
        "Too many sign-in codes.",
        "The export of transactions ends early.",
        "Deposits from the exchange took hours to show up.",
        "I do not understand the fees for small amounts.",
    ),
    "instant-payouts": (
        "The payout was refused and nobody said why.",
        "It says instant, and it took forty minutes.",
        "I would like to pay out several at once.",
    ),
    "virtual-cards": (
        "The card was declined at the first shop.",
        "I cannot see the number when I need it.",
        "Ordering failed twice before it worked.",
    ),
    "delegated-approvals": (
        "I had to set up the same rule for each account.",
        "The person who approves gets no message.",
    ),
    "account-opening": (
        "My passport had to be photographed five times.",
        "The check of documents took three days.",
        "I was asked for the same papers twice.",
    ),
}

_BETWEEN: Final = {
    "": ("Good service, but the app is slow at times.", "It does what it should.", "Fine so far; more chains, please."),
    "instant-payouts": ("Works, but I miss a confirmation by message.",),
    "virtual-cards": ("Good, though the limits are hard to find.",),
    "delegated-approvals": ("Useful, but hard to set up.",),
    "account-opening": ("Easy enough, only the wait for the video call was long.",),
}

_OF_THE_BAD_QUARTER: Final = (
    "Two payments hung for hours in February, and nobody told us.",
    "Balances were wrong after your maintenance.",
    "Third outage this quarter: we look for a second provider.",
)
_SINCE_THE_UPGRADE: Final = (
    "Orders hardly ever fail since the summer.",
    "The connection to the exchange became much steadier.",
)
_MAIL: Final = "Please write to me about it: customer{:03d}@mail.example."
"""Now and then somebody leaves an address; it must not be kept."""


def comment(random: np.random.Generator, feature: str, form: str, score: int, day: date) -> str | None:
    """What a customer wrote beside a score; most write nothing."""
    mood = "content" if score >= _CONTENT_FROM[form] else "unhappy" if score <= _UNHAPPY_TO[form] else "between"
    if random.random() >= _WRITES[mood]:
        return None
    bank = {"content": _CONTENT, "unhappy": _UNHAPPY, "between": _BETWEEN}[mood][feature]
    if feature == "" and mood == "unhappy" and (in_bad_quarter(day) or date(2026, 4, 1) <= day < UPGRADE):
        bank += _OF_THE_BAD_QUARTER
    if feature == "" and mood == "content" and day >= UPGRADE:
        bank += _SINCE_THE_UPGRADE
    said = one_of(random, bank)
    return f"{said} {_MAIL.format(int(random.integers(1000)))}" if random.random() < 0.02 else said
