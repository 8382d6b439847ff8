"""Colours and type of the product, once, for screen and paper."""

from __future__ import annotations

from dataclasses import dataclass, fields
from types import MappingProxyType

from app.content.blocks import Tone


@dataclass(frozen=True)
class Palette:
    """The roles of colour. Text roles read at 4.5:1 or better on paper and panel, thin lines at 3:1 on paper."""

    paper: str
    panel: str
    line: str
    grid: str
    band: str
    ink: str
    muted: str
    accent: str
    accent_tint: str
    context: str
    met: str
    at_risk: str
    missed: str
    neutral: str
    hues: tuple[str, ...]

    def tone(self, tone: Tone) -> str:
        """The colour of a verdict; its word and shape stand beside it."""
        return {"met": self.met, "at_risk": self.at_risk, "missed": self.missed, "neutral": self.neutral}[tone]


LIGHT = Palette(
    paper="#FFFFFF",
    panel="#F7F8FA",
    line="#D1D5DB",
    grid="#E6E9EE",
    band="#EDF1F6",
    ink="#111827",
    muted="#4B5563",
    accent="#1D4E89",
    accent_tint="#E8EFF8",
    context="#7C8796",
    met="#0B6E5F",
    at_risk="#9A5B00",
    missed="#B42318",
    neutral="#4A5568",
    hues=("#1D4E89", "#D55E00", "#008B66", "#B8588F", "#7A6A00", "#2E8BC0"),
)

DARK = Palette(
    paper="#0E1420",
    panel="#161E2C",
    line="#2A3446",
    grid="#222C3C",
    band="#1A2434",
    ink="#F3F4F6",
    muted="#B6BDC9",
    accent="#8AB8F0",
    accent_tint="#1B2A40",
    context="#7D8A9E",
    met="#4FD1B5",
    at_risk="#F5B94A",
    missed="#FF8A7A",
    neutral="#A8B3C4",
    hues=("#8AB8F0", "#F2914A", "#3CC79A", "#DE9BC3", "#C9B64A", "#79CBEF"),
)

PALETTES = MappingProxyType({"light": LIGHT, "dark": DARK})


@dataclass(frozen=True)
class ScreenType:
    """Sizes on screen, in pixels."""

    value: int = 30
    sentence: int = 20
    heading: int = 18
    body: int = 16
    label: int = 14
    note: int = 13


@dataclass(frozen=True)
class PaperType:
    """Sizes on paper, in points."""

    title: float = 20
    section: float = 13
    body: float = 9.5
    note: float = 8


SCREEN = ScreenType()
PAPER = PaperType()
FONT = "Source Sans Pro"
WEIGHT_TEXT, WEIGHT_STRONG = 400, 600


def variables() -> str:
    """Both palettes and the type scale as CSS custom properties that follow the colour scheme of the page."""
    light, dark = colours(LIGHT), colours(DARK)
    lines = [f"--pl-{name.replace('_', '-')}:light-dark({light[name]},{dark[name]});" for name in light]
    hues = enumerate(zip(LIGHT.hues, DARK.hues, strict=True), 1)
    lines += [f"--pl-hue-{at}:light-dark({bright},{dim});" for at, (bright, dim) in hues]
    lines += [f"--pl-size-{field.name}:{getattr(SCREEN, field.name)}px;" for field in fields(SCREEN)]
    return ".stApp{" + "".join(lines) + "}"


def figure_rules() -> str:
    """Rules that repaint figures drawn in the light palette, so that they too follow the colour scheme."""
    names = {**colours(LIGHT), **{f"hue-{at}": hue for at, hue in enumerate(LIGHT.hues, 1)}}
    rules = []
    for name, colour in names.items():
        drawn = "rgb({}, {}, {})".format(*(int(colour[at : at + 2], 16) for at in (1, 3, 5)))
        rules += [
            f'.js-plotly-plot [style*="{part}: {drawn}"]{{{part}:var(--pl-{name.replace("_", "-")})!important}}'
            for part in ("fill", "stroke")
        ]
    return "".join(rules)


def colours(palette: Palette) -> dict[str, str]:
    """The single colours of a palette by role."""
    return {field.name: getattr(palette, field.name) for field in fields(palette) if field.name != "hues"}


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours after WCAG 2: 1 (same) to 21 (black on white)."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
