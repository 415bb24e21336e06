"""Ingest: what publishers send, read into entries and drafts.

Comes in: addresses to fetch, bytes of feeds, article pages and subscription lists.
Goes out: responses, parsed feeds, entries, drafts ready to be compared with what is stored.
Only `fetch` speaks to the network; nothing here knows the store.
"""
