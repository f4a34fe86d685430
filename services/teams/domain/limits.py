"""What a number or a name in a request may be."""

from services.chassis.plain_text import one_line
from services.teams.domain.refusals import IdInvalid, TeamNameInvalid
from services.teams.domain.team import TeamId, UserId

MAX_ID = 2**63 - 1
NAME_CLUSTERS = 64


def team_id(number: int) -> TeamId:
    """Raises IdInvalid."""
    return TeamId(_id(number))


def user_id(number: int) -> UserId:
    """Raises IdInvalid."""
    return UserId(_id(number))


def clean_team_name(text: str) -> str:
    """The name as it is stored, 1-64 grapheme clusters. Raises TeamNameInvalid."""
    name = one_line(text, NAME_CLUSTERS)
    if not name:
        raise TeamNameInvalid("nothing visible in the name")
    return name


def _id(number: int) -> int:
    if not 0 < number <= MAX_ID:
        raise IdInvalid(f"{number} is no id")
    return number
