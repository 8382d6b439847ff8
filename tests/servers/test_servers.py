"""The servers that other tests stand on, each asked one question whose answer is known."""

from __future__ import annotations

import json
import socket
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Error, Page

from data.warehouse.engine import create_engine_for, reading
from data.warehouse.migrate import head, revision
from tests.servers.app import AppServer
from tests.servers.child import Child
from tests.servers.chromium import DESK, PHONE_AT_NIGHT, View
from tests.servers.prometheus import PrometheusServer


def _get(url: str) -> object:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return json.load(answer)


def test_postgresql_answers(postgres_url: str) -> None:
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT 6 * 7, current_setting('listen_addresses')").fetchone() == (42, "127.0.0.1")


def test_a_database_is_a_copy_of_its_template_and_of_one_test_alone(new_database: Callable[..., str]) -> None:
    template = new_database()
    with psycopg.connect(template.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE here (n int)")
    copy = new_database(template.rsplit("/", 1)[1])
    with psycopg.connect(copy.replace("+psycopg", "")) as connection:
        connection.execute("INSERT INTO here VALUES (1)")
    with psycopg.connect(template.replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT count(*) FROM here").fetchone() == (0,)


def test_a_warehouse_is_fresh(warehouse_url: str) -> None:
    engine = create_engine_for(warehouse_url)
    assert revision(engine) is None
    engine.dispose()


def test_a_migrated_warehouse_has_the_newest_revision(migrated_warehouse_url: str) -> None:
    engine = create_engine_for(migrated_warehouse_url)
    with reading(engine) as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == head()
    engine.dispose()


@pytest.mark.real
def test_prometheus_knows_the_outages_that_happened(prometheus_server: PrometheusServer) -> None:
    expected = prometheus_server.expected
    query = urllib.parse.urlencode(
        {
            "query": "sum_over_time(probe_success[90d]) / count_over_time(probe_success[90d])",
            "time": f"{expected['end'] - 0.001:.3f}",
        }
    )
    answer = _get(f"{prometheus_server.base_url}/api/v1/query?{query}")
    found = {series["metric"]["service"]: float(series["value"][1]) for series in answer["data"]["result"]}
    wanted = {name: service["availability"] for name, service in expected["services"].items()}
    assert found == pytest.approx(wanted, abs=1e-9)


@pytest.mark.real
def test_the_vendor_mock_answers_as_the_description_says(prism: Callable[[Path], str], inputs: Path) -> None:
    base_url = prism(inputs / "vendor_openapi" / "github-rest.json")
    deployments = _get(f"{base_url}/repos/octo/example/deployments")
    assert {"id", "sha", "environment", "created_at", "statuses_url"} <= deployments[0].keys()
    assert prism(inputs / "vendor_openapi" / "github-rest.json") == base_url


@pytest.mark.browser
@pytest.mark.parametrize("chromium_page", [DESK, PHONE_AT_NIGHT], indirect=True, ids=str)
def test_chromium_opens_a_page_in_the_view_asked_for(chromium_page: Page, request: pytest.FixtureRequest) -> None:
    view: View = request.node.callspec.params["chromium_page"]
    chromium_page.goto("data:text/html,<title>Plumbline</title><h1>It holds</h1>")
    seen = chromium_page.evaluate(
        "[document.title, innerWidth, innerHeight, matchMedia('(prefers-color-scheme: dark)').matches]"
    )
    assert seen == ["Plumbline", view.width, view.height, view.colours == "dark"]


@pytest.mark.browser
def test_chromium_reaches_nothing_but_this_machine(chromium_page: Page) -> None:
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        chromium_page.goto("http://example.com/")


def test_no_test_reaches_beyond_this_machine() -> None:
    with socket.socket() as client, pytest.raises(pytest.fail.Exception, match=r"called 192\.0\.2\.1"):
        client.connect(("192.0.2.1", 80))


def test_a_page_that_failed_is_told_from_a_reader_who_left(tmp_path: Path) -> None:
    left = "starlette.websockets.WebSocketDisconnected: WebSocket is not connected."
    trace = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    g()\n{end}\n\nDuring handling …\n'
    ends = (left, "ZeroDivisionError: division by zero", left)
    process = subprocess.Popen(["true"])
    process.wait()
    for lines, faults in ((ends, [ends[1]]), ((left,), []), ((), [])):
        (tmp_path / "log").write_text("2026-11-21 began\n" + "".join(trace.format(end=end) for end in lines))
        assert AppServer("", Child("app", process, tmp_path / "log")).faults == faults
    (tmp_path / "log").write_text("╭─ Traceback ─╮")
    assert AppServer("", Child("app", process, tmp_path / "log")).faults == ["cut off"]
