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


class OpensTooLate(Invalid):
    """Registration would not open before the start."""

    reason = "OPENS_TOO_LATE"


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


class RegistrationNotOpen(Conflict):
    """It is too early to take a place, whoever asks. Its details: `opens_at`, in seconds since the
    epoch, and the venue's `time_zone`."""

    reason = "REGISTRATION_NOT_OPEN"


class CapacityBelowTaken(Conflict):
    """More people hold places than there would be."""

    reason = "CAPACITY_BELOW_TAKEN"


class PlayersCountWrong(Invalid):
    """Not as many different players as a squad has."""

    reason = "PLAYERS_COUNT_WRONG"


class ReasonEmpty(Invalid):
    """Nothing of the reason can be seen."""

    reason = "REASON_EMPTY"


class ReceiptInvalid(Invalid):
    """No photo of Telegram's."""

    reason = "RECEIPT_INVALID"


class TeamNotFound(NotFound):
    """No such team."""

    reason = "TEAM_NOT_FOUND"


class EntryNotFound(NotFound):
    """No such entry."""

    reason = "ENTRY_NOT_FOUND"


class NoEntry(Conflict):
    """The person has no entry in the session."""

    reason = "NO_ENTRY"


class CaptainsBusiness(Conflict):
    """A team's entry is for the captain who made it."""

    reason = "CAPTAINS_BUSINESS"


class PlayerAlreadyIn(Conflict):
    """Somebody has another entry in the session already."""

    reason = "PLAYER_ALREADY_IN"


class NotAMember(Conflict):
    """Somebody is not of the team, or does not play in the session."""

    reason = "NOT_A_MEMBER"


class SquadOverCapacity(Conflict):
    """The session has fewer places than a squad."""

    reason = "SQUAD_OVER_CAPACITY"


class PaymentNotDue(Conflict):
    """There is nothing to be paid, or it is too late to change how."""

    reason = "PAYMENT_NOT_DUE"


class CouponsTooFew(Conflict):
    """There are fewer coupons than that, or fewer players."""

    reason = "COUPONS_TOO_FEW"


class EntryEnded(Conflict):
    """The entry was given up, turned down or cancelled."""

    reason = "ENTRY_ENDED"


class EntryWaiting(Conflict):
    """The entry has no places yet."""

    reason = "ENTRY_WAITING"


class RefundNotDue(Conflict):
    """Nothing is owed back."""

    reason = "REFUND_NOT_DUE"


class SessionNotStarted(Conflict):
    """The session is too far ahead."""

    reason = "SESSION_NOT_STARTED"
