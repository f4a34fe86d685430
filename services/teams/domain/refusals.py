"""Every way in which teams says no. Reasons are part of the wire; messages are for developers."""

from services.chassis.errors import Conflict, Forbidden, Invalid, NotFound


class IdInvalid(Invalid):
    """An id that nothing can have."""

    reason = "ID_INVALID"


class TeamNameInvalid(Invalid):
    """Nothing visible is left of a name."""

    reason = "TEAM_NAME_INVALID"


class DescriptionTooLong(Invalid):
    """More than a team may say of itself."""

    reason = "DESCRIPTION_TOO_LONG"


class ShirtNumberInvalid(Invalid):
    """A number that is on no shirt."""

    reason = "SHIRT_NUMBER_INVALID"


class LineUpInvalid(Invalid):
    """Somebody stands in it twice, or the numbers given make no sides."""

    reason = "LINE_UP_INVALID"


class TeamNotFound(NotFound):
    """No team has this id."""

    reason = "TEAM_NOT_FOUND"


class NotAllowed(Forbidden):
    """This is for members, or for the captain alone."""

    reason = "NOT_ALLOWED"


class NotRegistered(Conflict):
    """The person has not given a name and a phone yet."""

    reason = "NOT_REGISTERED"


class AlreadyCaptain(Conflict):
    """The person leads a team; one is what a captain has."""

    reason = "ALREADY_CAPTAIN"


class InvitationInvalid(NotFound):
    """No team has given out this link, or it has expired."""

    reason = "INVITATION_INVALID"


class TeamFull(Conflict):
    """The squad is complete."""

    reason = "TEAM_FULL"


class CaptainCannotLeave(Conflict):
    """A captain leaves last."""

    reason = "CAPTAIN_CANNOT_LEAVE"


class NotAMember(Conflict):
    """The person is not in this team, or in this side."""

    reason = "NOT_A_MEMBER"


class ShirtNumberTaken(Conflict):
    """Somebody else in the team, or in the side, has this number."""

    reason = "SHIRT_NUMBER_TAKEN"


class SideNotFound(NotFound):
    """No side has this id."""

    reason = "SIDE_NOT_FOUND"


class TooFewPlayers(Conflict):
    """Not enough people for two sides."""

    reason = "TOO_FEW_PLAYERS"


class TooManyIds(Invalid):
    """More ids than one call takes."""

    reason = "TOO_MANY_IDS"


class TooManySides(Conflict):
    """More sides than an evening can play."""

    reason = "TOO_MANY_SIDES"
