"""Everything about articles: what comes in, what is the same, what belongs together, what goes out.

Never imports Celery. `pipeline` is the whole story from top to bottom.
"""
