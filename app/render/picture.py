"""A figure as a picture: what paper shows of it, fine enough for a slide, with no browser."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import typst

from app.content import format as text
from app.content.blocks import Figure
from app.content.takeaway import About
from app.render import pdf
from app.render.plot import POINTS_PER_MM
from app.render.theme import FONT, LIGHT, PAPER, colours

_DESIGN = Path(__file__).with_name("picture.typ")
_POINTS, _PPI = 493, 288.0
"""Four pixels a point: a drawing that does not fall on whole pixels would lose a row of them."""


def as_png(block: Figure, about: About) -> bytes:
    """The figure with its title, notes, scope and date, 2,132 pixels wide."""
    company = f"{about.company} (demo data)" if about.demo else about.company
    subject = [said for _, said in about.subject[:1]]
    said = {
        **pdf.draw(block, _POINTS / POINTS_PER_MM),
        "width": _POINTS,
        "about": text.joined(company, *subject, about.scope, text.period(about.period)),
        "as_of": f"Data as of {about.as_of}",
        "colours": colours(LIGHT),
        "type": asdict(PAPER),
        "fonts": [FONT],
    }
    made = typst.compile(
        _DESIGN,
        font_paths=pdf.product_fonts(),
        format="png",
        ppi=_PPI,
        sys_inputs={"picture": json.dumps(said, ensure_ascii=False)},
    )
    assert isinstance(made, bytes)
    return made
