"""Battles to test with: tables built from few numbers, and a slow, obvious twin of the kernel."""

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest

from umbo.engagement.windows import REASONS, Windows


def build_windows(
    missiles=2, warheads=1, decoys=0, phases=1, boost=(), after=(), stock=(), **other
):
    """Build tables from weapons given as dictionaries of their numbers, all in reach of all."""
    each = warheads + decoys
    objects = missiles * each
    V, W = len(boost), len(after)

    def column(weapons, key, default, dtype):
        return np.array([weapon.get(key, default) for weapon in weapons], dtype=dtype)

    wanted = column(boost, "wanted", 1, np.int32)
    battery = np.zeros((phases, W, objects), np.int16)
    for w in range(W):
        battery[:, w, :] = after[w].get("battery", w)
    tables = {
        "architecture": "shield",
        "raid": "raid",
        "missile": np.repeat(np.arange(missiles, dtype=np.int32), each),
        "is_warhead": np.tile(np.arange(each) < warheads, missiles),
        "reliability": np.ones(missiles),
        "asset": np.tile(np.arange(missiles, dtype=np.int32) % 2, (phases, 1)),
        "assets": ("city", "port"),
        "missile_class": np.zeros(missiles, np.int32),
        "classes": ("icbm",),
        "order": np.tile(np.arange(objects, dtype=np.int32), (phases, 1)),
        "boost_weapons": tuple(weapon.get("name", f"sbi{v}") for v, weapon in enumerate(boost)),
        "boost_shots": np.tile(wanted[:, None, None], (1, phases, missiles)),
        "boost_wanted": wanted,
        "boost_reason": np.full((V, phases, missiles), REASONS.index("unassigned"), np.int8),
        "boost_p_kill": column(boost, "p_kill", 0.5, float),
        "boost_common_q": column(boost, "q", 0.0, float),
        "boost_common_f": column(boost, "f", 1.0, float),
        "weapons": tuple(weapon.get("name", f"gbi{w}") for w, weapon in enumerate(after)),
        "tier": column(after, "tier", 0, np.int8),
        "p_kill": column(after, "p_kill", 0.5, float),
        "common_q": column(after, "q", 0.0, float),
        "common_f": column(after, "f", 1.0, float),
        "salvo": column(after, "salvo", 1, np.int32),
        "batteries": tuple(f"battery{b}" for b in range(np.shape(stock)[-1])),
        "stock": np.array(stock, np.int32),
        "battery": battery,
        "looks": np.where(
            battery >= 0, column(after, "looks", 1, np.int8)[None, :, None], 0
        ).astype(np.int8),
        "no_battery_reason": np.full((phases, W, objects), REASONS.index("held_back"), np.int8),
        "boost_p_hand_over": np.tile(
            column(boost, "hand", 1.0, float)[:, None, None], (1, phases, missiles)
        ),
        "p_hand_over": np.tile(
            column(after, "hand", 1.0, float)[:, None, None], (1, phases, missiles)
        ),
        "p_track": np.ones(2),
        "p_warhead_called_warhead": 1.0,
        "p_decoy_called_warhead": 1.0,
    }
    return Windows(**(tables | other))


def of_salvo(p_kill, rounds):
    return 1 - (1 - p_kill) ** rounds


