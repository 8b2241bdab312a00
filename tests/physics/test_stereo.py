"""Views of moving targets, against the definition by brute force."""

import numpy as np
import pytest

from umbo.errors import DomainError
from umbo.physics.earth import geodetic_to_ecef
from umbo.physics.orbits import earth_fixed_positions, walker_shell
from umbo.physics.stereo import (
    Seeing,
    best_pairs,
    count_views,
)
from umbo.physics.visibility import is_line_of_sight_clear

KM = 1e3
SHELLS = [
    walker_shell(1_000 * KM, np.radians(80.0), planes=5, per_plane=7),
    walker_shell(1_600 * KM, np.radians(50.0), planes=3, per_plane=4, phasing=2),
]
SLACK_M = 20.0
"""Lines and ranges this near a border may fall on either side in single precision."""


def flights(number=5, samples=9):
    """Give arcs over a turning Earth: times, positions, start times."""
    lat = np.linspace(-1.0, 1.2, number)[:, None]
    share = np.linspace(0.0, 1.0, samples)
    altitude = 4.0 * 1_000 * KM * share * (1.0 - share) * np.linspace(0.0, 0.95, number)[:, None]
    time = np.linspace(0.0, 1_800.0, samples)
    target = geodetic_to_ecef(lat + 0.4 * share, lat * 2.0 + 0.7 * share, altitude)
    return time, target, np.linspace(0.0, 300.0, number)


def brute(epoch, time, target, start, grazing, max_range, nadir, space_range=None):
    """Say which satellites see which target, in double precision: (P, F, K, N)."""
    when = (epoch[:, None, None] + start[:, None] + time).ravel()
    shape = (len(epoch), len(start), len(time), -1, 3)
    sat = np.concatenate([earth_fixed_positions(s, when) for s in SHELLS], 1).reshape(shape)
    aim = target[None, :, :, None] - sat
    far = np.linalg.norm(aim, axis=-1)
    radius = np.linalg.norm(sat, axis=-1)
    off = np.arccos(-np.sum(aim * sat, -1) / far / radius)
    clear = is_line_of_sight_clear(sat, target[None, :, :, None], grazing)
    if space_range is not None:
        # The edge of the Earth: a sphere through the grazing altitude below the target.
        squeezed = target * [1.0, 1.0, (6_378_137.0 + grazing) / (6_356_752.3142 + grazing)]
        edge = np.linalg.norm(target, axis=-1) / np.linalg.norm(squeezed, axis=-1)
        edge = (edge * (6_378_137.0 + grazing))[None, :, :, None]
        high = np.linalg.norm(target, axis=-1)[None, :, :, None] > edge
        max_range = np.where(high & (off > np.arcsin(edge / radius)), space_range, max_range)
    return clear & (far <= max_range) & (off <= nadir), sat


@pytest.mark.oracle("umbo's definition of a clear line, range and angle, tested one by one")
@pytest.mark.parametrize(
    ("max_range_km", "nadir_deg"), [(np.inf, 180), (3_000, 180), (np.inf, 50), (4_000, 58)]
)
@pytest.mark.parametrize("grazing_km", [0.0, 30.0])
def test_counts_are_those_of_brute_force(max_range_km, nadir_deg, grazing_km):
    time, target, start = flights()
    epoch = np.linspace(0.0, 80_000.0, 11)
    seeing = Seeing(
        max_range_m=max_range_km * KM,
        max_off_nadir_rad=np.radians(nadir_deg),
        grazing_altitude_m=grazing_km * KM,
    )

    views = count_views(
        SHELLS, epoch_s=epoch, time_s=time, target_ecef_m=target, start_s=start, seeing=seeing
    )

    case = (epoch, time, target, start)
    for sign, sure in ((1.0, np.less_equal), (-1.0, np.greater_equal)):
        seen, _ = brute(
            *case,
            grazing_km * KM + sign * SLACK_M,
            max_range_km * KM - sign * SLACK_M,
            np.radians(nadir_deg) - sign * 1e-5,
        )
        assert sure(seen.sum(-1), views.in_view).all()
    assert views.in_view.max() > 2
    assert np.array_equal(views.is_stereo, views.in_view >= 2)


