"""Texts and keyboards: the same words, at the same length, with the same buttons as Fotbot's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
)

from tests.bench.peers.aiogram_sqlalchemy.models import MatchType, Session
from tests.bench.peers.aiogram_sqlalchemy.store import GOING, WAITING, Entry, View

ZONE = ZoneInfo("Asia/Tashkent")
CELLS = 10

LIST = "⚽ Sessions"
MENU = ReplyKeyboardMarkup(
    keyboard=[
        [KeyboardButton(text=LIST), KeyboardButton(text="📅 My sessions")],
        [
            KeyboardButton(text="👥 Team"),
            KeyboardButton(text="👤 Profile"),
            KeyboardButton(text="❓ Help"),
        ],
    ],
    resize_keyboard=True,
    is_persistent=True,
)
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
GONE = "This session is not open any more"
REFRESHED = "Up to date"
TOO_MANY = "Too many requests. Please wait a moment."

Message = dict[str, Any]
"""What sendMessage and editMessageText are given."""


def home(name: str) -> Message:
    text = (
        f"👋 Hi, <b>{escape(name, quote=False)}</b>!\n\n"
        "Football evenings live here: pick a time and a place, and take your spot with one tap."
    )
    return _message(text, MENU)


def listing(views: Sequence[View], page: int, *, more: bool) -> Message:
    if not views:
        text = "⚽ Nothing is planned yet.\n\nLook in again a little later."
        return _message(text, _inline([[_button("🔄 Refresh", "page:0")]]))
    title = "⚽ <b>Coming sessions</b>" + (f" · Page {page + 1}" if page else "")
    rows = [[_opening(view.session)] for view in views]
    turning = [_button(f"« {page}", f"page:{page - 1}")] if page else []
    if more:
        turning.append(_button(f"{page + 2} »", f"page:{page + 1}"))
    if turning:
        rows.append(turning)
    return _message("\n\n".join([title, *map(_row, views)]), _inline(rows))


def card(view: View, bot_name: str) -> Message:
    session, entry = view.session, view.entry
    free = "full" if view.taken >= session.capacity else f"{session.capacity - view.taken} free"
    places = f"{_bar(view.taken, session.capacity)} · {free}"
    if view.waiting:
        places += f"\n⏳ Waiting: {view.waiting}"
    format_ = "6-a-side" if session.type is MatchType.SIX_V_SIX else "5-a-side"
    blocks = [
        f"🏟 <b>{escape(session.stadium, quote=False)}</b>\n📅 {_when(session)}\n"
        f"🏃 {format_} · 💰 {_price(session.price)}",
        places,
    ]
    if entry:
        blocks.append(_standing(entry))
    refresh = _button("🔄 Refresh", f"refresh:{session.id}")
    share = InlineKeyboardButton(text="📤 Share", url=_share_url(session, bot_name))
    rows = [[_entry_button(view)], [_button("« List", "page:0"), refresh], [share]]
    return _message("\n\n".join(blocks), _inline(rows))


def joined(view: View, *, already: bool) -> str:
    entry = view.entry
    assert entry is not None
    if entry.status is GOING:
        return f"{'You are already' if already else '✅ You are'} in, place {entry.place}"
    if already:
        return f"You are already in the queue, number {entry.place}"
    return f"⏳ It is full. You are number {entry.place} in the queue"


def left(*, already: bool) -> str:
    return "You were not in this session" if already else "You are out. See you next time! 👋"


def _message(text: str, markup: ReplyKeyboardMarkup | InlineKeyboardMarkup) -> Message:
    return {"text": text, "reply_markup": markup, "link_preview_options": NO_PREVIEW}


def _inline(rows: list[list[InlineKeyboardButton]]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=rows)


def _button(text: str, data: str, style: str | None = None) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=text, callback_data=data, style=style)


def _opening(session: Session) -> InlineKeyboardButton:
    start = _local(session.start_at)
    text = f"{start:%a, %-d %b %H:%M} · {session.stadium}"
    return _button(text, f"open:{session.id}")


def _row(view: View) -> str:
    session, entry = view.session, view.entry
    facts = [f"{view.taken}/{session.capacity}", _price(session.price)]
    if entry:
        word = "✅ place" if entry.status is GOING else "⏳ queue"
        facts.append(f"{word} {entry.place}")
    stadium = escape(session.stadium, quote=False)
    return f"📅 <b>{_when(session)}</b>\n🏟 {stadium} · {' · '.join(facts)}"


def _standing(entry: Entry) -> str:
    if entry.status is GOING:
        return f"✅ <b>You are in, place {entry.place}</b>"
    return f"⏳ <b>You are number {entry.place} in the queue</b>"


def _entry_button(view: View) -> InlineKeyboardButton:
    session, entry = view.session, view.entry
    if entry:
        text = "🚪 Leave the queue" if entry.status is WAITING else "🚪 Leave"
        return _button(text, f"leave:{session.id}", "danger")
    text = "⏳ Join the queue" if view.taken >= session.capacity else "✅ Join"
    return _button(text, f"join:{session.id}", "success")


def _share_url(session: Session, bot_name: str) -> str:
    link = f"https://t.me/{bot_name}?start=s_{session.id}"
    words = f"{session.stadium}, {_when(session)}"
    return f"https://t.me/share/url?{urlencode({'url': link, 'text': words})}"


def _when(session: Session) -> str:
    start, end = _local(session.start_at), _local(session.end_at)
    return f"{start:%A, %-d %B, %H:%M}–{end:%H:%M}"


def _local(moment: datetime) -> datetime:
    return moment.astimezone(ZONE)


def _price(amount: int) -> str:
    grouped = f"{amount:,}".replace(",", "\u00a0")
    return f"{grouped}\u00a0UZS" if amount else "free"


def _bar(taken: int, capacity: int) -> str:
    cells = min(max(taken * CELLS // capacity, 1 if taken else 0), CELLS)
    return f"{'▰' * cells}{'▱' * (CELLS - cells)} {taken}/{capacity}"
