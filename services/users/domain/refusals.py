"""Every way in which users says no. Reasons are part of the wire; messages are for developers."""

from services.chassis.errors import Conflict, Forbidden, Invalid, NotFound


class IdInvalid(Invalid):
    """An id that nobody can have."""

    reason = "ID_INVALID"


class TooManyIds(Invalid):
    """More ids than one call takes."""

    reason = "TOO_MANY_IDS"


class PageSizeInvalid(Invalid):
    """A page that is negative or too long."""

    reason = "PAGE_SIZE_INVALID"


class LanguageInvalid(Invalid):
    """A language that Fotbot does not speak."""

    reason = "LANGUAGE_INVALID"


class NameEmpty(Invalid):
    """Nothing visible is left of a name."""

    reason = "NAME_EMPTY"


class AgeInvalid(Invalid):
    """An age that no player has."""

    reason = "AGE_INVALID"


class PositionInvalid(Invalid):
    """A position that the game does not know."""

    reason = "POSITION_INVALID"


class ShirtNumberInvalid(Invalid):
    """A number that is on no shirt."""

    reason = "SHIRT_NUMBER_INVALID"


class TopicInvalid(Invalid):
    """A topic that no notice is about."""

    reason = "TOPIC_INVALID"


class PhoneInvalid(Invalid):
    """No telephone number in international form."""

    reason = "PHONE_INVALID"


class ContactNotOwn(Forbidden):
    """The contact is another person's, or cannot be proved to be the sender's."""

    reason = "CONTACT_NOT_OWN"


class PhoneNotAccepted(Conflict):
    """Another account has the phone. The reason does not tell, lest it be asked for others."""

    reason = "PHONE_NOT_ACCEPTED"


class UserNotFound(NotFound):
    """Nobody has this id."""

    reason = "USER_NOT_FOUND"


class NotAllowed(Forbidden):
    """The actor's role does not reach so far."""

    reason = "NOT_ALLOWED"


class NotRegistered(Conflict):
    """The person has not given a name and a phone yet."""

    reason = "NOT_REGISTERED"


class AlreadyRegistered(Conflict):
    """The asking account is somebody already."""

    reason = "ALREADY_REGISTERED"


class ExportTooSoon(Conflict):
    """A copy of all that is known was asked for a moment ago, more than once."""

    reason = "EXPORT_TOO_SOON"


class MoveNotFound(NotFound):
    """No wish has this id."""

    reason = "MOVE_NOT_FOUND"


class MoveDecided(Conflict):
    """The wish has been decided."""

    reason = "MOVE_DECIDED"


class MoveLapsed(Conflict):
    """One of the two accounts has become something else since the wish."""

    reason = "MOVE_LAPSED"
