"""Do the long work of a study in several processes at once, each job whole in one of them.

A job is a raid, the weighing of deterrence, or the sizing. Battles are many short kernels with
Python between them, so that threads of one process wait for each other.
"""

import ctypes
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from umbo.compiled import collect_rarely, set_threads, threads_set
from umbo.elements.architecture import Architecture
from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.elements.sourced import Value
from umbo.engagement.flights import fly_raid
from umbo.engagement.raid import draw_raid
from umbo.study.assigning import assignment_rows
from umbo.study.battles import Assumed, fight, flights_of_draws
from umbo.study.fought_by_year import few_phases
from umbo.study.helpers import Do, Helpers, serve
from umbo.study.load import catalog_of, resolve
from umbo.study.margins import margin_rows, staged
from umbo.study.presets import preset_rows
from umbo.study.priorities import ByPlace, by_place, place_scores
from umbo.study.saturating import saturation_tables
from umbo.study.schema import Study
from umbo.study.sizing_run import sizing_tables
from umbo.study.stability import stability_tables
from umbo.study.tables import battle_tables, flight_tables

Standing = Mapping[tuple[str, str, int], Architecture | str]
"""What stands by architecture, case and fiscal year; a name for one of the study's."""
Tell = Callable[[str, float], None]
"""Is told the share of a job's work that is done."""
Job = tuple[Literal["raid", "deterrence", "sizing"], str]
"""A kind of work, and the name of the raid."""
Tables = dict[str, list[dict[str, Any]]]
_Setting = tuple[Study, int, Sequence[str], Standing, bool, int]
"""Study, draws, raids, what stands in other years, whether in brief, and threads of a process."""


@dataclass(frozen=True, eq=False)
class Fought:
    """One raid against every architecture."""

    tables: Tables
    """Rows of the flights and of the battles, at other sizes and in other years too, by table."""
    by_place: Mapping[str, ByPlace]
    """What is let through, by architecture."""
    assumed: Mapping[str, Assumed]
    """Leakage over draws of the assumptions, by architecture; empty without draws."""
    used: Mapping[tuple[str, str], Value]
    """The values that were read at their modes."""


@dataclass(frozen=True, eq=False)
class Done:
    """The long work of a study."""

    fought: Mapping[str, Fought]
    deterrence: Tables
    sizing: Tables


class LongWork:
    """The long work of a study, done here and in helper processes, which begin at once."""

    def __init__(
        self,
        study: Study,
        raids: Sequence[str],
        draws: int,
        tell: Tell,
        standing: Standing,
        helpers: Helpers,
        *,
        brief: bool = False,
    ) -> None:
        """Let the helpers begin.

        Args:
            study: The study.
            raids: Names of its raids.
            draws: Draws over the ranges of the assumptions.
            tell: Told how far each job is; from any thread.
            standing: What stands in years in which it is fought in few phases too.
            helpers: Who helps, and shares the threads that are set.
            brief: Whether raids are fought and nothing else is asked.
        """
        # The longest last, for that is done first. Deterrence is as long as the largest raid and
        # takes as much memory, so that it waits until that is nearly done.
        by_size = sorted(raids, key=lambda name: _size(study, name))
        fights: list[Job] = [("raid", name) for name in by_size]
        jobs: list[Job] = [("sizing", ""), *fights[:-3], ("deterrence", ""), *fights[-3:]]
        jobs = fights if brief else jobs
        threads = threads_set() // min(len(helpers) + 1, len(jobs))
        self._raids = raids
        self._setting: _Setting = (study, draws, raids, standing, brief, threads)
        self._work = helpers.begin(
            self._setting, jobs, lambda job, share: tell(job[1] or job[0], share)
        )

    def finish(self) -> Done:
        """Join in until all is done; the same for any number of processes."""
        threads = threads_set()
        try:
            done = self._work.finish(_begin(self._setting))
        finally:
            set_threads(threads)
        return Done(
            {name: done["raid", name] for name in self._raids},
            done.get(("deterrence", ""), {}),
            done.get(("sizing", ""), {}),
        )


def _size(study: Study, raid: str) -> int:
    """Count missiles and decoys, by which the time of a raid goes."""
    return sum(one.count * (1 + one.decoys_each) for one in study.raids[raid])


def _begin(setting: _Setting) -> Do:
    study, draws, raids, standing, brief, threads = setting
    set_threads(threads)
    return _Stage(study, draws, raids, standing, brief=brief).do


def help_out() -> None:
    """Do jobs as they are told: a helper process."""
    collect_rarely()
    serve(_begin)


class _Stage:
    """What a process keeps for all its jobs."""

    def __init__(
        self, study: Study, draws: int, raids: Sequence[str], standing: Standing, *, brief: bool
    ) -> None:
        self.study, self.draws, self.raids = study, draws, raids
        self.standing, self.brief = standing, brief
        self.base = load_catalog()
        self.catalog = catalog_of(study, self.base)
        self.architectures = list(resolve(study, self.base).values())
        self.scores = place_scores(self.catalog)

    def do(self, job: Job, tell: Callable[[float], None]) -> Fought | Tables:
        """Do a job."""
        kind, name = job

        def part(share: float, _what: str = "") -> None:
            tell(share)

        match kind:
            case "raid":
                found: Fought | Tables = self._fight(name, part)
            case "deterrence":
                found = stability_tables(self.study, self.base, self.raids, tell=part)
            case "sizing":
                found = sizing_tables(self.study, self.base, self.raids)
                found["presets"] = list(preset_rows(self.study, self.base))
        _give_back()
        return found

    def _fight(self, name: str, tell: Callable[[float], None]) -> Fought:
        study, catalog, read = self.study, self.catalog, Readings()
        plan = draw_raid(
            name,
            study.raids[name],
            catalog,
            phases=study.phases,
            seed=study.seed,
            strikes=study.strikes_first.get(name, ()),
        )
        flights = fly_raid(plan, catalog, read)
        drawn = flights_of_draws(study, name, catalog, self.draws)
        battles = fight(
            study, self.architectures, plan, flights, drawn, catalog, read, self.draws, tell
        )
        whole = {one.name: one for one in self.architectures}
        fought = dict(zip(whole, battles, strict=True))
        of_raid = {(label, name): battle for label, battle in fought.items()}
        tables = {
            **battle_tables(of_raid, study.seed, quantile=study.timeline),
            **flight_tables(name, flights),
        }
        if not self.brief:
            stage = staged(plan, flights, catalog, study.seed, self.scores, perfect=study.perfect)
            tables |= {
                **saturation_tables(of_raid, study.seed),
                "assignment": assignment_rows(of_raid, study.seed),
                "margins": margin_rows(self.architectures, stage),
                "leakage_by_year": list(few_phases(stage, name, self.standing, whole)),
            }
        return Fought(
            tables,
            {label: by_place(battle) for label, battle in fought.items()},
            {label: b.assumed for label, b in fought.items() if b.assumed is not None},
            read.used,
        )


def _give_back() -> None:
    """Give what is free to the system, which glibc else keeps: two thirds of a process after it."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
