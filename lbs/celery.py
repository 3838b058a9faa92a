"""Celery, as an engine: it tells the drain when to look, and remembers nothing.

Beat sends one tick a lane every two seconds and one for the sweep every minute. A tick may be lost,
doubled or late: what is owed stands in `jobs.Job`. So messages are acknowledged early, expire before
the next one comes, bear no arguments and leave no results. Web requests never publish.
"""

import logging
import os
import threading
import time
from datetime import timedelta
from typing import Any

from celery import Celery
from celery.signals import beat_embedded_init, setup_logging, worker_process_init
from kombu import Exchange, Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lbs.settings")

DRAIN_EVERY, SWEEP_EVERY = 2.0, 60.0
QUEUES = {
    "jobs.tasks.drain_now": "now",
    "jobs.tasks.drain_mail": "mail",
    "jobs.tasks.drain_slow": "slow",
    "jobs.tasks.sweep": "mail",
}
app = Celery("lbs")


def _every(seconds: float, task: str) -> dict[str, Any]:
    # Expires below the interval: after a pause, old ticks are dropped instead of run in a row.
    expires = seconds * 0.9
    return {"task": task, "schedule": timedelta(seconds=seconds), "options": {"expires": expires}}


def _broker() -> dict[str, Any]:
    """Redis where one is named, else files under `var/`. Read late: settings import this package."""
    from django.conf import settings  # noqa: PLC0415

    if settings.REDIS_URL:
        return {
            "broker_url": settings.REDIS_URL,
            "broker_transport_options": {
                "global_keyprefix": settings.REDIS_KEY_PREFIX,
                "socket_timeout": 0.5,
                "socket_connect_timeout": 0.5,
                "health_check_interval": 10,
            },
        }
    folder = str(settings.VAR_DIR / "broker")
    return {
        "broker_url": "filesystem://localhost",  # the name is never looked up
        "broker_transport": "jobs.broker:Transport",
        "broker_transport_options": {
            "data_folder_in": folder,
            "data_folder_out": folder,
            "polling_interval": 0.2,
        },
    }


def _configuration() -> dict[str, Any]:
    return _broker() | {
        "timezone": "UTC",
        "enable_utc": True,
        "accept_content": ["json"],
        "task_serializer": "json",
        "result_backend": None,
        "task_ignore_result": True,
        "task_acks_late": False,
        "task_publish_retry": False,
        "task_queues": [
            Queue(name, Exchange(name), routing_key=name) for name in dict.fromkeys(QUEUES.values())
        ],
        "task_routes": {task: {"queue": queue} for task, queue in QUEUES.items()},
        "task_default_queue": "now",
        "task_create_missing_queues": False,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "worker_prefetch_multiplier": 1,
        "worker_max_tasks_per_child": 1000,
        "worker_max_memory_per_child": 250_000,  # KiB
        "worker_enable_remote_control": False,
        "worker_send_task_events": False,
        "worker_soft_shutdown_timeout": 4.0,  # below the five seconds after which honcho kills
        "beat_scheduler": "celery.beat:Scheduler",  # in memory: static entries need no file
        "beat_schedule": {
            task: _every(SWEEP_EVERY if task.endswith("sweep") else DRAIN_EVERY, task) for task in QUEUES
        },
    }


app.add_defaults(_configuration)


@setup_logging.connect
def _keep_our_logging(**kwargs: Any) -> None:
    """Leave logging to Django's settings; a line a tick would bury everything else."""
    for name in ("celery.beat", "celery.worker.strategy", "celery.worker.request", "celery.app.trace"):
        logging.getLogger(name).setLevel(logging.WARNING)


@worker_process_init.connect
@beat_embedded_init.connect
def _leave_with_parent(**kwargs: Any) -> None:
    """End this child when its parent was killed: an orphan would tick or wait for ever."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(2)
        os._exit(1)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
