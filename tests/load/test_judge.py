"""The judge finds each broken promise, and nothing in a clean city."""

import dataclasses

from tests.load.judge import Place, Verdict, judge, told_in_order, told_place

CLEAN = [
    Place(1, 10, False, 1),
    Place(1, 11, False, 2),
    Place(1, 12, True, 1),
    Place(1, 13, True, 2),
]
TAKEN = [(10, 1), (11, 1), (12, 1), (13, 1)]


def judged(places: list[Place]) -> Verdict:
    return judge(places, {1: 2}, TAKEN)


def test_a_clean_city_is_clean() -> None:
    assert judged(CLEAN).is_clean


def test_a_place_sold_twice_is_found() -> None:
    assert judged([*CLEAN[:2], Place(1, 12, False, 3), Place(1, 13, True, 1)]).overbooked == 1


def test_a_place_kept_free_while_somebody_waits_is_found() -> None:
    waiting = [Place(1, person, True, number) for number, person in enumerate((11, 12, 13), 1)]
    assert judged([CLEAN[0], *waiting]).empty == 1


def test_a_lost_tap_is_found() -> None:
    assert judged(CLEAN[:3]).lost == 1


def test_who_stands_there_twice_is_found() -> None:
    assert judged([*CLEAN, Place(1, 13, True, 3)]).twice == 1


def test_a_gap_and_a_wrong_order_are_found() -> None:
    assert judged([*CLEAN[:3], Place(1, 13, True, 3)]).disorder == 1
    assert judged([*CLEAN[:2], CLEAN[3], CLEAN[2]]).disorder == 1
    assert judged([CLEAN[0], CLEAN[2], CLEAN[1], CLEAN[3]]).disorder == 1


def test_taps_are_answered_once_here_or_there() -> None:
    verdict = judge([], {}, unanswered=[1, 2], answered={2: 1})
    assert dataclasses.replace(verdict, unanswered=0).is_clean
    assert verdict.unanswered == 1
    assert judge([], {}, unanswered=[2], answered={2: 2}).answered_twice == 1
    assert judge([], {}, answered={3: 1}).answered_twice == 1


def test_toasts_make_sense_together() -> None:
    told = [told_place(p, 1, f"you are number {n}", waits=w) for _, p, w, n in CLEAN]
    assert told_in_order(told, 2)
    assert not told_in_order(told[:2] + told[3:], 2)
