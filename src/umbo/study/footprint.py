"""The defended footprint of a site, and how it shrinks with the speed of the threat."""

import math
from itertools import product
from typing import Any, get_args

from umbo.elements.catalog import Catalog
from umbo.elements.places import Place
from umbo.elements.readings import Readings
from umbo.engagement.footprint import Cue, defended_footprint
from umbo.errors import StudyError, UnknownNameError, suggest
from umbo.physics.earth import destination

Row = dict[str, Any]

LADDER = ("srbm", "mrbm", "irbm", "icbm_solid")
"""Ballistic missiles, slow to fast, of the table of speeds."""
SHARE_OF_RANGE = 0.75
"""How far off a missile starts where only a bearing is given, of its longest aimed flight."""
_COARSE = {"azimuths": 12, "radii": 9}


def footprint_tables(
    interceptor: str,
    at: str,
    against: str,
    catalog: Catalog,
    *,
    from_: str = "0",
    cue: Cue = "burnout",
    track_delay_s: float = 0.0,
    ladder: bool = True,
) -> dict[str, list[Row]]:
    """Find which places a site defends against a missile from an area or a bearing.

    Every number at its mode. See ``defended_footprint`` for what is left out.

    Args:
        interceptor: An interceptor of the catalogue.
        at: The place where it stands.
        against: A missile of the catalogue.
        catalog: The catalogue.
        from_: A launch area, or the bearing from the site to the launch [deg], such as ``330``.
        cue: Whether a track is there at ``burnout`` or by the site's ``own`` radar.
        track_delay_s: From burnout to that track.
        ladder: Whether missiles of other speeds are set beside, from the same bearing, by each cue.

    Returns:
        Tables ``footprint`` (its size), ``footprint_edge`` (the polygon), ``footprint_points``
        and ``footprint_speeds``.

    Raises:
        UnknownNameError: A name is not in the catalogue.
        StudyError: It is no interceptor, or cannot be flown.
        DomainError: The missile does not reach the site from there.
    """
    weapon, site = catalog.item(interceptor), catalog.place(at)
    catalog.item(against)
    if weapon.category != "interceptor" or "commit_delay" not in weapon.values:
        raise StudyError(
            f"{interceptor} is no interceptor that flies from the ground; name one, such as thaad"
        )
    read = Readings()
    launch, area = _launch(site, against, from_, catalog)
    found = defended_footprint(
        interceptor, site, against, launch, catalog, read,
        launch_area=area, cue=cue, track_delay_s=track_delay_s,
    )  # fmt: skip
    lat, lon = destination(site.lat_rad, site.lon_rad, found.azimuth_rad, found.edge_m)
    key = {"interceptor": interceptor, "at": at, "against": against, "from": from_, "cue": cue}
    tables: dict[str, list[Row]] = {
        "footprint": [
            key
            | {
                "site_lat_deg": math.degrees(site.lat_rad),
                "site_lon_deg": math.degrees(site.lon_rad),
                "launch_lat_deg": math.degrees(launch[0]),
                "launch_lon_deg": math.degrees(launch[1]),
                "area_km2": found.area_m2 / 1e6,
                "nearest_edge_m": float(found.edge_m.min()),
                "farthest_edge_m": float(found.edge_m.max()),
                "speed_m_per_s": found.speed_m_per_s,
                "margin_at_site_s": float(found.margin_s[0, 0]),
                "detached_points": found.detached,
                "interceptor_range_m": read(weapon.values["max_range"]),
            }
        ],
        "footprint_edge": [
            {
                "azimuth_deg": math.degrees(azimuth),
                "edge_m": float(edge),
                "lat_deg": math.degrees(a),
                "lon_deg": math.degrees(b),
            }
            for azimuth, edge, a, b in zip(found.azimuth_rad, found.edge_m, lat, lon, strict=True)
        ],
        "footprint_points": [
            {
                "lat_deg": math.degrees(found.lat_rad[i, j]),
                "lon_deg": math.degrees(found.lon_rad[i, j]),
                "margin_s": float(found.margin_s[i, j]),
            }
            for i in range(len(found.azimuth_rad))
            for j in range(len(found.radius_m))
            if j > 0 or i == 0
        ],
        "footprint_speeds": [],
    }
    cues: tuple[Cue, ...] = ("burnout", "own") if weapon.model_with else ("burnout",)
    bearing = str(_bearing(site, launch))
    for tracked, missile in product(cues, LADDER) if ladder else ():
        start, _ = _launch(site, missile, bearing, catalog)
        one = defended_footprint(
            interceptor, site, missile, start, catalog, read,
            launch_area=at, cue=tracked, track_delay_s=track_delay_s, **_COARSE,
        )  # fmt: skip
        tables["footprint_speeds"].append(
            {
                "missile": missile,
                "cue": tracked,
                "speed_m_per_s": one.speed_m_per_s,
                "area_km2": one.area_m2 / 1e6,
                "nearest_edge_m": float(one.edge_m.min()),
                "farthest_edge_m": float(one.edge_m.max()),
            }
        )
    return tables


def read_cue(text: str) -> Cue:
    """Read what gives the track.

    Raises:
        UnknownNameError: It is neither ``burnout`` nor ``own``.
    """
    for cue in get_args(Cue):
        if text == cue:
            return cue
    raise UnknownNameError(f"no cue is named {text!r}; {suggest(text, get_args(Cue))}")


def _launch(
    site: Place, missile: str, from_: str, catalog: Catalog
) -> tuple[tuple[float, float], str]:
    """Give the launch point of an area, or at a bearing from the site."""
    try:
        bearing = float(from_)
    except ValueError:
        area = catalog.place(from_)
        return (area.lat_rad, area.lon_rad), area.id
    values = catalog.item(missile).values
    longest = values.get("longest_aim") or values.get("range")
    if longest is None:
        raise StudyError(f"{missile} is no missile with a range; name one, such as mrbm")
    lat, lon = destination(
        site.lat_rad, site.lon_rad, math.radians(bearing), SHARE_OF_RANGE * longest.mode
    )
    return (float(lat), float(lon)), site.id


def _bearing(site: Place, launch: tuple[float, float]) -> float:
    from umbo.physics.earth import initial_azimuth

    azimuth = initial_azimuth(site.lat_rad, site.lon_rad, *launch)
    return round(math.degrees(float(azimuth)), 3)
