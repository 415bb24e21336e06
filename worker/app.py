"""The Celery application: `celery -A worker.app worker`, `… beat`, `… call tinwire.poll`.

The broker is looked up when Celery first needs its configuration, so that importing this module
does nothing.
"""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_init, worker_process_init

from config.celery import CELERY, QUEUES, ROUTES
from config.logs import configure
from feeds.text.reading import read_tokens
from worker import memory, runtime

# One thread a process: with more, two workers on two cores do less than one (docs/performance.md).
for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")


def _configuration() -> dict[str, Any]:
    chosen = runtime.settings()
    return {
        **CELERY,
        "broker_url": runtime.broker_url(chosen),
        "task_queues": {name: {"exchange": name, "routing_key": name} for name in QUEUES},
        "task_routes": {f"tinwire.{kind}": {"queue": queue} for kind, queue in ROUTES.items()},
        "worker_concurrency": chosen.worker_concurrency,
        "beat_scheduler": "worker.bell:Bell",
        "beat_max_loop_interval": chosen.bell_sweep_s,
    }


app = Celery("tinwire", include=["worker.tasks"])
app.add_defaults(_configuration)


@setup_logging.connect
def _log(**_: object) -> None:
    chosen = runtime.settings()
    configure(chosen.log_level, chosen.log_json)


@worker_init.connect
def _prepare(**_: object) -> None:
    # A third of a second that each child would need again.
    runtime.editorial()
    read_tokens([""])


@worker_process_init.connect
def _start_child(**_: object) -> None:
    memory.settle()
    runtime.forget_connections()
