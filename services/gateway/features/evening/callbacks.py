"""What the buttons of an evening carry. Sides, matches and players are named by their numbers in
the evening, which stay: ids of all would not fit into 64 bytes."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from services.gateway.features.ids import WireId

SideNumber = Annotated[int, Field(ge=1, le=9)]
MatchNumber = Annotated[int, Field(ge=1, le=999)]
Nth = Annotated[int, Field(ge=0, le=99)]
"""The nth player of his side, from 1; 0 is nobody."""

GoalId = Annotated[int, Field(ge=0, le=2**63 - 1)]
"""The last goal that the person has seen, so that a second tap scores nothing; 0 is none."""


class StartEvening(CallbackData, prefix="vs"):
    """Asks whether to start: how many sides it will be."""

    session_id: WireId


class ConfirmStart(CallbackData, prefix="vy"):
    """Forms the sides and starts."""

    session_id: WireId


class OpenEvening(CallbackData, prefix="vo"):
    """The evening: table, matches, and what may be done."""

    session_id: WireId


class RefreshEvening(CallbackData, prefix="vr"):
    """The evening as it is now."""

    session_id: WireId


class ShowSides(CallbackData, prefix="vd"):
    """Who plays in which side, with shirt numbers."""

    session_id: WireId


class ShowFigures(CallbackData, prefix="vt"):
    """Who scored and assisted."""

    session_id: WireId


class NewMatch(CallbackData, prefix="vn"):
    """Asks for the first side of a new match."""

    session_id: WireId


class PickOpponent(CallbackData, prefix="va"):
    """Asks for the second side."""

    session_id: WireId
    home: SideNumber


class AddMatch(CallbackData, prefix="vm"):
    """Adds the match under this number; when it is there already, shows it."""

    session_id: WireId
    home: SideNumber
    away: SideNumber
    match: MatchNumber


class OpenMatch(CallbackData, prefix="vg"):
    """One match, goal by goal."""

    session_id: WireId
    match: MatchNumber


class AskScorer(CallbackData, prefix="vc"):
    """A side has scored: who?"""

    session_id: WireId
    match: MatchNumber
    side: SideNumber


class AskAssist(CallbackData, prefix="vx"):
    """Who gave the pass?"""

    session_id: WireId
    match: MatchNumber
    side: SideNumber
    scorer: Nth
    last: GoalId


class ScoreGoal(CallbackData, prefix="vb"):
    """Writes the goal down."""

    session_id: WireId
    match: MatchNumber
    side: SideNumber
    scorer: Nth
    assist: Nth
    last: GoalId


class UndoGoal(CallbackData, prefix="vu"):
    """Takes this goal back."""

    session_id: WireId
    match: MatchNumber
    last: GoalId


class FinishMatch(CallbackData, prefix="vf"):
    """The score stands."""

    session_id: WireId
    match: MatchNumber


class ReopenMatch(CallbackData, prefix="vp"):
    """The match goes on."""

    session_id: WireId
    match: MatchNumber


class AskFinishing(CallbackData, prefix="ve"):
    """Asks whether the evening is over."""

    session_id: WireId


class FinishEvening(CallbackData, prefix="vz"):
    """It is over: figures count."""

    session_id: WireId


class AskManOfSession(CallbackData, prefix="vh"):
    """Asks in which side he played."""

    session_id: WireId


class PickManOfSession(CallbackData, prefix="vj"):
    """Asks who of the side he is."""

    session_id: WireId
    side: SideNumber


class NameManOfSession(CallbackData, prefix="vk"):
    """Chooses him; he gets the coupon."""

    session_id: WireId
    side: SideNumber
    player: Nth
