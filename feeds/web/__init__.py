"""The public web: feeds, pages, embeds and the JSON of an article; read-mostly.

Comes in: requests, and PostgreSQL's word that a feed changed.
Goes out: bytes with their validators. Feeds take a raw ASGI path from memory (`serve`); pages are
plain functions that Starlette runs in threads. Two things are written: a reading (`readings`), and
what hubs say and deliver (`websub`).
"""
