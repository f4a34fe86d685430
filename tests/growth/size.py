"""How large a city is, and the numbers that the statements that make it are given."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Of a city with some years behind it."""

    people: int = 1_000_000
    sessions: int = 20_000
    """Evenings that are over."""
    registrations: int = 5_000_000

    @property
    def each(self) -> int:
        """Registrations of one evening; most of them were taken back."""
        return self.registrations // self.sessions


CITY = Size()
SMALL_SHARE = Size(people=20_000, sessions=2_500, registrations=100_000)

CAPACITY = 100
WAITING = 20
ORGANISERS = 50
VENUES = 100
TEAM = 7
