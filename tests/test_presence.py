"""The gate notices what did not run."""

from __future__ import annotations

from pathlib import Path

import pytest

_TESTS = """
    import pytest

    def test_runs(): assert True

    @pytest.mark.skip(reason="not today")
    def test_rests(): assert False

    @pytest.mark.real
    def test_needs_the_inputs(): assert True
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent.parent))
    monkeypatch.delenv("PLUMBLINE_NO_SKIPS", raising=False)
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    # each of the many processes would else import what has nothing to do with the gate
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeini("[pytest]\nmarkers = real")
    pytester.makepyfile(_TESTS)
    return pytester


def _with_inputs(pytester: pytest.Pytester) -> pytest.Pytester:
    """The same project one folder deeper, beside shared/inputs."""
    (pytester.path / "shared" / "inputs").mkdir(parents=True)
    checkout = pytester.mkdir("checkout")
    for file in ("tox.ini", *(path.name for path in pytester.path.glob("test_*.py"))):
        (pytester.path / file).rename(checkout / file)
    return pytester


def _run(pytester: pytest.Pytester, *options: str) -> pytest.RunResult:
    folder = pytester.path / "checkout"
    rootdir = folder if folder.exists() else pytester.path
    return pytester.runpytest_subprocess(
        "-p", "xdist", "-p", "tests.presence", f"--rootdir={rootdir}", "-c", rootdir / "tox.ini", *options, rootdir
    )


WORKERS = pytest.mark.parametrize("workers", ["0", "2"], ids=["alone", "two workers"])


@WORKERS
def test_a_skipped_test_fails_the_gate_by_name(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, workers: str
) -> None:
    monkeypatch.setenv("PLUMBLINE_NO_SKIPS", "1")
    result = _run(_with_inputs(project), "-n", workers)
    result.assert_outcomes(passed=2, skipped=1)
    result.stdout.fnmatch_lines(["Nothing may be skipped here, but these were:", "  *::test_rests"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED


@WORKERS
def test_a_skipped_module_fails_the_gate(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, workers: str
) -> None:
    monkeypatch.setenv("PLUMBLINE_NO_SKIPS", "1")
    project.makepyfile(test_module="import pytest\npytest.importorskip('no_such_module')")
    result = _run(_with_inputs(project), "-n", workers, "-k", "not rests")
    result.stdout.fnmatch_lines(["Nothing may be skipped here, but these were:", "  *test_module.py"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED


@WORKERS
def test_a_complete_run_passes_the_gate(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, workers: str
) -> None:
    monkeypatch.setenv("PLUMBLINE_NO_SKIPS", "1")
    result = _run(_with_inputs(project), "-n", workers, "-k", "not rests")
    assert result.ret == pytest.ExitCode.OK


@WORKERS
def test_at_a_desk_a_skip_is_a_skip(project: pytest.Pytester, workers: str) -> None:
    result = _run(_with_inputs(project), "-n", workers)
    result.assert_outcomes(passed=2, skipped=1)
    assert result.ret == pytest.ExitCode.OK


@WORKERS
def test_at_a_desk_without_the_inputs_their_tests_are_left_out_and_counted(
    project: pytest.Pytester, workers: str
) -> None:
    result = _run(project, "-n", workers)
    result.stdout.fnmatch_lines(["1 tests marked real were left out: *shared/inputs is not there."])
    assert result.ret == pytest.ExitCode.OK


@WORKERS
def test_the_gate_does_not_open_without_the_inputs(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, workers: str
) -> None:
    monkeypatch.setenv("PLUMBLINE_NO_SKIPS", "1")
    result = _run(project, "-n", workers)
    assert "The real inputs are not there" in result.stderr.str()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
