from hypothesis import given
from hypothesis import strategies as st

from feeds.zstandard import compress, decompress


@given(st.binary(max_size=5000), st.sampled_from([1, 9]))
def test_what_is_compressed_comes_back(body: bytes, level: int) -> None:
    assert decompress(compress(body, level)) == body
