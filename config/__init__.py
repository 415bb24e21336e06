"""Which values: settings from the environment, editorial choices from YAML, Celery's limits.

Comes in: environment variables and the YAML files beside this one.
Goes out: frozen `Settings`, a checked `Editorial`, plain data for Celery, a configured logger.
Imports nothing else of the project.
"""
