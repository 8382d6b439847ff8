"""A database that is used again is as its template is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from psycopg import Connection

from tests.servers.postgres import create_database, drop_database, plain
from tests.servers.reused import Reused

TEMPLATE = "before_reuse"
TABLES = """
CREATE TABLE kept (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, word text);
CREATE TABLE told (id bigint REFERENCES kept, word text);
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'it stays'; END $$;
CREATE TRIGGER stays BEFORE DELETE ON told FOR EACH ROW EXECUTE FUNCTION refuse();
INSERT INTO kept (word) VALUES ('first');
"""


@pytest.fixture
def reused(postgres_url: str) -> Iterator[Reused]:
    create_database(postgres_url, TEMPLATE)
    with psycopg.connect(plain(postgres_url).rsplit("/", 1)[0] + f"/{TEMPLATE}") as connection:
        connection.execute(TABLES)
    with closing(Reused(postgres_url, TEMPLATE)) as made:
        yield made
    drop_database(postgres_url, TEMPLATE)


def used(url: str, *statements: str) -> list[tuple[object, ...]]:
    with psycopg.connect(plain(url)) as connection:
        for statement in statements:
            connection.execute(statement)
        return connection.execute("SELECT * FROM kept ORDER BY id").fetchall()


def test_rows_and_counters_are_those_of_the_template_again(reused: Reused) -> None:
    add = "INSERT INTO kept (word) VALUES ('mine')"
    with reused.lent() as first:
        before = used(first, "UPDATE kept SET word = 'other'", add, "INSERT INTO told VALUES (1, 'said')")
    with reused.lent() as again:
        assert again == first
        assert used(again) == [(1, "first")]
        assert used(again, add) == [(1, "first"), before[1]]


def test_who_is_still_connected_is_sent_away(reused: Reused) -> None:
    with reused.lent() as first:
        stays: Connection[tuple[object, ...]] = psycopg.connect(plain(first))
        stays.execute("LOCK TABLE kept")
    with reused.lent() as again:
        assert used(again) == [(1, "first")]
    stays.close()


@pytest.mark.parametrize(
    "change",
    ["DROP TABLE told", "ALTER TABLE kept ADD more text", "DROP TRIGGER stays ON told", "CREATE TABLE more (id int)"],
)
def test_one_whose_tables_changed_is_used_no_more(reused: Reused, change: str) -> None:
    with reused.lent() as first:
        used(first, change)
    with reused.lent() as again:
        assert again != first
        assert used(again) == [(1, "first")]
