"""A notice as the parameters of sendMessage, in the reader's language; pure.

At night by the venue's clock it comes without a sound. The button carries what the gateway's
features/sessions/callbacks.py packs; a test there and here keeps the two the same.
"""

from datetime import UTC, datetime
from typing import Any

from fotbot.sender.v1.notice_pb2 import Notice, NoticeSession

from services.gateway.sender.messages import KINDS
from services.gateway.texts import texts_for
from services.gateway.texts.dates import day, local, when

# By the venue's clock: from ten in the evening to eight in the morning.
NIGHT_BEGINS, NIGHT_ENDS = 22, 8
OPEN_SESSION = "so:{session_id}"


def rendered(notice: Notice, language: str, now: datetime) -> dict[str, Any]:
    """The parameters of sendMessage, without the chat."""
    session = notice.session
    texts = texts_for(language)
    text = texts(
        f"notice.{KINDS[notice.kind]}",
        venue=session.venue_name,
        when=_when(session, texts.language),
        place=session.position,
        old_venue=session.old_venue_name or session.venue_name,
        old_when=_old_when(session, texts.language),
    )
    button = {
        "text": texts.plain("notice.open"),
        "callback_data": OPEN_SESSION.format(session_id=session.session_id),
    }
    return {
        "text": text,
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
        "disable_notification": is_night(now, session.time_zone),
        "reply_markup": {"inline_keyboard": [[button]]},
    }


def is_night(now: datetime, zone: str) -> bool:
    """Whether people sleep where the venue is."""
    hour = local(now, zone).hour
    return hour >= NIGHT_BEGINS or hour < NIGHT_ENDS


def _when(session: NoticeSession, language: str) -> str:
    ends_at = session.ends_at or session.starts_at
    return when(_moment(session.starts_at), _moment(ends_at), session.time_zone, language)


def _old_when(session: NoticeSession, language: str) -> str:
    """Only its beginning is known."""
    began = local(_moment(session.old_starts_at or session.starts_at), session.time_zone)
    return f"{day(began.date(), language)}, {began:%H:%M}"


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
