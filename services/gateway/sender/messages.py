"""The wire's messages, checked and turned into the sender's values."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from fotbot.sender.v1.notice_pb2 import NOTICE_KIND_BROADCAST, Notice
from fotbot.sender.v1.sender_service_pb2 import QuarantineUpdateRequest, ScreenCall

from services.gateway.sender.documents import check_document
from services.gateway.sender.kinds import KINDS, About
from services.gateway.sender.notices import NewNotice, NoticeId
from services.gateway.sender.quarantined import BrokenUpdate
from services.gateway.sender.refusals import NoticeInvalid, ScreenInvalid, UpdateInvalid
from services.gateway.sender.screens import ANSWER, METHODS, Screen

LONGEST_ID = 200
LARGEST_UPDATE = 1024 * 1024
LONGEST_ERROR = 2000
# Telegram's own latest: a date beyond it cannot be shown in every zone.
LATEST_MOMENT = 2**31 - 1

_read = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def new_notice(message: Notice) -> NewNotice:
    """A notice to keep. Raises NoticeInvalid."""
    if not 1 <= len(message.notice_id) <= LONGEST_ID or "\0" in message.notice_id:
        raise NoticeInvalid("a notice needs an id of at most 200 characters")
    if message.user_id < 1 or message.kind not in KINDS:
        raise NoticeInvalid("a notice needs a person and a kind", notice=message.notice_id)
    kind = KINDS[message.kind]
    _check_times(message)
    _check_subject(message, kind.about)
    check_document(message)
    return NewNotice(
        notice_id=NoticeId(message.notice_id),
        user_id=message.user_id,
        kind=kind.name,
        payload=message.SerializeToString(),
        traceparent=message.traceparent[:64].replace("\0", ""),
        rank=kind.rank,
        group=group(message.group),
    )


def group(name: str) -> str:
    """The name of a group, possibly none. Raises NoticeInvalid."""
    if len(name) > LONGEST_ID or "\0" in name:
        raise NoticeInvalid("a group's name has at most 200 characters")
    return name


def screen(call: ScreenCall, now: float) -> Screen:
    """A screen to show, asked for at `now` of time.monotonic(). Raises ScreenInvalid."""
    if call.method not in METHODS:
        raise ScreenInvalid("not a call that shows a screen", method=call.method[:64])
    if (call.method == ANSWER) == bool(call.chat_id):
        raise ScreenInvalid("a screen needs a chat, an answer to a tap has none")
    if call.method.startswith("edit") != bool(call.message_id):
        raise ScreenInvalid("an edit needs a message, a new message has none")
    return Screen(
        chat_id=call.chat_id,
        message_id=call.message_id,
        method=call.method,
        parameters=_object(call.parameters),
        queued_at=now,
        traceparent=call.traceparent,
    )


def broken_update(message: QuarantineUpdateRequest) -> BrokenUpdate:
    """An update to keep; its bot is 0 while nobody knows it. Raises UpdateInvalid."""
    if message.bot_id < 0 or len(message.payload) > LARGEST_UPDATE:
        raise UpdateInvalid("an update has at most 1 MiB, and its bot's id is not negative")
    return BrokenUpdate(
        bot_id=message.bot_id,
        update_id=message.update_id,
        payload=message.payload,
        error=message.error[:LONGEST_ERROR].replace("\0", ""),
        traceparent=message.traceparent[:64].replace("\0", ""),
    )


def _check_times(message: Notice) -> None:
    session = message.session
    moments = (session.starts_at, session.ends_at, session.old_starts_at, message.expires_at)
    if not all(0 <= moment <= LATEST_MOMENT for moment in moments):
        raise NoticeInvalid("a moment cannot be shown", notice=message.notice_id)
    try:
        for zone in filter(None, (session.time_zone, message.time_zone)):
            ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise NoticeInvalid("no such time zone", notice=message.notice_id) from error


def _check_subject(message: Notice, about: About) -> None:
    """What the kind cannot be told without is there."""
    session, facts = message.session, message.facts
    lacks_session = session.session_id < 1
    if about is About.SESSION and (lacks_session or not session.time_zone):
        raise NoticeInvalid("a notice needs its session", notice=message.notice_id)
    if about is About.SIDE and lacks_session:
        raise NoticeInvalid("a notice needs its side's session", notice=message.notice_id)
    if about is About.TEAM and facts.team_id < 1:
        raise NoticeInvalid("a notice needs its team", notice=message.notice_id)
    if message.kind == NOTICE_KIND_BROADCAST and not facts.text.strip():
        raise NoticeInvalid("a broadcast needs its text", notice=message.notice_id)


def _object(text: str) -> dict[str, msgspec.Raw]:
    """Its members stay the text they came as: nothing in them is the sender's business."""
    try:
        return _read(text)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ScreenInvalid("the parameters are no JSON object") from error
