"""The budget: set once, only ever shrinking."""

import pytest

from services.chassis.deadline import NoDeadline, budget, time_left, within


def test_without_a_budget_nothing_may_be_called() -> None:
    with pytest.raises(NoDeadline):
        time_left()


def test_an_inner_budget_may_be_shorter_but_never_longer() -> None:
    with budget(10):
        with budget(1):
            assert 0 < time_left() <= 1
        with budget(100):
            assert 9 < time_left() <= 10


def test_after_the_budget_nothing_is_left_of_it() -> None:
    with budget(1):
        pass
    with pytest.raises(NoDeadline):
        time_left()


def test_time_left_never_goes_below_nought() -> None:
    with budget(-1):
        assert time_left() == 0.0
        assert within(5) == 0.0


def test_a_call_takes_its_own_cap_or_what_is_left() -> None:
    assert within(2) == 2
    with budget(1):
        assert within(0.5) == 0.5
        assert 0.9 < within(2) <= 1
