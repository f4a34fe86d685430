"""Photos and documents, kept whole in the store under ids that the bot and the page use."""

import hashlib
import mimetypes
from dataclasses import dataclass

from services.local.telegram import images
from services.local.telegram.errors import bad_request
from services.local.telegram.store import Json, Store

MOST_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    file_id: str
    path: str
    mime: str
    width: int
    height: int
    content: bytes

    def described(self) -> Json:
        """The fields of a Bot API File."""
        size = len(self.content)
        return {"file_id": self.file_id, "file_unique_id": self.file_id[-16:], "file_size": size}

    def photo(self) -> list[Json]:
        """A Bot API photo: its one size."""
        return [self.described() | {"width": self.width, "height": self.height}]

    def document(self) -> Json:
        """A Bot API document."""
        name = self.path.rpartition("/")[2]
        return self.described() | {"file_name": name, "mime_type": self.mime}


def keep(store: Store, content: bytes) -> File:
    """Raises ApiError 400 for what is no PNG or JPEG, or over 10 MB. The same bytes: one file."""
    image = images.read(content)
    if image is None or len(content) > MOST_BYTES or not image.width * image.height:
        raise bad_request("IMAGE_PROCESS_FAILED")
    file_id = "AgACAgI" + hashlib.sha256(content).hexdigest()[:40]
    path = f"photos/{file_id}.{image.mime.removeprefix('image/')}"
    size = (image.width, image.height)
    store.run(
        "INSERT INTO files VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        *(file_id, path, image.mime, *size, content),
    )
    return File(
        file_id=file_id, path=path, mime=image.mime, width=size[0], height=size[1], content=content
    )


def keep_document(store: Store, name: str, content: bytes) -> File:
    """Raises ApiError 400 for what is over 10 MB or empty."""
    if not 0 < len(content) <= MOST_BYTES:
        raise bad_request("file must be non-empty")
    called = name.rpartition("/")[2] or "file"
    digest = hashlib.sha256(called.encode() + b"/" + content).hexdigest()[:40]
    file_id, mime = f"BQACAgI{digest}", mimetypes.guess_type(called)[0]
    file = File(
        file_id=file_id,
        path=f"documents/{file_id}/{called}",
        mime=mime or "application/octet-stream",
        width=0,
        height=0,
        content=content,
    )
    store.run(
        "INSERT INTO files VALUES (?, ?, ?, 0, 0, ?) ON CONFLICT DO NOTHING",
        *(file.file_id, file.path, file.mime, content),
    )
    return file


def find(store: Store, file_id: str) -> File | None:
    row = store.row("SELECT * FROM files WHERE file_id = ?", file_id)
    return File(**row) if row else None


def at_path(store: Store, path: str) -> File | None:
    row = store.row("SELECT * FROM files WHERE path = ?", path)
    return File(**row) if row else None
