"""The two real servers as processes of ours: their programs, settings, folders and user.

Comes in: a data folder. Goes out: a command to run, and a check whether it answers.
`worker.embedded` starts, watches and stops them.
"""
