"""What we emit: feeds as plain data first, then as RSS, Atom and JSON, OPML of all feeds, JSON-LD.

Comes in: a feed's head and the articles that belong in it.
Goes out: bytes that are a function of these alone, so that the same rows give the same ETag.
Pure: no database, no network, no clock.
"""
