"""The demo company: a deterministic generator of what happened in it, pure."""

from data.sample.story import SEED, Repository, Story, story

__all__ = ["SEED", "Repository", "Story", "story"]
