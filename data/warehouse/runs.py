"""Who is at work: leases, one per name, and the record of each sync."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import Engine, delete, insert, select, update

from data.clock import clock
from data.warehouse import schema
from data.warehouse.engine import writing

LEASE_LASTS = timedelta(minutes=10)


class Held(Exception):
    """Somebody else is at work; the message says who, since when, and what to do."""


def me() -> str:
    """This process, as leases name it."""
    return f"pid {os.getpid()} on {socket.gethostname()}"


@contextmanager
def lease(engine: Engine, name: str) -> Iterator[str]:
    """Hold the name for as long as the block runs; Held when another does. Left-overs of dead processes are taken."""
    holder = me()
    take_lease(engine, name, holder)
    try:
        yield holder
    finally:
        with writing(engine) as connection:
            mine = (schema.lease.c.name == name) & (schema.lease.c.holder == holder)
            connection.execute(delete(schema.lease).where(mine))


def take_lease(engine: Engine, name: str, holder: str) -> None:
    """Take the lease or raise Held."""
    table, now = schema.lease, clock()
    with writing(engine) as connection:
        old = connection.execute(select(table).where(table.c.name == name)).first()
        if old is not None and old.expires_at > now and not is_dead(old.holder):
            raise Held(
                f"{name} is being worked on by {old.holder} since {old.acquired_at:%Y-%m-%d %H:%M} UTC: "
                "wait for it to end, then run again."
            )
        connection.execute(delete(table).where(table.c.name == name))
        row = {"name": name, "holder": holder, "acquired_at": now, "expires_at": now + LEASE_LASTS}
        connection.execute(insert(table).values(**row))


def renewal(name: str, holder: str) -> tuple[object, ...]:
    """The statement that prolongs a lease, to run inside a page's own transaction."""
    mine = (schema.lease.c.name == name) & (schema.lease.c.holder == holder)
    return (update(schema.lease).where(mine).values(expires_at=clock() + LEASE_LASTS),)


def is_dead(holder: str) -> bool:
    """Whether the holder was a process of this machine that no longer runs."""
    words = holder.split()
    if len(words) != 4 or words[3] != socket.gethostname() or not words[1].isdigit():
        return False
    try:
        os.kill(int(words[1]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
