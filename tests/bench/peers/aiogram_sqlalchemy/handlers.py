"""What each input leads to. A message's screen rides in the webhook's answer; of a tap's two calls
the toast goes ahead and the card rides."""

from __future__ import annotations

import re
from typing import Any

from aiogram import Bot, F, Router
from aiogram.filters import Command, CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.methods import EditMessageText, TelegramMethod
from aiogram.types import CallbackQuery, Message

from tests.bench.peers.aiogram_sqlalchemy import screens
from tests.bench.peers.aiogram_sqlalchemy.store import Store, View

router = Router()

Answer = TelegramMethod[Any]


@router.message(CommandStart())
async def start(message: Message, state: FSMContext, store: Store) -> Answer:
    await state.clear()
    assert message.from_user is not None
    person = await store.ensure(message.from_user)
    return message.answer(**screens.home(person.first_name))


@router.message(Command("sessions"))
@router.message(F.text == screens.LIST)
async def sessions(message: Message, state: FSMContext, store: Store) -> Answer:
    await state.set_data({"page": 0})
    assert message.from_user is not None
    person = await store.person(message.from_user)
    views, more = await store.upcoming(person.id, 0)
    return message.answer(**screens.listing(views, 0, more=more))


@router.callback_query(F.data.regexp(r"^join:(\d+)$").as_("found"))
async def join(query: CallbackQuery, found: re.Match[str], store: Store, bot: Bot) -> Answer:
    person = await store.person(query.from_user)
    result = await store.join(person.id, int(found[1]))
    if result is None:
        return query.answer(screens.GONE)
    view, already = result
    return await show(query, bot, view, screens.joined(view, already=already))


@router.callback_query(F.data.regexp(r"^leave:(\d+)$").as_("found"))
async def leave(query: CallbackQuery, found: re.Match[str], store: Store, bot: Bot) -> Answer:
    person = await store.person(query.from_user)
    result = await store.leave(person.id, int(found[1]))
    if result is None:
        return query.answer(screens.GONE)
    view, already = result
    return await show(query, bot, view, screens.left(already=already))


@router.callback_query(F.data.regexp(r"^(open|refresh):(\d+)$").as_("found"))
async def look(query: CallbackQuery, found: re.Match[str], store: Store, bot: Bot) -> Answer:
    person = await store.person(query.from_user)
    view = await store.view(person.id, int(found[2]))
    if view is None:
        return query.answer(screens.GONE)
    return await show(query, bot, view, screens.REFRESHED if found[1] == "refresh" else None)


@router.callback_query(F.data.regexp(r"^page:(\d+)$").as_("found"))
async def turn(
    query: CallbackQuery, found: re.Match[str], state: FSMContext, store: Store
) -> Answer:
    page = int(found[1])
    await state.set_data({"page": page})
    person = await store.person(query.from_user)
    views, more = await store.upcoming(person.id, page)
    await query.answer()
    return edit(query, screens.listing(views, page, more=more))


async def show(query: CallbackQuery, bot: Bot, view: View, toast: str | None) -> Answer:
    await query.answer(toast)
    me = await bot.me()
    return edit(query, screens.card(view, me.username or ""))


def edit(query: CallbackQuery, screen: screens.Message) -> Answer:
    """The pressed message, also one too old for Telegram to tell its text."""
    pressed = query.message
    assert pressed is not None
    return EditMessageText(chat_id=pressed.chat.id, message_id=pressed.message_id, **screen)
