"""Many read while one writes; writers wait; a broken transaction leaves the last good state."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, insert, select

from data.clock import clock
from data.settings import ConfigurationError
from data.warehouse import schema
from data.warehouse.engine import WarehouseError, create_engine_for, reading, writing
from data.warehouse.write import bump_version

WRITER = """
import sys
from data.warehouse.engine import create_engine_for, writing
from data.warehouse.write import bump_version
engine = create_engine_for(sys.argv[1])
for _ in range(int(sys.argv[2])):
    with writing(engine) as connection:
        bump_version(connection, "from a process")
"""


def versions(engine: Engine) -> int:
    with reading(engine) as connection:
        return connection.execute(select(func.count()).select_from(schema.data_version)).scalar_one()


def test_writers_in_several_processes_wait_for_each_other(engine: Engine, migrated_warehouse_url: str) -> None:
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", WRITER, migrated_warehouse_url, "25"]
    writers = [subprocess.Popen(command, cwd=root, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    said = [writer.communicate(timeout=60)[1] for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0, 0], said
    assert versions(engine) == 75


def test_a_reader_sees_one_state_while_a_writer_goes_on(engine: Engine) -> None:
    with writing(engine) as connection:
        bump_version(connection, "first")
    with reading(engine) as reader:
        before = reader.execute(select(func.count()).select_from(schema.data_version)).scalar_one()
        with writing(engine) as connection:
            bump_version(connection, "second")
        after = reader.execute(select(func.count()).select_from(schema.data_version)).scalar_one()
    assert (before, after, versions(engine)) == (1, 1, 2)


def test_a_writer_waits_until_the_one_before_has_committed(engine: Engine) -> None:
    order: list[str] = []

    def second() -> None:
        with writing(engine) as connection:
            order.append("second starts")
            bump_version(connection, "second")

    with writing(engine) as connection:
        bump_version(connection, "first")
        waiting = threading.Thread(target=second)
        waiting.start()
        time.sleep(0.3)
        order.append("first commits")
    waiting.join(timeout=10)
    assert order == ["first commits", "second starts"]
    assert versions(engine) == 2


def test_an_error_inside_a_transaction_leaves_nothing_of_it(engine: Engine) -> None:
    def break_off() -> None:
        with writing(engine) as connection:
            bump_version(connection, "half done")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    assert versions(engine) == 0


def test_what_people_commit_outlives_a_loss_of_power(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'plumbline.db'}"
    for made, full in ((create_engine_for(url, for_people=True), 2), (create_engine_for(url), 1)):
        with reading(made) as connection:
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == full
        made.dispose()


def test_a_full_disk_is_told_in_a_sentence_and_loses_nothing(tmp_path: Path) -> None:
    from data.warehouse.migrate import migrate

    engine = create_engine_for(f"sqlite:///{tmp_path / 'small.db'}")
    migrate(engine)
    with writing(engine) as connection:
        bump_version(connection, "kept")

    def fill() -> None:
        with writing(engine) as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")
            rows = [{"committed_at": clock(), "cause": "x" * 10_000} for _ in range(200)]
            connection.execute(insert(schema.data_version), rows)

    with pytest.raises(WarehouseError, match="disk of the warehouse is full"):
        fill()
    assert versions(create_engine_for(f"sqlite:///{tmp_path / 'small.db'}")) == 1
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("sqlite://", "give SQLite a file"),
        ("mysql://host/name", "use sqlite or postgresql"),
        ("no url", "write sqlite:///path"),
    ],
)
def test_a_warehouse_url_that_cannot_be_used_is_refused(url: str, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        create_engine_for(url)


def test_an_unreachable_database_is_told_in_a_sentence_without_its_password() -> None:
    engine = create_engine_for("postgresql://somebody:hidden-word@127.0.0.1:1/none")
    with pytest.raises(WarehouseError, match="does not answer") as caught, reading(engine):
        pass
    assert "hidden-word" not in str(caught.value)
