"""One theme for screen and paper, readable by numbers."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from app.render.theme import DARK, LIGHT, PALETTES, Palette, contrast, variables

CONFIG = tomllib.loads(Path(".streamlit/config.toml").read_text(encoding="utf-8"))["theme"]
TEXT = ("ink", "muted", "accent", "met", "at_risk", "missed", "neutral")


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("role", TEXT)
@pytest.mark.parametrize("ground", ["paper", "panel", "accent_tint", "band"])
def test_text_reads_at_four_and_a_half_to_one(palette: Palette, role: str, ground: str) -> None:
    assert contrast(getattr(palette, role), getattr(palette, ground)) >= 4.5


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_lines_and_columns_stand_out_at_three_to_one(palette: Palette) -> None:
    assert min(contrast(colour, palette.paper) for colour in (palette.context, *palette.hues)) >= 3.0


def test_contrast_is_the_published_one() -> None:
    shown = [round(contrast(one, "#FFFFFF"), 1) for one in (LIGHT.ink, LIGHT.muted, LIGHT.accent, LIGHT.met)]
    assert (shown, contrast("#000000", "#FFFFFF")) == ([17.7, 7.6, 8.4, 6.2], 21.0)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_streamlit_wears_the_same_colours(name: str) -> None:
    palette, worn = PALETTES[name], CONFIG[name]
    assert {key: value for key, value in worn.items() if isinstance(value, str)} == {
        "primaryColor": palette.accent,
        "backgroundColor": palette.paper,
        "secondaryBackgroundColor": palette.panel,
        "textColor": palette.ink,
        "linkColor": palette.accent,
        "borderColor": palette.line,
    }


def test_the_page_takes_each_role_from_the_palette_of_its_colour_scheme() -> None:
    assert f"--pl-at-risk:light-dark({LIGHT.at_risk},{DARK.at_risk});" in variables()
    assert "--pl-size-value:30px;" in variables()


def test_the_stylesheet_names_only_variables_that_exist() -> None:
    sheet = Path("app/render/web.css").read_text(encoding="utf-8")
    used = {part.split(")")[0] for part in sheet.split("var(")[1:]}
    assert {name for name in used if f"{name}:" not in variables()} == set()
