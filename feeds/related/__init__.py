"""Which articles belong beside each other, and why.

Comes in: titles and texts, profiles of articles, candidate lists from the store.
Goes out: key terms, edges with a reason a person can read, and the blocks of a page.
Pure: no database, no network, no clock of its own.
"""
