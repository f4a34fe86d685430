"""Rate, errors and duration: of updates, of gRPC calls on both sides, of jobs, of Telegram."""

from services.local.observe.panels import (
    HERE,
    MINE,
    Dashboard,
    Panel,
    mean,
    one,
    quantile,
    quantiles,
    rate,
    summed,
)

BAD = 'outcome=~"sent_back|broken|busy|later|unconfirmed"'
FAULTS = 'code=~"DEADLINE_EXCEEDED|INTERNAL|UNAVAILABLE|UNKNOWN"'

HANDLED = "fotbot_handler_seconds_count"


def _share(bad: str, count: str, by: str, labels: str) -> str:
    """Of all, the share that is bad; 0 where there is none of it."""
    every = f"sum by ({by}) ({rate(count, labels)})"
    return f"(sum by ({by}) ({rate(count, f'{labels},{bad}')}) or 0 * {every}) / {every}"


UPDATES = (
    Panel(
        title="Updates by what became of them",
        queries=one(summed("fotbot_updates_total", "outcome", labels=HERE), "{{outcome}}"),
        unit="reqps",
    ),
    Panel(
        title="Time to an update's answer",
        queries=quantiles("fotbot_update_seconds", labels=HERE),
        unit="s",
        exemplars=True,
        lines=(0.5,),
    ),
    Panel(
        title="Share answered with an excuse or not at all",
        queries=one(_share(BAD, "fotbot_update_seconds_count", "kind", HERE), "{{kind}}"),
        unit="percentunit",
        lines=(0.001,),
    ),
    Panel(
        title="Answers of the webhook by status",
        queries=one(summed("fotbot_webhook_responses_total", "status", labels=HERE), "{{status}}"),
        unit="reqps",
    ),
    Panel(
        title="Busiest handlers",
        queries=one(
            f"topk(10, {summed(HANDLED, 'feature', 'handler', labels=HERE)})",
            "{{feature}} {{handler}}",
        ),
        unit="reqps",
    ),
    Panel(
        title="Slowest handlers, p99",
        queries=one(
            "topk(10, "
            + quantile(0.99, "fotbot_handler_seconds", "feature", "handler", labels=HERE)
            + ")",
            "{{feature}} {{handler}}",
        ),
        unit="s",
        exemplars=True,
    ),
    Panel(
        title="Verdicts of the limit per person",
        queries=one(
            summed("fotbot_admissions_total", "verdict", "by", labels=HERE), "{{verdict}} by {{by}}"
        ),
        unit="reqps",
    ),
    Panel(
        title="What came in and was no update",
        queries=one(
            f"{summed('fotbot_bad_input_total', 'fault', labels=HERE)} or vector(0)", "{{fault}}"
        ),
        unit="reqps",
    ),
)
SERVED = (
    Panel(
        title="Calls served",
        queries=one(
            f"topk(15, {summed('fotbot_rpc_served_seconds_count', 'role', 'method')})", "{{method}}"
        ),
        unit="reqps",
    ),
    Panel(
        title="Time to serve a call, p99",
        queries=one(
            f"topk(15, {quantile(0.99, 'fotbot_rpc_served_seconds', 'role', 'method')})",
            "{{method}}",
        ),
        unit="s",
        exemplars=True,
    ),
    Panel(
        title="Share that failed by the role's own fault",
        queries=one(_share(FAULTS, "fotbot_rpc_served_seconds_count", "role", MINE), "{{role}}"),
        unit="percentunit",
        lines=(0.01,),
    ),
    Panel(
        title="Calls that travelled together, mean",
        queries=one(mean("fotbot_batch_items", "method", labels=HERE), "{{method}}"),
    ),
    Panel(
        title="Time until a call of ours was answered, p99",
        queries=one(
            quantile(0.99, "fotbot_rpc_called_seconds", "role", "method"), "{{role}} {{method}}"
        ),
        unit="s",
        exemplars=True,
    ),
    Panel(
        title="Calls made again",
        queries=one(
            f"{summed('fotbot_rpc_retries_total', 'role')}"
            f" or 0 * {summed('fotbot_rpc_called_seconds_count', 'role')}",
            "{{role}}",
        ),
        unit="reqps",
    ),
)
REFUSED = Panel(
    title="Callers refused by their certificates",
    queries=one(
        f"{summed('fotbot_rpc_peers_refused_total', 'caller', 'method')} or vector(0)",
        "{{caller}} {{method}}",
    ),
    unit="reqps",
)
JOBS = (
    Panel(
        title="Jobs done",
        queries=one(
            summed("fotbot_job_seconds_count", "kind", "result", labels=HERE), "{{kind}} {{result}}"
        ),
        unit="reqps",
    ),
    Panel(
        title="Time of a job, p99",
        queries=one(quantile(0.99, "fotbot_job_seconds", "kind", labels=HERE), "{{kind}}"),
        unit="s",
    ),
)
TELEGRAM = (
    Panel(
        title="Calls to Telegram by verdict",
        queries=one(
            summed("fotbot_sender_sends_total", "method", "verdict", labels=HERE),
            "{{method}} {{verdict}}",
        ),
        unit="reqps",
    ),
    Panel(
        title="Time until Telegram answered, p99",
        queries=one(
            quantile(0.99, "fotbot_sender_send_seconds", "method", labels=HERE), "{{method}}"
        ),
        unit="s",
        exemplars=True,
    ),
    Panel(
        title="Telegram asked for silence",
        queries=one(f"sum ({rate('fotbot_sender_throttled_total', HERE)})", "429s"),
        unit="reqps",
    ),
    Panel(
        title="Screens that were not sent",
        queries=one(summed("fotbot_sender_screens_dropped_total", "why", labels=HERE), "{{why}}"),
        unit="reqps",
    ),
)

CALLS = Dashboard(
    name="calls",
    title="Fotbot: calls",
    rows={"Updates": UPDATES, "gRPC": (*SERVED, REFUSED), "Jobs": JOBS, "Telegram": TELEGRAM},
)
