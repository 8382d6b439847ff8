"""What every connector owes, whoever wrote it."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.facts import KINDS
from data.settings import ROOT, Settings, Source, load
from pipelines.connectors import CONNECTORS, connector_of
from pipelines.connectors.base import Connector, Finding, Record
from pipelines.errors import SkipRecord, StopSource, SyncError

each = pytest.mark.parametrize("connector", CONNECTORS, ids=lambda one: one.type)
SECRET = "a-secret-that-must-not-show"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    file = tmp_path / "plumbline.toml"
    file.write_text("[http]\nretries = 0\nconnect_seconds = 1\n")
    return load(file, {})


def made(connector: type[Connector], settings: Settings, **more: object) -> Connector:
    return connector(Source.model_validate({"id": "one", "type": connector.type, **more}), settings)


def test_types_are_unique_and_found_by_name() -> None:
    names = [connector.type for connector in CONNECTORS]
    assert len(set(names)) == len(names)
    assert [connector_of(name) for name in names] == list(CONNECTORS)
    with pytest.raises(StopSource, match="There is no connector of type 'nothing'; there are: github"):
        connector_of("nothing")


@each
def test_it_delivers_known_kinds_of_fact_and_declares_what_may_reach_disk(connector: type[Connector]) -> None:
    assert connector.title
    assert set(connector.fact_kinds) <= KINDS.keys()
    assert connector.fact_kinds
    assert all(fields for fields in connector.keep.values())


@each
def test_its_page_tells_every_option_and_every_secret(connector: type[Connector]) -> None:
    page = (ROOT / "docs" / "connectors" / f"{connector.type}.md").read_text(encoding="utf-8")
    ways = ("`{}`", "{} =", ".{}]]")
    names = connector.options.model_fields
    options = [name for name in names if not any(way.format(name) in page for way in ways)]
    assert options == []
    assert [need.variable for need in connector.needs if need.variable not in page] == []


@each
def test_a_wrong_option_is_named(connector: type[Connector], settings: Settings) -> None:
    one = made(connector, settings, options={"no_such_option": 1}, base_url="http://127.0.0.1:1")
    with pytest.raises(StopSource, match="Source one: option"):
        one.read_options(connector.options)


@each
def test_a_record_of_another_kind_is_set_aside(connector: type[Connector], settings: Settings) -> None:
    with pytest.raises(SkipRecord):
        made(connector, settings, base_url="http://127.0.0.1:1").facts(Record("nothing", "1", {}))


@each
def test_a_source_without_any_setting_is_told_what_is_missing(connector: type[Connector], settings: Settings) -> None:
    assert "Source one" in complaint(made(connector, settings))


@each
def test_an_unreachable_source_is_told_in_a_sentence_without_its_secret(
    connector: type[Connector], settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for need in connector.needs:
        monkeypatch.setenv(need.variable, SECRET)
    options = {
        "github": {"repositories": ["acme/wallet"]},
        "prometheus": {"availability": [{"expression": "up", "label": "job"}]},
        "pagerduty": {"services": ["PIJ90N7"]},
        "statuspage": {"page": "j1nvlvyv7w27"},
    }.get(connector.type, {"path": str(tmp_path / "missing")})
    said = complaint(made(connector, settings, base_url="http://127.0.0.1:1", options=options))
    assert said.endswith(".")
    assert "Traceback" not in said
    assert SECRET not in said


def complaint(connector: Connector) -> str:
    """The first thing that `check` finds wrong."""
    try:
        bad = [finding for finding in connector.check() if not finding.good]
    except SyncError as error:
        return str(error)
    assert bad, "check found nothing wrong"
    assert isinstance(bad[0], Finding)
    return bad[0].says
