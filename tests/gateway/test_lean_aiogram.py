"""aiogram completed bit by bit reads and writes what it does when it is completed at once."""

import asyncio
import json
import sys

from aiogram.methods import EditMessageText
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, Update

PERSON = {"id": 7, "is_bot": False, "first_name": "Aziz"}
MESSAGE = {
    "message_id": 5,
    "date": 1_700_000_000,
    "chat": {"id": 7, "type": "private"},
    "from": PERSON,
    "text": "/start",
    "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
    "reply_markup": {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]},
}
TAP = {"id": "1", "from": PERSON, "chat_instance": "1", "message": MESSAGE, "data": "join:1"}
UPDATES = (
    {"update_id": 1, "message": MESSAGE},
    {"update_id": 2, "callback_query": TAP},
    {"update_id": 3, "message": {**MESSAGE, "contact": {"phone_number": "1", "first_name": "A"}}},
    {"update_id": 4, "poll": {}},
)
PROGRAM = """
import services.gateway.lean_aiogram
from tests.gateway.test_lean_aiogram import read_and_written
print(read_and_written())
"""


def read_and_written() -> str:
    """Some updates as they are understood, and a method as it is sent."""
    told = []
    for update in UPDATES:
        try:
            told.append(Update.model_validate(update).model_dump_json(exclude_unset=True))
        except ValueError as error:
            told.append(str(error))
    button = InlineKeyboardButton(text="A", callback_data="a")
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[button]])
    edit = EditMessageText(text="x", chat_id=1, message_id=2, reply_markup=keyboard)
    told.append(str(edit.model_dump(exclude_unset=True)))
    return json.dumps(told)


async def test_it_reads_and_writes_the_same() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM), stdout=asyncio.subprocess.PIPE
    )
    lean, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0
    assert lean.decode().strip() == read_and_written()
