"""Telegram's usual request, taken apart without a parser: whole in one piece, its head plain.

Only for who shows the right secret. Whatever is unusual in any way (a body still to come, another
request behind it, encodings, expectations, names given twice) is left to the HTTP parser.
"""

import re
from collections.abc import Sequence

from services.gateway.webhook import LARGEST_BODY, SECRET_HEADER, is_telegram

_LENGTH = re.compile(rb"\r\ncontent-length: ?([0-9]{1,7})(?=\r\n)")
_UNUSUAL = re.compile(
    rb"\r\n(?:[ \t]|transfer-encoding|expect|upgrade|connection(?!: ?keep-alive\r\n)"
    rb"|content-length(?!: ?[0-9]{1,7}\r\n))"
)
_SECRET = b"\r\n%b:" % SECRET_HEADER


class UsualRequests:
    """Of one webhook; `secrets` may change."""

    def __init__(self, path: str, secrets: Sequence[bytes]) -> None:
        self._begins = b"POST %b HTTP/1.1\r\n" % path.encode()
        self._secrets = secrets

    def body(self, data: bytes) -> bytes | None:
        """The body, if `data` is such a request."""
        end = data.find(b"\r\n\r\n")
        if end < 0 or not data.startswith(self._begins):
            return None
        head = data[: end + 2].lower()
        lengths = _LENGTH.findall(head)
        if len(lengths) != 1 or _UNUSUAL.search(head):
            return None
        body = data[end + 4 :]
        if len(body) != int(lengths[0]) or len(body) > LARGEST_BODY:
            return None
        return body if is_telegram(_secret(data, head), self._secrets) else None


def _secret(data: bytes, head: bytes) -> bytes | None:
    """What the request shows, if it does so once."""
    begin = head.find(_SECRET)
    if begin < 0 or head.find(_SECRET, begin + 1) >= 0:
        return None
    begin += len(_SECRET)
    return data[begin : data.find(b"\r\n", begin)].strip(b" \t")
