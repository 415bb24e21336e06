"""The commands, one file for each matter; `worker.cli` puts them together.

Each is thin: it reads its arguments, asks the store or the pipeline, and shows the answer.
"""
