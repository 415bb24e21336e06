"""Running PostgreSQL where we are root, which it refuses to be.

First choice is a user namespace: the server sees itself as an ordinary user, while the files stay
root's, so no folder above the data must be opened to anyone. Where the kernel forbids namespaces,
the server runs as `nobody`, with the programs copied to where `nobody` can reach them.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

_UID = 1000


@dataclass(frozen=True, slots=True)
class Guise:
    """How to run a program that refuses root: words before its own, and where its tree stands."""

    prefix: tuple[str, ...]
    tree: Path
    own: Callable[[Path], None]

    def command(self, program: str, *arguments: str) -> list[str]:
        """Write the whole command for a program of the tree."""
        return [*self.prefix, str(self.tree / "bin" / program), *arguments]


def guise(tree: Path, data: Path) -> Guise:
    """Choose how to run the programs of a tree on a data folder."""
    die_with_us = _death(signal="INT")
    if os.geteuid() != 0:
        return Guise(die_with_us, tree, _nothing)
    if _namespaces_work():
        enter = ("unshare", "--user", f"--map-user={_UID}", f"--map-group={_UID}", "--")
        return Guise((*enter, *die_with_us), tree, _nothing)
    return _as_nobody(tree, data)


def _death(signal: str) -> tuple[str, ...]:
    """End the server in order when we are killed, where the system has a word for it."""
    if shutil.which("setpriv") is None:
        return ()
    return ("setpriv", "--pdeathsig", signal, "--")


def _nothing(folder: Path) -> None:
    return


def _namespaces_work() -> bool:
    if shutil.which("unshare") is None:
        return False
    attempt = ["unshare", "--user", f"--map-user={_UID}", f"--map-group={_UID}", "--", "true"]
    return _succeeds(attempt)


def _succeeds(command: Sequence[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _as_nobody(tree: Path, data: Path) -> Guise:
    nobody = pwd.getpwnam("nobody")
    reachable = tree
    ids = (f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups")
    probe = ["setpriv", *ids, "--", "test", "-x", str(tree / "bin" / "postgres")]
    if not _succeeds(probe):
        reachable = data / "programs"
        if not reachable.exists():
            shutil.copytree(tree, reachable, symlinks=True)

    def own(folder: Path) -> None:
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)

    return Guise(("setpriv", *ids, "--pdeathsig", "INT", "--"), reachable, own)
