"""What a venue may be called. Which characters go is the chassis's; the length is ours."""

from services.chassis.plain_text import grapheme_clusters, one_line
from services.sessions.domain.refusals import VenueNameInvalid

MAX_CLUSTERS = 64


def venue_name(text: str) -> str:
    """The name as it is kept. Raises VenueNameInvalid unless 1-64 grapheme clusters are left."""
    cleaned = one_line(text, MAX_CLUSTERS + 1)
    if not cleaned:
        raise VenueNameInvalid("nothing of the name can be seen", max=MAX_CLUSTERS)
    if sum(1 for _ in grapheme_clusters(cleaned)) > MAX_CLUSTERS:
        raise VenueNameInvalid("the name is too long", max=MAX_CLUSTERS)
    return cleaned
