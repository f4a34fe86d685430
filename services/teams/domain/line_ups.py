"""What is done with the sides of a session. Each function is one call in one transaction."""

from collections.abc import Mapping, Sequence

from services.teams.domain.drawing import LineUp
from services.teams.domain.limits import shirt_number
from services.teams.domain.notices import formed
from services.teams.domain.numbering import numbered
from services.teams.domain.ports import NOBODY, Profile, Sides
from services.teams.domain.refusals import SideNotFound
from services.teams.domain.side import DrawnSide, SessionId, Side, SideId
from services.teams.domain.team import Team, TeamId, UserId


async def form(
    sides: Sides,
    session_id: SessionId,
    drawn: Sequence[LineUp],
    profiles: Mapping[UserId, Profile],
) -> list[Side]:
    """The session's sides from now on; whoever plays is told.

    The same players in the same sides change nothing: what stands is answered as it is, with the
    numbers chosen meanwhile, and nobody is told again.
    """
    standing = await sides.lock_session(session_id)
    rosters = await sides.teams([side.team_id for side in drawn if side.team_id])
    wanted = [
        _dressed(number, side, rosters.get(side.team_id or TeamId(0)), profiles)
        for number, side in enumerate(drawn, start=1)
    ]
    if [side.line_up for side in standing] == [side.line_up for side in wanted]:
        return standing
    made = await sides.replace(session_id, wanted)
    await sides.tell(formed(made))
    return made


async def choose_number(sides: Sides, actor: UserId, side_id: SideId, number: int) -> Side:
    """The actor's own number in his side.

    Raises SideNotFound, NotAMember, ShirtNumberInvalid, ShirtNumberTaken.
    """
    side = await sides.lock(side_id)
    if side is None:
        raise SideNotFound("no side has this id", side=side_id)
    wished = shirt_number(number)
    side.require_free(wished, actor)
    return await sides.number(side, actor, wished)


def _dressed(
    number: int, drawn: LineUp, team: Team | None, profiles: Mapping[UserId, Profile]
) -> DrawnSide:
    roster = {member.user_id: member.shirt_number for member in team.members} if team else {}
    wished = {player: profiles.get(player, NOBODY).shirt_number for player in drawn.players}
    return DrawnSide(
        number=number,
        players=numbered(drawn.players, roster, wished),
        team_id=drawn.team_id,
        name=team.name if team else "",
    )
