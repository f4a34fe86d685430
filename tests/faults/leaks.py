"""What nobody may find in what the processes wrote: tokens, telephone numbers, secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

PATTERNS: Mapping[str, re.Pattern[str]] = {
    "a bot token": re.compile(r"\b\d{6,12}:[A-Za-z0-9_-]{30,}"),
    "a telephone number": re.compile(r"\+?\b998\d{9}\b"),
    "a password in an address": re.compile(r"\b(?:postgresql|redis)[+a-z]*://[^\s:@/]+:[^\s@*]+@"),
}


def leaks(where: str, text: str, secrets: Mapping[str, str]) -> list[str]:
    """What was found, in words that do not repeat it. `secrets` by what they are."""
    return sorted({f"{where}: {what}" for what in _found(text, secrets)})


def _found(text: str, secrets: Mapping[str, str]) -> Iterator[str]:
    for what, secret in secrets.items():
        if secret in text:
            yield what
    for what, pattern in PATTERNS.items():
        if pattern.search(text):
            yield what
