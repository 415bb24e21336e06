"""Groups: who belongs together when pairs do, whatever the order in which the pairs came."""

from collections.abc import Iterable


def components(edges: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Map each member to the smallest member that it is connected with, by any path."""
    parent: dict[int, int] = {}
    for left, right in edges:
        one, other = _root(parent, left), _root(parent, right)
        parent[max(one, other)] = min(one, other)
    return {member: _root(parent, member) for member in parent}


def _root(parent: dict[int, int], member: int) -> int:
    """Find the group's smallest member, and halve the path on the way."""
    parent.setdefault(member, member)
    while parent[member] != member:
        parent[member] = parent[parent[member]]
        member = parent[member]
    return member
