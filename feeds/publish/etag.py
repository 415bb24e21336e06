"""Name bytes by their content, for If-None-Match (RFC 9110 §8.8.3)."""

from hashlib import blake2b


def etag(body: bytes) -> str:
    """Give the strong entity tag of a body, with its quotes."""
    return f'"{blake2b(body, digest_size=16).hexdigest()}"'
