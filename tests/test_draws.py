"""Luck: its published generator, and events drawn for 64 replications at once."""

import numpy as np
import pytest

from umbo.draws import bound, decision_id, draw, happen, happen_either, happens, luck, mix, stream

GOLDEN, WORD = 0x9E3779B97F4A7C15, (1 << 64) - 1
ALL = np.uint64(WORD)
DECISION = decision_id("gbi/salvo/1")
CHANCES = [0.0, 1e-300, 2.0**-53, 0.1, 0.25, 0.5, 0.7, 1.0 - 2.0**-53, 1.0]


def scramble(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & WORD
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & WORD
    return z ^ (z >> 31)


def own(entity, replication=7):
    return np.uint64(luck(np.uint64(stream(3, replication)), entity))


def numbers(of, decision):
    """Write out the 64 numbers of 53 bits of a decision, first bit first."""
    words = [scramble((int(of) ^ int(decision)) + i * GOLDEN & WORD) for i in range(53)]
    return [sum((word >> lane & 1) << 52 - i for i, word in enumerate(words)) for lane in range(64)]


@pytest.mark.oracle("SplitMix64 from seed 1234567, as published with other implementations")
def test_the_generator_is_the_published_one():
    wanted = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431]

    found = [int(mix(np.uint64(1234567 + n * GOLDEN & WORD))) for n in range(1, 5)]

    assert found == wanted


@pytest.mark.oracle("all 64 numbers written out in plain Python")
@pytest.mark.parametrize("p", CHANCES)
def test_what_happens_is_what_lies_below_the_chance(p):
    for entity in range(40):
        of = own(entity)
        wanted = sum(int(u < p * 2**53) << lane for lane, u in enumerate(numbers(of, DECISION)))

        assert int(happen(of, DECISION, np.uint64(bound(p)), ALL)) == wanted
        for lane in (0, 17, 63):
            one = happens(of, DECISION, np.uint64(bound(p)), np.uint64(lane))
            assert one == bool(wanted >> lane & 1)


@pytest.mark.oracle("all 64 numbers written out in plain Python")
@pytest.mark.parametrize("p", CHANCES)
@pytest.mark.parametrize("other", CHANCES)
def test_two_chances_share_their_luck(p, other):
    others, asked = np.uint64(0x00FF00FF12345678), np.uint64(0xFFFFFFFF0000FFFF)
    of = own(5)
    wanted = sum(
        int(u < (other if int(others) >> lane & 1 else p) * 2**53) << lane
        for lane, u in enumerate(numbers(of, DECISION))
    )

    found = happen_either(of, DECISION, *map(np.uint64, (bound(p), bound(other))), others, asked)

    assert int(found) == wanted & int(asked)


def test_lanes_that_do_not_ask_change_nothing_for_those_that_do():
    of, below = own(5), np.uint64(bound(0.3))
    all_lanes = int(happen(of, DECISION, below, ALL))

    for lane in range(64):
        assert int(happen(of, DECISION, below, np.uint64(1 << lane))) == all_lanes & 1 << lane


@pytest.mark.oracle("binomial distribution")
@pytest.mark.parametrize("p", [0.01, 0.3, 0.56, 0.95])
def test_chances_come_true_as_often_as_they_say(p):
    entities = 20_000
    counts = np.zeros(64)
    pairs = 0
    for entity in range(entities):
        word = int(happen(own(entity), DECISION, np.uint64(bound(p)), ALL))
        happened = np.array([word >> lane & 1 for lane in range(64)])
        counts += happened
        pairs += int(happened[:-1] @ happened[1:])

    deviation = np.sqrt(p * (1 - p) / entities)
    assert np.abs(counts / entities - p).max() < 4.5 * deviation  # one in 2,000 by luck
    # Lanes know nothing of each other; pairs that overlap make the bound a little wide.
    spread = np.sqrt(p**2 * (1 - p**2) * (1 + 2 * p) / (63 * entities))
    assert pairs / (63 * entities) == pytest.approx(p**2, abs=4.5 * spread)


def test_a_draw_is_a_number_below_one():
    drawn = [draw(own(0, r), DECISION) for r in range(1000)]

    assert 0.0 <= min(drawn) < max(drawn) < 1.0
