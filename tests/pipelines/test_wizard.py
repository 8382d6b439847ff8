"""`init TYPE` asks what a source needs, tests it live, and adds it to the settings without ever holding a secret."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from data.settings import ROOT, ConfigurationError, environment, load
from pipelines.connectors import CONNECTORS
from pipelines.connectors.base import Name
from pipelines.connectors.focus import FocusOptions
from pipelines.connectors.github import GitHub, GitHubOptions
from pipelines.connectors.prometheus import Prometheus
from pipelines.connectors.statuspage import Statuspage
from pipelines.naming import Mapped, mapped
from pipelines.questions import Given, answers, fitting
from pipelines.settings_file import extended, put, settings_of
from tests.pipelines.billing import charge, write
from tests.servers.child import free_port
from tests.servers.demo import DemoSources

SECRET = "a-secret-that-must-not-show"
OWN = """# ours: do not touch
[company]
name = "Acme Payments"   # as on the letterhead
[warehouse]
url = "sqlite:///acme.db"
[[scope]]
id = "acme"
kind = "portfolio"
name = "Acme"
[[scope]]
id = "wallet"
kind = "service"
name = "Wallet"
parent = "acme"
"""
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """run("init", "github", …) -> the finished command of a company whose settings are, or will be, plumbline.toml."""

    def command(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        env = environment() | {
            "PLUMBLINE_SETTINGS": str(tmp_path / "plumbline.toml"),
            "PLUMBLINE_WAREHOUSE": f"sqlite:///{tmp_path / 'company.db'}",
            "GITHUB_TOKEN": "demo",
        }
        line = [sys.executable, "-m", "pipelines", *arguments]
        return subprocess.run(
            line,
            cwd=ROOT,
            env=env | more,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    return command


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    path = tmp_path / "plumbline.toml"
    path.write_text(OWN)
    return path


def wallet(sources: DemoSources, *more: str) -> tuple[str, ...]:
    address = f"{sources.base_url}/github"
    return ("init", "github", "--base-url", address, "--option", "repositories=larkmoor/wallet,larkmoor/web", *more)


def test_a_source_is_added_behind_what_the_file_holds_and_its_names_are_mapped(
    run: Run, settings: Path, demo_sources: DemoSources
) -> None:
    settings.write_text(OWN)
    done = run(*wallet(demo_sources, "--id", "code", "--scope", "each", "--json"))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)["connected"]
    text = settings.read_text()
    assert text.startswith(OWN)
    added = tomllib.loads(text)
    assert added["source"] == [{
        "id": "code", "type": "github", "base_url": f"{demo_sources.base_url}/github",
        "options": {"repositories": ["larkmoor/wallet", "larkmoor/web"]},
    }]  # fmt: skip
    assert added["scope"][2:] == [{"id": "web", "kind": "service", "name": "web", "parent": "acme"}]
    assert (
        added["alias"]
        == told["aliases"]
        == [
            {"source": "code", "kind": "repository", "key": f"larkmoor/{name}", "scope": name}
            for name in ("wallet", "web")
        ]
    )
    assert (told["scopes"], told["unmapped"], told["next"]) == (["web"], [], "python -m pipelines sync --source code")
    assert (settings.parent / "plumbline.toml.bak").read_text() == OWN
    assert [one["good"] for one in told["findings"]] == [True] * len(told["findings"])


def test_names_that_nobody_can_be_asked_about_wait_to_be_mapped(
    run: Run, settings: Path, demo_sources: DemoSources
) -> None:
    told = json.loads(run(*wallet(demo_sources, "--json")).stdout)["connected"]
    assert (told["unmapped"], told["scopes"]) == (["web"], [])
    assert [one["scope"] for one in told["aliases"]] == ["wallet"]


def test_an_id_that_is_taken_is_refused_and_the_file_stays(run: Run, settings: Path, demo_sources: DemoSources) -> None:
    assert run(*wallet(demo_sources)).returncode == 0
    before = settings.read_text()
    done = run(*wallet(demo_sources))
    assert (done.returncode, settings.read_text()) == (2, before)
    assert done.stderr.strip() == "There is a source 'github' already: give this one another id with --id."


def test_a_fault_that_the_live_test_finds_leaves_the_file_alone_unless_it_is_to_be_written_anyway(
    run: Run, settings: Path, demo_sources: DemoSources
) -> None:
    done = run(*wallet(demo_sources, "--json"), GITHUB_TOKEN=SECRET)
    assert (done.returncode, settings.read_text()) == (2, OWN)
    assert "FIX" in done.stderr
    assert json.loads(done.stdout)["connected"]["file"] is None
    assert run(*wallet(demo_sources, "--anyway"), GITHUB_TOKEN=SECRET).returncode == 0
    assert tomllib.loads(settings.read_text())["source"][0]["id"] == "github"
    assert SECRET not in settings.read_text() + done.stdout + done.stderr


def test_the_file_names_the_variable_of_a_secret_and_never_holds_the_secret(
    run: Run, settings: Path, demo_sources: DemoSources
) -> None:
    done = run(*wallet(demo_sources, "--secret", "GITHUB_TOKEN=ACME_TOKEN"), ACME_TOKEN="demo", GITHUB_TOKEN="")
    assert done.returncode == 0, done.stderr
    assert tomllib.loads(settings.read_text())["source"][0]["secrets"] == {"GITHUB_TOKEN": "ACME_TOKEN"}
    pasted = run(*wallet(demo_sources, "--id", "other", "--secret", "GITHUB_TOKEN=ghp_abcdef"))
    assert pasted.returncode == 2
    assert pasted.stderr.strip() == "GITHUB_TOKEN: name an environment variable in capitals, not the secret itself."


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nothing",), "There is no connector of type 'nothing'; there are: github"),
        (("statuspage",), "Give the address of Statuspage: --base-url https://…."),
        (("github",), "Give repositories, as in acme/wallet, acme/ledger: --option repositories=…."),
        (("github", "--option", "repos=a/b"), "There is no option 'repos'; there are: repositories"),
        (("github", "--option", "repositories"), "'repositories' is no name=value: write it as in --option"),
        (
            ("github", "--secret", "X=Y", "--option", "repositories=a/b"),
            "GitHub needs no secret X: it needs GITHUB_TOKEN.",
        ),
        (("github", "--base-url", "https://a:b@c.example"), "Take user and password out of the address"),
        (("--ask",), "Nobody can be asked here: name the type, as in `init prometheus`."),
        (("github", "--id", "Not An Id", "--option", "repositories=a/b"), "source.0.id"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else "",
)
def test_what_is_missing_or_wrong_is_said_in_a_sentence(
    run: Run, settings: Path, arguments: tuple[str, ...], says: str
) -> None:
    done = run("init", *arguments)
    assert (done.returncode, settings.read_text()) == (2, OWN)
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_billing_files_are_about_the_scope_at_the_top(run: Run, settings: Path, tmp_path: Path) -> None:
    write(tmp_path / "bills" / "a.csv", [charge()])
    done = run("init", "focus", "--option", f"path={tmp_path / 'bills'}")
    assert done.returncode == 0, done.stderr
    assert tomllib.loads(settings.read_text())["source"][0]["scope"] == "acme"


def test_an_unreachable_address_is_told_and_nothing_is_written(run: Run, settings: Path) -> None:
    given = ("--option", "availability.expression=up", "--option", "availability.label=job")
    done = run("init", "prometheus", "--base-url", f"http://127.0.0.1:{free_port()}", *given)
    assert (done.returncode, settings.read_text()) == (2, OWN)
    assert "no connection; check base_url and the network" in done.stderr


def test_on_a_terminal_what_is_missing_is_asked(tmp_path: Path, settings: Path, demo_sources: DemoSources) -> None:
    env = environment() | {
        "PLUMBLINE_SETTINGS": str(settings),
        "PLUMBLINE_WAREHOUSE": f"sqlite:///{tmp_path / 'c.db'}",
        "GITHUB_TOKEN": "demo",
    }
    person, terminal = pty.openpty()
    line = [sys.executable, "-m", "pipelines", "init", "--ask", "--json"]
    with subprocess.Popen(
        line, cwd=ROOT, env=env, stdin=terminal, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        said = ["github", "code", f"{demo_sources.base_url}/github", "larkmoor/wallet, larkmoor/web", "", "y"]
        os.write(person, "".join(f"{one}\n" for one in said).encode())
        out, err = child.communicate(timeout=60)
    os.close(person)
    os.close(terminal)
    assert child.returncode == 0, err
    questions = (
        "Type of source (github, ",
        "A short id",
        "The address of GitHub [https://api.github.com]",
        "Repositories, as in",
        "The name of the environment variable",
        "No scope is called so yet: web.",
    )
    for question in questions:
        assert question in err
    assert json.loads(out)["connected"]["scopes"] == ["web"]
    assert [one.id for one in load(settings, {}).source] == ["code"]


def test_without_a_type_it_asks_nothing(run: Run, settings: Path) -> None:
    done = run("init", "--json")
    assert json.loads(done.stdout) == {"schema": 1, "warehouse": "ready", "mode": "real", "sources": []}
    assert settings.read_text() == OWN


def test_every_connector_says_what_it_needs() -> None:
    for connector in CONNECTORS:
        required = [name for name, one in connector.options.model_fields.items() if one.is_required()]
        assert [name for name in required if not connector.options.model_fields[name].description] == [], connector.type


def test_what_a_person_answers_becomes_the_fields_of_the_source() -> None:
    said = {
        "A short id for this source": "probes", "The address of Prometheus": "http://metrics:9090",
        "An expression that is 1 while up, as probe_success": "probe_success == 1",
        "The label that says which service it is": "service",
    }  # fmt: skip
    told = answers(Prometheus, Given(), lambda question, default: said.get(question, default or ""))
    assert (told.id, told.base_url, told.secrets) == ("probes", "http://metrics:9090", {})
    assert told.options == {"availability": [{"label": "service", "expression": "probe_success == 1"}]}
    page = answers(Statuspage, Given(base_url="https://status.example"), None)
    assert (page.id, page.options, answers(GitHub, Given(options=("repositories=a/b",)), None).base_url) == (
        "statuspage", {}, "https://api.github.com",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("model", "name", "text", "value"),
    [
        (GitHubOptions, "repositories", "a/b", ["a/b"]),
        (GitHubOptions, "repositories", '["a/b", "c/d"]', ["a/b", "c/d"]),
        (GitHubOptions, "api", "rest", "rest"),
        (GitHubOptions, "issue_labels", '{ bug = "bug" }', {"bug": "bug"}),
        (FocusOptions, "threads", "2", 2),
        (FocusOptions, "path", "2", "2"),
        (FocusOptions, "path", "a,b", "a,b"),
        (FocusOptions, "memory", "4GB", "4GB"),
    ],
)
def test_a_text_means_what_its_option_takes(model: Any, name: str, text: str, value: Any) -> None:
    assert fitting("--option x", model.model_fields[name], text) == value


def test_a_text_that_means_nothing_for_its_option_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="--option threads=many: "):
        fitting("--option threads", FocusOptions.model_fields["threads"], "many")


def test_values_of_every_kind_come_back_from_the_file_as_they_were(tmp_path: Path) -> None:
    odd = 'a "quoted" \\ line\nand \x7f\x01 é 😀'
    fields = {
        "id": "x", "type": "t", "since": date(2026, 1, 1), "lookback_days": 3, "base_url": None, "secrets": {"A": "B"},
        "options": {"text": odd, "yes": True, "share": 0.5, "list": [odd], "tables": [{"a b": odd, "c": {"d": 1}}]},
    }  # fmt: skip
    text = extended(OWN, [("source", fields), ("source", {"id": "y", "type": "t", "options": {}})])
    assert tomllib.loads(text)["source"] == [
        {name: value for name, value in fields.items() if value is not None}, {"id": "y", "type": "t"},
    ]  # fmt: skip
    assert extended("", [("scope", {"id": "a"})]) == '[[scope]]\nid = "a"\n'


def test_a_file_that_writes_its_lists_inline_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"write its lists as \[\[source\]\]"):
        extended('source = [{ id = "a", type = "b" }]\n', [("source", {"id": "c", "type": "d"})])


def test_a_fault_of_the_file_names_the_file_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "plumbline.toml"
    with pytest.raises(ConfigurationError, match=f"^{path}: company.time_zone"):
        settings_of('[company]\ntime_zone = "Nowhere"\n', path)
    path.write_text("old")
    path.chmod(0o600)
    assert put(path, "new") == tmp_path / "plumbline.toml.bak"
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o600)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["plumbline.toml", "plumbline.toml.bak"]


def test_names_stand_for_scopes_called_exactly_so_and_new_ones_are_made_once(settings: Path) -> None:
    names = [Name("service", key, title) for key, title in (
        ("P1", "Wallet"), ("wallet", "wallet"), ("P2", "Card issuing!"), ("P3", "Card issuing!"))]  # fmt: skip
    found = mapped(load(settings, {}), "pager", names, "each", None)
    assert found.scopes == [{"id": "card-issuing", "kind": "service", "name": "Card issuing!", "parent": "acme"}]
    assert [(one["key"], one["scope"]) for one in found.aliases] == [
        ("P1", "wallet"), ("P2", "card-issuing"), ("P3", "card-issuing"),
    ]  # fmt: skip
    all_of_it = mapped(load(settings, {}), "pager", names[2:], "wallet", None)
    assert (all_of_it.scopes, {one["scope"] for one in all_of_it.aliases}) == ([], {"wallet"})
    refused = mapped(load(settings, {}), "pager", names[2:], None, lambda _question: False)
    assert refused == Mapped(unmapped=["Card issuing!", "Card issuing!"])
