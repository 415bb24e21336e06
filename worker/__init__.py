"""When things happen: Celery tasks, the bell, the processes, the command line, the ops web.

The only place that knows Celery. Each task is a ring for one kind of work; what is done stands in
`feeds.pipeline`.
"""
