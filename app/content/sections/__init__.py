"""SECTIONS: every part that a page or the pack is made of."""

from __future__ import annotations

from app.content.sections import (
    benchmarks,
    board,
    compliance,
    delivery,
    dora,
    feedback,
    health,
    meaning,
    published,
    reliability,
    restated,
    spend,
    voices,
)
from app.content.sections.base import SectionKind

SECTIONS: tuple[SectionKind, ...] = (
    board.HEADLINE,
    board.KPIS,
    board.FOCUS,
    board.LATE,
    restated.RESTATED,
    delivery.SUMMARY,
    delivery.FREQUENCY,
    delivery.SPEED,
    delivery.SERVICES,
    delivery.DEPLOYMENTS,
    meaning.DELIVERY,
    reliability.SUMMARY,
    reliability.UPTIME,
    reliability.SERVICES,
    reliability.WORST_DAYS,
    reliability.INTEGRATIONS,
    meaning.RELIABILITY,
    feedback.SUMMARY,
    feedback.WAVES,
    feedback.ANSWERING,
    feedback.FEATURES,
    voices.COMMENTS,
    feedback.AUDIENCES,
    feedback.ADOPTION,
    meaning.FEEDBACK,
    compliance.SUMMARY,
    compliance.AUDITS,
    compliance.LOGGING,
    meaning.CONTROLS,
    spend.SUMMARY,
    spend.MONTHS,
    spend.SPLIT,
    spend.INTEGRATION,
    spend.CHARGES,
    spend.CURRENCIES,
    meaning.SPEND,
    benchmarks.SUMMARY,
    published.AMONG,
    benchmarks.TARGETS,
    dora.CLUSTERS,
    dora.QUICK_CHECK,
    benchmarks.REFERENCES,
    benchmarks.ANSWERS,
    benchmarks.OBLIGATIONS,
    benchmarks.FIGURES,
    benchmarks.MARKS,
    health.SUMMARY,
    health.SOURCES,
    health.COVERAGE,
    health.RECONCILIATION,
    health.REJECTED,
    health.RUNS,
    health.FILES,
)

_BY_ID = {kind.id: kind for kind in SECTIONS}


def section_named(name: str) -> SectionKind:
    """The section of that id. KeyError where there is none."""
    return _BY_ID[name]
