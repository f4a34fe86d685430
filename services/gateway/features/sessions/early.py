"""Who comes before registration opens is told when it does, by the venue's clock."""

from datetime import UTC, datetime

from services.chassis.errors import RemoteRefusal
from services.gateway.answers import Answer
from services.gateway.calls import Call
from services.gateway.features.create_session.opening import shown_opening
from services.gateway.texts import dates

REASON = "REGISTRATION_NOT_OPEN"


def told(call: Call, refusal: RemoteRefusal) -> Answer:
    """The card stays as it is: its button works from that moment on. Raises the refusal again
    when it is another one, or names no moment."""
    seconds, zone = refusal.details.get("opens_at", ""), refusal.details.get("time_zone", "")
    if refusal.reason != REASON or not (seconds.isdecimal() and zone):
        raise refusal
    return early(call, datetime.fromtimestamp(int(seconds), UTC), zone)


def early(call: Call, opens_at: datetime, zone: str) -> Answer:
    """It opens then."""
    when = shown_opening(dates.local(opens_at, zone), call.texts)
    return Answer(toast=call.texts.toast("join.early", when=when), alert=True)
