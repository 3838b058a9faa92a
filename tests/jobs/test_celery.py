import os
import time
from datetime import timedelta

import pytest
from kombu import Connection, Exchange, Queue

from jobs.registry import Lane
from lbs.celery import QUEUES, app


def test_every_tick_is_a_task_with_its_queue():
    assert set(app.conf.beat_schedule) == set(QUEUES)
    assert set(QUEUES) <= set(app.tasks)
    assert {queue.name for queue in app.conf.task_queues} == set(Lane.values)
    assert {queue.routing_key for queue in app.conf.task_queues} == set(Lane.values)


@pytest.mark.parametrize("name", QUEUES)
def test_a_tick_expires_before_the_next_and_bears_nothing(name):
    entry = app.conf.beat_schedule[name]

    assert isinstance(entry["schedule"], timedelta)
    assert 0 < entry["options"]["expires"] < entry["schedule"].total_seconds()
    assert set(entry) == {"task", "schedule", "options"}


def test_a_task_is_killed_later_than_its_longest_job_may_take():
    assert app.tasks["jobs.tasks.drain_slow"].time_limit > timedelta(minutes=20).total_seconds()


def test_celery_remembers_nothing():
    conf = app.conf

    assert (conf.timezone, conf.enable_utc) == ("UTC", True)
    assert (list(conf.accept_content), conf.task_serializer) == (["json"], "json")
    assert (conf.task_acks_late, conf.task_ignore_result, conf.result_backend) == (False, True, None)
    assert (conf.worker_prefetch_multiplier, conf.worker_enable_remote_control) == (1, False)


@pytest.fixture
def queue(tmp_path):
    """A queue over files, bound to a connection of its own."""
    options = {"data_folder_in": str(tmp_path / "broker"), "data_folder_out": str(tmp_path / "broker")}
    with Connection(
        "filesystem://localhost", transport="jobs.broker:Transport", transport_options=options
    ) as to:
        bound = Queue("now", Exchange("now"), routing_key="now")(to.channel())
        bound.declare()
        yield bound


def publish(queue, text):
    queue.exchange.publish(queue.exchange.Message(text), routing_key="now")


def test_messages_come_out_in_the_order_they_went_in(queue):
    for text in ("a", "b"):
        publish(queue, text)

    assert [queue.get(no_ack=True).payload for _ in range(2)] == ["a", "b"]
    assert queue.get() is None
    assert list(queue.channel.folder.iterdir()) == []


def test_a_half_written_message_stops_nobody(queue):
    (queue.channel.folder / "0-broken.now.msg").write_text('{"body": ')
    publish(queue, "whole")

    assert queue.get(no_ack=True).payload == "whole"
    assert list(queue.channel.folder.iterdir()) == []


def test_a_message_that_nobody_fetched_is_swept(queue):
    publish(queue, "old")
    [path] = queue.channel.folder.iterdir()
    os.utime(path, (time.time() - 61,) * 2)
    queue.channel.swept_at = 0.0

    publish(queue, "new")

    assert queue.get(no_ack=True).payload == "new"
    assert queue.get() is None


def test_a_broker_whose_folder_was_removed_makes_it_again(queue):
    queue.channel.folder.rmdir()

    assert queue.get() is None
    publish(queue, "again")
    assert queue.get(no_ack=True).payload == "again"
