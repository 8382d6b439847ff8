"""Pieces of work done at the same time, all of them or none of what is left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any, TypeVar

T = TypeVar("T")
Stopping = Callable[[], None]
"""Called by a task between two pieces of work: raises Stopped once the others were given up."""

_GRACE_SECONDS = 5.0


class Stopped(Exception):
    """The work was given up because another part of it failed or somebody ended it."""


def side_by_side(tasks: Sequence[Callable[[Stopping], T]], at_once: int) -> list[T]:
    """What the tasks give, in their order, at most `at_once` of them at a time; each is done in one thread.

    The first error, or the end asked for at the keyboard, stops the others between two pieces of work and is raised.
    One that still waits for an answer after a few seconds is left to end with the process, as it would if that died.
    """
    work: SimpleQueue[int] = SimpleQueue()
    for place in range(len(tasks)):
        work.put(place)
    ended: SimpleQueue[tuple[int, Any, BaseException | None]] = SimpleQueue()
    stop = Event()
    threads = [Thread(target=_work, args=(tasks, work, ended, stop), daemon=True) for _ in tasks[:at_once]]
    found: dict[int, T] = {}
    try:
        for thread in threads:
            thread.start()
        for _ in tasks:
            place, value, error = ended.get()
            if error is not None:
                raise error
            found[place] = value
    finally:
        stop.set()
        for thread in threads:
            thread.join(_GRACE_SECONDS)
    return [found[place] for place in range(len(tasks))]


def _work(
    tasks: Sequence[Callable[[Stopping], T]],
    work: SimpleQueue[int],
    ended: SimpleQueue[tuple[int, Any, BaseException | None]],
    stop: Event,
) -> None:
    def stopping() -> None:
        if stop.is_set():
            raise Stopped

    while not stop.is_set():
        try:
            place = work.get_nowait()
        except Empty:
            return
        try:
            ended.put((place, tasks[place](stopping), None))
        except BaseException as error:  # noqa: BLE001  whatever it was, it is raised where the work was asked for
            ended.put((place, None, error))
