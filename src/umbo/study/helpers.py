"""Helper processes: started ahead, then given one job after another over their pipes."""

import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import IO, Any, Final, Generic, Self, TypeVar

from umbo.compiled import threads_set

J = TypeVar("J", bound=Hashable)

Tell = Callable[[Any, float], None]
"""Is told the share of a job that is done; from any thread."""
Do = Callable[[Any, Callable[[float], None]], Any]
"""Does a job, and tells the share of it that is done."""


MOST_HELPERS: Final = 3
"""Each takes some 400 MB; more threads than processes are shared out among them."""
_PROGRAM: Final = "from umbo.study.shards import help_out; help_out()"


def start_helpers(threads: int | None = None) -> "Helpers":
    """Start helpers for as many processors as threads are set, or fewer."""
    most = threads_set() if threads is None else min(threads, threads_set())
    return Helpers(min(most, MOST_HELPERS + 1) - 1)


class Helpers:
    """Processes that do jobs beside this one, until the context ends.

    They are started at once, so that what they import takes no time once there are jobs.
    """

    def __init__(self, number: int) -> None:
        """Start so many."""
        self._processes = [
            subprocess.Popen(
                [sys.executable, "-c", _PROGRAM],
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

    def begin(self, setting: object, jobs: Sequence[J], tell: Tell) -> "Work[J]":
        """Let them begin with jobs, from the last to the first.

        Args:
            setting: What each helper is told first; anything that can be pickled.
            jobs: The jobs; likewise.
            tell: Told the share of each job that is done, and 1 at its end.

        Returns:
            The work, for this process to join in.
        """
        return Work(self._processes, setting, jobs, tell)


class Work(Generic[J]):
    """Jobs that helpers do, and this process."""

    def __init__(
        self,
        helpers: "Sequence[subprocess.Popen[bytes]]",
        setting: object,
        jobs: Sequence[J],
        tell: Tell,
    ) -> None:
        """Let helpers begin."""
        self._jobs, self._waiting, self._tell = jobs, list(jobs), tell
        self._done: dict[J, Any] = {}
        self._watchers = [
            threading.Thread(target=self._watch, args=(one, setting), daemon=True)
            for one in helpers
        ]
        for watcher in self._watchers:
            watcher.start()

    def finish(self, do: Do) -> dict[J, Any]:
        """Do jobs here too until all are done.

        Args:
            do: Does a job here.

        Returns:
            What was found, by job. What a helper left undone, for it died or met an error, is
            done here, where an error is told.
        """
        while (job := self._next()) is not None:
            self._here(job, do)
        for watcher in self._watchers:
            watcher.join()
        for job in self._jobs:
            if job not in self._done:
                self._here(job, do)
        return self._done

    def _here(self, job: J, do: Do) -> None:
        self._done[job] = do(job, lambda share: self._tell(job, share))
        self._tell(job, 1.0)

    def _next(self) -> J | None:
        """Take the next job; one step, so that no two processes take the same."""
        try:
            return self._waiting.pop()
        except IndexError:
            return None

    def _watch(self, helper: "subprocess.Popen[bytes]", setting: object) -> None:
        """Give a helper the setting, then one job after another, and keep what it sends back."""
        with suppress(OSError, EOFError, pickle.UnpicklingError):
            _send(helper.stdin, setting)
            while (job := self._next()) is not None:
                _send(helper.stdin, job)
                found = None
                while found is None:
                    share, found = pickle.load(helper.stdout)  # type: ignore[arg-type]  # our own
                    self._tell(job, share)
                self._done[job] = found


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


def _send(pipe: IO[bytes] | None, message: object) -> None:
    assert pipe is not None
    pickle.dump(message, pipe, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.flush()
