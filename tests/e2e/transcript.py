"""What one person read and did, as a page a person can read: every message as it stands at the
end, the buttons under it, what was pressed and what was said over the chat.

What no two runs share (days, times, numbers of things, links' tokens) is masked. What comes while
other things happen, notices of decisions due, stands at the end of the page; reminders, which come
by the clock and have tests of their own, are left out.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from services.gateway.texts import LANGUAGES, texts_for
from tests.e2e.acts import beginning
from tests.e2e.people import Human, Press

FOLDER = Path(__file__).parent / "transcripts"
INDENT = "    "


def _beginnings(*keys: str) -> tuple[str, ...]:
    return tuple(beginning(texts_for(language), key) for language in LANGUAGES for key in keys)


REMINDERS = _beginnings("notice.reminder_day", "notice.reminder_hours")
DECISIONS = _beginnings("notice.decision_due")

Json = dict[str, Any]


async def page_of(human: Human, name: str, masks: Iterable[tuple[str, str]]) -> str:
    """The person's page; `masks` are (pattern, what stands instead), applied in turn."""
    messages = (await human.chat())["messages"]
    text = "\n".join(_lines(name, messages, human.presses_made))
    for pattern, instead in masks:
        text = re.sub(pattern, instead, text)
    return f"== {name} ==\n{text}\n"


def kept(name: str) -> str:
    """The transcript that is checked in; empty when there is none yet."""
    path = FOLDER / f"{name}.txt"
    return path.read_text("utf-8") if path.exists() else ""


def keep(name: str, text: str) -> None:
    """Makes this the transcript to compare with."""
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.txt").write_text(text, "utf-8")


def _lines(name: str, messages: list[Json], presses: list[Press]) -> Iterator[str]:
    left = list(presses)
    waiting = sorted((m for m in messages if _is_of_a_decision(m)), key=_said)
    for message in messages:
        if message in waiting or _is_a_reminder(message):
            continue
        while left and left[0].after < message["message_id"]:
            yield _pressed(name, left.pop(0))
        yield from _message(name, message)
    for press in left:
        yield _pressed(name, press)
    for message in waiting:
        yield from _message(name, message)


def _message(name: str, message: Json) -> Iterator[str]:
    who = "Fotbot" if message["from"]["is_bot"] else name
    first, *others = _said(message).splitlines() or [""]
    yield f"{who}: {first}"
    for line in others:
        yield INDENT + line if line else ""
    for row in message.get("reply_markup", {}).get("inline_keyboard", []):
        yield INDENT + " ".join(f"[{button['text']}]" for button in row)


def _is_a_reminder(message: Json) -> bool:
    return str(message.get("text", "")).startswith(REMINDERS)


def _is_of_a_decision(message: Json) -> bool:
    return str(message.get("text", "")).startswith(DECISIONS)


def _said(message: Json) -> str:
    if "photo" in message:
        return f"(photo) {message.get('caption', '')}".rstrip()
    if "contact" in message:
        return "(contact)"
    return str(message.get("text", ""))


def _pressed(name: str, press: Press) -> str:
    return f"{name} presses [{press.label}]" + (f" → {press.toast}" if press.toast else "")
