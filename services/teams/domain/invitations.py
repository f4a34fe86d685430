"""Invitation links: how their tokens are made, and what is kept of them.

A token is an HMAC of a random seed. The invitation keeps the token's SHA-256 alone, so that
whoever reads the table can join no team. Yet a repeat of the same request must answer the same
link for 48 hours, so something it can be made from again has to be stored with the outcome. That
is the seed: it is forgotten with the outcome, days before the link expires, and it is worth
nothing to who has not the key of the settings, which is not in the database.
"""

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NewType

from services.teams.domain.refusals import InvitationInvalid

VALID = timedelta(days=7)
TOKEN_BYTES = 16
TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")

Seed = NewType("Seed", str)
"""22 random characters; a token is made from it with the key."""

Token = NewType("Token", str)
"""22 characters of A-Za-z0-9_-; whoever has it may join."""

Fingerprint = NewType("Fingerprint", bytes)
"""A token's SHA-256: enough to recognise it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A link made just now."""

    seed: Seed
    expires_at: datetime


def new_seed() -> Seed:
    """128 random bits."""
    return Seed(secrets.token_urlsafe(TOKEN_BYTES))


def token_from(seed: Seed, key: bytes) -> Token:
    """128 bits that cannot be told from random ones without the seed."""
    digest = hmac.digest(key, seed.encode(), hashlib.sha256)
    return Token(urlsafe_b64encode(digest[:TOKEN_BYTES]).rstrip(b"=").decode())


def fingerprint(text: str) -> Fingerprint:
    """What is stored of a token. Raises InvitationInvalid for what cannot be one."""
    if not TOKEN.fullmatch(text):
        raise InvitationInvalid("no invitation has such a token")
    return Fingerprint(hashlib.sha256(text.encode()).digest())
