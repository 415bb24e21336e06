import os
import subprocess
import sys

import pytest

from bench import measure

BURN = "import time\nwhile time.process_time() < {seconds}: pass"
HOLD = "import sys; held = bytearray({size}); held[::4096] = bytes(len(held[::4096])); print(1)"
PARENT = "import subprocess, sys; subprocess.run([sys.executable, '-c', {code!r}], check=True)"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_cpu_of_a_child_that_died_is_counted() -> None:
    _, usage = measure.run_measured(python(PARENT.format(code=BURN.format(seconds=0.3))))
    assert usage.cpu_s > 0.25
    assert usage.wall_s > 0


def test_peak_memory_of_a_child_is_counted() -> None:
    text, usage = measure.run_measured(python(HOLD.format(size=200_000_000)))
    assert text == "1\n"
    assert usage.peak_mb > 200


def test_failing_program_raises_with_what_it_printed() -> None:
    with pytest.raises(subprocess.CalledProcessError) as caught:
        measure.run_measured(python("print('half'); raise SystemExit(3)"))
    assert (caught.value.returncode, caught.value.output) == (3, "half\n")


def test_watch_counts_only_what_happens_inside() -> None:
    with measure.Watch([os.getpid()]) as watch:
        subprocess.run(python(BURN.format(seconds=0.3)), check=True)
    assert watch.usage.cpu_s > 0.25
    with measure.Watch([os.getpid()]) as idle:
        pass
    assert idle.usage.cpu_s < watch.usage.cpu_s
    assert idle.usage.peak_bytes > 0


def test_process_that_is_gone_counts_nothing() -> None:
    with subprocess.Popen(python("pass")) as process:
        process.wait()
    with measure.Watch([process.pid]) as watch:
        pass
    assert (watch.usage.cpu_s, watch.usage.peak_bytes) == (0, 0)


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="only Linux has /proc")
def test_psutil_and_proc_agree() -> None:
    ours = next(measure._tree_of_proc(os.getpid()))  # servers of other tests may be below us
    theirs = next(measure._tree_of_psutil(os.getpid()))
    assert ours.cpu_s == pytest.approx(theirs.cpu_s, abs=0.5)
    assert ours.own_bytes == pytest.approx(theirs.own_bytes, rel=0.2)


def test_table_shows_ratios_to_the_first_row(capsys: pytest.CaptureFixture[str]) -> None:
    measure.print_table("T", ["a", "b"], [("ours", [200.0, 4.0]), ("peer", [100.0, None])])
    printed = capsys.readouterr().out
    assert "100 (0.50×)" in printed
    assert "–" in printed
    assert "cores" in printed
