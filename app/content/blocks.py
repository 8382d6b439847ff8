"""What a page or a board pack is made of: frozen values that know neither screen nor paper.

Every text is final (made by `app.content.format`); figures carry plain numbers in the unit they name. The `measures` of
figures and tables are the ids of the definitions that they rest on.
A section is a tuple of blocks; `app.render.web` and `app.render.pdf` each draw every kind of block.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

from app.content.among import Among
from app.content.bad_block import BadBlock
from app.content.curve import Curve
from app.content.flows import Flows
from app.content.scatter import Scatter
from app.content.timeline import Timeline
from app.content.tornado import Tornado
from app.content.waterfall import Waterfall
from app.content.waves import Waves
from data.period import Period

Verdict = Literal["met", "at_risk", "missed", "cannot_tell", "no_data", "not_configured"]
Shape = Literal["circle", "triangle", "square", "diamond", "dash", "ring"]
Tone = Literal["met", "at_risk", "missed", "neutral"]
ChangeWord = Literal["better", "worse", "same", ""]
Role = Literal["subject", "context"]
Align = Literal["left", "right"]
CellKind = Literal["text", "number", "verdict", "comment"]
NoticeKind = Literal["missing", "info", "late", "error"]
Stacking = Literal["stacked", "grouped"]
Exact = Decimal | int | date | datetime


@dataclass(frozen=True)
class Mark:
    """How a verdict is shown: its word, its shape, its tone. The word and the shape suffice without colour."""

    word: str
    shape: Shape
    glyph: str
    tone: Tone


MARKS: Mapping[Verdict, Mark] = MappingProxyType(
    {
        "met": Mark("met", "circle", "●", "met"),
        "at_risk": Mark("at risk", "triangle", "▲", "at_risk"),
        "missed": Mark("missed", "square", "■", "missed"),
        "cannot_tell": Mark("cannot tell", "diamond", "◇", "neutral"),
        "no_data": Mark("no data", "dash", "–", "neutral"),
        "not_configured": Mark("not configured", "ring", "○", "neutral"),
    }
)


@dataclass(frozen=True)
class Definition:
    """What a number means: one entry of the appendix, and what hangs on a tile or table."""

    id: str
    name: str
    version: int
    text: str
    formula: str = ""
    source: str = ""
    hash: str = ""


@dataclass(frozen=True)
class Headline:
    """The sentence that a reader meets first, and one line of detail under it."""

    sentence: str
    detail: str = ""


@dataclass(frozen=True)
class Tile:
    """One number against its target, in the same five rows everywhere.

    `unit` stands beside `value` in muted ink; `spark` holds the last 12 periods, None where nothing is known.
    One that is not `judged` can have no target. A tile without data keeps its shape: `value` is "n/a" and `evidence`
    says what to connect.
    """

    id: str
    label: str
    value: str
    unit: str = ""
    verdict: Verdict | None = None
    verdict_reason: str = ""
    target: str = ""
    change: str = ""
    change_word: ChangeWord = ""
    spark: tuple[float | None, ...] = ()
    spark_targets: tuple[float, ...] = ()
    evidence: str = ""
    freshness: str = ""
    href: str = ""
    definition: Definition | None = None
    provenance: str = ""
    judged: bool = True


@dataclass(frozen=True)
class Tiles:
    """Tiles in one aligned grid."""

    tiles: tuple[Tile, ...]


@dataclass(frozen=True)
class Series:
    """Values of one line or stack, one per period, None where nothing is known.

    `texts` are the same values as a reader should see them (on hover, at the last point); made from the unit if empty.
    """

    name: str
    values: tuple[float | None, ...]
    role: Role = "subject"
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Target:
    """A line (one side) or a band (both), in the unit of its figure, with the words at its right end."""

    label: str
    low: float | None = None
    high: float | None = None

    @property
    def edges(self) -> tuple[float, ...]:
        """The values at which lines are drawn."""
        return tuple(edge for edge in (self.low, self.high) if edge is not None)


@dataclass(frozen=True)
class Reference:
    """A published range to compare with; never a verdict. An open side is None."""

    name: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Event:
    """Something that happened on a day and may explain a line."""

    day: date
    name: str


@dataclass(frozen=True)
class Trend:
    """Lines over periods. `unit` is the axis unit; `alt` states what the figure shows, for those who cannot see it."""

    id: str
    title: str
    subtitle: str
    unit: str
    periods: tuple[Period, ...]
    series: tuple[Series, ...]
    alt: str
    target: Target | None = None
    references: tuple[Reference, ...] = ()
    events: tuple[Event, ...] = ()
    from_zero: bool = False
    note: str = ""
    measures: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_figure(self.id, self.alt, len(self.periods), self.series)


@dataclass(frozen=True)
class Bars:
    """Columns over periods, from zero, stacked or side by side."""

    id: str
    title: str
    subtitle: str
    unit: str
    periods: tuple[Period, ...]
    series: tuple[Series, ...]
    alt: str
    stacking: Stacking = "stacked"
    target: Target | None = None
    references: tuple[Reference, ...] = ()
    events: tuple[Event, ...] = ()
    note: str = ""
    measures: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_figure(self.id, self.alt, len(self.periods), self.series)


@dataclass(frozen=True)
class Column:
    """A column of a table. Numbers line up at their decimal point; a comment stands under its row on paper.

    `unit` is that of the exact values of its cells.
    """

    name: str
    align: Align = "left"
    kind: CellKind = "text"
    unit: str = ""

    @property
    def is_right(self) -> bool:
        """Whether the column reads from the right."""
        return self.align == "right" or self.kind == "number"


@dataclass(frozen=True)
class Cell:
    """One text, with a verdict's word and shape before it or in its place, and a place to go.

    `exact` is what the text rounds, in the unit of its column, for those who take the table away.
    """

    text: str = ""
    verdict: Verdict | None = None
    href: str = ""
    exact: Exact | None = None


@dataclass(frozen=True)
class Row:
    """Cells in the order of the columns. `href` leads from the first cell; a strong row is a total."""

    cells: tuple[Cell, ...]
    href: str = ""
    strong: bool = False


@dataclass(frozen=True)
class Table:
    """Rows under named columns. `rest` are further rows, for those who take the table away; where they are not at hand
    `total_rows` is how many there are."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""
    total_rows: int | None = None
    empty: str = "Nothing to show for this period."
    rest: tuple[Row, ...] = ()
    measures: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for number, row in enumerate((*self.rows, *self.rest), 1):
            if len(row.cells) != len(self.columns):
                raise BadBlock(
                    f"Table {self.id}: row {number} has {len(row.cells)} cells for {len(self.columns)} columns."
                )

    @property
    def count(self) -> int:
        """All rows there are, shown or not."""
        return len(self.rows) + len(self.rest) if self.total_rows is None else self.total_rows


