"""Celery's settings: what the promises rest on."""

from celery.app.defaults import NAMESPACES, flatten

from config.celery import CELERY, HARD_LIMIT_S, QUEUES, ROUTES, SOFT_LIMIT_S
from config.settings import load_settings


def test_every_kind_goes_to_a_queue_that_there_is() -> None:
    assert set(ROUTES.values()) <= set(QUEUES)
    assert CELERY["task_default_queue"] in QUEUES


def test_a_message_is_not_given_out_twice_while_its_task_runs() -> None:
    visible_s = CELERY["broker_transport_options"]["visibility_timeout"]
    assert SOFT_LIMIT_S < HARD_LIMIT_S < visible_s


def test_a_lease_outlasts_the_longest_task() -> None:
    assert load_settings({}).lease_s > HARD_LIMIT_S


def test_only_json_is_read() -> None:
    assert CELERY["accept_content"] == ["json"]
    assert CELERY["task_serializer"] == "json"


def test_celery_knows_every_setting() -> None:
    assert set(CELERY) <= {name for name, _ in flatten(NAMESPACES)}
