"""What the numbers mean: the definitions of everything that is measured."""

from __future__ import annotations

from app.content.blocks import Definition, Definitions, Section
from app.content.sections import words
from app.content.sections.base import SectionKind
from data.metrics import METRICS
from data.metrics.base import Domain


def definitions() -> tuple[Definition, ...]:
    """All definitions, in the order in which the numbers are told."""
    return tuple(words.definition(metric) for metric in METRICS)


def _of(domain: Domain) -> Section:
    entries = tuple(words.definition(metric) for metric in METRICS if metric.domain is domain)
    return Section("definitions", "What these numbers mean", (Definitions(entries),))


DELIVERY = SectionKind("delivery.definitions", lambda _context: _of(Domain.DELIVERY))
RELIABILITY = SectionKind("reliability.definitions", lambda _context: _of(Domain.RELIABILITY))
FEEDBACK = SectionKind("feedback.definitions", lambda _context: _of(Domain.FEEDBACK))
CONTROLS = SectionKind("compliance.definitions", lambda _context: _of(Domain.COMPLIANCE))
SPEND = SectionKind("spend.definitions", lambda _context: _of(Domain.SPEND))
