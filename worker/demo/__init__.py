"""The bundled demo newsroom: eight invented publishers, served from a local HTTP origin.

What lives here: the newsroom as YAML, and a small web server that plays the foreign publishers.
Comes in: a port and a clock. Goes out: feeds in four formats, article pages and drawn pictures.
It stands on the far side of the network, so it shares no code with what Tinwire publishes.
"""
