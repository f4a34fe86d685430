"""What is known of each kind of notice: one table.

Its texts are `notice.<name>` in the catalogues, what it looks like is in rendering.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum

from fotbot.common.v1 import topic_pb2 as topics
from fotbot.common.v1.topic_pb2 import Topic
from fotbot.sender.v1 import notice_pb2 as wire
from fotbot.sender.v1.notice_pb2 import NoticeKind


class About(Enum):
    """What a notice cannot be without."""

    SESSION = "session"
    """The session with its venue and its time."""
    SIDE = "side"
    """The session's id alone."""
    TEAM = "team"
    NOTHING = "nothing"


class Rank(IntEnum):
    """Who goes first: usual notices, then screens, then bulk."""

    USUAL = 0
    BULK = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind. Without a topic nobody can switch it off."""

    name: str
    topic: "Topic.ValueType | None" = None
    about: About = About.SESSION
    rank: Rank = Rank.USUAL
    has_document: bool = False
    """A file comes with it."""

    rests_at_night: bool = False
    """Waits for the morning, unless the session is in that night."""


REGISTRATIONS, CHANGES = topics.TOPIC_REGISTRATIONS, topics.TOPIC_CHANGES
REMINDERS, TEAMS = topics.TOPIC_REMINDERS, topics.TOPIC_TEAMS
BROADCASTS = topics.TOPIC_BROADCASTS

KINDS: "Mapping[NoticeKind.ValueType, Kind]" = {
    wire.NOTICE_KIND_PROMOTED: Kind(name="promoted", topic=REGISTRATIONS),
    wire.NOTICE_KIND_SESSION_CANCELLED: Kind(name="session_cancelled", topic=CHANGES),
    wire.NOTICE_KIND_SESSION_MOVED: Kind(name="session_moved", topic=CHANGES),
    wire.NOTICE_KIND_APPROVED: Kind(name="approved", topic=REGISTRATIONS),
    wire.NOTICE_KIND_REJECTED: Kind(name="rejected", topic=REGISTRATIONS),
    wire.NOTICE_KIND_REFUNDED: Kind(name="refunded", topic=REGISTRATIONS),
    wire.NOTICE_KIND_DECISION_DUE: Kind(name="decision_due"),
    wire.NOTICE_KIND_REMINDER_DAY: Kind(name="reminder_day", topic=REMINDERS, rests_at_night=True),
    wire.NOTICE_KIND_REMINDER_HOURS: Kind(
        name="reminder_hours", topic=REMINDERS, rests_at_night=True
    ),
    wire.NOTICE_KIND_TEAM_JOINED: Kind(name="team_joined", topic=TEAMS, about=About.TEAM),
    wire.NOTICE_KIND_TEAM_LEFT: Kind(name="team_left", topic=TEAMS, about=About.TEAM),
    wire.NOTICE_KIND_TEAM_REMOVED: Kind(name="team_removed", topic=TEAMS, about=About.TEAM),
    wire.NOTICE_KIND_TEAM_HANDED_OVER: Kind(name="team_handed_over", topic=TEAMS, about=About.TEAM),
    wire.NOTICE_KIND_SIDE_FORMED: Kind(name="side_formed", topic=REGISTRATIONS, about=About.SIDE),
    wire.NOTICE_KIND_COUPON_ISSUED: Kind(name="coupon_issued"),
    wire.NOTICE_KIND_BROADCAST: Kind(
        name="broadcast",
        topic=BROADCASTS,
        about=About.NOTHING,
        rank=Rank.BULK,
        rests_at_night=True,
    ),
    wire.NOTICE_KIND_ACCOUNT_MOVED: Kind(name="account_moved", about=About.NOTHING),
    wire.NOTICE_KIND_EXPORT_DATA: Kind(name="export_data", about=About.NOTHING, has_document=True),
    wire.NOTICE_KIND_EXPORT_CALENDAR: Kind(
        name="export_calendar", about=About.NOTHING, has_document=True
    ),
}