def fight(w, phase, luck):
    """Fight one replication in plain Python; ``luck(entity, decision, p)`` says if p happens."""
    BEST_LAST = ("undetected", "unreachable", "channel_busy", "unassigned", "untracked",
                 "held_back", "magazine_empty", "taken_for_decoy", "missed")  # fmt: skip
    happened = {o: set() for o in range(len(w.missile))}
    engaged, killer, shots = set(), {}, Counter()
    at_decoys, passed = Counter(), Counter()
    names = w.boost_weapons + w.weapons
    hit_all = luck(("weapon", 0), "shared_cause", w.shared_q)
    shared = {n: w.shared_f if hit_all and n not in w.untouched else 1 for n in names}
    working = [
        m for m in range(len(w.reliability)) if luck(("missile", m), "works", w.reliability[m])
    ]
    flying = list(working)

    for v, name in enumerate(w.boost_weapons):
        faulty = luck(("weapon", 0), f"{name}/boost_common/1", w.boost_common_q[v])
        p_kill = w.boost_p_kill[v] * (w.boost_common_f[v] if faulty else 1) * shared[name]
        for m in list(flying):
            fired = int(w.boost_shots[v, phase, m])
            shots[name] += fired
            p_salvo = of_salvo(p_kill * w.boost_p_hand_over[v, phase, m], fired)
            if luck(("missile", m), f"{name}/boost_salvo/1", p_salvo):
                flying.remove(m)
                killer |= {o: name for o in happened if w.missile[o] == m}
    for o in happened:
        for v in range(len(w.boost_weapons)):
            if w.boost_weapons[v] == "left_of_launch":
                continue
            fired, wanted = w.boost_shots[v, phase, w.missile[o]], w.boost_wanted[v]
            if fired > 0:
                happened[o].add("missed")
            elif wanted > 0:
                happened[o].add(REASONS[w.boost_reason[v, phase, w.missile[o]]])
            if fired == wanted > 0:
                engaged.add(o)

    stock = [int(rounds) for rounds in w.stock_of[phase]]
    for i, name in enumerate(w.weapons):
        tier = ("midcourse", "terminal")[w.tier[i]]
        faulty = luck(("weapon", 0), f"{name}/common/1", w.common_q[i])
        p_kill = w.p_kill[i] * (w.common_f[i] if faulty else 1) * shared[name]
        for look in range(1, int(w.looks[:, i].max(initial=0)) + 1):
            for o in map(int, w.order[phase]):
                if w.missile[o] not in flying or o in killer:
                    continue
                b = w.battery[phase, i, o]
                if b < 0:
                    happened[o].add(REASONS[w.no_battery_reason[phase, i, o]])
                    continue
                if w.looks[phase, i, o] < look or (tier == "terminal" and not w.is_warhead[o]):
                    continue
                if not luck(("object", o), f"track/{tier}", w.p_track[w.tier[i]]):
                    happened[o].add("untracked")
                    continue
                p_called = (
                    w.p_warhead_called_warhead if w.is_warhead[o] else w.p_decoy_called_warhead
                )
                if tier == "midcourse" and not luck(("object", o), "called_warhead", p_called):
                    happened[o].add("taken_for_decoy")
                    passed[name] += int(w.is_warhead[o] and look == 1)
                    continue
                fired = min(int(w.salvo[i]), stock[b])
                stock[b] -= fired
                shots[name] += fired
                at_decoys[name] += 0 if w.is_warhead[o] else fired
                none = "held_back" if w.batteries[b] in w.reserving else "magazine_empty"
                happened[o].add("missed" if fired else none)
                if fired == w.salvo[i]:
                    engaged.add(o)
                p_salvo = of_salvo(p_kill * w.p_hand_over[i, phase, w.missile[o]], fired)
                if luck(("object", o), f"{name}/salvo/{look}", p_salvo):
                    killer[o] = name

    warheads = [o for o in happened if w.is_warhead[o] and w.missile[o] in working]
    leaked = [o for o in warheads if o not in killer]
    return {
        "arriving": len(warheads),
        "leakers": len(leaked),
        "is_engaged": all(o in engaged or o in killer for o in warheads),
        "reasons": Counter(max(happened[o] or {"unreachable"}, key=BEST_LAST.index) for o in leaked),
        "kills": Counter(killer[o] for o in warheads if o in killer),
        "shots": shots,
        "at_decoys": at_decoys,
        "passed": passed,
    }  # fmt: skip


def enumerate_battle(w, phase=0):
    """Give every result that luck can bring, with its exact probability."""
    results, waiting = [], [()]
    while waiting:
        prefix = waiting.pop()
        p, taken, memory = Fraction(1), [], {}

        def luck(entity, decision, chance, prefix=prefix, taken=taken, memory=memory):
            nonlocal p
            chance = Fraction(float(chance)).limit_denominator(10**6)
            if (entity, decision) in memory or chance in {0, 1}:
                return memory.get((entity, decision), chance == 1)
            if len(taken) < len(prefix):
                happens = prefix[len(taken)]
            else:
                happens = True
                waiting.append((*taken, False))
            taken.append(happens)
            p *= chance if happens else 1 - chance
            memory[entity, decision] = happens
            return happens

        result = fight(w, phase, luck)
        results.append((result, p))
    assert sum(p for _, p in results) == 1
    return results


@pytest.fixture(scope="session")
def battle():
    return build_windows


@pytest.fixture(scope="session")
def twin():
    return fight


@pytest.fixture(scope="session")
def enumerated():
    return enumerate_battle
