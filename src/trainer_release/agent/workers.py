"""Several pieces of work at once, and all of it ended by one Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

from trainer_release.world import process
from trainer_release.world.clock import sleep

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

Item = TypeVar("Item")
Answer = TypeVar("Answer")


def each(
    work: Callable[[Item], Answer], items: Iterable[Item], jobs: int, stopping: Callable[[], None] = lambda: None
) -> list[Answer]:
    """The answers in the items' order, `jobs` at a time.

    The first error cancels what has not begun, ends the commands that run, and is raised; Ctrl-C is such an error.
    `stopping` is called before anything is ended.
    """
    from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

    with ThreadPoolExecutor(max(jobs, 1)) as pool:
        futures = [pool.submit(work, item) for item in items]
        with stopped(pool, futures):
            try:
                for future in wait(futures, return_when=FIRST_EXCEPTION).done:
                    future.result()  # raises what ended the wait, whichever item's it is
                return [future.result() for future in futures]
            except BaseException:
                stopping()
                raise


@contextmanager
def beside(work: Callable[[], Answer]) -> Iterator[Callable[[], Answer]]:
    """Work that goes on beside the block, which gets what waits for the answer; an error in the block ends it, Ctrl-C
    too. By a bare thread: a pool takes as long to import as git takes to answer."""
    answers: list[Answer] = []
    errors: list[BaseException] = []

    def worked() -> None:
        try:
            answers.append(work())
        except BaseException as error:  # noqa: BLE001 - it is raised where the answer is asked for
            errors.append(error)

    def answer() -> Answer:
        thread.join()
        if errors:
            raise errors[0]
        return answers[0]

    thread = Thread(target=worked)
    thread.start()
    try:
        yield answer
        thread.join()
    except BaseException:
        _end(thread.is_alive)
        raise


@contextmanager
def stopped(pool: ThreadPoolExecutor, futures: Sequence[Future[Answer]]) -> Iterator[None]:
    """Where the block raises, cancel what has not begun and end the commands that run."""
    try:
        yield
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        _end(lambda: not all(future.done() for future in futures))
        raise


def _end(busy: Callable[[], bool]) -> None:
    """End the commands that run."""
    while busy():
        process.end_all()  # again and again: a worker between two commands begins one more
        sleep(0.05)
