"""What Telegram finds in a text without being told: addresses, bot commands, mentions."""

import re
from typing import Any

from services.local.telegram import utf16

PATTERNS = (
    ("url", re.compile(r"(?:https?://|tg://|\bt\.me/)[^\s<>\"]*[^\s<>\".,;:!?)\]}']")),
    (
        "bot_command",
        re.compile(r"(?<![\w/<>])/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?(?![\w/<>])"),
    ),
    ("mention", re.compile(r"(?<![\w/])@[a-zA-Z]\w{2,31}")),
    ("hashtag", re.compile(r"(?<!\w)#\w*[^\W\d]\w*")),
)
OPAQUE = {"code", "pre", "text_link"}


def with_detected(text: str, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The given entities and the found ones that do not touch code, links or each other."""
    taken = [(e["offset"], e["offset"] + e["length"]) for e in given if e["type"] in OPAQUE]
    found = list(given)
    for kind, pattern in PATTERNS:
        for match in pattern.finditer(text):
            start = utf16.length(text[: match.start()])
            end = start + utf16.length(match[0])
            if all(end <= left or start >= right for left, right in taken):
                taken.append((start, end))
                found.append({"type": kind, "offset": start, "length": end - start})
    return sorted(found, key=lambda entity: (entity["offset"], -entity["length"]))
