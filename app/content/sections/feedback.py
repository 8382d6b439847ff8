"""Feedback: what people answer, how sure that is, who answered at all, and which features they use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from app.content import format as text
from app.content.blocks import Beside, Block, Column, Notice, Row, Section, Series, Table, Tiles, Trend
from app.content.sections import words
from app.content.sections.asked import FORMS, apart, asked, clearly, figure, told
from app.content.sections.base import Context, SectionKind, row, share
from app.content.sections.counted import scaled
from app.content.sections.tiles import absent, plain, tile
from data.metrics import metric_named
from data.metrics.adoption import growth
from data.metrics.base import BELOW_MIN_N, NO_SOURCE, WITHHELD, Domain, Metric, Value
from data.metrics.responses import AUDIENCE, Difference, difference
from data.warehouse import read_feedback
from data.warehouse.corrected import corrected_sums
from data.warehouse.read_feedback import Poll
from data.warehouse.readings import Reading

METRICS = (*FORMS, "adoption")
_NAMED = 4
NO_FEATURE = Notice(
    "missing",
    "No feature is declared below this scope.",
    "Add [[scope]] entries of kind feature and map the polls and usage of each to it",
)


def summary(context: Context) -> Section:
    """The scores and the use of features."""
    tiles = tuple(tile(one, context, linked=False) for one in context.of_domain(Domain.FEEDBACK, METRICS))
    return Section("feedback", "", (Tiles(tiles),))


def waves(context: Context) -> Section:
    """Every score by wave with its interval, and whether the last wave differs from the one before."""
    first, *others = (figure(context, name) for name in FORMS)
    if all(isinstance(one, Notice) for one in (first, *others)):
        return Section("waves", "What people answer", (first, *others))
    beside: tuple[Block, ...] = (Beside(tuple(others)),)
    return Section("waves", "What people answer", (first, *beside, _last_two(context)))


def _last_two(context: Context) -> Table:
    columns = (
        *(Column("Measure"), Column("Last wave"), Column("Score", kind="number"), Column("95 % interval")),
        *(Column("Answers", kind="number"), Column("Wave before")),
        *(Column("Difference", kind="number"), Column("z", kind="number"), Column("At 95 %")),
    )
    rows = tuple(found for name in FORMS if (found := _against_before(context, context.reading(name))) is not None)
    note = "z: the difference in standard errors of both waves together; beyond ±1.96 it is more than chance at 95 %."
    return Table("last-two-waves", "The last wave against the one before", columns, rows, note, measures=FORMS)


def _against_before(context: Context, reading: Reading) -> Row | None:
    metric, every = reading.metric, asked(context, reading.metric)
    known = told(every)
    if not known:
        return None
    now, then = known[-1], known[-2] if len(known) > 1 else None
    told_now = (
        text.period(now.period),
        _plainly(reading, now.value),
        words.interval(reading, now.value),
        text.count(now.value.sample),
    )
    if then is None:
        return row(metric.name, *told_now, "none that can be told", "", "", "")
    found = apart(every)
    score = _plainly(reading, then.value)
    return row(
        metric.name,
        *told_now,
        f"{score} in {text.period(then.period)}, {text.plural(then.value.sample, 'answer')}",
        words.moved(metric, now.value, then.value),
        words.marked(text.number(found.z, 1, signed=True), now.value, then.value) if found else "",
        clearly(metric, found) or "all answers alike",
    )


def _plainly(reading: Reading, value: Value) -> str:
    """A value without how far it may be off, which stands beside it."""
    return words.marked(words.amount(reading.metric, value.value, reading.currency, reading.target), value)


def answering(context: Context) -> Section:
    """Who answered at all: shown, opened, answered and finished of each poll, and why that matters."""
    last = context.period.end - timedelta(days=1)
    found = read_feedback.polls(context.reader.connection, context.everything_below(), last)
    title = "Who answers"
    if not found:
        sentence = "No poll told how often it was shown, so there is no response rate."
        action = "Connect a survey tool that counts (type zigpoll), or load survey counts (type csv)"
        return Section("answering", title, (Notice("missing", sentence, action),))
    columns = (
        *(Column("Poll"), Column("About"), Column("Shown", kind="number"), Column("Opened", kind="number")),
        *(Column("Answered", kind="number"), Column("Response rate", kind="number")),
        *(Column("Finished", kind="number"), Column("Counted from"), Column("Up to")),
    )
    ordered = sorted(found, key=lambda one: (-one.count.shown, one.count.title))
    rows = tuple(_poll(one, context) for one in ordered)
    later = any(one.count.day > last for one in found)
    note = "Response rate: answered of shown, over the whole life of the poll."
    note += " Counters that were first read after the period stand as of that day." if later else ""
    return Section("answering", title, (_silent(found), Table("polls", "", columns, rows, note)))


def _poll(one: Poll, context: Context) -> Row:
    count = one.count
    numbers = (text.count(count.shown), text.count(count.opened), text.count(count.responded))
    since = text.day(count.since) if count.since else "its start"
    return row(
        count.title,
        context.name_of(one.scope),
        *numbers,
        text.percent(share(count.responded, count.shown), digits=1),
        text.percent(share(count.completed, count.responded), digits=0),
        since,
        text.day(count.day),
    )


def _silent(found: Sequence[Poll]) -> Notice:
    """What an interval does not tell."""
    shown, answered = sum(one.count.shown for one in found), sum(one.count.responded for one in found)
    rate = text.percent(share(answered, shown), digits=1)
    return Notice(
        "info",
        f"{scaled(answered)} of {scaled(shown)} polls shown were answered ({rate}). An interval tells of chance among "
        "those who answered, and nothing of those who did not: they may think otherwise. A new channel, wording or "
        "audience can move a score by more than its interval.",
    )


def features(context: Context) -> Section:
    """What people say of each feature; too few answers are not told."""
    title, ids = "What people say by feature", _features(context)
    if not ids:
        return Section("features", title, (NO_FEATURE,))
    found = [one for name in FORMS for one in context.reader.of_scopes(metric_named(name), ids, context.period)]
    answered = [one for one in found if one.value.value is not None or one.value.reason == BELOW_MIN_N]
    answered.sort(key=lambda one: (one.scope.name, METRICS.index(one.metric.id)))
    columns = (
        *(Column("Feature"), Column("Measure"), Column("Score", kind="number"), Column("95 % interval")),
        *(Column("Answers", kind="number"), Column("Change")),
    )
    moved = _moved(context, ids)
    rows = tuple(_feature(one, context, moved.get((one.metric.id, one.scope.id))) for one in answered)
    empty = f"Nobody answered about a feature in {text.period(context.period)}."
    return Section(
        "features", title, (Table("features", "", columns, rows, _suppressed(answered), empty=empty, measures=FORMS),)
    )


def _features(context: Context) -> list[str]:
    return [one.id for one in context.reader.below(context.scope, context.period, "feature")]


def _moved(context: Context, ids: Sequence[str]) -> dict[tuple[str, str], Difference | None]:
    """How far each score of each feature lies from the compared period, where both have answers enough."""
    reader, metrics = context.reader, [metric_named(name) for name in FORMS]
    periods = (context.period, context.compared)
    found = corrected_sums(reader, metrics, ids, ("",), periods)
    least = reader.settings.metrics.min_answers
    enough = {key: of.totals for key, of in found.items() if of.totals.sample >= least}
    pairs = {key[:2]: (of, enough.get((*key[:3], 1))) for key, of in enough.items() if key[3] == 0}
    return {key: difference(now, then) for key, (now, then) in pairs.items() if then is not None}


def _feature(one: Reading, context: Context, moved: Difference | None) -> Row:
    change, _ = words.change(one, context.comparison)
    return row(
        one.scope.name, one.metric.name, *_score(one, one.value), text.joined(change, clearly(one.metric, moved))
    )


def _score(reading: Reading, value: Value) -> tuple[str, str, str]:
    """Score, interval and number of answers; too few are said in place of the score."""
    if value.reason == BELOW_MIN_N:
        return f"fewer than {reading.least} answers", "", text.count(value.sample)
    if value.reason == WITHHELD:
        return "kept back", "", text.count(value.sample)
    return _plainly(reading, value), words.interval(reading, value), text.count(value.sample)


def _suppressed(found: Iterable[Reading]) -> str:
    least = next((one.least for one in found if one.value.reason == BELOW_MIN_N), None)
    if least is None:
        return ""
    return (
        f"A score of fewer than {least} answers is not shown: chance would move it by more than it says, and single "
        "people could be told apart. A longer period gathers more answers."
    )


def audiences(context: Context) -> Section:
    """Each audience apart: what holds for all need not hold for each."""
    found = [(context.reading(name), _by_audience(context, metric_named(name))) for name in METRICS]
    columns = (
        *(Column("Audience"), Column("Measure"), Column("Score", kind="number"), Column("95 % interval")),
        Column("Answers", kind="number"),
    )
    told_ = [(name, reading, value) for reading, values in found for name, value in values.items()]
    told_.sort(key=lambda one: (one[0], METRICS.index(one[1].metric.id)))
    rows = tuple(row(words.plainly(name), one.metric.name, *_of_audience(one, value)) for name, one, value in told_)
    least = context.reader.settings.metrics.min_answers
    small = any(value.reason == BELOW_MIN_N for _, _, value in told_)
    note = f"Fewer than {least} answers are not shown as a score." if small else ""
    if any(value.reason == WITHHELD for _, _, value in told_):
        note = f"{note} What is kept back would let it be worked out from the score of everyone.".lstrip()
    empty = f"No answer of {text.period(context.period)} says which audience it came from."
    return Section(
        "audiences", "By audience", (Table("audiences", "", columns, rows, note, empty=empty, measures=METRICS),)
    )


def _by_audience(context: Context, metric: Metric) -> dict[str, Value]:
    found = context.reader.variants_of(metric, context.scope, context.period)
    named = {name.removeprefix(AUDIENCE): value for name, value in found.items() if name.startswith(AUDIENCE)}
    return {name: one for name, one in named.items() if one.value is not None or one.reason in (BELOW_MIN_N, WITHHELD)}


def _of_audience(reading: Reading, value: Value) -> tuple[str, str, str]:
    score, interval, answers = _score(reading, value)
    return score, interval, "" if reading.metric.id == "adoption" else answers


def adoption(context: Context) -> Section:
    """Which features are used: the share of those who could, over time, and how it grew."""
    title, ids, whole = "Which features are used", _features(context), context.reading("adoption")
    found = context.reader.of_scopes(metric_named("adoption"), ids, context.period) if ids else ()
    if whole.value.reason == NO_SOURCE:
        return Section("adoption", title, (absent(whole),))
    if not found:
        return Section("adoption", title, (NO_FEATURE,))
    ordered = sorted(found, key=lambda one: (one.value.value is None, -(one.value.value or Decimal(0)), one.scope.name))
    lines = _lines(ordered, context)
    return Section("adoption", title, (*lines, _adoption_table(ordered, context)), _fastest(ordered, context))


def _lines(found: Sequence[Reading], context: Context) -> tuple[Trend, ...]:
    known = [one for one in found if any(value.value is not None for _, value in one.history)]
    if not known:
        return ()
    series = tuple(
        Series(
            one.scope.name,
            tuple(plain(one.metric, value) for _, value in one.history),
            "subject" if place < _NAMED else "context",
            tuple(words.value(one, value) for _, value in one.history),
        )
        for place, one in enumerate(known)
    )
    last = "; ".join(f"{one.scope.name} {words.value(one)}" for one in known)
    return (
        Trend(
            id="adoption",
            title=f"Share of eligible users who used each feature, up to {text.period(context.period)}",
            subtitle="Users of the windows of about a month that end in the period, of those who could use it",
            unit="%",
            periods=tuple(period for period, _ in known[0].history),
            series=series,
            alt=f"Adoption by feature over 12 periods, in {text.period(context.period)}: {last}.",
            from_zero=True,
            measures=("adoption",),
        ),
    )


def _adoption_table(found: Sequence[Reading], context: Context) -> Table:
    previous, year = text.period_short(context.period.previous()), text.period(context.period.year_before())
    columns = (
        *(Column("Feature"), Column("Adoption", kind="number"), Column("95 % interval")),
        *(Column("Users", kind="number"), Column("Eligible", kind="number")),
        *(Column(f"On {previous}", kind="number"), Column("Relative", kind="number")),
        *(Column(f"On {year}", kind="number"), Column("Relative ", kind="number")),
    )
    rows = tuple(_adopted(one, one.scope.name) for one in found)
    if len(found) > 1:
        rows += (replace(_adopted(context.reading("adoption"), "All features"), strong=True),)
    note = "Users and eligible users: of one window on average. Growth in percentage points, and relative to then."
    return Table("adoption-table", "", columns, rows, note, measures=("adoption",))


def _adopted(one: Reading, name: str) -> Row:
    value = one.value
    people = [
        words.marked(text.count(None if total is None or not value.sample else round(total / value.sample)), value)
        for total in (value.numerator, value.denominator)
    ]
    grown = [cell for then in (one.previous, one.year_before) for cell in _grown(value, then)]
    return row(name, words.value(one), words.interval(one), *people, *grown)


def _grown(now: Value, then: Value) -> tuple[str, str]:
    if now.value is None or then.value is None:
        return "", ""
    found = growth(then.value, now.value)
    relative = "from nothing" if found.factor is None else text.change(now.value, then.value)
    return words.marked(text.points(found.points), now, then), words.marked(relative, now, then)


def _fastest(found: Sequence[Reading], context: Context) -> str:
    """The feature that gained most on the year before."""
    pairs = [(one, one.value.value, one.year_before.value) for one in found]
    moved = [(now - then, one, now, then) for one, now, then in pairs if now is not None and then is not None]
    if not moved:
        return ""
    points, one, now, then = max(moved, key=lambda pair: pair[0])
    if points <= 0:
        return ""
    factor = growth(then, now).factor
    times = f", {text.plain(factor, 1)} times as many" if factor is not None and factor >= 2 else ""
    before, year = _plainly(one, one.year_before), text.period(context.period.year_before())
    gained = words.marked(text.points(points), one.value, one.year_before)
    return f"{one.scope.name} gained most: {before} in {year}, {words.value(one)} now ({gained}{times})."


SUMMARY = SectionKind("feedback.summary", summary)
WAVES = SectionKind("feedback.waves", waves)
ANSWERING = SectionKind("feedback.answering", answering)
FEATURES = SectionKind("feedback.features", features)
AUDIENCES = SectionKind("feedback.audiences", audiences)
ADOPTION = SectionKind("feedback.adoption", adoption)
