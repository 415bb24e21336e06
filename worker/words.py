"""Words for figures, as people read them in a terminal, in ops and in findings."""


def span(seconds: float) -> str:
    """Write a length of time in its largest unit: `40 s`, `3 min`, `5 h`, `2 d`."""
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(0, seconds):.0f} s"


def times(count: int) -> str:
    """Write a number of times: `1 time`, `2 times`."""
    return f"{count} time{'' if count == 1 else 's'}"
