"""Telephone numbers: E.164 or nothing.

A number needs only to be possible, not known to be in use: Telegram has already proved that its
owner has it, and numbering plans change faster than any table of them.
"""

import unicodedata

import phonenumbers

from services.users.domain.refusals import PhoneInvalid

MARKS = frozenset(" -().\u00a0\u2010\u2011\u2013")
LONGEST_TEXT = 32


def e164(text: str) -> str:
    """`+` and 7-15 ASCII digits. Telegram leaves the plus out of its contacts.

    Raises PhoneInvalid.
    """
    if len(text) > LONGEST_TEXT:
        raise PhoneInvalid("too long for a telephone number")
    digits = "".join(_digit(sign) for sign in text.strip().removeprefix("+") if sign not in MARKS)
    try:
        number = phonenumbers.parse(f"+{digits}", None)
    except phonenumbers.NumberParseException as error:
        raise PhoneInvalid("no telephone number") from error
    if not phonenumbers.is_possible_number(number):
        raise PhoneInvalid("no country has such a number")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _digit(sign: str) -> str:
    """The ASCII digit that any script's decimal digit stands for."""
    value = unicodedata.decimal(sign, None)
    if value is None:
        raise PhoneInvalid("a telephone number has digits only")
    return str(value)
