"""Networks against textbooks, another program and closed forms."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from umbo.appraisal.network_schedule import circle, delays, network, times
from umbo.appraisal.ranges import Ranges
from umbo.elements.sourced import Value
from umbo.errors import DomainError

HILLIER = "Hillier & Lieberman, Introduction to Operations Research, ch. 22, Reliable Construction"
# Activity: those before it, duration in weeks, early start, late start (their figures 22.5, 22.7).
RELIABLE = {
    "A": ("", 2, 0, 0),
    "B": ("A", 4, 2, 2),
    "C": ("B", 10, 6, 6),
    "D": ("C", 6, 16, 20),
    "E": ("C", 4, 16, 16),
    "F": ("E", 5, 20, 20),
    "G": ("D", 7, 22, 26),
    "H": ("EG", 9, 29, 33),
    "I": ("C", 7, 16, 18),
    "J": ("FI", 8, 25, 25),
    "K": ("J", 4, 33, 34),
    "L": ("J", 5, 33, 33),
    "M": ("H", 2, 38, 42),
    "N": ("KL", 6, 38, 38),
}
AFTER = {name: list(row[0]) for name, row in RELIABLE.items()}


def reliable():
    found = network(AFTER)
    return found, np.array([float(RELIABLE[name][1]) for name in found.names])


@pytest.mark.oracle(HILLIER)
def test_early_and_late_starts_are_the_textbooks():
    found, weeks = reliable()

    got = times(found, weeks)

    for i, name in enumerate(found.names):
        _, duration, early, late = RELIABLE[name]
        assert got.early_start[i, 0] == early
        assert got.late_start[i, 0] == late
        assert got.late_finish[i, 0] == late + duration
    assert got.end[0] == 44


@pytest.mark.oracle(HILLIER)
def test_the_critical_path_is_the_textbooks():
    found, weeks = reliable()

    critical = times(found, weeks).is_critical[:, 0]

    assert "".join(sorted(np.array(found.names)[critical])) == "ABCEFJLN"


def drawn(edges, number):
    """Build a network of so many activities from pairs, each pointing upwards."""
    after = {str(i): [] for i in range(number)}
    for a, b in edges:
        if min(a, b) < max(a, b) < number and str(min(a, b)) not in after[str(max(a, b))]:
            after[str(max(a, b))].append(str(min(a, b)))
    return after


@pytest.mark.oracle("networkx dag_longest_path_length, another program")
@given(
    st.integers(1, 14),
    st.lists(st.tuples(st.integers(0, 13), st.integers(0, 13)), max_size=30),
    st.lists(st.integers(0, 40), min_size=14, max_size=14),
)
def test_ends_and_float_are_those_of_longest_paths(number, edges, lengths):
    after = drawn(edges, number)
    graph = nx.DiGraph()
    graph.add_nodes_from([*after, "end"])
    for name in after:
        graph.add_edge(name, "end", weight=lengths[int(name)])
        for one in after[name]:
            graph.add_edge(one, name, weight=lengths[int(one)])

    found = network(after)
    got = times(found, [float(lengths[int(name)]) for name in found.names])

    assert got.end[0] == nx.dag_longest_path_length(graph)
    for i, name in enumerate(found.names):
        before = graph.subgraph(nx.ancestors(graph, name) | {name})
        beyond = graph.subgraph(nx.descendants(graph, name) | {name})
        through = nx.dag_longest_path_length(before) + nx.dag_longest_path_length(beyond)
        assert got.early_start[i, 0] == nx.dag_longest_path_length(before)
        assert got.total_float[i, 0] == got.end[0] - through


def cases(spreads, draws=20_000):
    ranges = Ranges(draws, seed=7)
    return np.array(
        [
            ranges.of(Value(name, "duration", *spread, "s", "ours"))[1:]
            for name, spread in zip("abcdefgh", spreads, strict=False)
        ]
    )


@pytest.mark.oracle("sums of independent triangular variables: means and variances add")
def test_a_series_has_the_mean_and_variance_of_the_sum():
    spreads = [(2.0, 3.0, 8.0), (5.0, 6.0, 7.0), (1.0, 9.0, 10.0), (4.0, 4.0, 9.0)]

    ends = times(network({"a": [], "b": "a", "c": "b", "d": "c"}), cases(spreads)).end

    mean = sum(sum(one) / 3.0 for one in spreads)
    variance = sum((a * a + b * b + c * c - a * b - a * c - b * c) / 18.0 for a, b, c in spreads)
    assert ends.mean() == pytest.approx(mean, abs=0.001)  # strata: far below 1/sqrt(draws)
    assert ends.var() == pytest.approx(variance, rel=0.02)  # 2 standard errors of 20,000 draws


@pytest.mark.oracle("the distribution function of a maximum is the product of those of its parts")
def test_parallel_activities_end_with_the_latest():
    spreads = [(2.0, 3.0, 8.0), (1.0, 4.0, 7.0), (3.0, 5.0, 6.0)]

    got = times(network({"a": [], "b": [], "c": []}), cases(spreads))

    def below(t, low, mode, high):
        if t <= mode:
            return (t - low) ** 2 / ((high - low) * (mode - low)) if t > low else 0.0
        return 1.0 - (high - t) ** 2 / ((high - low) * (high - mode)) if t < high else 1.0

    for t in (4.0, 5.0, 5.5, 6.5):
        exact = np.prod([below(t, *one) for one in spreads])
        assert (got.end <= t).mean() == pytest.approx(exact, abs=0.007)  # 2 standard errors
    assert got.criticality.sum() == pytest.approx(1.0, abs=1e-12)  # one of them is the latest


@pytest.mark.oracle("symmetry: of n like activities each is the latest with chance 1/n")
def test_like_activities_are_critical_equally_often():
    got = times(network({name: [] for name in "abcd"}), cases([(1.0, 2.0, 5.0)] * 4))

    assert got.criticality == pytest.approx([0.25] * 4, abs=0.01)  # 3 standard errors


def test_a_late_activity_moves_only_what_its_float_does_not_hold():
    found, weeks = reliable()
    free = dict(zip(found.names, times(found, weeks).free_float[:, 0], strict=True))

    moved = dict(zip(found.names, delays(found, weeks, {"I": 3.0}), strict=True))

    assert free["I"] == 2.0
    assert moved["I"] == 3.0
    assert moved["J"] == moved["N"] == 1.0
    assert moved["M"] == moved["A"] == 0.0


def test_an_activity_does_not_begin_before_it_may():
    got = times(network({"a": [], "b": ["a"]}), [2.0, 3.0], [0.0, 10.0])

    assert got.early_start[1, 0] == 10.0
    assert got.free_float[0, 0] == 8.0
    assert got.end[0] == 13.0


@pytest.mark.parametrize(
    ("after", "told"),
    [
        ({"a": ["b"], "b": ["c"], "c": ["a"]}, "a -> b -> c -> a"),
        ({"a": ["a"]}, "a -> a"),
        ({"a": ["z"]}, "'z', which is no activity"),
    ],
)
def test_what_is_no_network_is_refused(after, told):
    with pytest.raises(DomainError, match=told):
        network(after)


@pytest.mark.parametrize("durations", [[1.0], [1.0, -1.0], [1.0, np.nan]])
def test_impossible_durations_are_refused(durations):
    with pytest.raises(DomainError, match="one row for each of 2"):
        times(network({"a": [], "b": []}), durations)


def test_a_circle_is_found_beside_other_ways():
    assert circle({"a": [], "b": ["a", "d"], "c": ["b"], "d": ["c"]}) == ["b", "d", "c", "b"]
