"""The definitions of all metrics as a page."""

from __future__ import annotations

from data.metrics import METRICS
from data.metrics.base import Metric

_HEAD = """# Metrics

Every number that Plumbline tells, with its definition. Each is a ratio of two sums, kept per day and scope, so that a
longer period and a wider scope are sums over sums and never means of means; where a median is told, it is computed from
the single values. Nothing observed gives no number and a reason, never 0. The version of a definition is kept with each
daily row, and its fingerprint is printed beside the number.

`python -m data.metrics > docs/metrics.md` writes this page.
"""


def document() -> str:
    """docs/metrics.md."""
    return "\n".join((_HEAD, _overview(), *(_section(metric) for metric in METRICS)))


def _overview() -> str:
    lines = ["| metric | id | unit | better | told from | page |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {one.name} | `{one.id}` | {one.unit} | {one.better} | {', '.join(one.fact_kinds)} | {one.domain} |"
        for one in METRICS
    ]
    return "\n".join(lines) + "\n"


def _section(metric: Metric) -> str:
    said = {
        "What it means": metric.meaning,
        "Formula": metric.formula,
        "Divided by": f"{metric.denominator}",
        "Evidence": f"{metric.evidence}",
        "Definition after": metric.origin,
        "To have it": metric.connect,
        "Version": f"{metric.version}, fingerprint `{metric.definition_hash}`",
    }
    rows = "\n".join(f"| {name} | {text.replace('|', '/')} |" for name, text in said.items())
    return f"## {metric.name}\n\n| | |\n|---|---|\n{rows}\n"
