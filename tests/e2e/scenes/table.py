"""For every handler a scene: a person to whom it is open, and the update that leads to it.

The table is held against the features' own tables, so that a new handler asks for its scene.
"""

from services.gateway.dispatcher import FEATURES
from tests.e2e.scenes.broadcast import BROADCAST
from tests.e2e.scenes.evening import EVENING
from tests.e2e.scenes.first_evening import FIRST_EVENING
from tests.e2e.scenes.organising import ORGANISING
from tests.e2e.scenes.people import PEOPLE
from tests.e2e.scenes.playing import PLAYING
from tests.e2e.scenes.stage import Setting
from tests.e2e.scenes.teams import TEAMS

SCENES: dict[str, Setting] = {
    **FIRST_EVENING,
    **BROADCAST,
    **EVENING,
    **ORGANISING,
    **PEOPLE,
    **PLAYING,
    **TEAMS,
}


def places() -> set[str]:
    """Every handler of every feature, named as its metric names it."""
    found = set()
    for feature in FEATURES:
        keys = [f"/{name}" for name in feature.commands]
        keys += [f"link {prefix}" for prefix in feature.deep_links]
        keys += [*feature.menu, *feature.steps]
        keys += [kind.__prefix__ for kind in feature.buttons]
        keys += ["otherwise"] * bool(feature.otherwise) + ["group"] * bool(feature.group)
        found |= {f"{feature.name} {key}" for key in keys}
    return found
