"""What a number in a request may be."""

from collections.abc import Sequence

from services.users.domain.refusals import IdInvalid, PageSizeInvalid, TooManyIds
from services.users.domain.user import MoveId, TelegramId, UserId

MAX_ID = 2**63 - 1
MAX_IDS = 100
PAGE_SIZE = 10
MAX_PAGE_SIZE = 20


def user_id(number: int) -> UserId:
    """Raises IdInvalid for what no person can have."""
    return UserId(_id(number))


def telegram_id(number: int) -> TelegramId:
    """Raises IdInvalid for what no account can have; groups' ids are negative."""
    return TelegramId(_id(number))


def move_id(number: int) -> MoveId:
    """Raises IdInvalid for what no wish can have."""
    return MoveId(_id(number))


def page_start(number: int) -> int:
    """Where a page begins; 0 stands for none. Raises IdInvalid."""
    return number and _id(number)


def user_ids(numbers: Sequence[int]) -> tuple[UserId, ...]:
    """Each id once. Raises TooManyIds, IdInvalid."""
    if len(numbers) > MAX_IDS:
        raise TooManyIds(f"{len(numbers)} ids in one call", most=MAX_IDS)
    return tuple(dict.fromkeys(map(user_id, numbers)))


def page_size(number: int, *, usual: int = PAGE_SIZE, most: int = MAX_PAGE_SIZE) -> int:
    """The page's length; 0 asks for the usual one. Raises PageSizeInvalid."""
    if not 0 <= number <= most:
        raise PageSizeInvalid(f"a page of {number}", most=most)
    return number or usual


def _id(number: int) -> int:
    if not 0 < number <= MAX_ID:
        raise IdInvalid(f"{number} is no id")
    return number
