"""A clone through the runner into a real warehouse: lead time works with nothing but git."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from data.clock import fix_clock
from data.warehouse import schema
from data.warehouse.engine import reading
from tests.pipelines.connectors.company_world import Company, company
from tests.pipelines.connectors.git_world import Repository, repository

NOW = datetime(2026, 11, 9, 6, tzinfo=UTC)
DAY = timedelta(days=1)
SOURCE = """
[[source]]
id = "clone"
type = "git"
since = 2026-10-01
options = {{ path = "{path}" }}
"""


@pytest.fixture
def wallet(tmp_path: Path) -> Repository:
    """Two tagged releases; a branch was merged between them."""
    made = repository(tmp_path / "wallet")
    made.commit("a", NOW - 20 * DAY)
    made.tag("v1", NOW - 19 * DAY)
    made.branch("feature")
    made.commit("b", NOW - 10 * DAY)
    made.commit("c", NOW - 9 * DAY)
    made.merge("feature", NOW - 7 * DAY)
    made.tag("v2", NOW - 6 * DAY)
    return made


@pytest.fixture
def shop(migrated_warehouse_url: str, tmp_path: Path, wallet: Repository) -> Iterator[Company]:
    """The company, on each database."""
    fix_clock(NOW)
    made = company(migrated_warehouse_url, tmp_path, SOURCE.format(path=wallet.path))
    yield made
    made.engine.dispose()
    fix_clock(None)


def test_a_merged_branch_has_a_lead_time_from_its_first_commit_to_the_tag(shop: Company) -> None:
    report = shop.sync()
    assert (report.outcome, report.stored) == ("done", 6)
    shop.rollup()
    contained = shop.rows(schema.link, "kind", "from_id", "method")
    assert contained == [("contains", "wallet/tag/v2", "ancestry")]
    table = schema.daily_metric
    with reading(shop.engine) as connection:
        query = select(table.c.numerator, table.c.denominator).where(
            table.c.metric == "lead_time", table.c.scope == "wallet", table.c.denominator > 0
        )
        (row,) = connection.execute(query).all()
    assert row.numerator / row.denominator == 4 * 24


def test_a_second_sync_stores_nothing_and_a_new_release_is_found(shop: Company, wallet: Repository) -> None:
    shop.sync()
    assert shop.sync().stored == 0
    wallet.commit("d", NOW - 2 * DAY)
    wallet.tag("v3", NOW - DAY)
    assert shop.sync().stored == 2
    found = shop.facts("deployment", "source_id", "scope", "finished")
    assert found == [
        ("wallet/tag/v1", "wallet", NOW - 19 * DAY),
        ("wallet/tag/v2", "wallet", NOW - 6 * DAY),
        ("wallet/tag/v3", "wallet", NOW - DAY),
    ]


def test_a_clone_that_cannot_be_read_is_told_and_the_next_run_recovers(shop: Company, wallet: Repository) -> None:
    shop.sync()
    wallet.path.rename(wallet.path.with_name("moved"))
    report = shop.sync()
    assert (report.outcome, report.message) == (
        "stopped",
        f"Source clone: no folder is at {wallet.path}: correct the option path.",
    )
    assert len(shop.facts("deployment", "source_id")) == 2
    wallet.path.with_name("moved").rename(wallet.path)
    assert shop.sync().outcome == "done"


def test_a_tag_that_was_deleted_is_gone_at_the_source_after_a_full_reading(shop: Company, wallet: Repository) -> None:
    shop.sync()
    wallet.git("tag", "-d", "v2")
    assert shop.sync(full=True).notes == ["1 of kind release are gone at the source; their facts stay."]
