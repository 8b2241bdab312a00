"""Flights of a raid: each missile type from each launch point to each aim point, once."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.elements.catalog import Catalog
from umbo.elements.readings import Readings
from umbo.elements.vehicles import vehicle_of
from umbo.engagement.raid import Raid, Shot
from umbo.physics.earth import ecef_to_geodetic
from umbo.physics.steering import aim
from umbo.physics.visibility import longest_steps

SAMPLE_S: Final = 5.0
"""Spacing of the samples of a flight."""
LONGEST_S: Final = 4_500.0
"""No ballistic flight short of orbit lasts longer: half the circumference takes 2,700 s."""


@dataclass(frozen=True, eq=False)
class Flights:
    """Flights sampled on one time grid; F flights, K times after launch."""

    shots: tuple[Shot, ...]
    """(F,) what flew."""
    time_s: NDArray[np.float64]
    """(K,)"""
    position_ecef_m: NDArray[np.float64]
    """(F, K, 3); after impact the place of impact."""
    velocity_ecef_m_per_s: NDArray[np.float64]
    """(F, K, 3); after impact 0."""
    altitude_m: NDArray[np.float64]
    """(F, K) above the ellipsoid."""
    burnout_s: NDArray[np.float64]
    burnout_speed_m_per_s: NDArray[np.float64]
    burnout_altitude_m: NDArray[np.float64]
    apogee_m: NDArray[np.float64]
    impact_s: NDArray[np.float64]
    miss_m: NDArray[np.float64]
    """Distance from aim point to impact: the solver's closure, not a missile's accuracy."""

    @cached_property
    def longest_step_m(self) -> NDArray[np.float64]:
        """(F,) longest distance between neighbouring samples."""
        return longest_steps(self.position_ecef_m)

    def position_at(self, time_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give Earth-fixed positions at times (F, N) after launch, by cubic Hermite.

        Within 20 m of the integrated flight between samples, except within one sample of a
        burnout or staging, where it is within 250 m.
        """
        step = np.clip(np.searchsorted(self.time_s, time_s) - 1, 0, len(self.time_s) - 2)
        width = self.time_s[step + 1] - self.time_s[step]
        s = ((time_s - self.time_s[step]) / width)[..., None]
        row = np.arange(len(self.shots))[:, None]
        a, b = self.position_ecef_m[row, step], self.position_ecef_m[row, step + 1]
        va = self.velocity_ecef_m_per_s[row, step] * width[..., None]
        vb = self.velocity_ecef_m_per_s[row, step + 1] * width[..., None]
        return np.asarray(
            (1.0 + 2.0 * s) * (1.0 - s) ** 2 * a
            + s * (1.0 - s) ** 2 * va
            + s**2 * (3.0 - 2.0 * s) * b
            + s**2 * (s - 1.0) * vb
        )

    def position_of(self, flight: int, time_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give Earth-fixed positions of one flight at times (N,) after launch: (N, 3)."""
        return np.stack(
            [
                np.interp(time_s, self.time_s, self.position_ecef_m[flight, :, axis])
                for axis in range(3)
            ],
            axis=-1,
        )


def fly_raid(
    raid: Raid, catalog: Catalog, read: Readings, *, sample_s: float = SAMPLE_S
) -> Flights:
    """Fly every shot of a raid: minimum-energy flights aimed on the rotating Earth.

    Args:
        raid: The raid with its points drawn.
        catalog: For the missile classes.
        read: Which number of each range is read.
        sample_s: Spacing of the samples.

    Returns:
        The flights, in the order of the raid's shots.

    Raises:
        DomainError: An aim point is out of the missile's reach, or a class cannot be built.
    """
    shots = raid.shots
    types = dict.fromkeys(shot.missile for shot in shots)
    parts = []
    for name in types:
        chosen = [i for i, shot in enumerate(shots) if shot.missile == name]
        vehicle = vehicle_of(catalog.item(name), read)
        flown = aim(
            vehicle,
            [shots[i].launch_lat_rad for i in chosen],
            [shots[i].launch_lon_rad for i in chosen],
            [shots[i].aim.lat_rad for i in chosen],
            [shots[i].aim.lon_rad for i in chosen],
            times_s=np.arange(0.0, LONGEST_S, sample_s),
        )
        parts.append((chosen, flown))
    longest_s = max(float(flown.flights.impact_s.max()) for _, flown in parts)
    samples = int(min(longest_s, LONGEST_S) / sample_s) + 2
    time_s = np.arange(samples, dtype=np.float64) * sample_s
    position = np.empty((len(shots), samples, 3))
    velocity = np.zeros((len(shots), samples, 3))
    single = {name: np.empty(len(shots)) for name in ("burnout", "speed", "height", "apogee")}
    impact_s, miss_m = np.empty(len(shots)), np.empty(len(shots))
    for chosen, flown in parts:
        flight = flown.flights
        over = (time_s > flight.impact_s[:, None])[..., None]
        position[chosen] = np.where(
            over, flight.impact_position_m[:, None], flight.position_m[:, :samples]
        )
        velocity[chosen] = np.where(over, 0.0, flight.velocity_m_per_s[:, :samples])
        single["burnout"][chosen] = flight.burnout_s
        single["speed"][chosen] = flight.burnout_speed_m_per_s
        single["height"][chosen] = flight.burnout_altitude_m
        single["apogee"][chosen] = flight.apogee_altitude_m
        impact_s[chosen] = flight.impact_s
        miss_m[chosen] = flown.miss_m
    return Flights(
        shots=shots,
        time_s=time_s,
        position_ecef_m=position,
        velocity_ecef_m_per_s=velocity,
        altitude_m=ecef_to_geodetic(position)[2],
        burnout_s=single["burnout"],
        burnout_speed_m_per_s=single["speed"],
        burnout_altitude_m=single["height"],
        apogee_m=single["apogee"],
        impact_s=impact_s,
        miss_m=miss_m,
    )
