"""What a number or a name in a request may be."""

from collections.abc import Sequence

from services.chassis.plain_text import grapheme_clusters, one_line
from services.teams.domain.refusals import (
    DescriptionTooLong,
    IdInvalid,
    ShirtNumberInvalid,
    TeamNameInvalid,
    TooManyIds,
)
from services.teams.domain.side import SessionId, SideId
from services.teams.domain.team import NUMBERS, TeamId, UserId

MAX_ID = 2**63 - 1
MAX_IDS = 100
NAME_CLUSTERS = 64
DESCRIPTION_CLUSTERS = 300


def team_id(number: int) -> TeamId:
    """Raises IdInvalid."""
    return TeamId(_id(number))


def team_ids(numbers: Sequence[int]) -> tuple[TeamId, ...]:
    """Each id once. Raises TooManyIds, IdInvalid."""
    if len(numbers) > MAX_IDS:
        raise TooManyIds(f"{len(numbers)} ids in one call", most=MAX_IDS)
    return tuple(dict.fromkeys(map(team_id, numbers)))


def user_id(number: int) -> UserId:
    """Raises IdInvalid."""
    return UserId(_id(number))


def session_id(number: int) -> SessionId:
    """Raises IdInvalid."""
    return SessionId(_id(number))


def side_id(number: int) -> SideId:
    """Raises IdInvalid."""
    return SideId(_id(number))


def clean_team_name(text: str) -> str:
    """The name as it is stored, 1-64 grapheme clusters. Raises TeamNameInvalid."""
    name = one_line(text, NAME_CLUSTERS)
    if not name:
        raise TeamNameInvalid("nothing visible in the name")
    return name


def clean_description(text: str) -> str:
    """What a team says of itself as it is stored, on one line; possibly empty.

    Raises DescriptionTooLong for more than 300 grapheme clusters.
    """
    line = one_line(text, DESCRIPTION_CLUSTERS + 1)
    if sum(1 for _ in grapheme_clusters(line)) > DESCRIPTION_CLUSTERS:
        raise DescriptionTooLong("a team says less of itself", most=DESCRIPTION_CLUSTERS)
    return line


def shirt_number(number: int) -> int:
    """A number that a shirt can have. Raises ShirtNumberInvalid."""
    if number not in NUMBERS:
        raise ShirtNumberInvalid(f"{number} is on no shirt")
    return number


def _id(number: int) -> int:
    if not 0 < number <= MAX_ID:
        raise IdInvalid(f"{number} is no id")
    return number
