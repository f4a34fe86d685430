"""A method's parameters, from a query, a form, a multipart form or JSON alike."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from services.local.telegram.errors import ApiError, bad_request
from services.local.telegram.store import Json

LARGEST = 2**63 - 1
"""What Telegram, and the store, can count to."""


@dataclass(frozen=True, slots=True)
class Params:
    """Forms carry everything as text, JSON carries types; both read the same here."""

    values: Mapping[str, Any]
    files: Mapping[str, bytes] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    """What the files are called."""

    def has(self, name: str) -> bool:
        return self.values.get(name) is not None

    def text(self, name: str) -> str | None:
        value = self.values.get(name)
        if value is None:
            return None
        text = value if isinstance(value, str) else json.dumps(value)
        try:
            text.encode()
        except UnicodeEncodeError:
            raise bad_request("strings must be encoded in UTF-8") from None
        return text.replace("\0", " ")

    def integer(self, name: str) -> int | None:
        value = self.values.get(name)
        if value is None or value == "":
            return None
        try:
            number = int(value)
        except (TypeError, ValueError, OverflowError):
            raise bad_request(f"invalid {name} specified") from None
        if abs(number) > LARGEST:
            raise bad_request(f"invalid {name} specified")
        return number

    def required(self, name: str) -> int:
        if (value := self.integer(name)) is None:
            raise bad_request(f"{name} is empty")
        return value

    def flag(self, name: str) -> bool:
        return str(self.values.get(name, "")).lower() in ("true", "1", "yes")

    def structure(self, name: str) -> Any:
        """A JSON value: as such, or serialised in a string."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except (ValueError, RecursionError):
            raise bad_request(f"can't parse {name} JSON object") from None

    def fields(self, name: str) -> Json | None:
        """A JSON object; raises ApiError 400 when it is another kind of value."""
        value = self.structure(name)
        if value is not None and not isinstance(value, dict):
            raise bad_request(f"object expected as {name}")
        return value


def parse_body(content_type: str, body: bytes, query: Mapping[str, str]) -> Params:
    """Query and body together; raises ApiError 400 for a body that is not what it says."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        values, files, names = _multipart(content_type, body)
        return Params({**query, **values}, files, names)
    if kind == "application/json" and body:
        return Params({**query, **_object(body)})
    return Params({**query, **dict(parse_qsl(body.decode("utf-8", "replace"), True))})


def _object(body: bytes) -> Json:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise bad_request("can't parse JSON object")
    return value


def _multipart(
    content_type: str, body: bytes
) -> tuple[dict[str, str], dict[str, bytes], dict[str, str]]:
    boundary = _parameters(content_type).get("boundary")
    if not boundary:
        raise ApiError(400, "Bad Request: boundary is missing")
    values: dict[str, str] = {}
    files: dict[str, bytes] = {}
    names: dict[str, str] = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode())[1:]:
        head, separator, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        named = _disposition(head.decode("utf-8", "replace"))
        if not separator or "name" not in named:
            continue
        if "filename" in named:
            files[named["name"]], names[named["name"]] = content, named["filename"]
        else:
            values[named["name"]] = content.decode("utf-8", "replace")
    return values, files, names


def _disposition(head: str) -> dict[str, str]:
    for line in head.split("\r\n"):
        if line.lower().startswith("content-disposition:"):
            return _parameters(line)
    return {}


def _parameters(header: str) -> dict[str, str]:
    pairs = (part.strip().partition("=") for part in header.split(";")[1:])
    return {key.lower(): value.strip('"') for key, _, value in pairs}
