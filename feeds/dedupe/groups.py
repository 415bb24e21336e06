"""Groups: who belongs together when pairs do, whatever the order in which the pairs came.

Theory: a pair that is missed shows a text twice, a false merge hides a report; and what a person
decided is never overruled. So groups grow along their strongest pairs, and never over a pair that
a person set apart, nor over two texts that share next to nothing: a round-up holds several reports
and joins none of them with another. The result follows from the pairs alone.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import product

Pair = tuple[int, int]
# Of two large groups so many members each are compared, evenly spaced, so that a merge of two
# hundreds costs no more than one of two dozens.
_SAMPLE = 8


@dataclass(frozen=True, slots=True)
class Bonds:
    """What holds articles together and apart; each pair has the smaller id first.

    `links` are pairs with what they share (0 to 1), `together` and `apart` what people decided,
    `together` the newest first.
    """

    links: Sequence[tuple[int, int, float]]
    together: Sequence[Pair] = ()
    apart: Collection[Pair] = ()


Kin = Callable[[int, int], bool]


def settle(bonds: Bonds, are_kin: Kin) -> dict[int, int]:
    """Map each member to the smallest of its group; every end of a link is in one.

    `are_kin` tells of two members without a link whether they share enough to stand in one group;
    it is asked only where groups of more than one meet, and never of what people put together.
    """
    groups = _Groups(bonds, are_kin)
    for pair in bonds.together:
        groups.put_together(*pair)
    by_hand = set(bonds.together)
    for left, right, _ in sorted(bonds.links, key=lambda link: (-link[2], link[0], link[1])):
        if (left, right) not in by_hand:
            groups.link(left, right)
    return groups.whole.names()


class _Groups:
    """Groups as they grow: `whole` with what people put together, `alike` by what texts share.

    `foes` are those that a whole group must not meet.
    """

    def __init__(self, bonds: Bonds, are_kin: Kin) -> None:
        self.whole, self._alike = _Forest(), _Forest()
        self._linked = {link[:2] for link in bonds.links}
        self._are_kin = are_kin
        self._foes: dict[int, set[int]] = defaultdict(set)
        for left, right in bonds.apart:
            self._foes[left].add(right)
            self._foes[right].add(left)

    def put_together(self, left: int, right: int) -> None:
        """Make one group of two, unless people keep some of them apart."""
        one, other = sorted((self.whole.root(left), self.whole.root(right)))
        if one != other and self._foes[one].isdisjoint(self.whole.members[other]):
            self.whole.join(one, other)
            self._foes[one] |= self._foes[other]

    def link(self, left: int, right: int) -> None:
        """Make one group of two whose texts are one, unless other members speak against it."""
        one, other = self._alike.root(left), self._alike.root(right)
        if one == other or not self._may_meet(one, other):
            return
        self.put_together(left, right)
        if self.whole.root(left) == self.whole.root(right):
            self._alike.join(*sorted((one, other)))

    def _may_meet(self, one: int, other: int) -> bool:
        own, theirs = self._alike.members[one], self._alike.members[other]
        return all(
            (min(pair), max(pair)) in self._linked or self._are_kin(*pair)
            for pair in product(_sample(own), _sample(theirs))
        )


class _Forest:
    """Disjoint sets, each named by its smallest member."""

    def __init__(self) -> None:
        self._parent: dict[int, int] = {}
        self.members: dict[int, list[int]] = {}

    def root(self, member: int) -> int:
        """Find the smallest member of a set, and halve the path on the way."""
        if member not in self._parent:
            self._parent[member], self.members[member] = member, [member]
        while self._parent[member] != member:
            self._parent[member] = self._parent[self._parent[member]]
            member = self._parent[member]
        return member

    def join(self, smaller: int, larger: int) -> None:
        """Make one set of two, given by their roots."""
        self._parent[larger] = smaller
        self.members[smaller] = sorted(self.members[smaller] + self.members.pop(larger))

    def names(self) -> dict[int, int]:
        """Map each member to its set's smallest."""
        return {member: self.root(member) for member in list(self._parent)}


def _sample(members: Sequence[int]) -> Sequence[int]:
    return members[:: max(1, -(-len(members) // _SAMPLE))]
