"""One error tree; the leaf says what the caller does next.

TinwireError
├── Retry                 transient: try again later
│   ├── FetchFailed       a source or page could not be read now (status, time-out, reset)
│   │   └── NoTurn        a host bears no more requests now
│   ├── Raced             another worker stored the same at the same moment; do it again
│   └── LeaseLost         another worker took this piece of work over; drop our effects
└── GiveUp                it will not get better by itself
    ├── Refused           an address that we must not fetch
    │   └── Disallowed    a page that its publisher's robots.txt closes to us
    ├── NotAFeed          the bytes are no feed (empty, HTML, not XML, DTD)
    ├── BadEntry          one entry can't be processed; its neighbours can
    ├── Unreadable        a document made its reader fail in a way that nobody foresaw
    ├── EmbedderFailed    the operator's embedder gave no vectors; go on without
    ├── NotFound          an article, section, source or feed that doesn't exist
    └── WrongState        what is asked for can't be done with a thing as it stands
"""


class TinwireError(Exception):
    """Root of the tree; the message is one line for a person."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Retry(TinwireError):
    """Transient: the caller tries again later."""


class FetchFailed(Retry):
    """A source or page could not be read now; `kind` is the word for it (`model.Outcome`)."""

    def __init__(self, message: str, kind: str = "unreachable") -> None:
        super().__init__(message)
        self.kind = kind


class NoTurn(FetchFailed):
    """A host bears no more requests now; `wait_s` is when it may, in seconds from then."""

    def __init__(self, message: str, wait_s: float = 10.0) -> None:
        super().__init__(message, "busy")
        self.args = (message, wait_s)
        self.wait_s = wait_s

    def __str__(self) -> str:
        return self.message


class Raced(Retry):
    """Another worker stored one of these rows at the same moment; do it again."""


class LeaseLost(Retry):
    """Another worker took this piece of work over; the transaction must be rolled back."""


class GiveUp(TinwireError):
    """It will not get better by itself; the caller records the reason."""


class Refused(GiveUp):
    """An address that we must not fetch."""


class Disallowed(Refused):
    """A page that its publisher's robots.txt closes to us."""


class NotAFeed(GiveUp):
    """The bytes are no feed."""


class BadEntry(GiveUp):
    """One entry can't be processed; its neighbours can."""


class Unreadable(GiveUp):
    """A document made its reader fail in a way that nobody foresaw; others can be read."""


class EmbedderFailed(GiveUp):
    """The operator's embedder raised, or gave what are no vectors."""


class NotFound(GiveUp):
    """An article, section, source or feed that doesn't exist."""


class WrongState(GiveUp):
    """What is asked for can't be done with a thing as it stands, such as pausing what has ended."""
