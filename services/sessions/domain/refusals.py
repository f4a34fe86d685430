"""Why this service says no. The reasons are part of the wire; the messages are not."""

from services.chassis.errors import Conflict, Forbidden, Invalid, NotFound


class NotAllowed(Forbidden):
    """The actor is no organiser, or the session is another organiser's."""

    reason = "NOT_ALLOWED"


class NotRegistered(Forbidden):
    """The person has not finished onboarding."""

    reason = "NOT_REGISTERED"


class VenueNameInvalid(Invalid):
    """Empty once cleaned, or too long."""

    reason = "VENUE_NAME_INVALID"


class TimeZoneUnknown(Invalid):
    """No IANA time zone has that name."""

    reason = "TIME_ZONE_UNKNOWN"


class StartsInPast(Invalid):
    """The start is not in the future."""

    reason = "STARTS_IN_PAST"


class StartsTooFar(Invalid):
    """The start is further ahead than anybody plans."""

    reason = "STARTS_TOO_FAR"


class EndsBeforeStart(Invalid):
    """The end is missing or not after the start."""

    reason = "ENDS_BEFORE_START"


class TooLong(Invalid):
    """Nobody plays that long."""

    reason = "TOO_LONG"


class CapacityInvalid(Invalid):
    """Not a possible number of places."""

    reason = "CAPACITY_INVALID"


class SquadSizeInvalid(Invalid):
    """Not a possible number of players for a side with its substitutes."""

    reason = "SQUAD_SIZE_INVALID"


class PriceInvalid(Invalid):
    """Not a possible price."""

    reason = "PRICE_INVALID"


class FormatInvalid(Invalid):
    """No known format."""

    reason = "FORMAT_INVALID"


class PageTokenInvalid(Invalid):
    """Not a token that this service gave out."""

    reason = "PAGE_TOKEN_INVALID"


class VenueNotFound(NotFound):
    """No such venue."""

    reason = "VENUE_NOT_FOUND"


class SessionNotFound(NotFound):
    """No such session."""

    reason = "SESSION_NOT_FOUND"


class VenueBusy(Conflict):
    """Another planned session is at the venue at that time."""

    reason = "VENUE_BUSY"


class SessionCancelled(Conflict):
    """The session was cancelled."""

    reason = "SESSION_CANCELLED"


class SessionStarted(Conflict):
    """The session has started; what it was is what it is."""

    reason = "SESSION_STARTED"


class CapacityBelowTaken(Conflict):
    """More people hold places than there would be."""

    reason = "CAPACITY_BELOW_TAKEN"
