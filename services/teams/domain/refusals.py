"""Every way in which teams says no. Reasons are part of the wire; messages are for developers."""

from services.chassis.errors import Conflict, Forbidden, Invalid, NotFound


class IdInvalid(Invalid):
    """An id that nothing can have."""

    reason = "ID_INVALID"


class TeamNameInvalid(Invalid):
    """Nothing visible is left of a name."""

    reason = "TEAM_NAME_INVALID"


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
