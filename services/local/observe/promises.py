"""What is promised and how much of it is kept: the rules of helm/fotbot/alerts/slo.yaml, shown."""

from services.local.observe.panels import HERE, Dashboard, Panel, Query, one, quantile

SPAN = "30d"
"""Of a budget. Where less is kept, of what is kept."""


def _kept(errors: str, every: str) -> str:
    bad, total = (f"fotbot:{what}:rate5m{{{HERE}}}[{SPAN}]" for what in (errors, every))
    return f"1 - sum_over_time({bad}) / sum_over_time({total})"


def _burning(errors: str, budget: str) -> tuple[Query, ...]:
    return tuple(
        Query(expr=f"fotbot:{errors}:ratio{span}{{{HERE}}} / {budget}", legend=span)
        for span in ("5m", "1h", "6h", "3d")
    )


def _promise(words: str, errors: str, every: str, budget: str) -> tuple[Panel, ...]:
    return (
        Panel(
            title=f"{words}: kept",
            queries=one(_kept(errors, every), "kept"),
            unit="percentunit",
            kind="stat",
        ),
        Panel(
            title=f"{words}: error budget left",
            queries=one(f"1 - (1 - ({_kept(errors, every)})) / {budget}", "left"),
            unit="percentunit",
            kind="stat",
        ),
        Panel(
            title=f"{words}: burn rate",
            about="1 uses it up in 30 days; 14.4 over an hour or 6 over six wake somebody.",
            queries=_burning(errors, budget),
            lines=(6, 14.4),
        ),
    )


UPDATES = _promise("99.9 % of updates within 0.5 s", "update_errors", "updates", "0.001")
TAPS = _promise("99 % of taps within 2 s", "tap_errors", "taps", "0.01")
USUAL = f'{HERE},rank="usual"'
NOTICES = (
    Panel(
        title="Sessions overbooked: 0",
        queries=one(f"max (fotbot_sessions_overbooked{{{HERE}}})", "overbooked"),
        kind="stat",
        lines=(1,),
    ),
    Panel(
        title="Notices within 30 s: p99",
        queries=one(quantile(0.99, "fotbot_sender_notice_age_seconds", labels=USUAL), "p99"),
        unit="s",
        exemplars=True,
        lines=(30,),
    ),
    Panel(
        title="Notices within 30 s: share",
        queries=one(
            f'sum (increase(fotbot_sender_notice_age_seconds_bucket{{{USUAL},le="30.0"}}[1h]))'
            f" / sum (increase(fotbot_sender_notice_age_seconds_count{{{USUAL}}}[1h]))",
            "within an hour",
        ),
        unit="percentunit",
        kind="stat",
    ),
    Panel(
        title="Alerts that fire",
        queries=one(
            'count by (alertname, severity) (ALERTS{alertname=~"Fotbot.*",alertstate="firing"'
            f",{HERE}}}) or vector(0)",
            "{{severity}} {{alertname}}",
        ),
    ),
)

PROMISES = Dashboard(
    name="promises",
    title="Fotbot: promises",
    rows={"Updates": UPDATES, "Taps": TAPS, "Places, notices, alerts": NOTICES},
)
