"""All luck: one number in [0, 1) for each decision, in whatever order it is asked."""

import hashlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from umbo.compiled import njit

_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX_1: Final = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2: Final = np.uint64(0x94D049BB133111EB)
_STEP: Final = 2.0**-53
_CERTAIN: Final = np.uint64(1 << 53)
_NONE, _ONE, _TOP, _TO_TOP = np.uint64(0), np.uint64(1), np.uint64(63), np.uint64(11)


def decision_id(name: str) -> np.uint64:
    """Give a decision, such as ``"gbi/salvo/2"``, its number in a kernel."""
    return np.uint64(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big"))


@njit(cache=True)
def mix(z: np.uint64) -> np.uint64:
    """Scramble 64 bits (SplitMix64's finaliser; Steele, Lea & Flood, OOPSLA 2014)."""
    z = (z ^ (z >> np.uint64(30))) * _MIX_1
    z = (z ^ (z >> np.uint64(27))) * _MIX_2
    return np.uint64(z ^ (z >> np.uint64(31)))


@njit(cache=True)
def stream(seed: int, replication: int) -> np.uint64:
    """Give what all draws of a replication share."""
    return np.uint64(mix(mix(np.uint64(seed) + _GOLDEN) + np.uint64(replication) * _GOLDEN))


@njit(cache=True)
def luck(of: np.uint64, entity: int) -> np.uint64:
    """Give what all draws of an entity share in the replication of a stream."""
    return np.uint64(mix(of + np.uint64(entity) * _GOLDEN))


@njit(cache=True)
def draw(of: np.uint64, decision: np.uint64) -> float:
    """Give the number in [0, 1) of one decision of an entity, from its luck."""
    return float(mix(of ^ decision) >> np.uint64(11)) * _STEP


@njit(cache=True)
def bound(p: float) -> np.uint64:
    """Give the bound of a chance: it comes true where luck of 53 bits lies below."""
    if p >= 1.0:
        return _CERTAIN
    if not p > 0.0:
        return _NONE
    return np.uint64(np.int64(np.ceil(p / _STEP)))


@njit(cache=True)
def happen(of: np.uint64, decision: np.uint64, below: np.uint64, lanes: np.uint64) -> np.uint64:
    """Say in which of 64 replications something happens, all of them at once.

    The luck of a decision is 64 numbers of 53 bits, bit after bit: each word holds one bit of
    all of them. Bits are drawn only until each number is known to lie below the bound or not,
    some seven words for all.

    Args:
        of: The entity's luck.
        decision: Which of its decisions.
        below: The chance, as ``bound`` gives it.
        lanes: The replications that ask, a bit each; what the others get is no matter to them.

    Returns:
        Those of ``lanes`` in which it happens.
    """
    if below >= _CERTAIN:
        return lanes
    key, bits = of ^ decision, below << _TO_TOP
    undecided, yes = lanes, _NONE
    while undecided != _NONE and bits > _NONE:
        word = mix(key)
        key += _GOLDEN
        wanted = _NONE - (bits >> _TOP)
        yes |= undecided & wanted & ~word
        undecided &= ~(word ^ wanted)
        bits <<= _ONE
    return yes


@njit(cache=True)
def happen_either(
    of: np.uint64, decision: np.uint64, below: np.uint64, other: np.uint64, others: np.uint64,
    lanes: np.uint64,
) -> np.uint64:  # fmt: skip
    """Say as ``happen`` does where the chance is another one in some (``others``) of the lanes."""
    if below >= _CERTAIN or other >= _CERTAIN:
        return happen(of, decision, below, lanes & ~others) | happen(
            of, decision, other, lanes & others
        )
    key, bits, other_bits = of ^ decision, below << _TO_TOP, other << _TO_TOP
    undecided, yes = lanes, _NONE
    while undecided != _NONE and (bits | other_bits) != _NONE:
        word = mix(key)
        key += _GOLDEN
        wanted = (_NONE - (bits >> _TOP)) & ~others | (_NONE - (other_bits >> _TOP)) & others
        yes |= undecided & wanted & ~word
        undecided &= ~(word ^ wanted)
        bits <<= _ONE
        other_bits <<= _ONE
    return yes


@njit(cache=True)
def happens(of: np.uint64, decision: np.uint64, below: np.uint64, lane: np.uint64) -> bool:
    """Say as ``happen`` does for one replication of the 64, by its number."""
    if below >= _CERTAIN:
        return True
    key, bits = of ^ decision, below << _TO_TOP
    while bits != _NONE:
        wanted = bits >> _TOP
        if (mix(key) >> lane) & _ONE != wanted:
            return bool(wanted)
        key += _GOLDEN
        bits <<= _ONE
    return False


@njit(cache=True)
def uniform(seed: int, replication: int, entity: int, decision: np.uint64) -> float:
    """Give one decision of one entity its luck, the same in every architecture."""
    return float(draw(luck(stream(seed, replication), entity), decision))


def uniforms(seed: int, replications: int, entity: int, decision: np.uint64) -> NDArray[np.float64]:
    """Give one decision of one entity its luck in each replication, without compiled code.

    The same numbers as ``uniform``, in a command that needs no kernel.
    """
    scramble = getattr(mix, "py_func", mix)
    one = np.ones(1, np.uint64)  # arrays wrap silently, scalars warn
    z = scramble(np.uint64(seed) * one + _GOLDEN)
    z = scramble(z + np.arange(replications, dtype=np.uint64) * _GOLDEN)
    z = scramble(z + np.uint64(entity) * one * _GOLDEN)
    return np.asarray((scramble(z ^ decision) >> np.uint64(11)) * _STEP)
