"""The league: places, waitlists, money that is pending, notices that are due, what people do."""

from services.local.observe.panels import HERE, Dashboard, Panel, Query, one, quantile, rate, summed


def _now(metric: str, *by: str, labels: str = HERE) -> str:
    """As the worker says that has counted; they all count the same."""
    return f"max by ({', '.join(by)}) ({metric}{{{labels}}})"


def _handled(button: str) -> str:
    """Presses of this button of the sessions' card, a second."""
    labels = f'{HERE},feature="sessions",handler="{button}"'
    return f"sum ({rate('fotbot_handler_seconds_count', labels)}) or vector(0)"


TAKEN = _now("fotbot_places", labels=f'{HERE},state="taken"')
PLACES = (
    Panel(
        title="Sessions",
        queries=one(_now("fotbot_sessions", "status"), "{{status}}"),
        kind="stat",
    ),
    Panel(title="Places", queries=one(_now("fotbot_places", "state"), "{{state}}"), kind="stat"),
    Panel(
        title="Share of the places that is taken",
        queries=one(f"{TAKEN} / sum ({_now('fotbot_places', 'state')})", "taken"),
        unit="percentunit",
        kind="stat",
    ),
    Panel(
        title="Sessions without a free place",
        queries=one(_now("fotbot_sessions_full"), "full"),
        kind="stat",
    ),
    Panel(title="On the waitlists", queries=one(_now("fotbot_waitlisted"), "entries")),
    Panel(
        title="Wait for an organiser's decision",
        queries=one(_now("fotbot_entries_undecided"), "entries"),
    ),
    Panel(
        title="Sessions with more people than places",
        queries=one(_now("fotbot_sessions_overbooked"), "overbooked"),
        kind="stat",
        lines=(1,),
    ),
    Panel(
        title="Counted so long ago",
        queries=one(f"time() - {_now('fotbot_league_counted_timestamp_seconds')}", "ago"),
        unit="s",
        kind="stat",
        lines=(600,),
    ),
)
MONEY = (
    Panel(
        title="Money pending, in so'm",
        queries=one(_now("fotbot_payments_amount", "status"), "{{status}}"),
    ),
    Panel(
        title="Payments pending",
        queries=one(_now("fotbot_payments", "status"), "{{status}}"),
    ),
)
NOTICES = (
    Panel(
        title="Notices due",
        queries=(
            Query(
                expr=_now(
                    "fotbot_jobs", "role", labels=f'{HERE},kind=~".*notice",state=~"due|under_way"'
                ),
                legend="to be handed over by {{role}}",
            ),
            Query(expr=_now("fotbot_sender_notices_open", "rank"), legend="{{rank}}, to be sent"),
        ),
    ),
    Panel(
        title="Notices with Telegram's verdict",
        queries=one(
            summed("fotbot_sender_notice_age_seconds_count", "rank", labels=HERE), "{{rank}}"
        ),
        unit="reqps",
    ),
    Panel(
        title="From being due to Telegram's verdict, p99",
        queries=one(
            quantile(0.99, "fotbot_sender_notice_age_seconds", "rank", labels=HERE), "{{rank}}"
        ),
        unit="s",
        exemplars=True,
        lines=(30,),
    ),
)
PEOPLE = (
    Panel(
        title="What people do, by feature",
        queries=one(summed("fotbot_handler_seconds_count", "feature", labels=HERE), "{{feature}}"),
        unit="reqps",
    ),
    Panel(
        title="Places asked for and given back",
        queries=(
            Query(expr=_handled("sj"), legend="asked for"),
            Query(expr=_handled("sx"), legend="given back"),
        ),
        unit="reqps",
    ),
)

BUSINESS = Dashboard(
    name="business",
    title="Fotbot: league",
    rows={"Places": PLACES, "Money": MONEY, "Notices": NOTICES, "People": PEOPLE},
)
