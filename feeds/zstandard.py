"""Zstandard (RFC 8878) under one name: Python 3.14 has it, older ones by its backport."""

import sys

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

compress = zstd.compress
decompress = zstd.decompress
