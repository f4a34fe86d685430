"""Which input leads to an evening. None of it is part of a conversation: buttons work whenever
they are pressed."""

from services.gateway.features.evening import handlers, running
from services.gateway.features.evening.callbacks import (
    AddMatch,
    AskAssist,
    AskFinishing,
    AskManOfSession,
    AskScorer,
    ConfirmStart,
    FinishEvening,
    FinishMatch,
    NameManOfSession,
    NewMatch,
    OpenEvening,
    OpenMatch,
    PickManOfSession,
    PickOpponent,
    RefreshEvening,
    ReopenMatch,
    ScoreGoal,
    ShowFigures,
    ShowSides,
    StartEvening,
    UndoGoal,
)
from services.gateway.features.feature import Feature

FEATURE = Feature(
    name="evening",
    taps={
        StartEvening: handlers.asked_start,
        ConfirmStart: running.started,
        OpenEvening: handlers.evening,
        RefreshEvening: handlers.refreshed,
        ShowSides: handlers.sides,
        ShowFigures: handlers.figures,
        NewMatch: handlers.new_match,
        PickOpponent: handlers.opponent,
        AddMatch: running.added,
        OpenMatch: handlers.match,
        AskScorer: handlers.scorer,
        AskAssist: handlers.assist,
        ScoreGoal: running.scored,
        UndoGoal: running.undone,
        FinishMatch: running.match_finished,
        ReopenMatch: running.match_reopened,
        AskFinishing: handlers.asked_finish,
        FinishEvening: running.finished,
        AskManOfSession: handlers.man_of_session,
        PickManOfSession: handlers.man_of_side,
        NameManOfSession: running.man_chosen,
    },
)
