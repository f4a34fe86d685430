"""An old user as the import call takes him: what he is called, how his phone was meant."""

from __future__ import annotations

import re

from fotbot.common.v1 import language_pb2
from fotbot.users.v1 import user_pb2
from fotbot.users.v1.users_import_service_pb2 import ImportedUser

from services.local.move_in.old_bot import Row, number_of, text_of
from services.local.move_in.times import stamped

LANGUAGES = {
    "uz": language_pb2.LANGUAGE_UZ,
    "ru": language_pb2.LANGUAGE_RU,
    "en": language_pb2.LANGUAGE_EN,
}
UNKNOWN = language_pb2.LANGUAGE_UNSPECIFIED
# The old wizard asked in words; these beginnings tell them apart in its languages.
POSITIONS = {
    user_pb2.POSITION_GOALKEEPER: ("gk", "goal", "keeper", "darvozabon", "врат"),
    user_pb2.POSITION_DEFENDER: ("def", "himoya", "защ"),
    user_pb2.POSITION_MIDFIELDER: ("mid", "yarim", "полуз"),
    user_pb2.POSITION_FORWARD: ("for", "str", "hujum", "напад"),
}
TELEGRAM_ID = re.compile(r"[1-9][0-9]{0,18}")
LOCAL_PHONE = re.compile(r"[0-9]{9}")
COUNTRY = "+998"


def user(row: Row) -> ImportedUser:
    """The person in a row."""
    message = ImportedUser(
        legacy_id=row["id"],
        telegram_id=telegram_id(text_of(row, "telegramId")),
        name=f"{text_of(row, 'firstName', 200)} {text_of(row, 'lastName', 200)}".strip(),
        phone=phone(text_of(row, "phone", 40)),
        language=LANGUAGES.get(text_of(row, "language")[:2].lower(), UNKNOWN),
        age=number_of(row, "age"),
        position=position(text_of(row, "position")),
        shirt_number=number_of(row, "preferredNumber"),
        account_name=text_of(row, "username", 100),
    )
    if created_at := stamped(row.get("createdAt")):
        message.created_at.FromDatetime(created_at)
    return message


def telegram_id(text: str) -> int:
    """0 for a placeholder's, which is no number."""
    number = int(text) if TELEGRAM_ID.fullmatch(text) else 0
    return number if number < 2**63 else 0


def phone(text: str) -> str:
    """With its country: whoever typed nine digits meant Uzbekistan's."""
    digits = re.sub(r"[\s().-]", "", text)
    return f"{COUNTRY}{digits}" if LOCAL_PHONE.fullmatch(digits) else text


def position(text: str) -> user_pb2.Position.ValueType:
    """Unspecified for what says none."""
    told = text.strip().lower()
    found = (one for one, beginnings in POSITIONS.items() if told.startswith(beginnings))
    return next(found, user_pb2.POSITION_UNSPECIFIED)
