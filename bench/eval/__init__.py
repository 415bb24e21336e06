"""`make eval`: how well the product does what others have suites and data for.

One file a task, each with a command that prints tables, and takes `--json` for the same figures
as data. Paths can be given, so that it runs on other files of the same form.
"""
