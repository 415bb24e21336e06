import threading

from config.celery import QUEUES
from worker.ops.queues import Queues


def test_each_queue_is_counted() -> None:
    assert Queues(len).read() == {queue: len(queue) for queue in QUEUES}


def test_without_a_count_the_queues_are_left_out() -> None:
    assert Queues(None).read() == {}


def test_a_broker_that_does_not_answer_is_asked_only_once() -> None:
    asked: list[str] = []

    assert Queues(asked.append).read() == dict.fromkeys(QUEUES)
    assert len(asked) == 1


def test_a_broker_that_hangs_costs_a_moment_and_one_thread_and_is_asked_again_after() -> None:
    hanging = threading.Event()
    asked: list[str] = []

    def waiting(queue: str) -> int:
        asked.append(queue)
        hanging.wait(30)
        return 1

    queues = Queues(waiting, patience_s=0.05)

    assert queues.read() == queues.read() == dict.fromkeys(QUEUES)
    assert len(asked) == 1
    hanging.set()
    while None in queues.read().values():
        pass
    assert queues.read() == dict.fromkeys(QUEUES, 1)
