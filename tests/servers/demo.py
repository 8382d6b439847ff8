"""The demo company's sources, served once for all tests of a worker; its story ends on 2026-10-31."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from data.sample import Story, story
from pipelines.demo import serving, write_billing

END = date(2026, 10, 31)
CLOCK = "2026-11-09T06:00:00+00:00"


@dataclass(frozen=True)
class DemoSources:
    """Where they answer, where the invoices lie, and what happened."""

    base_url: str
    files: Path
    story: Story


@pytest.fixture(scope="session")
def demo_sources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoSources]:
    told = story(END)
    files = tmp_path_factory.mktemp("billing")
    write_billing(told, files)
    with serving(told) as base_url:
        yield DemoSources(base_url, files, told)
