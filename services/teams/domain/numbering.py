"""Shirt numbers in a side: a team's roster has no clash by rule, else who comes first chooses."""

from collections.abc import Mapping, Sequence

from services.teams.domain.side import SidePlayer
from services.teams.domain.team import NUMBERS, UserId


def numbered(
    players: Sequence[UserId], roster: Mapping[UserId, int], wished: Mapping[UserId, int]
) -> tuple[SidePlayer, ...]:
    """The players in their order with the roster's numbers, then the wished ones while free.

    Whoever gets none has 0 and is to choose; play does not wait for it.
    """
    given = {player: roster.get(player, 0) for player in players}
    taken = {number for number in given.values() if number}
    for player in players:
        number = wished.get(player, 0)
        if not given[player] and number in NUMBERS and number not in taken:
            given[player] = number
            taken.add(number)
    return tuple(SidePlayer(user_id=player, shirt_number=given[player]) for player in players)
