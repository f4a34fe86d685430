"""Files that leave with a notice: what is taken, and the form in which Telegram gets them."""

import re
import uuid
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from fotbot.sender.v1.notice_pb2 import Notice

from services.gateway.sender.kinds import KINDS
from services.gateway.sender.refusals import NoticeInvalid

SHAPE = re.compile(r"[A-Za-z0-9._-]{1,64}")
MEDIA = re.compile(r"[a-z]{1,16}/[a-z0-9.+-]{1,64}")
LARGEST = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file with its name."""

    name: str
    media_type: str
    content: bytes


def check_document(notice: Notice) -> None:
    """Those kinds have one that need it, and no other. Raises NoticeInvalid."""
    has_one, needs_one = notice.HasField("document"), KINDS[notice.kind].has_document
    if has_one is not needs_one:
        raise NoticeInvalid("a document is where its kind has one", notice=notice.notice_id)
    document = notice.document
    if has_one and not (
        SHAPE.fullmatch(document.file_name) and MEDIA.fullmatch(document.media_type)
    ):
        raise NoticeInvalid("a document needs a plain name and a type", notice=notice.notice_id)
    if has_one and _inflated(document.content) is None:
        raise NoticeInvalid("a document is deflated, of 8 MiB at most", notice=notice.notice_id)


def document_of(notice: Notice) -> Document | None:
    """What is to be sent with it."""
    if not notice.HasField("document"):
        return None
    told = notice.document
    content = _inflated(told.content) or b""
    return Document(name=told.file_name, media_type=told.media_type, content=content)


def form(parameters: Mapping[str, Any], document: Document) -> tuple[str, bytes]:
    """Content type and body of a multipart form; what is no text is JSON, as Telegram wants it."""
    boundary = uuid.uuid4().hex
    parts = [_field(name, value) for name, value in parameters.items()]
    head = f'name="document"; filename="{document.name}"\r\nContent-Type: {document.media_type}'
    parts.append((head, document.content))
    body = b"".join(
        f"--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode()
        + content
        + b"\r\n"
        for head, content in parts
    )
    return f"multipart/form-data; boundary={boundary}", body + f"--{boundary}--\r\n".encode()


def _inflated(content: bytes) -> bytes | None:
    """None for what is no such thing, or too large: never more than that is made of it."""
    inflating = zlib.decompressobj()
    try:
        found = inflating.decompress(content, LARGEST + 1)
    except zlib.error:
        return None
    return found if inflating.eof and len(found) <= LARGEST else None


def _field(name: str, value: object) -> tuple[str, bytes]:
    text = value.encode() if isinstance(value, str) else msgspec.json.encode(value)
    return f'name="{name}"', text
