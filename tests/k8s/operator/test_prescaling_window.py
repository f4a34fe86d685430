"""How many gateways a moment asks for: examples, and what holds for every crowd."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8s.bot_operator.actions import SetFloor
from k8s.bot_operator.conditions import Type
from k8s.bot_operator.memory import Memory
from k8s.bot_operator.observed import Observed, Opening, Problem, Scaler
from k8s.bot_operator.parts import Part
from k8s.bot_operator.prescaling import Want, largest_rush, prescaling_part, want
from k8s.bot_operator.spec import Prescaling, Target
from tests.k8s.operator.making import NOW, PRESCALING, a_spec, in_order

SPEC = a_spec(prescaling=PRESCALING)
TARGET = Target(kind="HorizontalPodAutoscaler", name="fotbot-gateway")
SILENT = Problem(reason="SessionsSilent", message="no answer")


def spec() -> Prescaling:
    assert SPEC.prescaling is not None
    return SPEC.prescaling


def opening(minutes: float, taps: int = 750) -> Opening:
    return Opening(session_id=1, opens_at=NOW + timedelta(minutes=minutes), expected_taps=taps)


def at(minutes: float, *openings: Opening, ceiling: int = 100) -> Want:
    return want(spec(), openings, NOW + timedelta(minutes=minutes), ceiling)


@pytest.mark.parametrize(
    ("minutes", "replicas"),
    [(-10.1, 2), (-10, 8), (0, 8), (19.9, 8), (20, 2), (60, 2)],
)
def test_the_floor_is_raised_from_lead_before_to_hold_after(minutes: float, replicas: int) -> None:
    assert at(minutes, opening(0)).replicas == replicas


def test_the_next_edge_is_known() -> None:
    assert at(-30, opening(0)).changes_at == NOW - timedelta(minutes=10)
    assert at(0, opening(0)).changes_at == NOW + timedelta(minutes=20)
    assert at(30, opening(0)).changes_at is None


def test_two_that_open_together_are_one_crowd_and_two_apart_are_not() -> None:
    assert at(0, opening(0, 300), opening(0.5, 300)).replicas == 6
    assert at(5, opening(0, 300), opening(10, 300)).replicas == 3


def test_neither_max_nor_the_autoscalers_own_maximum_is_exceeded() -> None:
    assert at(0, opening(0, 10**6)).replicas == 10
    assert at(0, opening(0, 10**6), ceiling=4).replicas == 4
    assert at(0, opening(0, 10**6)).uncapped == 10_000


minute = st.floats(-60, 60, allow_nan=False)
crowds = st.lists(st.builds(opening, minute, st.integers(0, 10_000)), max_size=8)


@given(crowds, minute, st.integers(1, 50))
def test_the_floor_is_always_between_its_bounds(
    crowd: list[Opening], minutes: float, ceiling: int
) -> None:
    wanted = at(minutes, *crowd, ceiling=ceiling)
    assert 1 <= wanted.replicas <= min(10, ceiling)
    assert wanted.replicas >= min(2, ceiling)


@given(crowds, minute, st.builds(opening, minute, st.integers(0, 10_000)))
def test_one_opening_more_never_asks_for_less(
    crowd: list[Opening], minutes: float, more: Opening
) -> None:
    assert at(minutes, *crowd, more).uncapped >= at(minutes, *crowd).uncapped


@given(crowds, minute)
def test_between_two_edges_nothing_changes(crowd: list[Opening], minutes: float) -> None:
    now = at(minutes, *crowd)
    if now.changes_at is not None:
        just_before = (now.changes_at - NOW).total_seconds() / 60 - 1e-4
        if just_before > minutes:
            assert at(just_before, *crowd).replicas == now.replicas


@given(crowds)
def test_a_rush_is_at_least_its_largest_opening_and_at_most_all_of_them(
    crowd: list[Opening],
) -> None:
    taps = [one.expected_taps for one in crowd]
    assert max(taps, default=0) <= largest_rush(crowd) <= sum(taps)


@given(crowds, minute)
def test_no_window_no_room(crowd: list[Opening], minutes: float) -> None:
    wanted = at(minutes, *crowd)
    assert (wanted.until is None) <= (wanted.replicas == 2)


def decided(memory: Memory | None = None, **changes: Any) -> Part:
    observed: Observed = in_order(**changes)
    return prescaling_part(SPEC, memory or Memory(target=TARGET, floor=2), observed)


def floors(part: Part) -> list[int | None]:
    return [action.replicas for action in part.actions if isinstance(action, SetFloor)]


def reason(part: Part) -> str:
    return part.conditions[Type.PRESCALED].reason


def test_the_floor_is_set_only_when_it_differs_or_is_not_ours() -> None:
    assert floors(decided()) == []
    assert floors(decided(openings=(opening(0),))) == [8]
    assert floors(decided(scaler=Scaler(floor=2, ceiling=10, is_ours=False))) == [2]
    assert floors(decided(scaler=Scaler(floor=None, ceiling=10, is_ours=False))) == [2]


def test_what_is_raised_is_noted_before_and_lowered_after() -> None:
    part = decided(openings=(opening(0),))
    assert part.before == {"target": TARGET, "until": NOW + timedelta(minutes=20)}
    raised = Memory(target=TARGET, floor=8, until=NOW - timedelta(seconds=1))
    assert floors(decided(raised, scaler=Scaler(floor=8, ceiling=10, is_ours=True))) == [2]


def test_while_sessions_is_silent_a_raised_floor_stays_to_the_end_of_its_window() -> None:
    raised = Scaler(floor=8, ceiling=10, is_ours=True)
    inside = Memory(target=TARGET, floor=8, until=NOW + timedelta(minutes=5))
    after = Memory(target=TARGET, floor=8, until=NOW)
    assert floors(decided(inside, openings=SILENT, scaler=raised)) == []
    assert floors(decided(after, openings=SILENT, scaler=raised)) == [2]
    assert reason(decided(inside, openings=SILENT, scaler=raised)) == "SessionsSilent"


def test_another_manager_is_an_alarm_and_is_not_fought() -> None:
    part = decided(scaler=Scaler(floor=5, ceiling=10, is_ours=False, other="helm"))
    assert floors(part) == []
    assert reason(part) == "AnotherManager"


def test_a_floor_is_given_back_when_prescaling_ends_or_moves() -> None:
    ended = prescaling_part(a_spec(), Memory(target=TARGET, floor=2), in_order())
    assert floors(ended) == [None]
    assert ended.after == {"target": None, "floor": None, "until": None}
    elsewhere = Target(kind="ScaledObject", name="other")
    assert floors(decided(Memory(target=elsewhere))) == [None]


def test_who_has_no_prescaling_has_no_condition_of_it() -> None:
    assert prescaling_part(a_spec(), Memory(), in_order()) == Part()


def test_the_conditions_words_say_what_is_going_on() -> None:
    assert reason(decided()) == "AtFloor"
    assert reason(decided(openings=(opening(0),))) == "Raised"
    assert reason(decided(openings=(opening(0, 10**6),))) == "Capped"
    assert reason(decided(scaler=Problem(reason="Missing", message="gone"))) == "Missing"
