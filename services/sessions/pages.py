"""How long a page is and where it begins. Tokens are opaque to everybody else."""

import base64
import binascii
import struct
from datetime import UTC, datetime, timedelta

from services.sessions.domain.boards import After
from services.sessions.domain.cards import Behind, Card
from services.sessions.domain.openings import AfterOpening, Opening
from services.sessions.domain.refusals import PageTokenInvalid
from services.sessions.domain.values import EntryId, Session, SessionId

MAX_PAGE = 50

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# What is paged, its place in the order (microseconds since the epoch, or a rank), its id.
_SHAPE = struct.Struct(">BqQ")
_SESSIONS, _CARDS, _OPENINGS = 1, 2, 3
_LONGEST_TOKEN = 64


def page_size(asked: int, default: int) -> int:
    """From 1 to 50; `default` when nothing sensible was asked."""
    return min(asked, MAX_PAGE) if asked > 0 else default


def token_after(session: Session) -> str:
    """Names the place after this session in the order of time."""
    return _token(_SESSIONS, _microseconds(session.starts_at), session.id)


def after(token: str) -> After | None:
    """None for the first page. Raises PageTokenInvalid for what `token_after` never made."""
    if not token:
        return None
    starts_at, session_id = _place(token, _SESSIONS)
    return After(starts_at=starts_at, session_id=session_id)


def token_after_opening(opening: Opening) -> str:
    """Names the place after this opening in the order of time."""
    return _token(_OPENINGS, _microseconds(opening.opens_at), opening.session_id)


def after_opening(token: str) -> AfterOpening | None:
    """As `after`, for what `token_after_opening` made."""
    if not token:
        return None
    opens_at, session_id = _place(token, _OPENINGS)
    return AfterOpening(opens_at=opens_at, session_id=session_id)


def token_behind(card: Card) -> str:
    """Names the place behind this card in the order of rank, then of arrival."""
    return _token(_CARDS, card.rank, card.entry.id)


def behind(token: str) -> Behind | None:
    """None for the first page. Raises PageTokenInvalid for what `token_behind` never made."""
    if not token:
        return None
    kind, rank, entry_id = _unpacked(token)
    if kind != _CARDS or not 0 <= rank <= 2 or not 0 < entry_id < 2**63:
        raise PageTokenInvalid("not a page token of this service")
    return Behind(rank=rank, entry_id=EntryId(entry_id))


def _token(kind: int, key: int, id_: int) -> str:
    return base64.urlsafe_b64encode(_SHAPE.pack(kind, key, id_)).decode().rstrip("=")


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _place(token: str, wanted: int) -> tuple[datetime, SessionId]:
    kind, microseconds, session_id = _unpacked(token)
    try:
        moment = _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError as error:
        raise PageTokenInvalid("not a page token of this service") from error
    if kind != wanted or not 0 < session_id < 2**63:
        raise PageTokenInvalid("not a page token of this service")
    return moment, SessionId(session_id)


def _unpacked(token: str) -> tuple[int, int, int]:
    try:
        kind, key, id_ = _SHAPE.unpack(_decoded(token))
    except (ValueError, struct.error, binascii.Error) as error:
        raise PageTokenInvalid("not a page token of this service") from error
    return kind, key, id_


def _decoded(token: str) -> bytes:
    if len(token) > _LONGEST_TOKEN:
        raise ValueError("too long")
    return base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
