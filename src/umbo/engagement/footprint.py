"""Defended footprint: the places around a site that it defends against missiles from one side."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from umbo.elements.catalog import Catalog
from umbo.elements.interceptors import fan_of
from umbo.elements.places import Place
from umbo.elements.readings import Readings
from umbo.engagement.flights import Flights, fly_raid
from umbo.engagement.radars import first_track
from umbo.engagement.raid import Raid, Shot
from umbo.errors import DomainError
from umbo.physics.constants import EARTH_MEAN_RADIUS_M
from umbo.physics.earth import destination, geodetic_to_ecef, great_circle_distance
from umbo.physics.reach import latest_orders

Array = NDArray[np.float64]
Cue = Literal["burnout", "own"]

AZIMUTHS: Final = 24
RADII: Final = 16
_OUTWARD: Final = 1.75
"""How far aim points lie from the site, in the interceptor's longest ranges."""
_FARTHEST_M: Final = 6_000e3
_SAMPLE_S: Final = 2.0
_HALVINGS: Final = 4


@dataclass(frozen=True, eq=False)
class Footprint:
    """What a site defends against one missile from one launch point."""

    azimuth_rad: Array
    """(A,) from the site."""
    radius_m: Array
    """(N,) of the aim points, the first of them the site."""
    lat_rad: Array
    """(A, N) aim points."""
    lon_rad: Array
    margin_s: Array
    """(A, N) time between the order that can be given and the last that meets the missile;
    negative undefended, nan where the missile does not fly to."""
    edge_m: Array
    """(A,) from the site to the edge of the defended places, 0 where it does not defend itself."""
    speed_m_per_s: float
    """Of the missile aimed at the site, fastest below the interceptor's ceiling."""

    @property
    def area_m2(self) -> float:
        """Give the area of the polygon of the edges, on the sphere."""
        cap = EARTH_MEAN_RADIUS_M**2 * (1.0 - np.cos(self.edge_m / EARTH_MEAN_RADIUS_M))
        return float(cap.mean() * 2.0 * np.pi)

    @property
    def detached(self) -> int:
        """Count defended aim points beyond the edge, which the polygon leaves out."""
        beyond = self.radius_m > self.edge_m[:, None]
        return int((beyond & (self.margin_s >= 0.0)).sum())