@pytest.mark.oracle("umbo's definition of a clear line, range and background, tested one by one")
def test_cold_targets_are_seen_against_space():
    time, target, start = flights()
    epoch = np.linspace(0.0, 80_000.0, 11)
    seeing = Seeing(max_range_m=1_500 * KM, max_range_space_m=5_000 * KM, grazing_altitude_m=30e3)

    views = count_views(
        SHELLS, epoch_s=epoch, time_s=time, target_ecef_m=target, start_s=start, seeing=seeing
    )

    case = (epoch, time, target, start, 30 * KM)
    seen = brute(*case, 1_500 * KM, np.pi, 5_000 * KM)[0].sum(-1)
    assert (seen != views.in_view).mean() < 0.01  # lines at the very edge
    warm = brute(*case, 1_500 * KM, np.pi)[0].sum(-1)
    assert (seen > warm).mean() > 0.2


@pytest.mark.oracle("all pairs of satellites in view, one by one")
def test_best_pair_crosses_nearest_a_right_angle():
    time, target, start = flights()
    epoch = np.linspace(0.0, 80_000.0, 7)
    alive = np.ones((7, 47), dtype=np.bool_)
    alive[3:, ::3] = False
    case = {"epoch_s": epoch, "time_s": time, "target_ecef_m": target, "start_s": start}
    seeing = Seeing(max_range_m=3_000 * KM)
    seen, sat = brute(epoch, time, target, start, 0.0, 3_000 * KM, np.pi)
    seen &= alive[:, None, None]
    line = target[None, :, :, None] - sat
    line /= np.linalg.norm(line, axis=-1, keepdims=True)
    cosine = np.einsum("...ix,...jx->...ij", line, line)
    both = seen[..., None, :] & seen[..., None] & ~np.eye(47, dtype=np.bool_)
    sine = np.where(both, np.sqrt(np.maximum(1.0 - cosine**2, 0.0)), -1.0).max((-1, -2))

    pairs = best_pairs(SHELLS, **case, seeing=seeing, alive=alive)
    views = count_views(
        SHELLS, **case, seeing=seeing, alive=alive, min_stereo_angle_rad=np.radians(20.0)
    )

    found = pairs.first >= 0
    assert np.array_equal(found, sine >= 0.0)
    assert np.sin(pairs.angle_rad[found]) == pytest.approx(sine[found], abs=1e-5)
    p, f, k = np.nonzero(found)
    chosen = cosine[p, f, k, pairs.first[found], pairs.second[found]]
    assert np.cos(pairs.angle_rad[found]) == pytest.approx(chosen, abs=1e-5)
    assert seen[p, f, k, pairs.first[found]].all()
    assert np.isnan(pairs.angle_rad[~found]).all()
    assert np.array_equal(views.is_stereo, sine >= np.sin(np.radians(20.0)))
    assert np.array_equal(views.in_view, seen.sum(-1))


def test_each_shell_sees_with_its_own_sensors():
    time, target, start = flights()
    case = {"epoch_s": [0.0, 9e3], "time_s": time, "target_ecef_m": target, "start_s": start}
    sharp, blunt = Seeing(), Seeing(max_range_m=2_500 * KM, max_off_nadir_rad=1.0)

    both = count_views(SHELLS, **case, seeing=[sharp, blunt])

    alone = [
        count_views([shell], **case, seeing=seeing).in_view
        for shell, seeing in zip(SHELLS, (sharp, blunt), strict=True)
    ]
    assert np.array_equal(both.in_view, alone[0] + alone[1])


def test_dark_targets_and_empty_constellations_are_not_seen():
    time, target, _ = flights()

    dark = count_views(
        SHELLS, epoch_s=0.0, time_s=time, target_ecef_m=target, seeing=Seeing(max_range_m=0.0)
    )
    none = count_views([], epoch_s=[0.0, 1.0], time_s=time, target_ecef_m=target)

    assert not dark.in_view.any()
    assert not none.in_view.any()
    assert none.in_view.shape == (2, 5, 9)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"time_s": [0.0, 1.0]}, r"\(F, K, 3\)"),
        ({"epoch_s": np.nan}, "finite"),
        ({"alive": np.ones((1, 3), dtype=np.bool_)}, r"\(P, N\) = \(1, 47\)"),
        ({"seeing": [Seeing()]}, "all shells or 2"),
        ({"seeing": Seeing(grazing_altitude_m=2e6)}, "below the satellites"),
    ],
)
def test_views_that_cannot_be_counted(change, words):
    time, target, _ = flights()
    case = {"epoch_s": 0.0, "time_s": time, "target_ecef_m": target}

    with pytest.raises(DomainError, match=words):
        count_views(SHELLS, **(case | change))
