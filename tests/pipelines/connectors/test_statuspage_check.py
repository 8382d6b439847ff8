"""`check` names the missing step of a Statuspage source, and what the page's components are called."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from pipelines.connectors.base import Finding
from pipelines.errors import StopSource
from tests.pipelines.connectors.github_world import Answer, Kept
from tests.pipelines.connectors.statuspage_world import API, PAGE, WITHDRAWALS, Site, connector, days_ago, sample, site


@pytest.fixture
def status(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A page without incidents."""
    with site(monkeypatch) as made:
        yield made


def found(status: Site, **options: Any) -> list[Finding]:
    return list(connector(status.hub.base_url, **options).check())


PAGE_FOUND = Finding("page", True, f"{PAGE} is Example Exchange, in the time zone Etc/UTC")
NAMED = Finding("components", True, f"{API} is API, {WITHDRAWALS} is Withdrawals")


def test_a_public_page_tells_what_its_components_are_called(status: Site) -> None:
    status.add("i1", days_ago(1))
    assert found(status) == [PAGE_FOUND, NAMED, Finding("incidents", True, "may be read: all 1")]


def test_a_public_page_that_is_cut_short_says_since_when_and_what_to_do(status: Site) -> None:
    for n in range(60):
        status.add(f"i{n}", days_ago(60 - n), days_ago(60 - n) + timedelta(hours=1))
    assert found(status)[-1] == Finding(
        "incidents",
        True,
        "the public page tells the latest 50 only, since 2026-09-20: "
        "sync often, or set `page` and give a key where the page is yours",
    )


def test_an_own_page_tells_whether_its_uptime_may_be_read(status: Site) -> None:
    assert found(status, page=PAGE) == [
        PAGE_FOUND,
        NAMED,
        Finding("incidents", True, "may be read: the latest 0"),
        Finding("uptime", True, "may be read; shown by 2 of 2 components"),
    ]
    assert [one.subject for one in found(status, page=PAGE, uptime=False)] == ["page", "components", "incidents"]


def test_uptime_that_nobody_shows_is_told(status: Site) -> None:
    hidden = [one | {"showcase": False} for one in sample("components")["components"]]
    status.hub.answers[f"pages/{PAGE}/components"] = Answer(hidden)
    says = "no component shows its uptime: switch it on in Statuspage, or set `uptime = false`."
    assert found(status, page=PAGE)[-1] == Finding("uptime", False, says)


@pytest.mark.parametrize("code", [401, 403])
def test_a_wrong_key_is_named_with_its_variable_and_nothing_else_is_tried(status: Site, code: int) -> None:
    status.hub.answers[f"pages/{PAGE}"] = Answer({"error": "Could not authenticate"}, code)
    assert found(status, page=PAGE) == [
        Finding("key", False, "Statuspage refuses the key: renew it and set it in STATUSPAGE_API_KEY.")
    ]


def test_an_unknown_page_is_told_with_those_of_the_key(status: Site) -> None:
    assert found(status, page="nowhere") == [
        Finding("page", False, f"is not among those of the key ({PAGE} is Example Exchange): correct `page`.")
    ]


@pytest.mark.parametrize(
    ("answer", "finding"),
    [
        (
            Answer("", 404),
            Finding("address", False, "is no public Statuspage: set base_url to the page's own address."),
        ),
        (Answer("", 401), Finding("page", False, "is not public: set `page` to its id, and give a key.")),
        (
            Answer("<html></html>", headers={"Content-Type": "text/html"}),
            Finding(
                "address",
                False,
                "GET /api/v2/components.json answered text/html, not JSON: check that base_url is the API's.",
            ),
        ),
    ],
    ids=["not there", "private", "a web page"],
)
def test_an_address_that_is_no_public_page_is_told(status: Site, answer: Answer, finding: Finding) -> None:
    status.hub.answers["api/v2/components.json"] = answer
    assert found(status) == [finding]


def test_an_own_page_needs_its_key(status: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STATUSPAGE_API_KEY")
    with pytest.raises(StopSource) as told:
        Kept().read(connector(status.hub.base_url, page=PAGE))
    assert str(told.value) == (
        "Source status: set the environment variable STATUSPAGE_API_KEY to "
        "an API key that may read the page, for sources with the option page."
    )
    assert status.hub.asked == []


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"page": "../x"}, "option page: String should match pattern '^[a-z0-9]+$'."),
        ({"provider": "An Exchange"}, "option provider: String should match pattern '^[a-z0-9][a-z0-9._-]*$'."),
        ({"components": ["x"]}, "option components: Extra inputs are not permitted."),
    ],
    ids=["page", "provider", "unknown"],
)
def test_a_wrong_option_is_named(options: dict[str, Any], says: str) -> None:
    with pytest.raises(StopSource) as told:
        Kept().read(connector("http://127.0.0.1:9", **options))
    assert str(told.value) == f"Source status: {says}"
