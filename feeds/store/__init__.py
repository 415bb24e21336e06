"""What is kept: tables, and one function for each question asked of them.

Comes in: a SQLAlchemy `Connection` inside its caller's transaction, and the model's types.
Goes out: the model's types; rows never leave this room.
"""
