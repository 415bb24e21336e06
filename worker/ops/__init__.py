"""Ops: the API with tokens, the metrics, and the page to look at when something is wrong.

Comes in: a `Desk`, and a function that counts a queue's messages. Goes out: an ASGI application.
It knows nothing of Celery: whatever it accepts is a committed row, and the commit rings the bell.
"""
