"""How fast the battle is: replications a second, and one expected-value answer."""

import time

import numpy as np

from umbo.engagement.expected import expected
from umbo.engagement.simulate import simulate
from umbo.engagement.windows import Windows


def raid(missiles: int, warheads: int, decoys: int, stock: list[int], phases: int = 64) -> Windows:
    """Build a raid against a boost, two midcourse and a terminal weapon, all in reach of all."""
    each = warheads + decoys
    objects, weapons = missiles * each, len(stock)
    battery = np.broadcast_to(np.arange(weapons)[None, :, None], (phases, weapons, objects))
    looks = np.broadcast_to(np.array([1, 2, 2])[None, :, None], battery.shape)
    return Windows(
        architecture="four_layers",
        raid=f"{missiles} x ({warheads} + {decoys})",
        missile=np.repeat(np.arange(missiles, dtype=np.int32), each),
        is_warhead=np.tile(np.arange(each) < warheads, missiles),
        reliability=np.full(missiles, 0.9),
        asset=np.zeros((phases, missiles), np.int32),
        assets=("city",),
        missile_class=np.zeros(missiles, np.int32),
        classes=("icbm",),
        order=np.tile(np.arange(objects, dtype=np.int32), (phases, 1)),
        boost_weapons=("sbi",),
        boost_shots=np.full((1, phases, missiles), 2, np.int32),
        boost_wanted=np.array([2], np.int32),
        boost_reason=np.zeros((1, phases, missiles), np.int8),
        boost_p_kill=np.array([0.3]),
        boost_common_q=np.array([0.1]),
        boost_common_f=np.array([0.5]),
        weapons=("gbi", "sm3", "thaad"),
        tier=np.array([0, 0, 1], np.int8),
        p_kill=np.array([0.56, 0.5, 0.5]),
        common_q=np.full(weapons, 0.1),
        common_f=np.full(weapons, 0.5),
        salvo=np.array([4, 1, 2], np.int32),
        batteries=("gbi", "sm3", "thaad"),
        stock=np.array(stock, np.int32),
        battery=battery.astype(np.int16),
        looks=looks.astype(np.int8),
        no_battery_reason=np.zeros(battery.shape, np.int8),
        p_track=np.array([0.95, 0.97]),
        p_warhead_called_warhead=0.95,
        p_decoy_called_warhead=0.4,
    )


def best_s(work, runs: int) -> float:
    """Time a piece of work, best of several runs, after one to compile."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    """Print one line a job."""
    windows = raid(60, 1, 4, [100, 100, 100])
    seconds = best_s(lambda: simulate(windows, 50_000, seed=1), runs=3)
    print(f"simulate, 300 objects, 4 layers: {50_000 / seconds:,.0f} replications a second")
    for missiles, warheads, decoys, stock in ((10, 1, 4, [44, 36, 48]), (175, 3, 0, [44, 36, 48])):
        windows = raid(missiles, warheads, decoys, stock)
        seconds = best_s(lambda w=windows: expected(w), runs=20)
        print(f"expected, {windows.raid} objects, 64 phases: {seconds * 1e3:.2f} ms")


if __name__ == "__main__":
    main()
