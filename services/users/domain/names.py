"""What counts as a person's name, and how names are compared in a search."""

from services.chassis.plain_text import one_line
from services.users.domain.refusals import NameEmpty

NAME_CLUSTERS = 64


def clean_name(text: str) -> str:
    """The name as it is stored, 1-64 grapheme clusters. Raises NameEmpty."""
    name = one_line(text, NAME_CLUSTERS)
    if not name:
        raise NameEmpty("nothing visible in the name")
    return name


def folded(text: str) -> str:
    """The form in which names are searched and sorted: the same in every database's locale."""
    return one_line(text, NAME_CLUSTERS).casefold()
