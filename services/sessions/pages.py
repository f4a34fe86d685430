"""How long a page is and where it begins. Tokens are opaque to everybody else."""

import base64
import binascii
import struct
from datetime import UTC, datetime, timedelta

from services.sessions.domain.ports import After
from services.sessions.domain.refusals import PageTokenInvalid
from services.sessions.domain.values import Session, SessionId

MAX_PAGE = 50

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Shape version, microseconds since the epoch, session id.
_SHAPE = struct.Struct(">BqQ")
_VERSION = 1
_LONGEST_TOKEN = 64


def page_size(asked: int, default: int) -> int:
    """From 1 to 50; `default` when nothing sensible was asked."""
    return min(asked, MAX_PAGE) if asked > 0 else default


def token_after(session: Session) -> str:
    """Names the place after this session in the order of time."""
    moment = (session.starts_at - _EPOCH) // timedelta(microseconds=1)
    packed = _SHAPE.pack(_VERSION, moment, session.id)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def after(token: str) -> After | None:
    """None for the first page. Raises PageTokenInvalid for what `token_after` never made."""
    if not token:
        return None
    try:
        version, moment, session_id = _SHAPE.unpack(_decoded(token))
        starts_at = _EPOCH + timedelta(microseconds=moment)
    except (ValueError, OverflowError, struct.error, binascii.Error) as error:
        raise PageTokenInvalid("not a page token of this service") from error
    if version != _VERSION or not 0 < session_id < 2**63:
        raise PageTokenInvalid("not a page token of this service")
    return After(starts_at=starts_at, session_id=SessionId(session_id))


def _decoded(token: str) -> bytes:
    if len(token) > _LONGEST_TOKEN:
        raise ValueError("too long")
    return base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