@dataclass(frozen=True)
class Notice:
    """One sentence about what is missing, late or wrong, and the one thing to do about it."""

    kind: NoticeKind
    sentence: str
    action: str = ""
    href: str = ""


@dataclass(frozen=True)
class Definitions:
    """The definitions behind the numbers of a section."""

    entries: tuple[Definition, ...]


@dataclass(frozen=True)
class Facts:
    """Short name and value pairs, in reading order."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Marks:
    """Words that must stand on every page, such as "Demo data", and what they mean."""

    words: str
    meaning: str = ""


@dataclass(frozen=True)
class Beside:
    """Blocks side by side where there is room, one under the other where there is not."""

    blocks: tuple[Block, ...]


Figure = Trend | Bars | Waves | Among | Scatter | Curve | Timeline | Flows | Tornado | Waterfall
Block = Headline | Tiles | Figure | Table | Notice | Definitions | Facts | Marks | Beside


@dataclass(frozen=True)
class Section:
    """A titled run of blocks; `summary` answers its question in a sentence."""

    id: str
    title: str
    blocks: tuple[Block, ...]
    summary: str = ""


def walk(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """Every block, with those that stand beside each other one by one."""
    for block in blocks:
        if isinstance(block, Beside):
            yield from walk(block.blocks)
        else:
            yield block


def _check_figure(name: str, alt: str, periods: int, series: tuple[Series, ...]) -> None:
    if not alt.strip():
        raise BadBlock(f"Figure {name} has no alternative text: say in `alt` what it shows.")
    for one in series:
        if len(one.values) != periods:
            raise BadBlock(f"Figure {name}: {one.name} has {len(one.values)} values for {periods} periods.")
        if one.texts and len(one.texts) != periods:
            raise BadBlock(f"Figure {name}: {one.name} has {len(one.texts)} texts for {periods} periods.")
