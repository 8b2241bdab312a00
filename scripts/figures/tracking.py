"""Draw the figure of docs/models/tracking.md: python scripts/figures/tracking.py."""

from typing import Any

import numpy as np
from drawing import write

from umbo.elements.catalog import load_catalog
from umbo.elements.readings import Readings
from umbo.engagement.flights import fly_raid
from umbo.engagement.raid import draw_raid
from umbo.engagement.tracking import (
    Sensors,
    Start,
    Unknowns,
    flow_of,
    hold_tracks,
    p_hand_over,
    predicted_covariance,
)
from umbo.physics.earth import ecef_to_geodetic, geodetic_to_ecef
from umbo.physics.estimation import position_error, stereo_error
from umbo.physics.orbits import earth_fixed_positions, walker_shell
from umbo.physics.visibility import is_line_of_sight_clear, look_angles
from umbo.study.load import load

KM = 1e3
# Illustrations, not the catalogue's: 100 m in stereo at 2,000 km and 60 degrees; a UHF radar.
ANGLE_RAD = 100.0 / float(stereo_error(1.0, 2_000 * KM, 2_000 * KM, np.radians(60.0)))
RADAR = {"angle": 2e-3, "range": 20.0, "reach": 3_000 * KM}
UNKNOWNS = Unknowns(boost=100.0, coast=1e-6, glide=4.0, reentry=100.0)
START = Start(
    views=2, looks=3.0, revisit_s=1.0, position_error_m=100 * KM, velocity_error_m_per_s=3 * KM
)
INTERCEPT_S = 1_200.0
CLOUDS_M = 10 * KM


def satellites(time_s: np.ndarray, target: np.ndarray) -> Sensors:
    """Give 72 satellites at 1,000 km that see past the limb, above the clouds, to 3,500 km."""
    shell = walker_shell(1_000 * KM, np.radians(80.0), 6, 12)
    place = np.swapaxes(earth_fixed_positions(shell, time_s), 0, 1)
    near = np.linalg.norm(place[:, None] - target, axis=-1) < 3_500 * KM
    seen = near & is_line_of_sight_clear(place[:, None], target, 50 * KM)
    seen &= ecef_to_geodetic(target)[2] > CLOUDS_M
    return sensors(place, seen, ANGLE_RAD, np.inf)


def radar(time_s: np.ndarray, target: np.ndarray) -> Sensors:
    """Give an early-warning radar in Alaska."""
    lat, lon = np.radians(64.3), np.radians(-149.2)
    angles = look_angles(lat, lon, 0.0, target)
    seen = (angles.elevation_rad > np.radians(3.0)) & (angles.slant_range_m < RADAR["reach"])
    place = np.broadcast_to(geodetic_to_ecef(lat, lon), (1, len(time_s), 3))
    return sensors(place, seen[None], RADAR["angle"], RADAR["range"])


def sensors(place: np.ndarray, seen: np.ndarray, angle_rad: float, range_m: float) -> Sensors:
    """Give like sensors that look once a second."""
    return Sensors(
        position_ecef_m=place,
        in_view=seen,
        revisit_s=np.ones(len(place)),
        p_detect=np.full(len(place), 0.95),
        angle_error_rad=np.full(len(place), angle_rad),
        range_error_m=np.full(len(place), range_m),
    )


def together(one: Sensors, two: Sensors) -> Sensors:
    """Give the sensors of both."""
    return Sensors(
        **{
            name: np.concatenate([getattr(one, name), getattr(two, name)])
            for name in Sensors.__dataclass_fields__
        }
    )


def rows() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Track one flight: error now and predicted by time, and hand-over by basket."""
    study, catalog = load("reference"), load_catalog()
    raid = draw_raid("one", study.raids["regional_single"], catalog, phases=1, seed=study.seed)
    flights = fly_raid(raid, catalog, Readings())
    flow = flow_of(flights, UNKNOWNS, reentry_altitude_m=100 * KM)
    target = flights.position_ecef_m[:, ::2]
    space, ground = satellites(flow.time_s, target), radar(flow.time_s, target)
    errors, chances = [], []
    for name, given in (
        ("72 satellites", space),
        ("one radar", ground),
        ("both", together(space, ground)),
    ):
        tracks = hold_tracks(flow, given, START, until_s=flights.impact_s)
        until = flow.time_s[flow.time_s <= INTERCEPT_S][None]
        one = type(tracks)(flow, tracks.start_s[:1], tracks.covariance[:1], tracks.error_m[:1])
        covariance, motion = predicted_covariance(one, until, np.full(until.shape, INTERCEPT_S))
        ahead = position_error(covariance)[0]
        for k, at_s in enumerate(flow.time_s):
            for kind, error in (("now", tracks.error_m[0]), ("predicted", ahead)):
                if k < len(error) and np.isfinite(error[k]) and error[k] < 1e5:
                    errors.append(
                        {"time": at_s / 60, "error": float(error[k]), "by": name, "kind": kind}
                    )
        for k, at_s in enumerate(until[0]):
            p = float(p_hand_over(covariance[0, k], motion[0, k], 1_000.0))
            chances.append({"time": at_s / 60, "p": p, "by": name})
    return errors, chances


def main() -> None:
    """Write the picture."""
    errors, chances = rows()
    by = {"field": "by", "type": "nominal", "title": None}
    x = {"field": "time", "type": "quantitative", "title": "time of the last look [min]"}
    size = {"width": 300, "height": 240}
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "config": {"view": {"stroke": None}, "font": "sans-serif"},
        "hconcat": [
            size
            | {
                "data": {"values": errors},
                "mark": {"type": "line", "strokeWidth": 2},
                "encoding": {
                    "x": x,
                    "y": {
                        "field": "error",
                        "type": "quantitative",
                        "title": "position error, 1 sigma [m]",
                        "scale": {"type": "log"},
                    },
                    "color": by,
                    "strokeDash": {"field": "kind", "type": "nominal", "title": None},
                },
            },
            size
            | {
                "data": {"values": chances},
                "mark": {"type": "line", "strokeWidth": 2},
                "encoding": {
                    "x": x,
                    "y": {
                        "field": "p",
                        "type": "quantitative",
                        "title": "chance inside a basket of 1 km at 20 min",
                    },
                    "color": by,
                },
            },
        ],
    }
    write("tracking", spec)


if __name__ == "__main__":
    main()
