"""Leases: who is at work on what."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import select

from data.clock import clock, fix_clock
from data.warehouse import schema
from data.warehouse.engine import reading, writing
from data.warehouse.runs import LEASE_LASTS, Held, is_dead, lease, me, renewal, take_lease
from tests.data.warehouse.world import NOW, Company


def holders(company: Company) -> dict[str, str]:
    with reading(company.engine) as connection:
        return {row.name: row.holder for row in connection.execute(select(schema.lease))}


def dead_process() -> str:
    """A process of this machine that has ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return f"pid {ended.pid} on {socket.gethostname()}"


def test_a_second_holder_is_told_who_holds_it_and_since_when(company: Company) -> None:
    with lease(company.engine, "github"):
        assert holders(company) == {"github": me()}
        with pytest.raises(Held) as raised, lease(company.engine, "github"):
            pytest.fail("both hold it")
        assert str(raised.value) == (
            f"github is being worked on by pid {os.getpid()} on {socket.gethostname()} since 2026-11-09 06:00 UTC: "
            "wait for it to end, then run again."
        )
        assert holders(company) == {"github": me()}
    assert holders(company) == {}


def test_other_names_are_free_meanwhile(company: Company) -> None:
    with lease(company.engine, "github"), lease(company.engine, "prometheus"):
        assert set(holders(company)) == {"github", "prometheus"}


def test_a_lease_is_given_back_when_the_work_breaks_off(company: Company) -> None:
    with pytest.raises(ZeroDivisionError), lease(company.engine, "github"):
        raise ZeroDivisionError
    assert holders(company) == {}


def test_the_lease_of_a_dead_process_is_taken_at_once(company: Company) -> None:
    gone = dead_process()
    take_lease(company.engine, "github", gone)
    with lease(company.engine, "github") as holder:
        assert holders(company) == {"github": holder}


def test_the_lease_of_another_machine_is_taken_when_it_ran_out(company: Company) -> None:
    take_lease(company.engine, "github", "pid 1 on elsewhere")
    fix_clock(NOW + LEASE_LASTS - timedelta(seconds=1))
    with pytest.raises(Held, match="pid 1 on elsewhere since 2026-11-09 06:00 UTC"):
        take_lease(company.engine, "github", me())
    fix_clock(NOW + LEASE_LASTS)
    take_lease(company.engine, "github", me())
    assert holders(company) == {"github": me()}


def test_a_renewed_lease_lasts_on(company: Company) -> None:
    take_lease(company.engine, "github", "pid 1 on elsewhere")
    fix_clock(NOW + timedelta(minutes=9))
    with writing(company.engine) as connection:
        for statement in renewal("github", "pid 1 on elsewhere"):
            connection.execute(statement)  # type: ignore[call-overload]
    fix_clock(NOW + timedelta(minutes=18))
    with pytest.raises(Held):
        take_lease(company.engine, "github", me())
    assert clock() > NOW + LEASE_LASTS


@pytest.mark.parametrize(
    ("holder", "dead"),
    [
        (me(), False),
        (f"pid 1 on {socket.gethostname()}", False),
        ("pid 999999999 on elsewhere", False),
        ("somebody", False),
        (f"pid x on {socket.gethostname()}", False),
    ],
    ids=["this process", "the first process", "another machine", "no process", "no number"],
)
def test_only_a_process_of_this_machine_that_is_gone_is_dead(holder: str, dead: bool) -> None:
    assert is_dead(holder) is dead
    assert is_dead(dead_process()) is True
