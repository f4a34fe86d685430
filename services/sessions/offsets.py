"""Where a page of leaders begins. Tokens are opaque to everybody else; a place that has shifted by
the time a page is turned shows somebody twice or not at all, which nobody minds here."""

import base64
import binascii
import struct

from services.sessions.domain.refusals import PageTokenInvalid

# Shape version, how many are before the page.
_SHAPE = struct.Struct(">BI")
_VERSION = 1
_LONGEST_TOKEN = 16
_FURTHEST = 1_000_000


def token_at(offset: int) -> str:
    """Names the page that begins after so many."""
    return base64.urlsafe_b64encode(_SHAPE.pack(_VERSION, offset)).decode().rstrip("=")


def offset_at(token: str) -> int:
    """0 for the first page. Raises PageTokenInvalid for what `token_at` never made."""
    if not token:
        return 0
    try:
        version, offset = _SHAPE.unpack(_decoded(token))
    except (ValueError, struct.error, binascii.Error) as error:
        raise PageTokenInvalid("not a page token of this service") from error
    if version != _VERSION or offset > _FURTHEST:
        raise PageTokenInvalid("not a page token of this service")
    return int(offset)


def _decoded(token: str) -> bytes:
    if len(token) > _LONGEST_TOKEN:
        raise ValueError("too long")
    return base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
