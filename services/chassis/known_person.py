"""Where the cluster has who a person is: the one cached value of a service that another one reads.

users writes it when it is asked, and makes it old after each commit, as all that it caches; the
gateway reads it on its way to the rest of what it remembers of the person, whose keys are in the
same slot. It is an EnsureUserResponse, as the settings of users see the person.
"""

from services.chassis.cache_commands import key_of

SERVICE, THING, SHAPE = "users", "user", 4


def person_key(telegram_id: object) -> str:
    """The key of the person behind a Telegram account."""
    return key_of(SERVICE, THING, SHAPE, telegram_id)