def defended_footprint(
    interceptor: str,
    site: Place,
    missile: str,
    launch: tuple[float, float],
    catalog: Catalog,
    read: Readings,
    *,
    launch_area: str,
    cue: Cue = "burnout",
    track_delay_s: float = 0.0,
    azimuths: int = AZIMUTHS,
    radii: int = RADII,
) -> Footprint:
    """Fly missiles at places all round a site, and find which of them it meets in time.

    Each aim point is flown to, so that the way of the missile over the site is its own; where
    defense ends on an azimuth is halved four times by further flights. A place
    is defended when an interceptor launched at the track's time plus the commit delay still meets
    the missile inside the fan. Left out: the chance of a kill, the second shot, what the site
    cannot see behind its radar's sector unless its own radar is the cue, raids of more missiles
    than rounds; places that are defended beyond a gap (``detached`` counts them).

    Args:
        interceptor: An interceptor of the catalogue that flies from the ground.
        site: Where it stands.
        missile: A missile of the catalogue.
        launch: Latitude and longitude of the launch [rad].
        catalog: The catalogue.
        read: Which number of each range is read.
        launch_area: The place of the launch; says whether an aircraft launches.
        cue: When there is a track: at ``burnout``, by sensors elsewhere, or when the site's
            ``own`` radar has one.
        track_delay_s: From burnout to that track.
        azimuths: Directions from the site.
        radii: Aim points in each.

    Returns:
        The footprint.

    Raises:
        DomainError: The missile does not fly from there to the site, or the interceptor has no
            radar of its own.
    """
    item, weapon = catalog.item(missile), catalog.item(interceptor)
    fan = fan_of(weapon.values, read)
    azimuth = np.linspace(0.0, 2.0 * np.pi, azimuths, endpoint=False)
    outermost_m = min(_OUTWARD * fan.max_range_m, _FARTHEST_M)
    radius = np.linspace(0.0, outermost_m, radii)
    lat, lon = destination(site.lat_rad, site.lon_rad, azimuth[:, None], radius)
    way = great_circle_distance(*launch, lat, lon)
    values = item.values
    longest = (values.get("longest_aim") or values["range"]).mode
    shortest = values["shortest_aim"].mode if "shortest_aim" in values else 0.0
    flown = (way >= shortest) & (way <= longest)
    if not flown[0, 0]:
        raise DomainError(
            f"{missile} flies {shortest / 1e3:.0f} to {longest / 1e3:.0f} km, and {site.id} is "
            f"{way[0, 0] / 1e3:.0f} km from the launch; name another area or missile"
        )
    if cue == "own" and not weapon.model_with:
        raise DomainError(
            f"{interceptor} has no radar of its own in the catalogue; cue it at burnout"
        )
    where = geodetic_to_ecef(np.array([site.lat_rad]), np.array([site.lon_rad]))
    commit_s = read(weapon.values["commit_delay"])

    def margins(lat_rad: Array, lon_rad: Array) -> tuple[Array, Flights]:
        shots = tuple(
            Shot(missile, launch_area, *launch, _aim(float(a), float(b)))
            for a, b in zip(lat_rad, lon_rad, strict=True)
        )
        flights = fly_raid(_raid_of(shots), catalog, read, sample_s=_SAMPLE_S)
        orders = latest_orders(
            where,
            flights.time_s,
            flights.position_ecef_m,
            fan,
            target_altitude_m=flights.altitude_m,
            until_s=flights.impact_s,
            most_looks=1,
        )[:, 0, 0]
        if cue == "own":
            radar = catalog.item(weapon.model_with)
            track_s = first_track(radar, [site], flights, catalog, read)[:, 0]
        else:
            track_s = flights.burnout_s + track_delay_s
        met = np.isfinite(orders) & np.isfinite(track_s)
        left_s = np.full(len(orders), -np.inf)
        left_s[met] = orders[met] - track_s[met] - commit_s
        return left_s, flights

    flown[1:, 0] = False  # the site is flown to once
    margin = np.full(lat.shape, np.nan)
    margin[flown], flights = margins(lat[flown], lon[flown])
    margin[:, 0] = margin[0, 0]
    inner, outer = _brackets(radius, margin)
    for _ in range(_HALVINGS):
        open_ = np.flatnonzero(outer > inner)
        if len(open_) == 0:
            break
        middle = (inner[open_] + outer[open_]) / 2.0
        points = destination(site.lat_rad, site.lon_rad, azimuth[open_], middle)
        way = great_circle_distance(*launch, *points)
        holds = (way >= shortest) & (way <= longest)
        if holds.any():
            holds[holds] = margins(points[0][holds], points[1][holds])[0] >= 0.0
        inner[open_[holds]], outer[open_[~holds]] = middle[holds], middle[~holds]
    edge = (inner + outer) / 2.0
    return Footprint(azimuth, radius, lat, lon, margin, edge, _speed(flights, fan.max_altitude_m))


def _aim(lat_rad: float, lon_rad: float) -> Place:
    return Place("aim", "aim", lat_rad, lon_rad)


def _raid_of(shots: tuple[Shot, ...]) -> Raid:
    """Make a raid of flights alone."""
    none = np.empty(0, dtype=np.int32)
    return Raid(
        name="footprint",
        phases=0,
        missile_types=(),
        adversaries=(),
        reliability=(),
        start_s=np.empty(0),
        missile=none,
        is_warhead=none.astype(np.bool_),
        shots=shots,
        shot=none.reshape(0, 0),
        decoys_each=0,
    )


def _brackets(radius_m: Array, margin_s: Array) -> tuple[Array, Array]:
    """Give the last defended and the first undefended radius on the way out, by azimuth."""
    holds = margin_s >= 0.0
    ends = np.where(holds.all(axis=1), len(radius_m), np.argmin(holds, axis=1))
    inner = radius_m[np.maximum(ends - 1, 0)]
    return inner.copy(), radius_m[np.minimum(ends, len(radius_m) - 1)].copy()


def _speed(flights: Flights, ceiling_m: float) -> float:
    """Give the speed of the first flight, at its fastest below a ceiling on the way down."""
    speed = np.linalg.norm(flights.velocity_ecef_m_per_s[0], axis=-1)
    after = (flights.time_s >= flights.burnout_s[0]) & (flights.altitude_m[0] <= ceiling_m)
    return float(speed[after].max(initial=0.0))
