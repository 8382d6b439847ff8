"""A full reading marks what is gone at the source, and takes nothing away."""

from __future__ import annotations

import pytest

from data.facts import KINDS
from data.warehouse.engine import reading
from data.warehouse.raw import gone_counts
from data.warehouse.rollup import rollup
from pipelines.connectors.base import Record, Rejected
from pipelines.errors import StopSource, TryAgain
from tests.pipelines.connectors.github_world import connector
from tests.pipelines.scripted import Company, Scripted, answered, covered, page, released


def gone(company: Company) -> list[str]:
    rows = company.rows("raw_record", "source_id", "version", "gone_at")
    latest = {source_id: at for source_id, _, at in rows}
    return sorted(source_id for source_id, at in latest.items() if at is not None)


def counted(company: Company) -> dict[str, int]:
    with reading(company.engine) as connection:
        return gone_counts(connection)


def test_a_record_that_a_full_reading_no_longer_lists_is_marked_and_its_fact_stays_in_the_numbers(
    scripted: Company,
) -> None:
    scripted.sync(page(released("1"), released("2", "2026-10-06"), covered=(covered(),)))
    rollup(scripted.engine, scripted.settings)
    before = scripted.days("deployment_frequency")
    report = scripted.sync(page(released("1"), covered=(covered(),)), full=True)
    rollup(scripted.engine, scripted.settings)
    assert report.notes == ["1 of kind deployment are gone at the source; their facts stay."]
    assert (gone(scripted), counted(scripted)) == (["2"], {"code": 1})
    assert scripted.days("deployment_frequency") == before
    assert sum(before.values()) == 2_000_000


def test_a_second_full_reading_changes_nothing(scripted: Company) -> None:
    scripted.sync(page(released("1"), released("2"), covered=(covered(),)))
    scripted.sync(page(released("1"), covered=(covered(),)), full=True)
    versions = scripted.rows("data_version", "version")
    report = scripted.sync(page(released("1"), covered=(covered(),)), full=True)
    assert (report.notes, scripted.rows("data_version", "version")) == ([], versions)


@pytest.mark.parametrize("back", [released("2"), released("2", "2026-10-09")], ids=["as it was", "changed"])
def test_a_record_that_is_seen_again_is_there_again(scripted: Company, back: Record) -> None:
    scripted.sync(page(released("1"), released("2"), covered=(covered(),)))
    scripted.sync(page(released("1"), covered=(covered(),)), full=True)
    scripted.sync(page(back))
    assert (gone(scripted), counted(scripted)) == ([], {})


@pytest.mark.parametrize("fault", [TryAgain("later"), StopSource("no")])
def test_an_interrupted_full_reading_marks_nothing(scripted: Company, fault: Exception) -> None:
    scripted.sync(page(released("1"), released("2"), covered=(covered(),)))
    scripted.sync(page(released("1"), covered=(covered(),)), fault, full=True)
    assert gone(scripted) == []


def test_a_usual_reading_marks_nothing(scripted: Company) -> None:
    scripted.sync(page(released("1"), released("2"), covered=(covered(),)))
    scripted.sync(page(released("1"), covered=(covered(),)))
    assert gone(scripted) == []


def test_only_what_the_reading_would_have_listed_is_marked(scripted: Company) -> None:
    earlier, other_kind = released("early", "2026-09-20"), answered("a", "someone")
    undated = Record("deployment", "undated", {"finished": "2026-10-05T10:00:00+00:00"})
    scripted.sync(page(earlier, other_kind, undated, released("faulty", finished=False), covered=(covered(),)))
    scripted.sync(page(released("1"), covered=(covered(),)), full=True)
    assert gone(scripted) == []


def test_what_no_proof_of_a_complete_reading_speaks_of_is_not_marked(scripted: Company) -> None:
    scripted.sync(page(released("1"), released("2"), covered=(covered(),)))
    scripted.sync(page(released("1"), covered=(covered(key="acme/other"),)), full=True)
    assert gone(scripted) == []


def test_a_proof_for_the_whole_source_speaks_of_every_name(scripted: Company) -> None:
    scripted.sync(page(released("1"), released("2"), covered=(covered(),)))
    scripted.sync(page(released("1"), covered=(covered(key_kind="", key=""),)), full=True)
    assert gone(scripted) == ["2"]


def test_when_a_record_came_that_could_not_be_read_none_of_its_kind_is_taken_for_gone(scripted: Company) -> None:
    scripted.sync(page(released("1"), released("2"), covered=(covered(),)))
    odd = Rejected("deployment", "acme/wallet deployment ?", "It came without its number.")
    scripted.sync(page(released("1"), rejected=(odd,), covered=(covered(),)), full=True)
    assert gone(scripted) == []


def test_more_records_than_are_read_at_once_are_all_held_against_the_listing(
    scripted: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.warehouse.raw._AT_ONCE", 2)
    scripted.sync(page(*(released(str(n)) for n in range(5)), covered=(covered(),)))
    report = scripted.sync(page(released("2"), covered=(covered(),)), full=True)
    assert gone(scripted) == ["0", "1", "3", "4"]
    assert report.notes == ["4 of kind deployment are gone at the source; their facts stay."]


def test_github_lists_deployments_of_the_environments_asked_for_and_issues_unless_projects_tell_them() -> None:
    made = {"environment": "production", "created_at": "2026-10-05T10:00:00Z"}
    release, issue = Record("deployment", "1", made), Record("issue", "2", {**made, "closed_at": None})
    usual = connector("http://127.0.0.1:1")
    boards = connector("http://127.0.0.1:1", environments=["staging"], projects=[{"owner": "acme", "number": 1}])
    assert [usual.listed_at(one) is not None for one in (release, issue)] == [True, True]
    assert [boards.listed_at(one) is not None for one in (release, issue)] == [False, False]
    assert Scripted.lists.keys() <= KINDS.keys()
