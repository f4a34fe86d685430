"""What an answer means to the person who reads it: by the texts of the catalogue, as he knows them.

A text that is not known here is a definite refusal: every other way out has its own words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from services.gateway.texts import Texts, texts_for
from tests.faults.history import Deed, Outcome, Standing

LANGUAGE = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """An answer, understood."""

    outcome: Outcome
    standing: Standing = Standing.UNTOLD
    took_effect: bool = False
    apologised: bool = False
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Meaning:
    standing: Standing
    took_effect: bool


def hear(deed: Deed, body: Mapping[str, Any]) -> Heard:
    """The meaning of a webhook's 200."""
    said = str(body.get("text") or "")
    texts = texts_for(LANGUAGE)
    if said == texts.plain("broken"):
        return Heard(outcome=Outcome.UNKNOWN, apologised=True, said=said)
    if said == texts.plain("unconfirmed"):
        return Heard(outcome=Outcome.UNKNOWN, said=said)
    if said in _to_come_again():
        return Heard(outcome=Outcome.FAILED, said=said)
    return _LISTENERS[deed](said)


def _changed(said: str) -> Heard:
    for beginning, meaning in _changes().items():
        if said.startswith(beginning):
            return Heard(
                outcome=Outcome.OK,
                standing=meaning.standing,
                took_effect=meaning.took_effect,
                said=said,
            )
    return Heard(outcome=Outcome.FAILED, said=said)


def _looked(said: str) -> Heard:
    standing = Standing.OUT
    if _beginning("card.in") in said:
        standing = Standing.IN
    elif _beginning("card.queued") in said:
        standing = Standing.WAITING
    return Heard(outcome=Outcome.OK, standing=standing, said=said)


def _browsed(said: str) -> Heard:
    return Heard(outcome=Outcome.OK if said else Outcome.FAILED, said=said[:40])


def _enlarged(said: str) -> Heard:
    done = said.startswith(texts_for(LANGUAGE)("edit.done"))
    return Heard(outcome=Outcome.OK if done else Outcome.FAILED, took_effect=done, said=said[:80])


def _drawn(said: str) -> Heard:
    done = said == texts_for(LANGUAGE).toast("evening.started")
    return Heard(outcome=Outcome.OK if done else Outcome.FAILED, took_effect=done, said=said)


_LISTENERS: Mapping[Deed, Callable[[str], Heard]] = {
    Deed.JOIN: _changed,
    Deed.LEAVE: _changed,
    Deed.LOOK: _looked,
    Deed.BROWSE: _browsed,
    Deed.ENLARGE: _enlarged,
    Deed.DRAW: _drawn,
}


@cache
def _changes() -> Mapping[str, _Meaning]:
    keys = {
        "join.confirmed": _Meaning(standing=Standing.IN, took_effect=True),
        "join.waiting": _Meaning(standing=Standing.WAITING, took_effect=True),
        "join.already_confirmed": _Meaning(standing=Standing.IN, took_effect=False),
        "join.already_waiting": _Meaning(standing=Standing.WAITING, took_effect=False),
        "leave.done": _Meaning(standing=Standing.OUT, took_effect=True),
        "leave.already": _Meaning(standing=Standing.OUT, took_effect=False),
    }
    return {_beginning(key): meaning for key, meaning in keys.items()}


@cache
def _to_come_again() -> frozenset[str]:
    texts = texts_for(LANGUAGE)
    keys = ("later", "busy", "limit.too_many", "error.OVERLOADED", "error.STORE_BUSY")
    return frozenset(texts.plain(key) for key in keys)


@cache
def _beginning(key: str) -> str:
    """Up to the first number in it."""
    return _with_place(texts_for(LANGUAGE), key).partition("7777")[0]


def _with_place(texts: Texts, key: str) -> str:
    return texts.plain(key, place=7777) if not key.startswith("leave") else texts.plain(key)
