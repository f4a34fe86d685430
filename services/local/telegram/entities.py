"""HTML parse mode: from marked-up text to plain text and entities, refusing as Telegram does.

What Telegram finds without being told (links, commands) is in detect.py.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from services.local.telegram import utf16
from services.local.telegram.errors import ApiError, bad_request

KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
TOKEN = re.compile(r"<(?P<tag>[^>]*)>|&(?P<ref>#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|lt|gt|amp|quot);|<")
OPENING = re.compile(r"(?P<name>[a-zA-Z][a-zA-Z0-9-]*)(?P<rest>(\s[^>]*)?)\Z", re.DOTALL)
ATTRIBUTE = re.compile(r"""([a-zA-Z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")


@dataclass(slots=True)
class _Open:
    name: str
    offset: int
    attributes: dict[str, str]


@dataclass(slots=True)
class _Reader:
    source: str
    text: list[str] = field(default_factory=list)
    length: int = 0
    stack: list[_Open] = field(default_factory=list)
    entities: list[dict[str, Any]] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.text.append(text)
        self.length += utf16.length(text)

    def fail(self, words: str, at: int) -> ApiError:
        offset = len(self.source[:at].encode("utf-8", "surrogatepass"))
        return bad_request(f"can't parse entities: {words} at byte offset {offset}")

    def open(self, tag: str, at: int) -> None:
        match = OPENING.match(tag)
        name = match["name"].lower() if match else tag
        if not match or name not in KINDS:
            raise self.fail(f'Unsupported start tag "{name}"', at)
        attributes = {
            key.lower(): unescape(quoted or single or bare)
            for key, quoted, single, bare in ATTRIBUTE.findall(match["rest"])
        }
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise self.fail('Tag "span" must have class "tg-spoiler"', at)
        self.stack.append(_Open(name, self.length, attributes))

    def close(self, tag: str, at: int) -> None:
        name = tag.strip().lower()
        if not self.stack:
            raise self.fail(f'Unexpected end tag "</{name}>"', at)
        opened = self.stack.pop()
        if name and opened.name != name:
            words = f'Unmatched end tag, expected "</{opened.name}>", found "</{name}>"'
            raise self.fail(words, at)
        if size := self.length - opened.offset:
            self._note(opened, size)

    def _note(self, opened: _Open, size: int) -> None:
        entity = {"type": KINDS[opened.name], "offset": opened.offset, "length": size}
        match opened.name:
            case "a":
                if not (url := opened.attributes.get("href")):
                    return
                entity["url"] = url
            case "blockquote" if "expandable" in opened.attributes:
                entity["type"] = "expandable_blockquote"
            case "tg-emoji":
                entity["custom_emoji_id"] = opened.attributes.get("emoji-id", "")
            case "code" if self._inside_pre(opened):
                self.stack[-1].attributes["class"] = opened.attributes.get("class", "")
                return
            case "pre":
                language = opened.attributes.get("class", "").removeprefix("language-")
                entity |= {"language": language} if language else {}
        self.entities.append(entity)

    def _inside_pre(self, opened: _Open) -> bool:
        return bool(self.stack) and self.stack[-1].name == "pre"


def unescape(text: str) -> str:
    return re.sub(r"&(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|lt|gt|amp|quot);", _character, text)


def _character(match: re.Match[str]) -> str:
    return _referred(match[1])


def _referred(name: str) -> str:
    if name in NAMED:
        return NAMED[name]
    code = int(f"0{name[1:]}", 0) if name[1] in "xX" else int(name[1:])
    is_scalar = 0 < code < 0x110000 and not 0xD800 <= code < 0xE000
    return chr(code) if is_scalar else f"&{name};"


def parse_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """Text and entities (offsets in UTF-16 units); raises ApiError "can't parse entities"."""
    reader, position = _Reader(source), 0
    for match in TOKEN.finditer(source):
        reader.add(source[position : match.start()])
        position = match.end()
        if match["ref"]:
            reader.add(_referred(match["ref"]))
        elif match["tag"] is None:
            raise reader.fail("Unclosed start tag", match.start())
        elif match["tag"].startswith("/"):
            reader.close(match["tag"][1:], match.start())
        else:
            reader.open(match["tag"], match.start())
    reader.add(source[position:])
    if reader.stack:
        name = reader.stack[-1].name
        words = f"""can't parse entities: Can't find end tag corresponding to start tag "{name}\""""
        raise bad_request(words)
    return _trimmed("".join(reader.text), reader.entities)


def _trimmed(text: str, entities: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """Telegram strips the text's ends after parsing, and cuts the entities to fit."""
    kept = text.rstrip()
    left = utf16.length(kept) - utf16.length(kept.lstrip())
    kept = kept.lstrip()
    total, fitted = utf16.length(kept), []
    for entity in entities:
        start = max(entity["offset"] - left, 0)
        end = min(entity["offset"] + entity["length"] - left, total)
        if end > start:
            fitted.append(entity | {"offset": start, "length": end - start})
    return kept, sorted(fitted, key=lambda entity: (entity["offset"], -entity["length"]))
