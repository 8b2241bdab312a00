"""Fight the raids of a study in several processes at once, each raid whole in one of them.

Battles are many short kernels with Python between them, so that threads of one process wait for
each other; a helper process is told the study, then one raid after another, over its pipes.
"""

import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any, Final

from umbo.compiled import set_threads, threads_set
from umbo.elements.architecture import Architecture
from umbo.elements.catalog import Catalog, load_catalog
from umbo.elements.readings import Readings
from umbo.elements.sourced import Value
from umbo.engagement.flights import Flights, fly_raid
from umbo.engagement.raid import Raid, draw_raid
from umbo.study.battles import Battle, fight, flights_of_draws
from umbo.study.load import catalog_of, resolve
from umbo.study.margins import margin_rows, staged
from umbo.study.priorities import place_scores
from umbo.study.schema import Study

MOST_HELPERS: Final = 3
"""Each takes some 400 MB; more threads than processes are shared out among them."""
_HELPER: Final = "from umbo.study.shards import help_out; help_out()"

Tell = Callable[[str, float], None]
"""Is told the share of a raid's work that is done."""


@dataclass(frozen=True, eq=False)
class Fought:
    """One raid against every architecture."""

    plan: Raid
    flights: Flights
    battles: Sequence[Battle]
    """In the order of the architectures."""
    used: Mapping[tuple[str, str], Value]
    """The values that were read at their modes."""
    margins: Sequence[dict[str, Any]] = ()
    """What each element adds, by architecture."""


def fight_raids(study: Study, raids: Sequence[str], draws: int, tell: Tell) -> dict[str, Fought]:
    """Fight raids, each whole in one process, on as many processors as threads are set.

    Args:
        study: The study.
        raids: Names of its raids.
        draws: Draws over the ranges of the assumptions.
        tell: Told how far each raid is; from any thread.

    Returns:
        What was fought, by raid; the same for any number of processes.
    """
    threads = threads_set()
    helpers = min(threads, len(raids), MOST_HELPERS + 1) - 1
    each = threads // (helpers + 1)
    # The most missiles first, so that the last ones to end are short.
    waiting = sorted(raids, key=lambda name: sum(one.count for one in study.raids[name]))
    fought: dict[str, Fought] = {}
    started = [_start(study, draws, each) for _ in range(helpers)]
    watchers = [
        threading.Thread(target=_watch, args=(helper, waiting, fought, tell), daemon=True)
        for helper in started
    ]
    try:
        for watcher in watchers:
            watcher.start()
        set_threads(each)
        catalog, architectures = _stage(study)
        while (name := _next(waiting)) is not None:
            fought[name] = _fight_one(study, name, catalog, architectures, draws, tell)
        for watcher in watchers:
            watcher.join()
        # What a helper left undone, for it died or met an error: here an error is told.
        for name in raids:
            if name not in fought:
                fought[name] = _fight_one(study, name, catalog, architectures, draws, tell)
    finally:
        set_threads(threads)
        for helper in started:
            helper.kill()
            for pipe in (helper.stdin, helper.stdout):
                with suppress(OSError):
                    pipe.close()  # type: ignore[union-attr]
            helper.wait()
    return {name: fought[name] for name in raids}


def _next(waiting: list[str]) -> str | None:
    """Take the next raid; one step, so that no two processes take the same."""
    try:
        return waiting.pop()
    except IndexError:
        return None


def _stage(study: Study) -> tuple[Catalog, list[Architecture]]:
    base = load_catalog()
    return catalog_of(study, base), list(resolve(study, base).values())


def _fight_one(
    study: Study,
    name: str,
    catalog: Catalog,
    architectures: Sequence[Architecture],
    draws: int,
    tell: Tell,
) -> Fought:
    read = Readings()
    plan = draw_raid(name, study.raids[name], catalog, phases=study.phases, seed=study.seed)
    flights = fly_raid(plan, catalog, read)
    drawn = flights_of_draws(study, name, catalog, draws)

    def part(share: float) -> None:
        tell(name, share)

    battles = fight(study, architectures, plan, flights, drawn, catalog, read, draws, part)
    scores = place_scores(catalog)
    stage = staged(plan, flights, catalog, study.seed, scores, perfect=study.perfect)
    return Fought(plan, flights, battles, read.used, margin_rows(architectures, stage))


def _start(study: Study, draws: int, threads: int) -> "subprocess.Popen[bytes]":
    helper = subprocess.Popen(
        [sys.executable, "-c", _HELPER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with suppress(OSError):
        _send(helper.stdin, (study, draws, threads))
    return helper


def _watch(
    helper: "subprocess.Popen[bytes]", waiting: list[str], fought: dict[str, Fought], tell: Tell
) -> None:
    """Give a helper one raid after another, and keep what it sends back."""
    with suppress(OSError, EOFError, pickle.UnpicklingError):
        while (name := _next(waiting)) is not None:
            _send(helper.stdin, name)
            while True:
                answer = pickle.load(helper.stdout)  # type: ignore[arg-type]  # our own process
                if isinstance(answer, Fought):
                    fought[name] = answer
                    break
                tell(name, answer)


def help_out() -> None:
    """Fight raids as they are told on the standard input, until it ends: a helper process."""
    # What a library prints must not come between the answers.
    answers, sys.stdout = sys.stdout.buffer, sys.stderr
    with suppress(EOFError, KeyboardInterrupt, OSError):
        study, draws, threads = pickle.load(sys.stdin.buffer)
        set_threads(threads)
        catalog, architectures = _stage(study)
        told = 0.0

        def tell(_name: str, share: float) -> None:
            nonlocal told
            if abs(share - told) >= 0.01:  # a message a hundredth is enough
                told = share
                _send(answers, share)

        while True:
            name = pickle.load(sys.stdin.buffer)
            found = _fight_one(study, name, catalog, architectures, draws, tell)
            found.flights.__dict__.pop("found", None)  # for the other architectures only
            _send(answers, found)


def _send(pipe: IO[bytes] | None, message: Any) -> None:
    assert pipe is not None
    pickle.dump(message, pipe, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.flush()
