"""Who may read and edit a business case: what its scope and those above it say."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from data.access import Actor, Permission
from data.clock import clock
from data.finance.case import BadCase, Case
from data.scopes import Tree
from data.warehouse.catalog import load_tree


def path_of(tree: Tree, case: Case) -> Sequence[str] | None:
    """The scope of a case and those above it; None for a case of the whole company."""
    if case.scope is None or case.scope not in tree:
        return None
    return tree.path(case.scope, clock().date())


def require_edit(connection: Connection, actor: Actor, case: Case) -> None:
    """Raise NotPermitted unless the actor may edit the case; BadCase where its scope does not exist."""
    tree = load_tree(connection)
    if case.scope is not None and case.scope not in tree:
        raise BadCase(f"There is no scope {case.scope!r}: choose one that exists.")
    actor.require(Permission.EDIT_CASES, path_of(tree, case))
