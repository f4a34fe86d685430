"""The names of the chassis' Prometheus metrics. What is the gateway's or sender's own is there.

A histogram's exemplar is the trace, when the trace is kept.
"""

from prometheus_client import Counter, Gauge, Histogram

from services.chassis import telemetry

CALL_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)

RPC_SERVED_SECONDS = Histogram(
    "fotbot_rpc_served_seconds",
    "Time to serve a gRPC call, by method and status code.",
    ["method", "code"],
    buckets=CALL_BUCKETS,
)
RPC_SERVED_IN_FLIGHT = Gauge("fotbot_rpc_served_in_flight", "gRPC calls being served just now.")
RPC_CALLED_SECONDS = Histogram(
    "fotbot_rpc_called_seconds",
    "Time until a gRPC call of ours was answered, retries included, by method and status code.",
    ["method", "code"],
    buckets=CALL_BUCKETS,
)
RPC_CALLED_IN_FLIGHT = Gauge("fotbot_rpc_called_in_flight", "Our gRPC calls without answer yet.")
RPC_PEERS_REFUSED = Counter(
    "fotbot_rpc_peers_refused",
    "Calls turned away for who made them: the role in the caller's certificate, the method.",
    ["caller", "method"],
)
RPC_RETRIES = Counter("fotbot_rpc_retries", "gRPC calls that were made again.", ["method", "code"])

BATCH_ITEMS = Histogram(
    "fotbot_batch_items",
    "Calls that left together, by batch method.",
    ["method"],
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256),
)

REQUEST_ID_REUSED = Counter(
    "fotbot_request_id_reused",
    "Writes that came with another write's request id and got that one's outcome.",
)
CACHE_REQUESTS = Counter(
    "fotbot_cache_requests", "Values asked of the cache: hit, miss or down.", ["service", "result"]
)
JOB_SECONDS = Histogram(
    "fotbot_job_seconds",
    "Time a job took, by kind and result.",
    ["kind", "result"],
    buckets=CALL_BUCKETS,
)
JOBS_WAITING = Gauge(
    "fotbot_jobs", "Jobs there are: due, later, under way, parked.", ["kind", "state"]
)
JOBS_OLDEST_SECONDS = Gauge(
    "fotbot_jobs_oldest_seconds", "How long the oldest job that is due waits already.", ["kind"]
)
JOBS_PARKED = Counter("fotbot_jobs_parked", "Jobs given up after their last try.", ["kind"])
ERASED = Counter("fotbot_people_erased", "Deleted people whom this service has erased.")
RETENTION_REMOVED = Counter(
    "fotbot_retention_removed", "Rows removed or emptied since their time was over.", ["what"]
)

DEPENDENCY_UP = Gauge(
    "fotbot_dependency_up", "1 while the check of this name passes, else 0.", ["name"]
)
LOOP_LAG_SECONDS = Gauge(
    "fotbot_event_loop_lag_seconds", "How much later than asked the event loop woke up."
)
TASKS = Gauge("fotbot_tasks", "Tasks of the event loop that have not ended.")
DATABASE_CONNECTIONS = Gauge(
    "fotbot_database_connections_in_use", "Connections checked out of a pool.", ["pool"]
)
DATABASE_CONNECTIONS_MOST = Gauge(
    "fotbot_database_connections_most", "Connections that a pool may have.", ["pool"]
)
DATABASE_NO_CONNECTION = Counter(
    "fotbot_database_no_connection", "Times a pool had no free connection in time."
)
DATABASE_READS = Counter(
    "fotbot_database_reads", "Times a server was chosen to read from.", ["server"]
)
DATABASE_REPLICA_LAG_SECONDS = Gauge(
    "fotbot_database_replica_lag_seconds", "How old what a replica shows is.", ["replica"]
)
DATABASE_REPLICA_LAG_BYTES = Gauge(
    "fotbot_database_replica_lag_bytes", "WAL that a replica has not replayed.", ["replica"]
)
CACHE_CONNECTIONS = Gauge(
    "fotbot_cache_connections_in_use",
    "Commands under way in the cluster; they share a connection per node.",
    ["service"],
)
CACHE_BREAKER_OPEN = Gauge(
    "fotbot_cache_breaker_open", "1 while the cluster is left alone since it fails.", ["service"]
)
CACHE_COMMANDS = Histogram(
    "fotbot_cache_commands",
    "Commands that left together to a node of the cluster.",
    ["service"],
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256),
)
CACHE_AGE_SECONDS = Histogram(
    "fotbot_cache_age_seconds",
    "Staleness: how long ago a value served from the cache was read; one in 16 is observed.",
    ["service"],
    buckets=(0.01, 0.1, 0.5, 1, 2.5, 5, 10, 20, 40, 80),
)
CERTIFICATE_EXPIRES = Gauge(
    "fotbot_certificate_expires_timestamp_seconds", "When a certificate of ours ends.", ["name"]
)
CERTIFICATE_STARTS = Gauge(
    "fotbot_certificate_starts_timestamp_seconds", "When a certificate of ours began.", ["name"]
)
ERROR_REPORTS = Counter(
    "fotbot_error_reports", "Errors for the error tracker, by what became of them.", ["outcome"]
)


def observe(histogram: Histogram, seconds: float, *labels: str) -> None:
    """Count one observation, with the trace under way as exemplar if it is kept."""
    (histogram.labels(*labels) if labels else histogram).observe(seconds, exemplar())


def exemplar() -> dict[str, str] | None:
    """The trace under way, if it is kept."""
    return {"trace_id": f"{telemetry.current().trace_id:032x}"} if telemetry.is_kept() else None
