"""Words: what a text says, in one form for people and one for comparing.

Comes in: publishers' titles, sentences and HTML, as they are.
Goes out: clean text and safe HTML for display, match forms, readings as hashed tokens, vectors,
excerpts, languages.
Pure: no store, no network, no clock.
"""
