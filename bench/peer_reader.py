"""Stores an origin's feeds with lemon24's `reader`, and prints what it cost as JSON.

Runs in the peers' own environment, so it imports the standard library and `reader` only:
`bench.peers` starts it. Each run is a fresh process with a fresh SQLite file.
"""

import argparse
import json
import resource
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import urlopen

from reader import Reader, make_reader  # type: ignore[import-not-found]


def main() -> None:
    """Add the feeds, then measure one cold round and some in which nothing changed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--origin", required=True)
    parser.add_argument("--sources", type=int, required=True)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3, help="rounds without a change")
    options = parser.parse_args()
    with TemporaryDirectory() as folder, make_reader(str(Path(folder) / "reader.db")) as reader:
        for source in range(options.sources):
            reader.add_feed(f"{options.origin}/f{source}.xml")
        _requests(options.origin)
        cold = _update(reader, options)
        unchanged = [_update(reader, options) for _ in range(options.rounds)]
        figures = {
            "workers": options.workers,
            "articles": reader.get_entry_counts().total,
            "broken": reader.get_feed_counts(broken=True).total,
            "cold": cold,
            "unchanged": unchanged,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
        }
    print(json.dumps(figures))


def _update(reader: Reader, options: argparse.Namespace) -> dict[str, Any]:
    started, cpu = time.perf_counter(), time.process_time()
    # A scheduled update would skip feeds that were read within the hour, and measure nothing.
    reader.update_feeds(workers=options.workers, scheduled=False)
    return {
        "wall_s": time.perf_counter() - started,
        "cpu_s": time.process_time() - cpu,
        "requests": _requests(options.origin),
    }


def _requests(origin: str) -> dict[str, int]:
    """Ask the origin what it was asked since the last time: the proof that a round happened."""
    with urlopen(f"{origin}/stats?reset") as response:
        counts: dict[str, int] = json.load(response)["requests"]
    return counts


if __name__ == "__main__":
    main()
