"""Sign-ins that ended before their time, so that a kept cookie opens nothing."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, select

from data.clock import clock
from data.sign_in import Session
from data.warehouse.engine import writing
from data.warehouse.tables_people import sign_out
from data.warehouse.upsert import insert_or_replace


def sign_out_of(engine: Engine, session: Session) -> None:
    """End a sign-in for good, wherever copies of its cookie are."""
    with writing(engine) as connection:
        insert_or_replace(connection, sign_out, [{"session": session.id, "person": session.person, "at": clock()}])


def has_ended(connection: Connection, session: Session) -> bool:
    """Whether the person has signed out of it."""
    found = select(sign_out.c.session).where(sign_out.c.session == session.id)
    return connection.execute(found).first() is not None
