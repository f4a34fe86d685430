"""Why an evening in play says no. The reasons are part of the wire; the messages are not."""

from services.chassis.errors import Conflict, Invalid, NotFound, Unavailable


class OrderInvalid(Invalid):
    """Nothing that leaders are ordered by."""

    reason = "ORDER_INVALID"


class SidesEqual(Invalid):
    """Nobody plays against himself."""

    reason = "SIDES_EQUAL"


class AssistOwn(Invalid):
    """The pass to oneself."""

    reason = "ASSIST_OWN"


class AssistWithoutScorer(Invalid):
    """An own goal, or one that nobody saw, has no assist."""

    reason = "ASSIST_WITHOUT_SCORER"


class PlayerNotInSide(Invalid):
    """The person does not play where he is said to."""

    reason = "PLAYER_NOT_IN_SIDE"


class SideNotFound(NotFound):
    """No such side in this evening, or in this match."""

    reason = "SIDE_NOT_FOUND"


class MatchNotFound(NotFound):
    """No such match."""

    reason = "MATCH_NOT_FOUND"


class TooEarly(Conflict):
    """The start is too far ahead."""

    reason = "TOO_EARLY"


class TooFewPlayers(Conflict):
    """Not enough for two sides of the format."""

    reason = "TOO_FEW_PLAYERS"


class TooManySides(Conflict):
    """More than can play in one evening."""

    reason = "TOO_MANY_SIDES"


class TooManyMatches(Conflict):
    """More than anybody plays in one evening."""

    reason = "TOO_MANY_MATCHES"


class SessionNotPlaying(Conflict):
    """It has not been started, or is over."""

    reason = "SESSION_NOT_PLAYING"


class SessionFinished(Conflict):
    """It is over."""

    reason = "SESSION_FINISHED"


class SessionNotFinished(Conflict):
    """It is not over yet."""

    reason = "SESSION_NOT_FINISHED"


class MatchFinished(Conflict):
    """Its score stands, unless it is opened again."""

    reason = "MATCH_FINISHED"


class CouponUsed(Conflict):
    """The coupon has paid for a place already and cannot go to another."""

    reason = "COUPON_USED"


class PlayersChanged(Unavailable):
    """Somebody came or left while sides were formed: they must be formed again."""

    reason = "PLAYERS_CHANGED"
