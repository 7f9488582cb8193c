"""Several pieces of work at once, and all of it ended by one Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
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
        with stopped(pool, futures):
            return [future.result() for future in futures]


@contextmanager
def beside(work: Callable[[], Answer]) -> Iterator[Future[Answer]]:
    """Work that goes on beside the block; an error in the block ends it, Ctrl-C too."""
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(work)
        with stopped(pool, [future]):
            yield future


@contextmanager
def stopped(pool: ThreadPoolExecutor, futures: Sequence[Future[Answer]]) -> Iterator[None]:
    """Where the block raises, cancel what has not begun and end the commands that run."""
    try:
        yield
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        while not all(future.done() for future in futures):
            process.end_all()  # again and again: a worker between two commands begins one more
            sleep(0.05)
        raise
