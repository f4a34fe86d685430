"""Durations keep their order and, to a thousandth, their length."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.load.histogram import Histogram

DURATIONS = st.floats(min_value=0.0001, max_value=1000)


@given(st.lists(DURATIONS, min_size=1), st.sampled_from([0.5, 0.99, 0.999, 1.0]))
def test_a_quantile_is_that_of_the_sorted_durations(durations: list[float], share: float) -> None:
    histogram = Histogram()
    for duration in durations:
        histogram.note(duration)
    exact = sorted(durations)[max(1, math.ceil(share * len(durations))) - 1]
    assert histogram.quantile(share) == pytest.approx(exact, rel=0.001, abs=1e-6)


@given(st.lists(DURATIONS), st.lists(DURATIONS))
def test_two_histograms_make_one_also_by_way_of_json(
    some: list[float], others: list[float]
) -> None:
    first, second, all_of_them = Histogram(), Histogram(), Histogram()
    for duration in some:
        first.note(duration)
    for duration in others:
        second.note(duration)
    for duration in (*some, *others):
        all_of_them.note(duration)
    first.add(Histogram.from_json(second.to_json()))
    assert first.to_json() == all_of_them.to_json()
    assert len(first) == len(some) + len(others)


def test_nothing_has_no_quantile() -> None:
    assert math.isnan(Histogram().quantile(0.5))
