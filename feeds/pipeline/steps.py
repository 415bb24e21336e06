"""Steps: what works on a claimed batch, at once or as others answer."""

from collections.abc import Callable
from typing import Protocol

from feeds.pipeline.desk import Desk
from feeds.store.work import Claim


class Rest(Protocol):
    """What is left of a step that asks others, and takes in what they answer as it comes."""

    @property
    def bears_next(self) -> bool:
        """Tell whether another batch may be worked on before this one is over."""

    def start(self, tell: Callable[[], None]) -> None:
        """Ask; `tell` is called, from any thread, once for each time that `take` is due."""

    def take(self) -> int | None:
        """Take in what came; once all has come, tells how many there were."""

    def abandon(self) -> None:
        """Take in nothing more, for whatever reason."""


Step = Callable[[Desk, Claim], int | Rest]
