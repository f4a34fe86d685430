"""Was every promise kept? The end state of a rush, and what everybody was told, against the rules:
nobody overbooked, nobody lost, the queue without gaps in order, every tap answered once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

NUMBER = re.compile(r"\d+")


class Place(NamedTuple):
    """Where one person stands in one session."""

    session: int
    person: int
    waiting: bool
    number: int
    """Among those who wait from 1, or among those who are in; 0 when it is not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Faults by kind; all of them 0 is a city that kept its promises."""

    overbooked: int = 0
    """Places sold twice."""
    empty: int = 0
    """Places that stayed free while somebody waited."""
    lost: int = 0
    """Taps taken with 200 whose person stands nowhere."""
    twice: int = 0
    """People who stand in a session more than once."""
    disorder: int = 0
    """Queues with gaps, repetitions, or another order than that of arrival."""
    unanswered: int = 0
    """Taps without an answerCallbackQuery."""
    answered_twice: int = 0

    @property
    def is_clean(self) -> bool:
        """Nothing to complain about."""
        return not any(getattr(self, name) for name in self.__slots__)

    def words(self) -> str:
        """One line."""
        faults = {name.replace("_", " "): getattr(self, name) for name in self.__slots__}
        return ", ".join(f"{count} {name}" for name, count in faults.items())


def judge(
    places: Iterable[Place],
    capacities: Mapping[int, int],
    taken: Iterable[tuple[int, int]] = (),
    *,
    unanswered: Sequence[int] = (),
    answered: Mapping[int, int] | None = None,
) -> Verdict:
    """`places` as they stand, in the order of arrival; `taken`: the (person, session) of taps that
    got a 200; `unanswered`: queries not answered in the webhook, `answered`: how often Telegram
    was asked to answer which."""
    by_session: dict[int, list[Place]] = defaultdict(list)
    for place in places:
        by_session[place.session].append(place)
    standing = {(place.person, place.session) for row in by_session.values() for place in row}
    other = answered or {}
    missing = set(unanswered)
    return Verdict(
        overbooked=sum(max(0, _going(row) - capacities[s]) for s, row in by_session.items()),
        empty=sum(max(0, _kept_free(row, capacities[s])) for s, row in by_session.items()),
        lost=len(set(taken) - standing),
        twice=sum(map(len, by_session.values())) - len(standing),
        disorder=sum(not _in_order(row) for row in by_session.values()),
        unanswered=len(missing - other.keys()),
        answered_twice=sum(n - (query in missing) for query, n in other.items()),
    )


def told_place(person: int, session: int, toast: str, *, waits: bool) -> Place:
    """What a tap's toast said: the number in it."""
    found = NUMBER.search(toast)
    return Place(session, person, waits, int(found[0]) if found else 0)


def told_in_order(places: Sequence[Place], capacity: int) -> bool:
    """Do the toasts of one session's rush make sense together: 1 to capacity for those who are in,
    1 to n for those who wait, each number once?"""
    going = sorted(place.number for place in places if not place.waiting)
    waiting = sorted(place.number for place in places if place.waiting)
    return going == list(range(1, min(capacity, len(places)) + 1)) and waiting == list(
        range(1, len(waiting) + 1)
    )


def _going(row: Sequence[Place]) -> int:
    return sum(not place.waiting for place in row)


def _kept_free(row: Sequence[Place], capacity: int) -> int:
    waiting = len(row) - _going(row)
    return min(waiting, capacity - _going(row))


def _in_order(row: Sequence[Place]) -> bool:
    """The first who came are in, the others wait in the order in which they came."""
    waiting = [place.number for place in row if place.waiting]
    first_waits = next((n for n, place in enumerate(row) if place.waiting), len(row))
    return waiting == list(range(1, len(waiting) + 1)) and _going(row) == first_waits
