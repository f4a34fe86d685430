"""Use, saturation and errors of what there is a limited amount of: CPU, memory, the event loop,
connections, caches, queues."""

from services.local.observe.panels import (
    HERE,
    MINE,
    Dashboard,
    Panel,
    Query,
    mean,
    one,
    quantile,
    rate,
    summed,
)

POD, LAG = "{{pod}}", "fotbot_event_loop_lag_seconds"
PROCESS = (
    Panel(
        title="CPU, of one core",
        queries=one(f"max by (pod) ({rate('process_cpu_seconds_total')})", POD),
        unit="percentunit",
        lines=(0.9,),
    ),
    Panel(
        title="Memory",
        queries=one(f"max by (pod) (process_resident_memory_bytes{{{MINE}}})", POD),
        unit="bytes",
    ),
    Panel(
        title="How late the event loop wakes",
        queries=one(
            f"max by (pod) (max_over_time({LAG}{{{MINE}}}[$__rate_interval]))",
            POD,
        ),
        unit="s",
        lines=(0.1,),
    ),
    Panel(title="Tasks", queries=one(f"max by (pod) (fotbot_tasks{{{MINE}}})", POD)),
    Panel(
        title="Calls being served",
        queries=one(f"sum by (role) (fotbot_rpc_served_in_flight{{{MINE}}})", "{{role}}"),
    ),
    Panel(
        title="Open files, of those allowed",
        queries=one(f"max by (pod) (process_open_fds{{{MINE}}} / process_max_fds{{{MINE}}})", POD),
        unit="percentunit",
        lines=(0.8,),
    ),
    Panel(
        title="Starts within an hour",
        queries=one(
            f"sum by (role) (changes(process_start_time_seconds{{{MINE}}}[1h]))", "{{role}}"
        ),
    ),
    Panel(
        title="Errors told to the error tracker",
        queries=one(
            f"{summed('fotbot_error_reports_total', 'role', 'outcome')} or vector(0)",
            "{{role}} {{outcome}}",
        ),
        unit="reqps",
    ),
)
POSTGRES = (
    Panel(
        title="Connections in use, of a pool's",
        queries=one(
            "max by (pod, pool) (fotbot_database_connections_in_use"
            f"{{{MINE}}} / fotbot_database_connections_most{{{MINE}}})",
            "{{pod}} {{pool}}",
        ),
        unit="percentunit",
        lines=(0.9,),
    ),
    Panel(
        title="Calls that found no free connection",
        queries=one(summed("fotbot_database_no_connection_total", "role"), "{{role}}"),
        unit="reqps",
    ),
    Panel(
        title="Where is read",
        queries=one(summed("fotbot_database_reads_total", "role", "server"), "{{role}} {{server}}"),
        unit="reqps",
    ),
    Panel(
        title="How old what a replica shows is",
        queries=one(
            f"max by (role, replica) (fotbot_database_replica_lag_seconds{{{MINE}}})",
            "{{role}} {{replica}}",
        ),
        unit="s",
        lines=(10,),
    ),
    Panel(
        title="What a replica has not replayed",
        queries=one(
            f"max by (role, replica) (fotbot_database_replica_lag_bytes{{{MINE}}})",
            "{{role}} {{replica}}",
        ),
        unit="bytes",
    ),
    Panel(
        title="What is reached",
        queries=one(f"min by (role, name) (fotbot_dependency_up{{{MINE}}})", "{{role}} {{name}}"),
    ),
)
ASKED = "fotbot_cache_requests_total"
HIT, DOWN = (f'{MINE},result="{result}"' for result in ("hit", "down"))
HITS = summed(ASKED, "service", labels=HIT)
CACHE = (
    Panel(
        title="Share found in the cache",
        queries=one(f"{HITS} / {summed('fotbot_cache_requests_total', 'service')}", "{{service}}"),
        unit="percentunit",
    ),
    Panel(
        title="Asked in vain, the cluster being away",
        queries=one(
            summed(ASKED, "service", labels=DOWN),
            "{{service}}",
        ),
        unit="reqps",
    ),
    Panel(
        title="Left alone, since it fails",
        queries=one(f"max by (role) (fotbot_cache_breaker_open{{{MINE}}})", "{{role}}"),
    ),
    Panel(
        title="Commands under way",
        queries=one(f"sum by (service) (fotbot_cache_connections_in_use{{{MINE}}})", "{{service}}"),
    ),
    Panel(
        title="Commands that left together, mean",
        queries=one(mean("fotbot_cache_commands", "service"), "{{service}}"),
    ),
    Panel(
        title="Age of what the cache served, p95",
        queries=one(quantile(0.95, "fotbot_cache_age_seconds", "service"), "{{service}}"),
        unit="s",
    ),
)
QUEUES = (
    Panel(
        title="Jobs",
        queries=one(
            f'max by (kind, state) (fotbot_jobs{{{HERE},state=~"due|under_way|parked"}})',
            "{{kind}} {{state}}",
        ),
    ),
    Panel(
        title="How long the oldest job is due",
        queries=one(f"max by (kind) (fotbot_jobs_oldest_seconds{{{HERE}}})", "{{kind}}"),
        unit="s",
        lines=(60,),
    ),
    Panel(
        title="Notices and screens that wait",
        queries=(
            Query(
                expr=f"max by (rank) (fotbot_sender_notices_open{{{HERE}}})",
                legend="{{rank}} notices",
            ),
            Query(expr=f"sum (fotbot_sender_screens_waiting{{{HERE}}})", legend="screens"),
        ),
    ),
    Panel(
        title="How long the oldest notice is due",
        queries=one(f"max by (rank) (fotbot_sender_notices_oldest_seconds{{{HERE}}})", "{{rank}}"),
        unit="s",
        lines=(30,),
    ),
    Panel(
        title="Updates held back",
        queries=one(f"sum (fotbot_updates_held_back{{{HERE}}})", "held back"),
        lines=(5,),
    ),
)

SATURATION = Dashboard(
    name="saturation",
    title="Fotbot: saturation",
    rows={"Processes": PROCESS, "Postgres": POSTGRES, "Cache": CACHE, "Queues": QUEUES},
)
