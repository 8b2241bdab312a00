"""How fast seeing is: access windows, views of a large raid, coverage."""

import numpy as np
from benchmarks.timing import best_s

from umbo.physics.access import access_blocks, access_windows, coverage
from umbo.physics.orbits import walker_shell
from umbo.physics.stereo import Seeing, best_pairs, count_views

KM = 1e3
TARGETS = {"access_pair_days_per_s": 20_000.0}
BESIDE = {
    "access_pair_days_per_s": "brahe_pair_days_per_s",
    "access_limb_pair_days_per_s": "skyfield_pair_days_per_s",
    "view_tests_per_s": "numpy_view_tests_per_s",
}


def arcs(flights: int, samples: int) -> tuple[np.ndarray, np.ndarray]:
    """Give times and Earth-fixed positions of ballistic arcs in all directions."""
    generator = np.random.default_rng(1)
    start, ahead = generator.normal(size=(2, flights, 1, 3))
    start /= np.linalg.norm(start, axis=-1, keepdims=True)
    ahead -= np.sum(ahead * start, axis=-1, keepdims=True) * start
    ahead /= np.linalg.norm(ahead, axis=-1, keepdims=True)
    time_s = np.linspace(0.0, 1_900.0, samples)
    angle = (time_s / time_s[-1] * 1.4)[:, None]
    radius = 6_400 * KM + 900 * KM * np.sin(np.pi * time_s / time_s[-1])[:, None]
    return time_s, radius * (start * np.cos(angle) + ahead * np.sin(angle))


def windows() -> dict[str, float]:
    """Find the passes of 24 satellites over 50 places for a day, and of 100,000 over one."""
    shell = walker_shell(1_000 * KM, np.radians(53.0), planes=4, per_plane=6)
    generator = np.random.default_rng(2)
    lat, lon = np.arcsin(generator.uniform(-1, 1, 50)), generator.uniform(-np.pi, np.pi, 50)

    def search() -> None:
        access_windows(shell, lat, lon, end_s=86_400.0, min_elevation_rad=np.radians(10.0))

    def behind_limb() -> None:
        access_windows(shell, lat, lon, 100 * KM, end_s=86_400.0, grazing_altitude_m=30 * KM)

    many = walker_shell(550 * KM, np.radians(53.0), planes=250, per_plane=400)

    def search_many() -> None:
        for _ in access_blocks(many, 0.7, 0.1, end_s=86_400.0, min_elevation_rad=0.2):
            pass

    return {
        "access_pair_days_per_s": 24 * 50 / best_s(search, 3),
        "access_limb_pair_days_per_s": 24 * 50 / best_s(behind_limb, 3),
        "access_100000_satellites_s": best_s(search_many, 1),
    }


def views() -> dict[str, float]:
    """See 100 flights, 400 samples each, from 200 satellites in 64 phases."""
    shell = walker_shell(1_000 * KM, np.radians(80.0), planes=10, per_plane=20)
    time_s, target = arcs(100, 400)
    epoch = np.linspace(0.0, 86_164.0, 64)
    case = {"epoch_s": epoch, "time_s": time_s, "target_ecef_m": target}
    seeing = Seeing(max_range_m=4_000 * KM, grazing_altitude_m=30 * KM)
    tests = 100 * 400 * 64 * 200
    coarse = case | {"time_s": time_s[::16], "target_ecef_m": target[:, ::16]}
    return {
        "view_tests_per_s": tests / best_s(lambda: count_views([shell], **case, seeing=seeing)),
        "stereo_tests_per_s": tests
        / best_s(
            lambda: count_views([shell], **case, seeing=seeing, min_stereo_angle_rad=np.radians(10))
        ),
        "best_pairs_per_s": 100 * 25 * 64 / best_s(lambda: best_pairs([shell], **coarse)),
    }


def globe() -> dict[str, float]:
    """Count the coverage of a grid of 2 degrees over 288 epochs of a day by 72 satellites."""
    shell = walker_shell(1_000 * KM, np.radians(80.0), planes=6, per_plane=12)
    lat, lon = np.radians(np.meshgrid(np.arange(-89.0, 90.0, 2.0), np.arange(-180.0, 180.0, 2.0)))
    epoch = np.arange(0.0, 86_400.0, 300.0)
    return {"coverage_grid_s": best_s(lambda: coverage([shell], lat, lon, epoch_s=epoch))}


def numpy_peer() -> dict[str, float]:
    """Test sight by numpy, every satellite against every target, in single precision."""
    generator = np.random.default_rng(1)
    satellite, target = (generator.normal(size=(n, 3)).astype(np.float32) for n in (2_000, 4_000))
    took_s = best_s(lambda: np.count_nonzero(target @ satellite.T > 0.5, axis=1), 3)
    return {"numpy_view_tests_per_s": 2_000 * 4_000 / took_s}


def skyfield_peer() -> dict[str, float]:
    """Find the passes of one satellite over four places for a day by Skyfield."""
    from sgp4.api import WGS72, Satrec
    from skyfield.api import EarthSatellite, load, wgs84

    scale = load.timescale(builtin=True)
    made = Satrec()
    elements = (0.0, 0.0, 0.0, 0.001, 0.0, 0.925, 0.0, 0.0599, 0.1)
    made.sgp4init(WGS72, "i", 1, 27_000.0, *elements)
    satellite = EarthSatellite.from_satrec(made, scale)
    places = [wgs84.latlon(lat, 10.0) for lat in (0.0, 20.0, 40.0, 50.0)]
    start, end = scale.utc(2025, 6, 1), scale.utc(2025, 6, 2)

    def search() -> None:
        for place in places:
            satellite.find_events(place, start, end, altitude_degrees=10.0)

    return {"skyfield_pair_days_per_s": 4 / best_s(search, 3)}


def brahe_peer() -> dict[str, float]:
    """Find the passes of one satellite over four places for a day by brahe, steps of 10 s."""
    import brahe

    brahe.set_global_eop_provider_from_static_provider(brahe.StaticEOPProvider.from_zero())
    epoch = brahe.Epoch(2025, 6, 1, 0, 0, 0.0)
    orbit = np.array([brahe.R_EARTH + 1_000 * KM, 0.001, 53.0, 0.0, 0.0, 0.0])
    satellite = brahe.KeplerianPropagator.from_keplerian(
        epoch, orbit, brahe.AngleFormat.DEGREES, 10.0
    )
    places = [brahe.PointLocation(10.0, lat, 0.0) for lat in (0.0, 20.0, 40.0, 50.0)]
    config = brahe.AccessSearchConfig(initial_time_step=10.0, time_tolerance=0.001)

    def search() -> None:
        brahe.location_accesses(
            places,
            satellite,
            epoch,
            epoch + 86_400.0,
            brahe.ElevationConstraint(10.0),
            config=config,
        )

    return {"brahe_pair_days_per_s": 4 / best_s(search, 1)}


JOBS = (windows, views, globe, numpy_peer, skyfield_peer, brahe_peer)
