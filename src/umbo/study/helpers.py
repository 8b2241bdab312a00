"""Helper processes: started ahead, then given one job after another over their pipes."""

import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import IO, Any, Self, TypeVar

J = TypeVar("J", bound=Hashable)

Tell = Callable[[Any, float], None]
"""Is told the share of a job that is done; from any thread."""
Do = Callable[[Any, Callable[[float], None]], Any]
"""Does a job, and tells the share of it that is done."""


class Helpers:
    """Processes that do jobs beside this one, until the context ends.

    They are started at once, so that what they import takes no time once there are jobs.
    """

    def __init__(self, program: str, number: int) -> None:
        """Start so many processes of a program that calls ``serve``."""
        self._processes = [
            subprocess.Popen(
                [sys.executable, "-c", program],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            for _ in range(number)
        ]

    def __len__(self) -> int:
        """Count them."""
        return len(self._processes)

    def __enter__(self) -> Self:
        """Give the helpers."""
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """End them, whatever they do."""
        for one in self._processes:
            one.kill()
            for pipe in (one.stdin, one.stdout):
                with suppress(OSError):
                    pipe.close()  # type: ignore[union-attr]
            one.wait()

    def share_out(self, setting: object, jobs: Sequence[J], do: Do, tell: Tell) -> dict[J, Any]:
        """Do jobs here and in the helpers, from the last to the first.

        Args:
            setting: What each helper is told first; anything that can be pickled.
            jobs: The jobs; likewise.
            do: Does a job here.
            tell: Told the share of each job that is done, and 1 at its end.

        Returns:
            What was found, by job. What a helper left undone, for it died or met an error, is
            done here, where an error is told.
        """
        waiting, done = list(jobs), dict[J, Any]()

        def here(job: J) -> None:
            done[job] = do(job, lambda share: tell(job, share))
            tell(job, 1.0)

        watchers = [
            threading.Thread(target=_watch, args=(one, setting, waiting, done, tell), daemon=True)
            for one in self._processes
        ]
        for watcher in watchers:
            watcher.start()
        while (job := _next(waiting)) is not None:
            here(job)
        for watcher in watchers:
            watcher.join()
        for job in jobs:
            if job not in done:
                here(job)
        return done


def serve(begin: Callable[[Any], Do]) -> None:
    """Do jobs as they are told on the standard input, until it ends: a helper's whole life.

    Args:
        begin: Is given the setting, and gives what does a job.
    """
    # What a library prints must not come between the answers.
    answers, sys.stdout = sys.stdout.buffer, sys.stderr
    with suppress(EOFError, KeyboardInterrupt, OSError):
        do, told = begin(pickle.load(sys.stdin.buffer)), 0.0

        def tell(share: float) -> None:
            nonlocal told
            if abs(share - told) >= 0.01:  # a message a hundredth is enough
                told = share
                _send(answers, (share, None))

        while True:
            job, told = pickle.load(sys.stdin.buffer), 0.0
            _send(answers, (1.0, do(job, tell)))


def _next(waiting: list[J]) -> J | None:
    """Take the next job; one step, so that no two processes take the same."""
    try:
        return waiting.pop()
    except IndexError:
        return None


def _watch(
    helper: "subprocess.Popen[bytes]",
    setting: object,
    waiting: list[J],
    done: dict[J, Any],
    tell: Tell,
) -> None:
    """Give a helper the setting, then one job after another, and keep what it sends back."""
    with suppress(OSError, EOFError, pickle.UnpicklingError):
        _send(helper.stdin, setting)
        while (job := _next(waiting)) is not None:
            _send(helper.stdin, job)
            found = None
            while found is None:
                share, found = pickle.load(helper.stdout)  # type: ignore[arg-type]  # our own
                tell(job, share)
            done[job] = found


def _send(pipe: IO[bytes] | None, message: object) -> None:
    assert pipe is not None
    pickle.dump(message, pipe, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.flush()
