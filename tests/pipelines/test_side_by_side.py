"""Work done at the same time: in order, bounded, and given up together."""

from __future__ import annotations

from threading import Barrier, Event, Lock

import pytest

from pipelines.side_by_side import Stopped, Stopping, side_by_side


def test_what_comes_back_stands_in_the_order_of_the_tasks_whichever_ended_first() -> None:
    late = Event()

    def first(_stopping: Stopping) -> str:
        assert late.wait(10)
        return "first"

    def second(_stopping: Stopping) -> str:
        late.set()
        return "second"

    assert side_by_side([first, second], 2) == ["first", "second"]
    assert side_by_side([], 2) == []


def test_as_many_as_allowed_run_at_the_same_time_and_no_more() -> None:
    together, lock = Barrier(3), Lock()
    running, most = 0, 0

    def task(_stopping: Stopping) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        together.wait(10)
        with lock:
            running -= 1

    side_by_side([task] * 6, 3)
    assert most == 3


def test_the_first_error_stops_the_others_between_two_pieces_of_work_and_is_raised() -> None:
    begun, told = Event(), Event()

    def fails(_stopping: Stopping) -> None:
        assert begun.wait(10)
        raise LookupError("the wallet is empty")

    def goes_on(stopping: Stopping) -> None:
        begun.set()
        try:
            while not told.wait(0.001):
                stopping()
        except Stopped:
            told.set()
            raise

    with pytest.raises(LookupError, match="the wallet is empty"):
        side_by_side([fails, goes_on, goes_on], 2)
    assert told.is_set()
