"""The demo company's business cases can be handed in, are worth something, and follow from what is measured."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from data.finance.case import double_counts
from data.finance.case_file import checked, document
from data.finance.ledger import Attribution, due, missing_promises, promises
from data.finance.roi import valuation
from data.sample.cases import aimed, flags, gateway, remark
from data.sample.company import PORTFOLIO

START = date(2025, 11, 1)


def test_the_approved_case_could_be_handed_in_and_pays_back_and_the_draft_could_not_yet() -> None:
    approved, draft = aimed(gateway(START), Decimal("0.0139")), aimed(flags(START))
    assert (double_counts(approved), missing_promises(approved)) == ((), ())
    assert missing_promises(draft) == (
        "Releases taken back by hand is promised on no measure: name one that reviews can read.",
    )
    for one in (approved, draft):
        assert checked(document(one)) == one
        told = valuation(one)
        assert told.npv > 0
        assert told.payback.lasting is not None
        assert 1 < told.payback.lasting < one.years


def test_the_plan_follows_from_where_it_starts() -> None:
    plain = aimed(gateway(START))
    assert plain == aimed(gateway(START))
    found = {one.line: (one.baseline, one.planned) for one in promises(aimed(gateway(START), Decimal("0.01")))}
    assert found == {
        "stability": (Decimal("0.1"), Decimal("0.075")), "bugs": (Decimal("0.01"), Decimal("0.006")),
    }  # fmt: skip
    assert {one.line: one.baseline for one in promises(plain)}["bugs"] == Decimal("0.014")
    features = aimed(flags(START)).named("features").values["features_after"]
    assert (features.low, features.value, features.high) == (Decimal(170), Decimal("180.2"), Decimal("190.4"))


def test_every_review_has_something_to_be_said() -> None:
    case = aimed(gateway(START))
    assert {one.scope for one in promises(case)} == {PORTFOLIO}
    for one in due(case):
        for better in (True, False):
            why, said = remark(one.line, better)
            assert why in Attribution
            assert said.endswith(".")
