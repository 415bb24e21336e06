"""Where an article belongs: one section, any number of topics, each with its reason.

Comes in: the editors' sections and topics, compiled once, and one article as a `Subject`.
Goes out: a `Filing`.
Pure: no database, no network; the same subject under the same rules files the same way.
"""
