"""What a canvas on paper becomes: text stays text, order is kept, gaps stay open."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from app.render.figure import Scale
from app.render.plot import LEFT, Plot, plot_of, svg

NAMESPACE = "{http://www.w3.org/2000/svg}"


def canvas() -> Plot:
    return plot_of(Scale(0, 10, (), ()), 2, 0, (100, 52))


def elements(plot: Plot) -> list[tuple[str, dict[str, str], str]]:
    return [(one.tag.removeprefix(NAMESPACE), one.attrib, one.text or "") for one in ET.fromstring(svg(plot))]


def test_words_stay_words_whatever_signs_they_hold() -> None:
    plot = canvas()
    plot.words("a < b & “c”\n2026", 50, 50, 8, ha="center", va="top")
    (_, first, said), (_, second, year) = elements(plot)
    assert (said, year) == ("a < b & “c”", "2026")
    assert (first["x"], first["text-anchor"]) == ("50", "middle")
    high = plot.size[1]
    assert [round(float(one["y"]), 3) for one in (first, second)] == [round(high - 44, 3), round(high - 36, 3)]


def test_what_is_higher_in_order_is_drawn_over_the_rest() -> None:
    plot = canvas()
    plot.mark(50, 50, "dot", 4, color="#000000", zorder=4)
    plot.mark(50, 50, "diamond", 4, color="#000000", zorder=2)
    plot.box(LEFT, plot.right, 2, 4, zorder=0, fill="#FFFFFF")
    plot.line((50, 60), (50, 60), color="#000000", linewidth=1)
    assert [name for name, _, _ in elements(plot)] == ["path", "polygon", "path", "circle"]


def test_a_line_has_its_gap_and_its_dashes_grow_with_it() -> None:
    plot = canvas()
    plot.line((1, 2, 3, 4, 5), (1, 2, float("nan"), 4, 5), color="#000000", linewidth=0.5, dashes=(4, 3))
    ((_, line, _),) = elements(plot)
    assert [run.count("L") for run in line["d"].split("M")[1:]] == [1, 1]
    assert (line["stroke-dasharray"], line["fill"]) == ("2 1.5", "none")
