"""The whole story, one function a step: poll, ingest, file, relate, publish; withdraw and reindex.

Comes in: a `Desk` and a claimed batch of work. Goes out: rows, the work that follows from them,
and the bell's ring, all in one commit. Each step may run twice and leaves the same rows.
"""
