"""A company that reads one scripted source, on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.clock import fix_clock
from data.warehouse.catalog import apply_settings
from data.warehouse.engine import create_engine_for
from pipelines import connectors
from tests.pipelines.scripted import MARIA, NOW, Company, Scripted, settings_in


@pytest.fixture
def scripted(migrated_warehouse_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    """The company, on each database; what a test changes of Scripted is undone."""
    for name in ("script", "told", "outcome"):
        monkeypatch.setattr(Scripted, name, getattr(Scripted, name))
    monkeypatch.setattr(connectors, "CONNECTORS", (*connectors.CONNECTORS, Scripted))
    fix_clock(NOW)
    company = Company(create_engine_for(migrated_warehouse_url), settings_in(tmp_path))
    apply_settings(company.engine, company.settings, MARIA)
    yield company
    company.engine.dispose()
    fix_clock(None)
