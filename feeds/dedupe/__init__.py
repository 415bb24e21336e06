"""Which texts are one: fingerprints, exact comparison, groups, stories.

Comes in: tokens of texts, sketches, pairs of article ids.
Goes out: fingerprints to store and look up, decisions with their reasons, members of groups.
Pure: what is stored, and who the candidates are, is told by the caller.
"""
