"""Width and height of a PNG or JPEG, read from its header alone."""

import struct
from dataclasses import dataclass

PNG = b"\x89PNG\r\n\x1a\n"
FRAME_MARKERS = frozenset({0xC0, 0xC1, 0xC2, 0xC3})


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    mime: str
    width: int
    height: int


def read(content: bytes) -> Image | None:
    """None when the bytes are neither a PNG nor a JPEG."""
    if content.startswith(PNG) and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return Image(mime="image/png", width=width, height=height)
    return _jpeg(content) if content.startswith(b"\xff\xd8") else None


def _jpeg(content: bytes) -> Image | None:
    position = 2
    while position + 9 <= len(content) and content[position] == 0xFF:
        marker, size = content[position + 1], int.from_bytes(content[position + 2 : position + 4])
        if marker in FRAME_MARKERS:
            height, width = struct.unpack(">HH", content[position + 5 : position + 9])
            return Image(mime="image/jpeg", width=width, height=height)
        position += 2 + size
    return None
