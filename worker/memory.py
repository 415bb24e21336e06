"""Memory: how a process that works in batches looks for cycles among its objects."""

import gc


def settle() -> None:
    """Look seldom, and not among what is there by now; to be called once all is imported.

    A batch makes many objects and drops them at its end: looking at Python's usual pace cost a
    twentieth of all time, and each whole search a tenth of a second. What was imported never goes.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
