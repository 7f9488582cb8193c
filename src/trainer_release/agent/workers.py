"""Several pieces of work at once, and all of it ended by one Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from trainer_release.world import process
from trainer_release.world.clock import sleep

Item = TypeVar("Item")
Answer = TypeVar("Answer")


def each(work: Callable[[Item], Answer], items: Iterable[Item], jobs: int) -> list[Answer]:
    """The answers in the items' order, `jobs` at a time.

    The first error cancels what has not begun, ends the commands that run, and is raised; Ctrl-C is such an error.
    """
    with ThreadPoolExecutor(max(jobs, 1)) as pool:
        futures = [pool.submit(work, item) for item in items]
        try:
            return [future.result() for future in futures]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            while not all(future.done() for future in futures):
                process.end_all()  # again and again: a worker between two commands begins one more
                sleep(0.05)
            raise
