"""A network of activities: earliest and latest times, float, and what a late one delays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from umbo.errors import DomainError

Array = NDArray[np.float64]

_NO_FLOAT: Final = 1e-9
"""Float below this is none: what rounding leaves of a sum of durations."""


@dataclass(frozen=True, slots=True)
class Network:
    """Activities in an order in which each stands after all that it waits for."""

    names: tuple[str, ...]
    after: tuple[tuple[int, ...], ...]
    """Of each activity the positions of those that must end before it begins."""

    def followers(self) -> list[list[int]]:
        """Give of each activity the positions of those that wait for it directly."""
        waiting: list[list[int]] = [[] for _ in self.names]
        for i, earlier in enumerate(self.after):
            for j in earlier:
                waiting[j].append(i)
        return waiting


@dataclass(frozen=True, eq=False)
class Times:
    """Times of every activity (rows) in every case (columns), in the unit of the durations."""

    early_start: Array
    early_finish: Array
    late_start: Array
    late_finish: Array
    free_float: Array
    """How late an activity can end without moving the earliest start of any other."""

    @property
    def end(self) -> Array:
        """When the last activity ends, in every case."""
        return np.asarray(self.early_finish.max(axis=0))

    @property
    def total_float(self) -> Array:
        """How late an activity can end without moving the end of all."""
        return self.late_start - self.early_start

    @property
    def is_critical(self) -> NDArray[np.bool_]:
        """Whether an activity has no float, so that it moves the end of all."""
        return self.total_float <= _NO_FLOAT * np.maximum(1.0, np.abs(self.end))

    @property
    def criticality(self) -> Array:
        """In which share of the cases each activity is critical (Van Slyke 1963)."""
        return np.asarray(self.is_critical.mean(axis=1))


def circle(after: Mapping[str, Sequence[str]]) -> list[str]:
    """Give activities that wait for each other in a circle, the first one again at the end.

    Example:
        >>> circle({"dig": ["pay"], "pay": ["dig"], "rest": []})
        ['dig', 'pay', 'dig']
        >>> circle({"dig": [], "rest": ["dig"]})
        []
    """
    done: set[str] = set()
    for start in after:
        way = [start]
        left = [iter(after[start])]
        while way:
            follower = next(left[-1], None)
            if follower is None:
                done.add(way.pop())
                left.pop()
            elif follower in way:
                return [*way[way.index(follower) :], follower]
            elif follower not in done:
                way.append(follower)
                left.append(iter(after[follower]))
    return []


def network(after: Mapping[str, Sequence[str]]) -> Network:
    """Order activities so that each stands after all that it waits for.

    Args:
        after: Of each activity the names of those that must end before it begins.

    Returns:
        The network; among activities that do not wait for each other the order given is kept.

    Raises:
        DomainError: An activity waits for one that is not there, or several for each other.
    """
    for name, earlier in after.items():
        if missing := [one for one in earlier if one not in after]:
            raise DomainError(f"{name} waits for {missing[0]!r}, which is no activity; add it")
    if found := circle(after):
        raise DomainError(f"activities wait for each other: {' -> '.join(found)}; break the circle")
    placed: dict[str, int] = {}
    while len(placed) < len(after):
        for name, earlier in after.items():
            if name not in placed and all(one in placed for one in earlier):
                placed[name] = len(placed)
    return Network(
        tuple(placed), tuple(tuple(placed[one] for one in after[name]) for name in placed)
    )


def times(activities: Network, durations: ArrayLike, not_before: ArrayLike = 0.0) -> Times:
    """Find the earliest and latest times of every activity, by a forward and a backward pass.

    An activity begins as soon as all that it waits for have ended and never pauses. Left out:
    that the same people may work on several at once, worth up to the length of the shorter of two
    activities that share all their people.

    Args:
        activities: The network.
        durations: Duration of each activity (rows), 0 or more, in any number of cases (columns).
        not_before: Earliest time at which each may begin, or one for all.

    Returns:
        Times in every case, rows in the network's order; latest times are those that keep the
        end of all.

    Raises:
        DomainError: The durations are not one row an activity, or one is negative or no number.

    Source:
        Kelley & Walker, "Critical-Path Planning and Scheduling", Proc. Eastern Joint Computer
        Conference (1959); Hillier & Lieberman, *Introduction to Operations Research*, ch. 22.
    """
    length = np.asarray(durations, dtype=np.float64)
    length = length.reshape(len(length), -1)
    if len(length) != len(activities.names) or not np.all(length >= 0.0):
        raise DomainError(
            f"durations must be 0 or more, one row for each of {len(activities.names)} "
            f"activities; got {len(length)} rows"
        )
    free_from = np.broadcast_to(
        np.asarray(not_before, dtype=np.float64).reshape(-1, 1), length.shape
    )
    start, finish = np.empty_like(length), np.empty_like(length)
    for i, earlier in enumerate(activities.after):
        start[i] = free_from[i]
        for j in earlier:
            np.maximum(start[i], finish[j], out=start[i])
        finish[i] = start[i] + length[i]
    end = finish.max(axis=0)
    late_finish = np.broadcast_to(end, length.shape).copy()
    earliest_next = late_finish.copy()
    for i in range(len(activities.names) - 1, -1, -1):
        for j in activities.after[i]:
            np.minimum(late_finish[j], late_finish[i] - length[i], out=late_finish[j])
            np.minimum(earliest_next[j], start[i], out=earliest_next[j])
    return Times(start, finish, late_finish - length, late_finish, earliest_next - finish)


def delays(
    activities: Network,
    durations: ArrayLike,
    late: Mapping[str, float],
    not_before: ArrayLike = 0.0,
) -> Array:
    """Say by how much later each activity ends when some take longer.

    Args:
        activities: The network.
        durations: Duration of each activity, one case.
        late: By how much longer some activities take.
        not_before: Earliest time at which each may begin, or one for all.

    Returns:
        The delay of each activity's end.

    Raises:
        DomainError: A late activity is not in the network.
    """
    length = np.asarray(durations, dtype=np.float64)
    longer = length.copy()
    for name, by in late.items():
        if name not in activities.names:
            raise DomainError(f"{name!r} is no activity of the network; name one that is")
        longer[activities.names.index(name)] += by
    planned = times(activities, length, not_before).early_finish
    return np.asarray((times(activities, longer, not_before).early_finish - planned)[:, 0])
