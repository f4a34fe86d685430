"""What the sender refuses, by reason."""

from services.chassis.errors import Invalid


class TooMany(Invalid):
    """More items in one call than the contract allows."""

    reason = "TOO_MANY_ITEMS"


class NoticeInvalid(Invalid):
    """A notice that could never be rendered or addressed."""

    reason = "NOTICE_INVALID"


class ScreenInvalid(Invalid):
    """A call that shows no screen, or whose parameters are no JSON object."""

    reason = "SCREEN_INVALID"


class UpdateInvalid(Invalid):
    """An update to be quarantined without its numbers, or too large."""

    reason = "UPDATE_INVALID"
