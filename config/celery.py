"""Celery's settings as plain data, with the reason for each.

One rule behind them: the row in `work` owns every retry, a message is a doorbell. So a message
may be lost (the bell rings again) or come twice (the second finds nothing due).
"""

from typing import Any

QUEUES = ("ingest", "build", "deliver", "reindex")

# Which queue works on which kind. Tasks are named after the kind of work that they look for.
ROUTES = {
    "poll": "ingest",
    "push": "ingest",
    "ingest": "ingest",
    "subscribe": "ingest",
    "relate": "build",
    "retell": "build",
    "publish": "build",
    "announce": "deliver",
    "verify": "deliver",
    "deliver": "deliver",
    "ping": "deliver",
    "search": "build",
    "tidy": "build",
    "search_whole": "reindex",
    "fit": "reindex",
    "learn": "reindex",
    "reindex": "reindex",
}

SOFT_LIMIT_S = 90
HARD_LIMIT_S = 120
# Learning sections reads up to 50,000 articles: about a minute. Below the lease, as all limits.
LEARN_SOFT_LIMIT_S = 160
LEARN_HARD_LIMIT_S = 170

CELERY: dict[str, Any] = {
    # JSON only: a message that could run code when it is read is an open door.
    "task_serializer": "json",
    "accept_content": ["json"],
    # Nobody waits for results; a result back-end would be one more thing to lose.
    "task_ignore_result": True,
    # A message stays with the broker until its task ends, so a killed child's bell rings again.
    "task_acks_late": True,
    # The row keeps its own error and next time: a failed task's message has done its work.
    "task_acks_on_failure": True,
    "task_acks_on_timeout": True,
    # A child that died is tried again, bounded by the tasks' max_retries; `reject_on_worker_lost`
    # would redeliver a message that kills its child for ever.
    "task_retry_on_worker_lost": True,
    "task_reject_on_worker_lost": False,
    # A batch takes seconds; one that takes minutes hangs.
    "task_soft_time_limit": SOFT_LIMIT_S,
    "task_time_limit": HARD_LIMIT_S,
    # One message at a time, so that a busy child doesn't sit on work that another could do.
    "worker_prefetch_multiplier": 1,
    # Bounds what a leak in any library can cost.
    "worker_max_tasks_per_child": 500,
    "worker_max_memory_per_child": 400_000,
    # SIGTERM lets running batches end, and gives up after 20 s; their rows' leases then run out.
    "worker_soft_shutdown_timeout": 20,
    # While the broker is away, a running batch is cancelled and comes back by its row.
    "worker_cancel_long_running_tasks_on_connection_loss": True,
    # No remote control: whoever reaches the broker could otherwise stop the workers.
    "worker_enable_remote_control": False,
    "beat_enable_remote_control": False,
    "worker_send_task_events": False,
    # The broker may be away for hours.
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    # A publish that fails costs one ring of a bell that rings again; blocking would cost more.
    "task_publish_retry": False,
    # A misspelt queue is an error, not a new queue that nobody reads.
    "task_create_missing_queues": False,
    "task_default_queue": "build",
    "broker_transport_options": {
        # Above the hard limit, else a long batch's message would run twice.
        "visibility_timeout": 300,
        # How soon a killed child's message comes back: measured 4 s with these, 101 s without.
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "unacked_mutex_expire": 30,
        # A frozen broker must not freeze us.
        "socket_timeout": 5,
        "socket_connect_timeout": 3,
        "socket_keepalive": True,
        "health_check_interval": 15,
        # Several deployments may share one server.
        "global_keyprefix": "tinwire:",
    },
    "worker_hijack_root_logger": False,
    "timezone": "UTC",
    "enable_utc": True,
}
