"""Settings: the company's file over the defaults, and one sentence for what is wrong with it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.settings import SHIPPED, ConfigurationError, Settings, load, secret


@pytest.fixture
def company(tmp_path: Path) -> Path:
    return tmp_path / "plumbline.toml"


def loaded(path: Path, text: str, **environ: str) -> Settings:
    path.write_text(text, encoding="utf-8")
    return load(path, environ)


def refusal(path: Path, text: str, **environ: str) -> str:
    with pytest.raises(ConfigurationError) as raised:
        loaded(path, text, **environ)
    return str(raised.value)


def test_the_companys_file_overrides_single_values_and_leaves_the_rest_as_shipped(company: Path) -> None:
    settings = loaded(company, '[company]\nname = "Acme"\ntime_zone = "Europe/Berlin"\n[http]\nretries = 2\n')
    assert (settings.company.name, settings.zone.key, settings.company.currency) == ("Acme", "Europe/Berlin", "EUR")
    assert (settings.http.retries, settings.http.read_seconds) == (2, 30)
    assert settings.kpis[0] == "availability"
    assert (settings.mode, settings.files) == ("real", (SHIPPED, company))


def test_the_environment_names_the_file_and_the_warehouse(company: Path) -> None:
    company.write_text('[company]\nname = "Acme"\n', encoding="utf-8")
    environ = {"PLUMBLINE_SETTINGS": str(company), "PLUMBLINE_WAREHOUSE": "sqlite:///other.db"}
    settings = load(environ=environ)
    assert (settings.company.name, settings.warehouse.url) == ("Acme", "sqlite:///other.db")


def test_a_settings_file_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as raised:
        load(environ={"PLUMBLINE_SETTINGS": str(tmp_path / "none.toml")})
    wanted = f"The settings file {tmp_path / 'none.toml'} does not exist: create it or correct PLUMBLINE_SETTINGS."
    assert str(raised.value) == wanted


WRONG = {
    "unknown zone": ('[company]\ntime_zone = "Mars/Base"', "company.time_zone: 'Mars/Base' is no IANA time zone"),
    "4-4-5": (
        '[company]\nfiscal_year_start_month = "4-4-5"',
        "company.fiscal_year_start_month: a 4-4-5 calendar is not",
    ),
    "month 13": ("[company]\nfiscal_year_start_month = 13", "company.fiscal_year_start_month: Input should be less"),
    "currency": ('[company]\ncurrency = "euro"', "company.currency: String should match"),
    "misspelt": ('[company]\ncurency = "EUR"', "company.curency: Extra inputs are not permitted"),
    "retries": ("[http]\nretries = 99", "http.retries: Input should be less than or equal to 10"),
    "kind": ('[[scope]]\nid = "a"\nkind = "team"\nname = "A"', "scope.0.kind: Input should be 'portfolio'"),
    "parent": (
        '[[scope]]\nid = "a"\nkind = "service"\nname = "A"\nparent = "b"',
        "settings: parent 'b' is not declared: add a [[scope]] with that id.",
    ),
    "source of alias": (
        (
            '[[scope]]\nid = "a"\nkind = "service"\nname = "A"\n'
            '[[alias]]\nsource = "gh"\nkind = "repository"\nkey = "x"\nscope = "a"'
        ),
        "settings: source 'gh' is not declared: add a [[source]] with that id.",
    ),
    "twice": (
        '[[source]]\nid = "gh"\ntype = "github"\n[[source]]\nid = "gh"\ntype = "github"',
        "settings: source 'gh' is declared twice: give one of them another id.",
    ),
    "scope twice": (
        (
            '[[scope]]\nid = "a"\nkind = "service"\nname = "A"\n[[scope]]\nid = "a"\nkind = "service"\nname = "B"\n'
            "valid_from = 2026-01-01"
        ),
        "settings: scope 'a' is declared twice for the same days:",
    ),
    "kpi": ('kpis = ["uptime"]', "kpis: there is no metric 'uptime'; there are: availability, "),
    "measurement of ours": (
        '[[measurement]]\nid = "nps"\nname = "Ours"\nmeaning = "Ours."',
        "measurement: 'nps' is a metric of Plumbline's: give yours another id.",
    ),
    "measurement twice": (
        '[[measurement]]\nid = "a"\nname = "A"\nmeaning = "A."\n[[measurement]]\nid = "a"\nname = "B"\nmeaning = "B."',
        "settings: measurement 'a' is declared twice: give one of them another id.",
    ),
    "unit of a measurement": (
        '[[measurement]]\nid = "a"\nname = "A"\nmeaning = "A."\nunit = "euro"',
        "measurement.0.unit: Input should be 'ratio', 'number' or 'hours'.",
    ),
    "measurement without a meaning": (
        '[[measurement]]\nid = "a"\nname = "A"\nmeaning = " "',
        "measurement.0.meaning: String should match pattern",
    ),
    "effort on one answer": (
        "[metrics]\neffort_scale = [5, 5]",
        "metrics.effort_scale: give the hardest and the easiest answer, for example [1, 7].",
    ),
    "windows": (
        "[metrics]\nusage_window_days = [31, 28]",
        "metrics.usage_window_days: give the shortest and the longest window, for example [28, 31].",
    ),
    "not TOML": ("company = [", "is not valid TOML:"),
}


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_value_is_answered_by_one_sentence_that_names_file_and_field(
    company: Path, text: str, said: str
) -> None:
    sentence = refusal(company, text)
    assert sentence.startswith(str(company))
    assert said in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_a_file_in_another_encoding_is_answered_by_a_sentence(company: Path) -> None:
    company.write_bytes('[company]\nname = "Müller"'.encode("latin-1"))
    with pytest.raises(ConfigurationError, match="is not valid TOML"):
        load(company, {})


def test_a_scope_that_moved_is_declared_once_for_each_span(company: Path) -> None:
    settings = loaded(
        company,
        '[[scope]]\nid = "a"\nkind = "business_unit"\nname = "A"\n'
        '[[scope]]\nid = "b"\nkind = "business_unit"\nname = "B"\n'
        '[[scope]]\nid = "s"\nkind = "service"\nname = "S"\nparent = "a"\nvalid_to = 2026-01-01\n'
        '[[scope]]\nid = "s"\nkind = "service"\nname = "S"\nparent = "b"\nvalid_from = 2026-01-01\n',
    )
    assert [(one.id, one.parent) for one in settings.scope][2:] == [("s", "a"), ("s", "b")]


def test_the_clock_is_held_for_the_demo_company_only(company: Path) -> None:
    at = "2026-11-09T06:00Z"
    assert loaded(company, 'mode = "demo"', PLUMBLINE_CLOCK=at).clock == datetime(2026, 11, 9, 6, tzinfo=UTC)
    assert "PLUMBLINE_CLOCK is for the demo company only: unset it." in refusal(company, "", PLUMBLINE_CLOCK=at)
    assert refusal(company, 'mode = "demo"', PLUMBLINE_CLOCK="noon") == (
        "PLUMBLINE_CLOCK is 'noon': write an instant such as 2026-11-09T06:00Z."
    )
    assert refusal(company, 'mode = "demo"', PLUMBLINE_CLOCK="2026-11-09T06:00") == (
        "PLUMBLINE_CLOCK is '2026-11-09T06:00': add its zone, for example Z for UTC."
    )


def test_names_of_production_environments_match_whatever_their_case(company: Path) -> None:
    assert loaded(company, '[metrics]\nproduction = ["Live-EU"]').metrics.production == ("live-eu",)


def test_a_source_that_is_not_configured_is_told_with_those_that_are(company: Path) -> None:
    settings = loaded(company, '[[source]]\nid = "gh"\ntype = "github"')
    assert settings.source_named("gh").type == "github"
    with pytest.raises(ConfigurationError, match=r"No source is called 'gl'; configured are: gh\."):
        settings.source_named("gl")


def test_secrets_print_as_stars(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_TOKEN", "hunter2")
    monkeypatch.setenv("NO_TOKEN", "")
    found = secret("A_TOKEN")
    assert found is not None
    assert f"{found} {found!r}" == "********** SecretStr('**********')"
    assert found.get_secret_value() == "hunter2"
    assert secret("NO_TOKEN") is None


def test_a_number_of_the_companys_own_may_be_a_kpi(company: Path) -> None:
    text = 'kpis = ["kyc", "availability"]\n[[measurement]]\nid = "kyc"\nname = "KYC"\nmeaning = "Passed at once."'
    settings = loaded(company, text)
    assert settings.kpis == ("kyc", "availability")
    assert [(one.id, one.unit, one.better, one.sampled) for one in settings.measurement] == [
        ("kyc", "ratio", "higher", False)
    ]
    said = refusal(company, text.replace('kpis = ["kyc"', 'kpis = ["kyb"'))
    assert "there is no metric 'kyb'" in said
    assert said.endswith(", kyc.")
